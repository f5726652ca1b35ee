"""Making it happen: one module for each story, from a wish to the end of a pairing."""
