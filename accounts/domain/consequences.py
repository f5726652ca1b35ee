"""What a change of one person would do to others, told before it is made, by the very functions that make it."""

from collections.abc import Callable, Hashable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.signals import at_stake


def consequences(*, person: User, change: Callable[[], object], now: datetime) -> list[str]:
    """What `change` would do to what others wait for: it is made, looked at, and undone. Raises what `change` raises.

    Its verbs end inside this transaction, so that what follows from them has followed when it is looked at.
    """
    with transaction.atomic():
        before = _sentences(person, now)
        change()
        after = _sentences(person, now)
        transaction.set_rollback(True)
    return [sentence for record, sentence in after.items() if before.get(record) != sentence]


def _sentences(person: User, now: datetime) -> dict[Hashable, str]:
    told: dict[Hashable, str] = {}
    for _receiver, sentences in at_stake.send(sender=User, person=person, now=now):
        told |= sentences  # type: ignore[arg-type]  # what our receivers give
    return told
