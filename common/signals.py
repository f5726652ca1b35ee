"""What higher apps are told."""

from django.dispatch import Signal

# Arguments: record (HoldsContent). Words that somebody came to read cannot be read: damaged, or their key is missing.
words_unreadable = Signal()
