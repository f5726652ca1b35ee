"""The desk: the front page of the administration, and its pages that look across all apps."""
