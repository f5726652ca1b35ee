"""Making it happen: one module for each story, from a shortlist to the end of a pairing."""
