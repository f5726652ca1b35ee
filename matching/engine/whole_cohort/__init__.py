"""A whole cohort matched at once, and the repair of a match after a change."""
