"""How dates and times are written where a locale of Django would differ from the rest of the site."""
