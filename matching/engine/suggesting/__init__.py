"""One mentee against a pool of mentors: who may be asked, the best few, why, and why not the others."""
