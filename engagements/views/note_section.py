"""Notes on the pairing's page: when the latest was written that one may read, and by whom."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from common.prepared import prepared
from engagements.domain.pairing_status import PairingStatus
from engagements.models import Note
from engagements.states import NoteState


class NotesSoFar(NamedTuple):
    """`last`: when the latest was written; `mine`: whether by oneself."""

    last: datetime | None = None
    mine: bool = False


def section(status: PairingStatus) -> NotesSoFar:
    """What the page says, in one query."""
    found = next(iter(_latest(pairing=status.pairing.pk, reader=status.me.pk)), None)
    return NotesSoFar(found.written_at, found.by_id == status.me.pk) if found else NotesSoFar()


@prepared
def _latest(*, pairing: UUID, reader: UUID) -> QuerySet[Note]:
    found = Note.objects.filter(Q(by=reader) | Q(state=NoteState.SHARED), pairing=pairing)
    return found.only("by_id", "written_at").order_by("-written_at")[:1]
