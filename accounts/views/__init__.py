"""The pages: fetch what is one's own, form, domain, redirect."""
