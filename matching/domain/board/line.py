"""The decisions in force on a board, in their order, and what they demand of the engine."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

from matching.engine import Forbid, Pin, Withdraw
from matching.models import Board, BoardChange, MatchRun
from matching.models.boards import BoardVerb

Demand: TypeAlias = Pin | Forbid | Withdraw


@dataclass(frozen=True)
class Decision:
    """What a coordinator decides: people by their ids. A swap names a second pair, `other` and `other_mentor`."""

    verb: BoardVerb
    mentee: UUID
    mentor: UUID | None = None
    other: UUID | None = None
    other_mentor: UUID | None = None

    @property
    def mentees(self) -> set[UUID]:
        """Whom it is about."""
        return {self.mentee, self.other} if self.other else {self.mentee}

    @property
    def made(self) -> list[tuple[UUID, UUID]]:
        """The pairs (mentee, mentor) that it makes."""
        if self.mentor is None or self.verb in (BoardVerb.FORBID, BoardVerb.RELEASE):
            return []
        second = [(self.other, self.other_mentor)] if self.other and self.other_mentor else []
        return [(self.mentee, self.mentor), *second]


@dataclass(frozen=True)
class Line:
    """Where a board stands.

    changes     those in force, the first decision first
    undone      the one that redoing would bring back
    """

    board: Board
    changes: tuple[BoardChange, ...] = ()
    undone: BoardChange | None = None
    made: int = 0

    @property
    def version(self) -> int:
        return self.board.version

    @property
    def decisions(self) -> list[Decision]:
        return [decision_of(change) for change in self.changes]

    @property
    def last(self) -> BoardChange | None:
        return self.changes[-1] if self.changes else None

    @property
    def first_moves(self) -> dict[str, dict[str, Any]]:
        """What the run itself had found for each mentee whose proposal was changed."""
        found: dict[str, dict[str, Any]] = {}
        for change in self.changes:
            for move in moves_of(change):
                found.setdefault(move["mentee"], move["before"])
        return found


@dataclass
class Standing:
    """What the decisions in force come to, person by person."""

    pinned: dict[UUID, UUID] = field(default_factory=dict)
    aside: set[UUID] = field(default_factory=set)
    apart: set[tuple[UUID, UUID]] = field(default_factory=set)


def moves_of(change: BoardChange) -> list[dict[str, Any]]:
    """What a change moved; nothing of one that somebody's erasure has emptied."""
    return change.moves if isinstance(change.moves, list) else []


def line_of(run: MatchRun) -> Line:
    """The board of a run as it stands: two queries."""
    board = Board.objects.select_related("changed_by").filter(run=run).first()
    if board is None:
        return Line(Board(run=run, cohort_id=run.cohort_id))
    people = ("mentee", "mentor", "other", "other_mentor", "made_by")
    rows = {each.pk: each for each in BoardChange.objects.filter(run=run).select_related(*people)}
    changes, at = [], rows.get(board.head_id)
    while at is not None:
        changes.append(at)
        at = rows.get(at.after_id)
    following = [each for each in rows.values() if each.after_id == board.head_id]
    undone = max(following, key=lambda each: each.number, default=None)
    return Line(board, tuple(reversed(changes)), undone, len(rows))


def decision_of(change: BoardChange) -> Decision:
    """What a change decided."""
    return Decision(BoardVerb(change.verb), change.mentee_id, change.mentor_id, change.other_id, change.other_mentor_id)


def demands_of(decisions: Iterable[Decision]) -> tuple[Demand, ...]:
    """What decisions ask of the engine. A later one about the same mentee, or pair, takes an earlier one's place."""
    held: dict[tuple[UUID, ...], Demand] = {}
    for decision in decisions:
        mentee, mentor = decision.mentee, decision.mentor
        if decision.verb == BoardVerb.RELEASE:
            held.pop((mentee, mentor) if mentor else (mentee,), None)
        elif decision.verb == BoardVerb.SET_ASIDE:
            held.pop((mentee,), None)
            held[(mentee,)] = Withdraw(mentee)
        elif decision.verb == BoardVerb.FORBID and mentor is not None:
            if held.get((mentee,)) == Pin(mentee, mentor):
                del held[(mentee,)]
            held.setdefault((mentee, mentor), Forbid(mentee, mentor))
        for one, other in decision.made:
            held.pop((one,), None)
            held.pop((one, other), None)
            held[(one,)] = Pin(one, other)
    return tuple(held.values())


def standing_of(decisions: Iterable[Decision]) -> Standing:
    """What holds by these decisions, person by person."""
    standing = Standing()
    for demand in demands_of(decisions):
        if isinstance(demand, Withdraw):
            standing.aside.add(_uuid(demand.person))
        elif isinstance(demand, Pin):
            standing.pinned[_uuid(demand.mentee)] = _uuid(demand.mentor)
        else:
            standing.apart.add((_uuid(demand.mentee), _uuid(demand.mentor)))
    return standing


def _uuid(person: Any) -> UUID:
    """The same; the engine takes ids of any kind, ours are UUIDs."""
    return UUID(str(person))
