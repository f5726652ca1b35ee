"""Making it happen: one module for each story."""
