"""The decision log: the mentee asks, the mentor gives a view, the mentee decides and later says what came of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_with_absences, local_day, morning
from accounts.models import User
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, allowed_verbs, next_state
from engagements.letters import NotNeeded
from engagements.models import Decision
from engagements.models.decisions import VIEW_WORDS
from engagements.states import DECISION_TRANSITIONS, PAIR_WRITES, DecisionState, Outcome
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from outbox.domain import post as outbox

ASKED, GIVEN, DUE = "view_asked", "view_given", "outcome_due"
MOST_WAITING = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What the mentee describes; `confidence_before` in per cent."""

    title: str
    situation: str
    options: str
    leaning: str
    confidence_before: int
    decide_by: date


@dataclass(frozen=True, slots=True)
class View:
    """What the mentor answers: one of them at least."""

    consequences: str = ""
    perception: str = ""
    blind_spot: str = ""
    question: str = ""


def verbs_of(decision: Decision, user: User) -> list[str]:
    """What `user` may do with the decision as it stands: the buttons of its page."""
    if not decision.is_writable:
        return []
    return allowed_verbs(DECISION_TRANSITIONS, decision.state, part_of(decision.pairing, user))


@atomically
def ask(*, pairing: Pairing, user: User, question: Question, now: datetime) -> Decision:
    """Describe a decision and ask the mentor for a view, who is told.

    Raises `NotPermitted` for the mentor, `WrongState` unless the pairing is at work, and `Refused` for a day that is
    over or for more questions at once than anybody answers.
    """
    locked = locks.pairing(pairing.pk)
    if part_of(locked, user) is not Actor.MENTEE or locked.state not in PAIR_WRITES:
        raise WrongState
    _check_day(question.decide_by, user, now, "decide_by")
    if Decision.objects.filter(pairing=locked, state=DecisionState.ASKED).count() >= MOST_WAITING:
        raise Refused(
            _("Five decisions wait for a view already. Drop one, or decide one, before you ask about another."),
            code="too_many",
        )
    decision = Decision(pairing=locked, state=DecisionState.ASKED, asked_at=now)
    _write_question(decision, question)
    _record(decision, "ask", user, now)
    outbox.post(kind=ASKED, subject=decision, person=locked.mentor, due_at=now)
    return decision


@atomically
def change(*, decision: Decision, user: User, question: Question, now: datetime) -> Decision:
    """Describe it anew: a view is asked for once more, unless one waits already. What the mentor said stays to be read.

    Raises `NotPermitted`, `WrongState` once it is decided, and `Refused` for a day that is over.
    """
    row, was = _moved(decision, "change", user)
    if question.decide_by != row.decide_by:
        _check_day(question.decide_by, user, now, "decide_by")
    if was != DecisionState.ASKED:
        row.asked_at = now
    _write_question(row, question)
    _record(row, "change", user, now)
    outbox.cancel(subject_id=row.pk, kinds=[GIVEN], reason=NotNeeded.DECISION_MOVED_ON)
    if was != DecisionState.ASKED:
        outbox.post(kind=ASKED, subject=row, person=row.pairing.mentor, due_at=now, occasion=now.isoformat())
    return row


@atomically
def give_view(*, decision: Decision, user: User, view: View, now: datetime) -> Decision:
    """Say what the mentor sees in it, or put another view in place of one's own, until it is decided.

    Raises `NotPermitted` for the mentee, `WrongState` once it is decided or dropped, `Refused` for a view of no words.
    """
    row, was = _moved(decision, "view", user)
    said = {name: words.strip() for name, words in asdict(view).items()}
    if not any(said.values()):
        raise Refused(_("Please answer along one of the four at least."), field="consequences", code="no_view")
    for name, words in said.items():
        row.write(name, words)
    row.viewed_at = now
    row.save()
    _record(row, "view", user, now)
    outbox.cancel(subject_id=row.pk, kinds=[ASKED], reason=NotNeeded.DECISION_MOVED_ON)
    if was == DecisionState.ASKED:
        occasion = row.asked_at.isoformat()
        outbox.post(kind=GIVEN, subject=row, person=row.pairing.mentee, due_at=now, occasion=occasion)
    return row


@atomically
def drop(*, decision: Decision, user: User, now: datetime) -> Decision:
    """Ask about it no longer; it may be asked again. Raises `NotPermitted`, or `WrongState` once it is decided."""
    row, _was = _moved(decision, "drop", user)
    row.save()
    _record(row, "drop", user, now)
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.DECISION_MOVED_ON)
    return row


@atomically
def decide(
    *, decision: Decision, user: User, choice: str, confidence_after: int, look_back_on: date, now: datetime
) -> Decision:
    """Record what was decided, how sure one is of it, and when to ask what came of it; or other words in their place.

    Raises `NotPermitted`, `WrongState` once it was looked back on, and `Refused` for a day that is over.
    """
    row, _was = _moved(decision, "decide", user)
    if look_back_on != row.look_back_on:
        _check_day(look_back_on, user, now, "look_back_on")
    row.write("choice", choice.strip())
    row.confidence_after, row.look_back_on = confidence_after, look_back_on
    row.decided_at = row.decided_at or now
    row.save()
    _record(row, "decide", user, now)
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.DECISION_MOVED_ON)
    due = morning(look_back_on, calendar_with_absences(user))
    outbox.post(kind=DUE, subject=row, person=user, due_at=due, occasion=look_back_on.isoformat())
    return row


@atomically
def look_back(*, decision: Decision, user: User, outcome: str, lesson: str = "", now: datetime) -> Decision:
    """Say what came of it, an `Outcome`, with a line; or say it otherwise.

    Raises `NotPermitted`, `WrongState` before it is decided, and `Refused` for an outcome that there is not.
    """
    row, _was = _moved(decision, "look_back", user)
    if outcome not in Outcome.values:
        raise Refused(_("Please say what came of it."), field="outcome", code="no_outcome")
    row.outcome, row.looked_back_at = outcome, row.looked_back_at or now
    row.write("lesson", lesson.strip())
    row.save()
    _record(row, "look_back", user, now)
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.DECISION_MOVED_ON)
    return row


def has_view(decision: Decision) -> bool:
    """Whether the mentor has said something, be it of an earlier wording."""
    return any(getattr(decision, name) is not None for name in VIEW_WORDS)


def _moved(decision: Decision, verb: str, user: User) -> tuple[Decision, str]:
    """The decision, locked with its pairing and in its next state (not saved), and the state it was in."""
    pairing = locks.pairing(decision.pairing_id)
    actor = part_of(pairing, user)
    if pairing.state not in PAIR_WRITES:
        raise WrongState
    row: Decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    row.pairing, was = pairing, row.state
    row.state = next_state(DECISION_TRANSITIONS, verb, row.state, actor)
    return row, was


def _check_day(day: date, user: User, now: datetime, field: str) -> None:
    if day < local_day(now, calendar_with_absences(user)):
        raise Refused(_("This day is over. Please choose one that is still ahead."), field=field, code="past")


def _write_question(decision: Decision, question: Question) -> None:
    said = asdict(question)
    decision.decide_by = said.pop("decide_by")
    decision.confidence_before = said.pop("confidence_before")
    for name, words in said.items():
        decision.write(name, words.strip())
    decision.save()


def _record(decision: Decision, verb: str, user: User, now: datetime) -> None:
    actor = part_of(decision.pairing, user)
    Event.record(verb=verb, subject=decision, actor=actor, now=now, user=user)
