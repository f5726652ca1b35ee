"""What has happened in a pairing, as either of the two may read it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from common.models import Event
from common.prepared import prepared
from common.queries import among
from matching.models import Pairing

# A chemistry answer is private, and who ended a pairing is nobody's fault: neither is told here with a name.
LATELY = 6
TOLD = frozenset(
    {
        "introduce",
        "write_agreement",
        "sign_agreement",
        "activate",
        "pause",
        "resume",
        "begin_closing",
        "complete",
        "end_early",
    }
)


def told(pairing: Pairing) -> list[Event]:
    """The lines of history that both sides may read, newest first."""
    return _told(pairings=[pairing.pk])


def lately(pairings: Iterable[Pairing]) -> list[Event]:
    """The newest few of them, over all of these pairings."""
    subjects = [pairing.pk for pairing in pairings]
    return _lately(pairings=subjects) if subjects else []


@prepared
def _told(*, pairings: Collection[UUID]) -> QuerySet[Event]:
    return _lines(pairings)


@prepared
def _lately(*, pairings: Collection[UUID]) -> QuerySet[Event]:
    return _lines(pairings)[:LATELY]


def _lines(pairings: Collection[UUID]) -> QuerySet[Event]:
    lines = Event.objects.filter(subject_type="pairing", subject_id__in=among(pairings), verb__in=TOLD)
    return lines.order_by("-at", "-id")
