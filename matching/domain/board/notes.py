"""Notes about a mentee's place on a board: one text, which each coordinator may change."""

from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Refused
from common.transactions import atomically
from matching.domain.board.asking import check_may_change
from matching.models import BoardNote, MatchRun, Proposal, Unmatched


def note_of(run: MatchRun, mentee: UUID) -> BoardNote | None:
    """What is noted about a mentee."""
    found: BoardNote | None = BoardNote.objects.select_related("written_by").filter(run=run, mentee=mentee).first()
    return found


def seen_of(note: BoardNote | None) -> str:
    """What tells one text from another."""
    return note.written_at.isoformat() if note else ""


@atomically
def write(*, run: MatchRun, mentee: UUID, text: str, seen: str, user: User, now: datetime) -> BoardNote | None:
    """Write it, in place of the text that was `seen`; without words, it is gone.

    Raises as `check_may_change`, and `Refused` when somebody has written something else meanwhile.
    """
    check_may_change(run, user)
    MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not any(model.objects.filter(run=run, mentee=mentee).exists() for model in (Proposal, Unmatched)):
        raise Refused(_("This mentee is not in this run."), code="not_here")
    note, words = note_of(run, mentee), text.strip()
    if seen_of(note) != seen:
        raise Refused(_written_meanwhile(note), field="text", code="changed_meanwhile")
    if not words:
        BoardNote.objects.filter(run=run, mentee=mentee).delete()
        return None
    values = {"text": words, "written_at": now, "written_by": user, "cohort_id": run.cohort_id}
    return BoardNote.objects.update_or_create(run=run, mentee_id=mentee, defaults=values)[0]


def _written_meanwhile(note: BoardNote | None) -> str:
    if note is None:
        return _("The note was taken away meanwhile. Yours is kept below: save it once more if it should stand.")
    words = {
        "name": note.written_by.name,
        "moment": date_format(localtime(note.written_at), "DATETIME_FORMAT"),
        "text": note.text,
    }
    return (
        _("%(name)s wrote on %(moment)s: “%(text)s” Yours is kept below: save it once more to put it in its place.")
        % words
    )
