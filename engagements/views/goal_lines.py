"""Goals and their histories, as lines and rows of a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.domain.intake import aims, challenges
from common.prepared import prepared
from engagements.domain.pairing_status import PairingStatus
from engagements.models import Goal, GoalEntry
from engagements.models.goals import GoalAct
from engagements.states import PAIR_WRITES, GoalStanding, GoalState
from matching.models import Pairing

# What a line of the history says: when I did it, when the other side did.
SENTENCES: dict[str, tuple[str, str]] = {
    GoalAct.PROPOSE: (gettext_noop("You proposed it"), gettext_noop("%(name)s proposed it")),
    GoalAct.TAKE_UP: (gettext_noop("You took it up"), gettext_noop("%(name)s took it up")),
    GoalAct.TURN_DOWN: (gettext_noop("You did not take it up"), gettext_noop("%(name)s did not take it up")),
    GoalAct.REVISE: (gettext_noop("You revised it"), gettext_noop("%(name)s revised it")),
    GoalAct.WITHDRAW: (gettext_noop("You withdrew it"), gettext_noop("%(name)s withdrew it")),
    GoalAct.NOTE: (gettext_noop("You noted progress"), gettext_noop("%(name)s noted progress")),
    GoalAct.CHANGE: (gettext_noop("You changed it"), gettext_noop("%(name)s changed it")),
    GoalAct.KEEP: (gettext_noop("You looked at it and kept it"), gettext_noop("%(name)s looked at it and kept it")),
    GoalAct.REACH: (gettext_noop("You reached it"), gettext_noop("%(name)s reached it")),
    GoalAct.LET_GO: (gettext_noop("You let it go"), gettext_noop("%(name)s let it go")),
    GoalAct.REOPEN: (gettext_noop("You went on with it"), gettext_noop("%(name)s went on with it")),
}
LEFT: dict[str, str] = {
    GoalState.OPEN: gettext_noop("under way when your pairing ended"),
    GoalState.PROPOSED: gettext_noop("proposed, and not taken up before your pairing ended"),
}
SET = (gettext_noop("You set it"), gettext_noop("%(name)s set it"))
SAID = (
    gettext_noop("You said in a check-in: %(standing)s"),
    gettext_noop("%(name)s said in a check-in: %(standing)s"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A goal in a list."""

    pk: UUID
    title: str
    state: str
    label: str
    by_when: date | None
    steps: int
    done: int
    standing: str


@dataclass(frozen=True, slots=True)
class Section:
    """What the pairing's page shows of aims and goals. `aims` are (rank, words) of the mentee."""

    aims: list[tuple[int, str]]
    challenges: list[str]
    current: list[Row]
    over: list[Row]
    may_add: bool


def section(status: PairingStatus) -> Section:
    """The mentee's aims and challenges, and the goals: three queries, however many there are."""
    rows = [_row(goal, status.pairing) for goal in _goals(pairing=status.pairing.pk)]
    current = [row for row in rows if row.state in {GoalState.OPEN, GoalState.PROPOSED}]
    return Section(
        aims=aims_of(status.pairing),
        challenges=[str(topic) for topic in challenges(mentee=status.pairing.mentee_id)],
        current=sorted(current, key=lambda row: (row.state != GoalState.PROPOSED, row.by_when or date.max)),
        over=[row for row in rows if row not in current],
        may_add=status.pairing.state in PAIR_WRITES,
    )


@prepared
def _goals(*, pairing: UUID) -> QuerySet[Goal]:
    return Goal.objects.filter(pairing=pairing).counted()


def aims_of(pairing: Pairing) -> list[tuple[int, str]]:
    """The mentee's aims, with their ranks, first things first."""
    return [(aim.rank, aim.text or str(aim.topic)) for aim in aims(mentee=pairing.mentee_id)]


def _row(goal: Goal, pairing: Pairing) -> Row:
    goal.pairing = pairing
    counted: Any = goal
    return Row(
        pk=goal.pk,
        title=goal.called(),
        state=goal.state,
        label=label_of(goal, pairing),
        by_when=goal.by_when,
        steps=counted.steps,
        done=counted.done,
        standing=standing_label(counted.standing),
    )


def label_of(goal: Goal, pairing: Pairing) -> str:
    """Its state in words; of one that was left undone, as it was when the pairing ended."""
    left = None if pairing.is_open else LEFT.get(goal.state)
    return _(left) if left else str(goal.get_state_display())


def standing_label(standing: str | None) -> str:
    """The words for it; empty for none, or one that is not known."""
    return str(GoalStanding(standing).label) if standing in GoalStanding.values else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a goal's history. `may_correct`: it is the reader's own, and still open to correction."""

    pk: UUID
    when: datetime
    text: str
    words: str
    corrected_at: datetime | None
    may_correct: bool


def history(goal: Goal, entries: Iterable[GoalEntry], status: PairingStatus) -> list[Line]:
    """The lines of a goal's history, in their order."""
    lines = []
    for entry in entries:
        entry.goal = goal
        own = entry.by_id == status.me.pk and entry.act != GoalAct.CHECK_IN
        text, words = sentence(entry, status), entry.words_of("line")
        lines.append(Line(entry.pk, entry.at, text, words, entry.corrected_at, own and goal.is_writable))
    return lines


def sentence(entry: GoalEntry, status: PairingStatus) -> str:
    """Who did what, as the reader is addressed."""
    if entry.act == GoalAct.CHECK_IN:
        mine, theirs = SAID
    elif entry.act == GoalAct.PROPOSE and entry.by_id == entry.goal.pairing.mentee_id:
        mine, theirs = SET
    else:
        mine, theirs = SENTENCES.get(entry.act, SET)
    chosen = mine if entry.by_id == status.me.pk else theirs
    return _(chosen) % {"name": status.other.get_short_name(), "standing": standing_label(entry.standing)}
