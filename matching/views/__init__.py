"""Finding a mentor, the shortlist, asking, and answering: what mentees and mentors see."""
