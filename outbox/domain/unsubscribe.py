"""Stopping one kind of letter, and asking for it again. The link is signed for one person and kind and needs
no session.
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
    from accounts.models import User

SALT = "outbox.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person and one kind of letter."""

    person: "User"
    kind: LetterKind

    @property
    def stopped(self) -> bool:
        """Whether the person asked not to receive this kind. Always false for a contractual one."""
        return is_stopped(self.person.pk, self.kind)


def link(person_id: UUID, kind: LetterKind) -> str:
    """The address of the page, and of the one-click POST (RFC 8058), for this person and kind."""
    return absolute_url("outbox:unsubscribe", signing.dumps([str(person_id), kind.name], salt=SALT, compress=False))


def open_link(signed: str) -> Subscription:
    """Whom and what a link is about. Raises `LookupError` for a forged one, a person who left, an unknown
    kind.
    """
    try:
        person_id, name = signing.loads(signed, salt=SALT)
    except signing.BadSignature as error:
        raise LookupError("not a link of ours") from error
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first()
    kind = registered().get(name)
    if person is None or kind is None:
        raise LookupError("the person or the kind of letter is gone")
    return Subscription(person, kind)


def stop(subscription: Subscription, *, now: datetime) -> bool:
    """Send no more letters of this kind; False when the kind is contractual and goes on. Doing it twice is
    once.
    """
    if subscription.kind.contractual:
        return False
    Unsubscription.objects.get_or_create(person=subscription.person, kind=subscription.kind.name, defaults={"at": now})
    return True


def restart(subscription: Subscription) -> None:
    """Send letters of this kind again."""
    Unsubscription.objects.filter(person=subscription.person, kind=subscription.kind.name).delete()


def is_stopped(person_id: UUID, kind: LetterKind) -> bool:
    """Whether this kind must not go to this person."""
    if kind.contractual:
        return False
    return Unsubscription.objects.filter(person_id=person_id, kind=kind.name).exists()
