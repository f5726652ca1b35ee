"""Where an outcome leaves a letter, and how long it then waits."""

import random
from datetime import timedelta

from django.conf import settings

from outbox.domain.sending import Outcome
from outbox.models import LetterState

LONGEST_PAUSE = timedelta(hours=6)


def state_after(outcome: Outcome, attempts: int) -> LetterState:
    """Where the letter stands after this; after so many tries it is given up."""
    if outcome.state != LetterState.PENDING:
        return outcome.state
    if outcome.doubt and settings.OUTBOX_AFTER_DOUBT == "hold":
        return LetterState.HELD
    if attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        return LetterState.DEAD
    return LetterState.PENDING


def pause(attempts: int, outcome: Outcome) -> timedelta:
    """How long to wait: doubling from half a minute up to six hours, spread so that letters do not return as
    a herd.
    """
    doubled = timedelta(seconds=settings.OUTBOX_FIRST_PAUSE_SECONDS) * 2 ** min(attempts - 1, 12)
    wait = trouble_backoff() if outcome.trouble else min(doubled, LONGEST_PAUSE)
    return wait * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def trouble_backoff() -> timedelta:
    """How long letters wait, more or less, while the mail server is in trouble."""
    return timedelta(seconds=settings.OUTBOX_TROUBLE_PAUSE_SECONDS)
