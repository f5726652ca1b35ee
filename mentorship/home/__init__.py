"""The first page: what needs you now."""
