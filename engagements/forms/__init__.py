"""What people fill in inside a pairing, one module a story."""
