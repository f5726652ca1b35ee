"""Stopping kinds of letters, and asking for them again. A link is signed for one person and the kinds of the letter
that carries it, and needs no session.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core import signing

from outbox.kinds import LetterKind, absolute_url, registered
from outbox.models import Unsubscription

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

SALT = "outbox.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person and the kinds of letters, at least one, that one letter carried."""

    person: "User"
    kinds: tuple[LetterKind, ...]

    @property
    def stoppable(self) -> list[str]:
        """The names of those that are not contractual."""
        return [kind.name for kind in self.kinds if not kind.contractual]

    @property
    def stopped(self) -> bool:
        """Whether the person receives none of those that can be stopped. False when none can."""
        return bool(self.stoppable) and rows(self).count() == len(self.stoppable)


def link(person_id: UUID, *kinds: LetterKind) -> str:
    """The address of the page, and of the one-click POST (RFC 8058), for this person and these kinds."""
    words = [str(person_id), *(kind.name for kind in kinds)]
    return absolute_url("outbox:unsubscribe", signing.dumps(words, salt=SALT, compress=False))


def open_link(signed: str) -> Subscription:
    """Whom and what a link is about. Raises `LookupError` for a forged one, a person who left, and when none of the
    kinds is known any more.
    """
    try:
        person_id, *names = signing.loads(signed, salt=SALT)
    except signing.BadSignature as error:
        raise LookupError("not a link of ours") from error
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first()
    kinds = tuple(registered()[name] for name in names if name in registered())
    if person is None or not kinds:
        raise LookupError("the person or the kinds of letters are gone")
    return Subscription(person, kinds)


def stop(subscription: Subscription, *, now: datetime) -> bool:
    """Send no more letters of these kinds; False when all are contractual and go on. Doing it twice is once."""
    for name in subscription.stoppable:
        Unsubscription.objects.get_or_create(person=subscription.person, kind=name, defaults={"at": now})
    return bool(subscription.stoppable)


def restart(subscription: Subscription) -> None:
    """Send letters of these kinds again."""
    rows(subscription).delete()


def rows(subscription: Subscription) -> "QuerySet[Unsubscription]":
    """Which of them the person has stopped."""
    return Unsubscription.objects.filter(person=subscription.person, kind__in=subscription.stoppable)
