"""The page that others are measured by: a session, a user, three queries, and a template of 140 lines."""
