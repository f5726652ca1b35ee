"""Taking stock: each side says what the mentee is strong in and what is a challenge, and reads the other afterwards."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.calendars import today_of
from accounts.models import Topic, User
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.prepared import prepared
from common.transactions import atomically
from common.transitions import next_state
from engagements.domain.sides import side_of
from engagements.letters import NotNeeded
from engagements.models import StockAnswer, StockRound
from engagements.states import STOCK_TRANSITIONS
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from outbox.domain import post as outbox

LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Stock:
    """What one side says: a mark from 1 (a challenge) to 5 (a strength) by the ids of topics, and own words."""

    marks: Mapping[UUID, int] = field(default_factory=dict)
    strengths: str = ""
    challenges: str = ""


@atomically
def take(*, row: StockRound, user: User, said: Stock, now: datetime) -> StockAnswer:
    """Answer a round, or put another answer in place of one's own, until it is over.

    Raises `NotPermitted` for anybody but the two, `WrongState` for a round that was cancelled, and
    `Refused` before it opens, after its last day, and for an answer without a mark or a word.
    """
    stock_round, actor = _locked(row, user), part_of(row.pairing, user)
    answer = StockAnswer.objects.select_for_update(of=("self",)).filter(round=stock_round, side=actor.value).first()
    verb = "correct" if answer else "answer"
    next_state(STOCK_TRANSITIONS, verb, stock_round.state, actor)
    _refuse_unless_open(stock_round, today_of(user, now))
    _refuse_empty(stock_round, said)
    if answer is None:
        answer = StockAnswer(side=actor.value, person=user, answered_at=now)
    else:
        answer.corrected_at = now
    answer.round = stock_round
    _write(answer, said)
    Event.record(verb=verb, subject=stock_round, actor=actor, now=now, user=user)
    outbox.cancel(subject_id=stock_round.pk, person=user, reason=NotNeeded.STOCK_TAKEN)
    return answer


def _locked(row: StockRound, user: User) -> StockRound:
    pairing = locks.pairing(row.pairing_id)
    side_of(pairing, user)
    found: StockRound = StockRound.objects.select_for_update(of=("self",)).get(pk=row.pk)
    found.pairing = pairing
    return found


def _refuse_unless_open(row: StockRound, today: date) -> None:
    if row.is_open(today):
        return
    if row.opens_on > today:
        raise Refused(_("This round has not begun yet. You are asked when it does."), code="not_due")
    if row.is_over(today):
        raise Refused(_("This round is over. Bring what you wrote to your next meeting."), code="over")
    raise WrongState


def _refuse_empty(row: StockRound, said: Stock) -> None:
    unknown = set(said.marks) - set(row.topics)
    if unknown or any(not LOWEST <= mark <= HIGHEST for mark in said.marks.values()):
        raise Refused(_("Please choose from 1 to 5."), code="no_mark")
    if not said.marks and not said.strengths.strip() and not said.challenges.strip():
        raise Refused(_("Please rate one topic at least, or say it in your own words."), code="nothing_said")


def _write(answer: StockAnswer, said: Stock) -> None:
    names = topics_of([answer.round]) if said.marks else {}
    marks = [[str(pk), names.get(pk, ""), mark] for pk, mark in said.marks.items()]
    answer.write("marks", json.dumps(marks, ensure_ascii=False) if marks else "")
    answer.write("strengths", said.strengths.strip())
    answer.write("challenges", said.challenges.strip())
    answer.save()


def read(answer: StockAnswer) -> Stock:
    """What was said. Marks that cannot be read are none, and words say that they cannot."""
    return Stock(_marks(answer), answer.words_of("strengths"), answer.words_of("challenges"))


def _marks(answer: StockAnswer) -> dict[UUID, int]:
    try:
        stored = json.loads(answer.words_of("marks", instead="") or "[]")
        return {UUID(pk): int(mark) for pk, _name, mark in stored}
    except (TypeError, ValueError):
        return {}


@dataclass(frozen=True, slots=True)
class Round:
    """A round as one of the two may read it on `today`: their own answer, and the other's once it may be read.

    `other_answered` says that the other has, whether or not what they said is shown.
    """

    row: StockRound
    mine: StockAnswer | None
    theirs: StockAnswer | None
    other_answered: bool
    is_open: bool
    is_over: bool


def rounds_of(*, pairing: Pairing, user: User, today: date) -> list[Round]:
    """The rounds of a pairing that were not cancelled, as `user` may read them. Raises `NotPermitted` for strangers."""
    if user.pk not in (pairing.mentee_id, pairing.mentor_id):
        raise NotPermitted
    rows = _rounds(pairing=pairing.pk)
    answers = _answers(pairing=pairing.pk) if any(row.opens_on <= today for row in rows) else []
    return [_round(row, pairing, [each for each in answers if each.round_id == row.pk], user, today) for row in rows]


@prepared
def _rounds(*, pairing: UUID) -> QuerySet[StockRound]:
    return StockRound.objects.planned().filter(pairing=pairing)


@prepared
def _answers(*, pairing: UUID) -> QuerySet[StockAnswer]:
    return StockAnswer.objects.filter(round__pairing=pairing)


def _round(row: StockRound, pairing: Pairing, answers: Iterable[StockAnswer], user: User, today: date) -> Round:
    row.pairing = pairing
    said: dict[bool, StockAnswer] = {}
    for answer in answers:
        answer.round = row
        said[answer.person_id == user.pk] = answer
    mine, theirs, over = said.get(True), said.get(False), row.is_over(today)
    shown = theirs if over or mine is not None else None
    return Round(row, mine, shown, theirs is not None, row.is_open(today), over)


def topics_of(rounds: Iterable[StockRound]) -> dict[UUID, str]:
    """The names of what is rated, by their ids in the order of the rounds; one that is no longer listed is left out."""
    wanted = dict.fromkeys(pk for row in rounds for pk in row.topics)
    names = dict(Topic.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return {pk: names[pk] for pk in wanted if pk in names}
