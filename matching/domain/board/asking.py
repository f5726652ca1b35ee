"""What a decision would do to a board, said before it is taken."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.permissions import coordinates
from cohorts.states import Role
from common.dates import day_of
from common.errors import NotPermitted, Refused, WrongState
from common.queries import among
from matching.domain.board.line import Decision, Line, demands_of, line_of
from matching.domain.board.live import Live, live
from matching.domain.cards import CardBuilder, rules_of, waived_pairs
from matching.domain.publishing import takes_part
from matching.domain.run_report import weights_of
from matching.engine import Answer, Answers, EngineError, Id, PinError, excluding_rule
from matching.models import MatchRun, Proposal, Unmatched
from matching.models.boards import BoardVerb
from matching.models.runs import HeldBack
from matching.states import RunState

MOVING = (0, 1, 2, None)  # others at most; None: as many as it takes
AT_MOST_MUTUAL = 1000  # counted


@dataclass(frozen=True)
class Move:
    """A mentee's mentor and score, before and after; None where there is none."""

    mentee: UUID
    before: tuple[UUID, int] | None
    after: tuple[UUID, int] | None


@dataclass(frozen=True)
class Choice:
    """One way to take the decision.

    moving      how many others it may move at most; None: as many as it takes
    others      how many it moves
    matched, total, fewer, points
                of the board afterwards, and what it falls short of the best answer
    more, gained
                beside the board as it stands: mentees matched, and points
    """

    moving: int | None
    moves: tuple[Move, ...]
    others: int
    matched: int
    total: int
    fewer: int
    points: int
    more: int
    gained: int

    @property
    def digest(self) -> str:
        """What is confirmed: just these moves."""
        told = sorted((str(each.mentee), str(each.after[0]) if each.after else "") for each in self.moves)
        return sha256(json.dumps(told).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Foreseen:
    """The ways to take a decision, each moving more than the one before; None where that cannot be."""

    line: Line
    decision: Decision
    choices: tuple[Choice | None, ...]

    def choice(self, moving: int | None) -> Choice | None:
        """The way that moves so many others at most."""
        return self.choices[MOVING.index(moving)]


def check_may_change(run: MatchRun, user: User) -> None:
    """Raises `NotPermitted` for somebody who does not coordinate the cohort, `Refused` for one who takes part in the
    run, `WrongState` for a run that is published or discarded.
    """
    if not coordinates(user, run.cohort):
        raise NotPermitted
    if takes_part(user, run):
        raise Refused(
            _("You take part in this run yourself, so another coordinator has to change it."), code="takes_part"
        )
    if run.state != RunState.PROVEN:
        raise WrongState
    if not weights_of(run):
        raise Refused(_("What was kept of this run cannot be read. Make a new one."), code="unreadable")


def foresee(*, run: MatchRun, decision: Decision, user: User, now: datetime) -> Foreseen:
    """What a decision would do now. Raises as `check_may_change`, and `Refused` for what cannot be."""
    check_may_change(run, user)
    line = line_of(run)
    standing = standing_pairs(run)
    check(run, decision, line, standing, now=now)
    with live(run, now=now) as at_hand:
        answers = _answers(at_hand, decision, line, standing)
    return Foreseen(line, decision, tuple(_choices(answers, standing, decision.mentees)))


def standing_pairs(run: MatchRun) -> dict[UUID, tuple[UUID, int]]:
    """Who stands with whom on the board, and the score, by mentee."""
    rows = Proposal.objects.filter(run=run).order_by().values_list("mentee_id", "mentor_id", "score")
    return {mentee: (mentor, score) for mentee, mentor, score in rows}


def check(
    run: MatchRun, decision: Decision, line: Line, standing: Mapping[UUID, tuple[UUID, int]], *, now: datetime
) -> None:
    """Raises `Refused` for a decision that changes nothing, names somebody of another run, or breaks a rule."""
    alone = set(Unmatched.objects.filter(run=run).values_list("mentee_id", flat=True))
    if not decision.mentees <= standing.keys() | alone:
        raise Refused(_("This mentee is not in this run."), code="not_here")
    if decision.verb == BoardVerb.SWAP and decision.mentee == decision.other:
        raise Refused(_("Choose two mentees to swap."), code="nothing_changes")
    if demands_of([*line.decisions, decision]) == demands_of(line.decisions):
        raise Refused(_("That is decided already."), code="nothing_changes")
    if decision.verb == BoardVerb.FORBID and decision.mentor is None:
        raise Refused(_("Choose a mentor."), code="no_mentor")
    for mentee, mentor in decision.made:
        if reason := why_not(run, mentee, mentor, now=now):
            raise Refused(reason.label, code=reason.value)


def why_not(run: MatchRun, mentee: UUID, mentor: UUID, *, now: datetime) -> HeldBack | None:
    """Why these two cannot be paired now; all that is the mentor's own reads alike."""
    wanted = {(Role.MENTEE, mentee), (Role.MENTOR, mentor)}
    rows = Enrolment.objects.filter(cohort=run.cohort_id, person__in=[mentee, mentor]).select_related("person")
    found = {(row.role, row.person_id): row for row in rows if (row.role, row.person_id) in wanted}
    if len(found) < len(wanted):
        return HeldBack.OTHER
    builder = CardBuilder(run.cohort, {mentee, mentor}, now=now)
    one = builder.mentees([found[Role.MENTEE, mentee]])[mentee]
    other = builder.mentors([found[Role.MENTOR, mentor]])[mentor]
    waived = (mentee, mentor) in waived_pairs(run.cohort, day_of(now))
    rule = excluding_rule(one, other, rules_of(run.cohort), waived=waived)
    return HeldBack(rule.public_key) if rule else None


def _answers(at_hand: Live, decision: Decision, line: Line, standing: Mapping[UUID, tuple[UUID, int]]) -> Answers:
    demands = demands_of([*line.decisions, decision])
    current: dict[Id, Id] = {mentee: mentor for mentee, (mentor, _score) in standing.items()}
    try:
        return at_hand.board.answers(demands, current, about=decision.mentees)
    except PinError as error:
        raise Refused(HeldBack.OTHER.label, code=HeldBack.OTHER.value) from error
    except EngineError as error:
        raise Refused(
            _("Somebody of these has changed since the run, so this cannot be answered: run again."), code="changed"
        ) from error


def _choices(answers: Answers, standing: Mapping[UUID, tuple[UUID, int]], about: set[UUID]) -> Iterable[Choice | None]:
    for moving, answer in zip(MOVING, (*answers.options, answers.best), strict=True):
        yield _choice(moving, answer, answers, standing, about) if answer else None


def _choice(
    moving: int | None,
    answer: Answer,
    answers: Answers,
    standing: Mapping[UUID, tuple[UUID, int]],
    about: set[UUID],
) -> Choice:
    moves = []
    for person, mentor in answer.mentor_of.items():
        mentee = UUID(str(person))
        after = None if mentor is None else (UUID(str(mentor)), answer.score_of[person])
        moves.append(Move(mentee, standing.get(mentee), after))
    return Choice(
        moving,
        tuple(sorted(moves, key=lambda move: (move.mentee not in about, str(move.mentee)))),
        answer.others,
        answer.matched,
        answer.total,
        answers.best.matched - answer.matched,
        answers.best.total - answer.total,
        answer.matched - answers.matched,
        answer.total - answers.total,
    )


def names_of(people: Iterable[UUID]) -> dict[UUID, User]:
    """These people, by their ids."""
    return {person.pk: person for person in User.objects.filter(pk__in=among(people))}
