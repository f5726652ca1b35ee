"""The best assignment for a score matrix, with a proof: scan, flow, prices, certificate, tie-breaking."""
