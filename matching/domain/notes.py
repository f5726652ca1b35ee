"""Notes left on a shortlist: what a mentee would say to each mentor, should it be their turn. They go along then."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from common.errors import NotPermitted, Refused
from common.models import ContentKey
from common.transactions import atomically
from matching.domain import locks
from matching.models import ShortlistEntry
from matching.models.requests import TEXT_LENGTH


def check_length(note: str) -> None:
    """Raise `Refused` for a note that is too long."""
    if len(note) > TEXT_LENGTH:
        raise Refused(_("Please shorten the note to %(limit)s characters.") % {"limit": TEXT_LENGTH}, field="note")


def leave(*, mentee_enrolment: Enrolment, entry_id: UUID, note: str, user: User) -> None:
    """Keep a note with an entry in place of the one before; an empty one takes it away.

    Raises `NotPermitted` for anybody but the mentee, `Refused` for a note that is too long, and when the mentor was
    asked, skipped or taken off the list meanwhile.
    """
    if user.pk != mentee_enrolment.person_id:
        raise NotPermitted
    check_length(note.strip())
    _leave(mentee_enrolment.pk, entry_id, note.strip())


@atomically
def _leave(mentee_id: UUID, entry_id: UUID, note: str) -> None:
    locks.people([Enrolment.objects.get(pk=mentee_id).person_id])
    locks.enrolments([mentee_id])
    rows = ShortlistEntry.objects.still_to_ask().filter(mentee=mentee_id, pk=entry_id)
    entry = rows.select_related("mentee", "key").first()
    if entry is None:
        raise Refused(_("This mentor is not waiting for their turn any more, so the note was not kept."), code="gone")
    write(entry, note)


def write(entry: ShortlistEntry, note: str) -> None:
    """Seal a note into an entry whose shortlist is locked."""
    if note and entry.key is None:
        entry.key = ContentKey.make()
    if entry.key is not None:
        entry.write("note", note)
        entry.save(update_fields=["note", "key"])


def forget(entries: QuerySet[ShortlistEntry]) -> None:
    """Delete the notes of these entries, and their keys."""
    keys = list(entries.exclude(key=None).values_list("key", flat=True))
    if keys:
        entries.update(note=None, key=None)
        ContentKey.objects.filter(pk__in=keys).delete()
