"""Several things due to one person on one day go in one letter.

Only the first of them is claimed; the others wait for it and are begun, settled and counted together with it, each
as a row of its own. A letter that may have arrived already goes alone, under its own Message-ID: a mail server
that drops second copies must not drop something new along with it.
"""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from outbox.kinds import registered, zone_of
from outbox.models import Letter, LetterState, OneByOne

if TYPE_CHECKING:
    from accounts.models import User

MOST = 12  # things in one letter
NOT_WAITING_LONGER = Q(next_at__isnull=True) | Q(next_at__lte=Now())


def gathered_kinds() -> list[str]:
    """Kinds that say how they look among others."""
    return [kind.name for kind in registered().values() if kind.item is not None]


def choose(*, person: "User", together: bool) -> None:
    """Whether what is due to `person` on one day goes in one letter, as it does unless they say otherwise."""
    if together:
        OneByOne.objects.filter(person=person).delete()
    else:
        OneByOne.objects.get_or_create(person=person)


def wanted(person: "User") -> bool:
    """Whether `person` gets one letter a day."""
    return not OneByOne.objects.filter(person=person).exists()


def only_the_first(due: QuerySet[Letter]) -> QuerySet[Letter]:
    """Without those that will go with an earlier one to the same person, or are just going."""
    kinds = gathered_kinds()
    if not kinds:
        return due
    earlier = Letter.objects.filter(
        NOT_WAITING_LONGER,
        Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), id__lt=OuterRef("pk")),
        person=OuterRef("person"),
        person__one_by_one__isnull=True,
        state__in=(LetterState.PENDING, LetterState.CLAIMED, LetterState.SENDING),
        kind__in=kinds,
        doubts=0,
    )
    return due.exclude(Q(Exists(earlier), kind__in=kinds, doubts=0))


def company(letter: Letter, token: UUID, now: datetime) -> list[Letter]:
    """The other letters that go with this one, locked; call it in the transaction that begins them."""
    kind = registered()[letter.kind]
    if kind.item is None or letter.person is None or letter.doubts or not wanted(letter.person):
        return []
    rest = Letter.objects.filter(
        NOT_WAITING_LONGER,
        Q(state=LetterState.PENDING) | Q(state=LetterState.CLAIMED, lease_token=token),
        person=letter.person,
        kind__in=gathered_kinds(),
        doubts=0,
        due_at__lt=_end_of_day(now, zone_of(letter.person)),
    ).exclude(pk=letter.pk)
    found = list(rest.select_for_update(skip_locked=True).order_by("due_at", "id")[: MOST - 1])
    for each in found:
        each.person = letter.person
    return found


def _end_of_day(now: datetime, zone: str) -> datetime:
    """The next midnight on the reader's wall."""
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, tzinfo=ZoneInfo(zone))
