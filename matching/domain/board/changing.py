"""Decisions on a board: taken against what was seen, undone, redone. Nothing is overwritten in silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import Role
from common.errors import Refused
from common.models import Event
from common.queries import among
from common.transactions import atomically
from common.transitions import Actor
from matching.domain import locks
from matching.domain.board.asking import AT_MOST_MUTUAL, Choice, Move, check_may_change, foresee, standing_pairs
from matching.domain.board.line import Decision, Line, demands_of, line_of, moves_of
from matching.domain.board.live import Live, live
from matching.domain.publishing import Look
from matching.domain.run_report import says_why
from matching.domain.runs import UNTOLD, cause, reasons_as_data
from matching.engine import Id, explain
from matching.models import Board, BoardChange, MatchRun, Proposal, Unmatched

WHY_ALONE = ("fit", "excluded", "help", "gain", "group_mentees", "group_places")
ERASED = "erased"  # what an erasure leaves of a change's moves


@dataclass(frozen=True)
class Seen:
    """What a coordinator was shown and confirms: the board's version, and of a decision its moves."""

    version: int
    digest: str = ""


def decide(
    *, run: MatchRun, decision: Decision, moving: int | None, seen: Seen, why: str = "", user: User, now: datetime
) -> BoardChange:
    """Take a decision, moving so many others at most, as it was shown.

    Raises as `foresee`, and `Refused` when the board or the people have changed since: it has to be looked at again.
    """
    check_may_change(run, user)
    return _decide(run.pk, decision, moving, seen, why, user, now)


@atomically
def _decide(
    run_id: UUID, decision: Decision, moving: int | None, seen: Seen, why: str, user: User, now: datetime
) -> BoardChange:
    run, line = _lock(run_id, user, seen)
    foreseen = foresee(run=run, decision=decision, user=user, now=now)
    choice, best = foreseen.choice(moving), foreseen.choice(None)
    if choice is None or best is None or choice.digest != seen.digest:
        raise Refused(
            _("People have changed since you looked, and with them what this would do. Please look at it again."),
            code="changed_meanwhile",
        )
    _check_pairs(run, choice, now)
    with live(run, now=now) as at_hand:
        moves = _as_data(run, choice, at_hand)
        current: dict[Id, Id] = {mentee: mentor for mentee, (mentor, _score) in standing_pairs(run).items()}
        for move in choice.moves:
            current.pop(move.mentee, None)
            if move.after:
                current[move.mentee] = move.after[0]
        demands = demands_of([*line.decisions, decision])
        mutual = at_hand.board.prefer_each_other(demands, current, AT_MOST_MUTUAL)
    change = BoardChange.objects.create(
        run=run,
        cohort_id=run.cohort_id,
        number=line.made + 1,
        after=line.last,
        verb=decision.verb,
        mentee_id=decision.mentee,
        mentor_id=decision.mentor,
        other_id=decision.other,
        other_mentor_id=decision.other_mentor,
        moving=moving,
        moves=moves,
        matched=choice.matched,
        total=choice.total,
        best_matched=best.matched,
        best_total=best.total,
        mutual=mutual,
        why=why.strip(),
        made_at=now,
        made_by=user,
    )
    _put(run, {UUID(move["mentee"]): move["after"] for move in moves})
    _stand(line, change, "change_board", user, now)
    return change


def undo(*, run: MatchRun, seen: Seen, user: User, now: datetime) -> BoardChange:
    """Take the last decision back; gives it. Raises as `decide`, and `Refused` when there is none."""
    check_may_change(run, user)
    return _undo(run.pk, seen, user, now)


@atomically
def _undo(run_id: UUID, seen: Seen, user: User, now: datetime) -> BoardChange:
    run, line = _lock(run_id, user, seen)
    change = line.last
    if change is None:
        raise Refused(_("There is nothing to undo."), code="nothing_changes")
    _put(run, {UUID(move["mentee"]): move["before"] for move in _kept_moves(change)})
    _stand(line, change.after, "undo_change", user, now)
    return change


def redo(*, run: MatchRun, seen: Seen, user: User, now: datetime) -> BoardChange:
    """Take the decision that was undone last once more; gives it. Raises as `undo`."""
    check_may_change(run, user)
    return _redo(run.pk, seen, user, now)


@atomically
def _redo(run_id: UUID, seen: Seen, user: User, now: datetime) -> BoardChange:
    run, line = _lock(run_id, user, seen)
    change = line.undone
    if change is None:
        raise Refused(_("There is nothing to redo."), code="nothing_changes")
    _put(run, {UUID(move["mentee"]): move["after"] for move in _kept_moves(change)})
    _stand(line, change, "redo_change", user, now)
    return change


def _lock(run_id: UUID, user: User, seen: Seen) -> tuple[MatchRun, Line]:
    """The run for oneself, and its board. Raises `Refused` when somebody has changed it since it was seen."""
    cohort = locks.cohort(MatchRun.objects.values_list("cohort_id", flat=True).get(pk=run_id))
    run: MatchRun = MatchRun.objects.select_for_update(no_key=True).get(pk=run_id)
    run.cohort = cohort
    check_may_change(run, user)
    line = line_of(run)
    if line.version != seen.version:
        raise Refused(changed_by(line.board), code="changed_meanwhile")
    return run, line


def changed_by(board: Board) -> str:
    """That somebody has changed the board since it was seen."""
    words = {
        "name": board.changed_by.name if board.changed_by else _("somebody"),
        "moment": date_format(localtime(board.changed_at), "DATETIME_FORMAT") if board.changed_at else "–",
    }
    said = _("Nothing was changed: %(name)s changed this board on %(moment)s. Please look at it as it stands now.")
    return said % words


def _stand(line: Line, head: BoardChange | None, verb: str, user: User, now: datetime) -> None:
    board = line.board
    board.head, board.version, board.changed_at, board.changed_by = head, board.version + 1, now, user
    board.save()
    Event.record(verb=verb, subject=board.run, actor=Actor.COORDINATOR, now=now, user=user)


def _check_pairs(run: MatchRun, choice: Choice, now: datetime) -> None:
    """Look at all pairs that would be made as publishing would. Raises `Refused` for one that cannot be asked now."""
    made = [(move.mentee, move.after[0]) for move in choice.moves if move.after]
    people = {person for pair in made for person in pair}
    rows = Enrolment.objects.filter(cohort=run.cohort_id, person__in=among(people)).select_related("person", "cohort")
    found = {(row.role, row.person_id): row for row in rows}
    look = Look(run.cohort, list(found.values()), now)
    for mentee, mentor in made:
        one, other = found[Role.MENTEE, mentee], found[Role.MENTOR, mentor]
        if reason := look.reason(one, other):
            words = {"mentee": one.person.name, "mentor": other.person.name, "reason": reason.label}
            said = _("%(mentee)s and %(mentor)s cannot be paired at present. %(reason)s")
            raise Refused(said % words, code="cannot_be_asked")


# --- the rows ---


def _as_data(run: MatchRun, choice: Choice, at_hand: Live) -> list[dict[str, Any]]:
    """The moves, each with all that stood and will stand in the row."""
    before = _rows(run, [move.mentee for move in choice.moves])
    mentors = {card.id: card for card in at_hand.pool.mentors}
    return [
        {"mentee": str(move.mentee), "before": before[move.mentee], "after": _after(run, move, at_hand, mentors)}
        for move in choice.moves
    ]


def _rows(run: MatchRun, mentees: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """What stands in the rows of these mentees."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in Proposal.objects.filter(run=run, mentee__in=among(mentees)):
        found[row.mentee_id] = {"mentor": str(row.mentor_id), "score": row.score, "reasons": row.reasons}
    for alone in Unmatched.objects.filter(run=run, mentee__in=among(mentees)):
        found[alone.mentee_id] = {name: getattr(alone, name) for name in WHY_ALONE}
    return found


def _after(run: MatchRun, move: Move, at_hand: Live, mentors: Mapping[Any, Any]) -> dict[str, Any]:
    card = at_hand.cards.get(move.mentee)
    if move.after is None:
        told = cause(at_hand.pool, card, None) if card is not None and says_why(run) else UNTOLD
        return {**dict.fromkeys(WHY_ALONE), **told}
    mentor, score = move.after
    reasons = reasons_as_data(explain(at_hand.pool, card, mentors[mentor])) if card is not None else []
    return {"mentor": str(mentor), "score": score, "reasons": reasons}


def _kept_moves(change: BoardChange) -> list[dict[str, Any]]:
    if change.moves == ERASED:
        raise Refused(_("Somebody it was about has been erased since, so it stays as it is."), code="erased")
    return moves_of(change)


def _put(run: MatchRun, sides: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Let these stand in the rows of the mentees, whatever stood there."""
    Proposal.objects.filter(run=run, mentee__in=among(sides)).delete()
    Unmatched.objects.filter(run=run, mentee__in=among(sides)).delete()
    people = {*sides, *(UUID(side["mentor"]) for side in sides.values() if "mentor" in side)}
    rows = Enrolment.objects.filter(cohort=run.cohort_id, person__in=among(people)).order_by()
    enrolment_of = {(role, person): pk for role, person, pk in rows.values_list("role", "person_id", "pk")}
    proposals, alone = [], []
    for mentee, side in sides.items():
        whose = {"run": run, "cohort_id": run.cohort_id, "mentee_id": mentee}
        whose["mentee_enrolment_id"] = enrolment_of[Role.MENTEE, mentee]
        if "mentor" in side:
            mentor = UUID(side["mentor"])
            pair = {"mentor_id": mentor, "mentor_enrolment_id": enrolment_of[Role.MENTOR, mentor]}
            proposals.append(Proposal(**whose, **pair, score=side["score"], reasons=side["reasons"]))
        else:
            alone.append(Unmatched(**whose, **side))
    Proposal.objects.bulk_create(proposals, batch_size=500)
    Unmatched.objects.bulk_create(alone, batch_size=500)
