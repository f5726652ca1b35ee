"""One way to save a row: what the database refuses comes back as a refusal with words for people."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from common.sentences import refusal


@contextmanager
def refused_with_words() -> Iterator[None]:
    """Inside, a violated constraint raises `Refused`; only what is inside is undone."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise refusal(error) from error
