"""What the outbox itself knows against sending a letter, asked when it is about to leave: one small query for both
questions, and none for a kind that nothing can stop.
"""

from datetime import datetime
from typing import Any

from outbox.domain.statements import AGAINST, prepared
from outbox.kinds import LetterKind
from outbox.models import Letter
from outbox.reasons import NotNeeded


def objection(letter: Letter, kind: LetterKind, now: datetime) -> NotNeeded | None:
    """Why not, at `now` (programme time), or None: its reader wants no letters of this kind, or a later letter says the
    same and more.
    """
    stoppable = kind.name if letter.person_id and not kind.contractual else None
    if not stoppable and not kind.superseded_by:
        return None
    stopped_by: list[Any] = [letter.person_id, stoppable]
    same: list[Any] = [list(kind.superseded_by), letter.subject_id, letter.person_id, letter.invitation_id]
    with prepared() as cursor:
        cursor.execute(AGAINST, [*stopped_by, *same, letter.due_at, now])
        stopped, superseded = cursor.fetchone()
    if stopped:
        return NotNeeded.UNSUBSCRIBED
    return NotNeeded.SUPERSEDED if superseded else None
