"""Notes: each side writes for itself, and shares what it wishes. Of private ones there is no line in any history."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import next_state
from engagements.models import Note
from engagements.states import NOTE_TRANSITIONS, NOTED, NoteState
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing

MOST = 500


@atomically
def write(*, pairing: Pairing, user: User, text: str, shared: bool, now: datetime) -> Note:
    """Write a note, for oneself unless `shared`.

    Raises `NotPermitted` for a stranger, `WrongState` once the pairing is over, and `Refused` without words or for
    more notes than anybody reads again.
    """
    locked = _lock(pairing, user)
    if Note.objects.filter(pairing=locked, by=user).count() >= MOST:
        raise Refused(_("You have written five hundred notes here. Delete some before you add another."), code="many")
    note = Note(pairing=locked, by=user, written_at=now)
    _put(note, text)
    note.save()
    if shared:
        _move(note, "share", user, now)
    return note


@atomically
def rewrite(*, note: Note, user: User, text: str, shared: bool, now: datetime) -> Note:
    """Put other words in place, and say who reads them.

    Raises `NotPermitted` for a note of the other side, `WrongState` where it is gone or the pairing is over, and
    `Refused` without words.
    """
    row = _own(note, user)
    if text.strip() != row.words_of("text", instead=""):
        _put(row, text)
        row.changed_at = now
        row.save()
        if row.is_shared and shared:
            _tell(row, "change", user, now)
    if row.is_shared != shared:
        _move(row, "share" if shared else "keep_back", user, now)
    return row


@atomically
def delete(*, note: Note, user: User, now: datetime) -> None:
    """Delete a note of one's own for good, in a pairing that is over as well.

    Raises `NotPermitted` for a note of the other side, `WrongState` where it is gone.
    """
    row = _own(note, user, over_as_well=True)
    if row.is_shared:
        _tell(row, "delete", user, now)
    row.delete()


def _own(note: Note, user: User, *, over_as_well: bool = False) -> Note:
    pairing = _lock(note.pairing, user, over_as_well=over_as_well)
    row = Note.objects.select_for_update(of=("self",)).filter(pk=note.pk).first()
    if row is None:
        raise WrongState
    if row.by_id != user.pk:
        raise NotPermitted
    row.pairing = pairing
    return row


def _lock(pairing: Pairing, user: User, *, over_as_well: bool = False) -> Pairing:
    locked = locks.pairing(pairing.pk)
    part_of(locked, user)
    if locked.state not in NOTED and not over_as_well:
        raise WrongState
    return locked


def _put(note: Note, text: str) -> None:
    if not text.strip():
        raise Refused(_("Please write something."), field="text", code="empty")
    note.write("text", text.strip())


def _move(note: Note, verb: str, user: User, now: datetime) -> None:
    note.state = next_state(NOTE_TRANSITIONS, verb, NoteState(note.state), part_of(note.pairing, user))
    note.save(update_fields=["state"])
    _tell(note, verb, user, now)


def _tell(note: Note, verb: str, user: User, now: datetime) -> None:
    Event.record(verb=verb, subject=note, actor=part_of(note.pairing, user), now=now, user=user)
