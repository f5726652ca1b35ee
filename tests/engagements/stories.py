"""How pairings come to where a test wants them, by the verbs that lead there."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts import tokens
from accounts.domain import invitations
from accounts.models import User
from common.transitions import Actor
from engagements.cadence import Cadence
from engagements.domain import agreements, assistants, check_ins, decisions, reviews, stock
from engagements.models import Assistant, CheckIn, Decision, Review, StockAnswer, StockRound
from matching.domain import pairings
from matching.models import Pairing
from tests import recorded
from tests.matching import factories
from tests.matching.factories import NOW

END = date(2026, 12, 11)
TERMS: dict[str, Any] = {"meetings_a_month": 2, "cadence": Cadence.weeks(4), "planned_end": END}
ANSWERS: dict[str, Any] = {"connection": 4, "clarity": 5, "competency": 3, "met": True}
LOOKED_BACK: dict[str, Any] = {
    "mistakes_avoided": "clearly",
    "faster": "somewhat",
    "decisions": "clearly",
    "goals": "most",
    "connection": 5,
    "clarity": 4,
    "competency": 4,
    "again": "yes",
}
SECRET = "The chair will be replaced in autumn."


def introduced(**words: Any) -> Pairing:
    """A pairing before its first conversation."""
    return factories.pairing(**words)


def agreeing(*, now: datetime = NOW, **words: Any) -> Pairing:
    """Both have said to go ahead."""
    pairing = introduced(**words)
    for person in (pairing.mentee, pairing.mentor):
        pairings.answer_chemistry(pairing=pairing, user=person, go_ahead=True, now=now)
    return pairing


def active(*, now: datetime = NOW, terms: dict[str, Any] | None = None, **words: Any) -> Pairing:
    """The mentee wrote the agreement, both signed it. With no word of one's own, from rows that were recorded."""
    if now == NOW and not terms and not words and (recorded_pk := recorded.again("active", Pairing)):
        return Pairing.objects.get(pk=recorded_pk)
    return signed_by_both(now=now, terms=terms, **words)


def signed_by_both(*, now: datetime = NOW, terms: dict[str, Any] | None = None, **words: Any) -> Pairing:
    """The same, each time by the verbs."""
    pairing = agreeing(now=now, **words)
    agreement = agreements.propose(pairing=pairing, user=pairing.mentee, **{**TERMS, **(terms or {})}, now=now)
    agreements.sign(agreement=agreement, user=pairing.mentor, now=now)
    pairing.refresh_from_db()
    return pairing


def asked(pairing: Pairing, *, now: datetime = NOW, **words: Any) -> Decision:
    """A decision on which the mentee asks for a view."""
    said = {"title": "Sell the mill?", "situation": "", "options": "", "leaning": "", "confidence_before": 60}
    question = decisions.Question(**{**said, "decide_by": date(2026, 4, 1), **words})
    return decisions.ask(pairing=pairing, user=pairing.mentee, question=question, now=now)


def check_in(pairing: Pairing, side: str = "mentee", round: int = 1) -> CheckIn:  # noqa: A002 - the field's own name
    """One of the planned ones."""
    found: CheckIn = pairing.check_ins.get(side=side, round=round)
    return found


def answered(row: CheckIn, **words: Any) -> CheckIn:
    """Answered a minute after it fell due, unless told otherwise."""
    given = {"now": row.due_at, **ANSWERS, **words}
    return check_ins.answer(check_in=row, user=row.person, **given)


def closing(*, now: datetime = NOW, **words: Any) -> Pairing:
    """The mentor has begun the closing of an active one."""
    pairing = active(now=now, **words)
    return pairings.begin_closing(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, now=now)


def looked_back(pairing: Pairing, side: str = "mentee", *, now: datetime = NOW, **words: Any) -> Review:
    """One side has looked back."""
    row = pairing.reviews.select_related("person").get(side=side)
    said = (
        reviews.MenteeReview(**{**LOOKED_BACK, **words})
        if side == "mentee"
        else reviews.LearningInterview(**{"again": "yes", **words})
    )
    return reviews.answer(review=row, user=row.person, said=said, now=now)


def complete(pairing: Pairing, *, now: datetime = NOW) -> Pairing:
    """Closed, and both have looked back."""
    if pairing.state != "closing":
        pairings.begin_closing(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, now=now)
    for side in ("mentee", "mentor"):
        looked_back(pairing, side, now=now)
    pairing.refresh_from_db()
    return pairing


def stock_round(pairing: Pairing, moment: str = "start") -> StockRound:
    """One of the planned ones."""
    found: StockRound = pairing.stock_rounds.get(moment=moment, state="planned")
    return found


def stock_taken(
    pairing: Pairing, side: str = "mentee", *, moment: str = "start", mark: int = 3, **words: Any
) -> StockAnswer:
    """Answered on the day after the round opened: all topics alike."""
    row = stock_round(pairing, moment)
    at = NOW + timedelta(days=(row.opens_on - NOW.date()).days + 1)
    said = stock.Stock(dict.fromkeys(row.topics, mark), **words)
    return stock.take(row=row, user=getattr(pairing, side), said=said, now=at)


def assistant(leader: User, person: User | None = None, *, now: datetime = NOW) -> Assistant:
    """Somebody who handles the meeting times of `leader`: new here, unless a person is given."""
    email = person.email if person else f"kim@{leader.pk.hex[:6]}.example"
    row = assistants.invite(leader=leader, email=email, name="Kim Lee", now=now)
    token = tokens.link_token(row.invitation_id, 1)
    if person is None:
        invitations.join(token=token, name="Kim Lee", zone="Europe/London", now=now)
    else:
        invitations.accept(token=token, user=person, now=now)
    row.refresh_from_db()
    return row
