"""The first page: what next_steps you now."""
