"""Workers, broker and database killed at random moments while letters leave, and what arrived."""
