"""Goals: either side proposes, the mentee owns. Each act leaves a line in its history, which its writer corrects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, allowed_verbs, next_state
from engagements.letters import NotNeeded
from engagements.models import CheckIn, Goal, GoalEntry, Milestone
from engagements.models.goals import GOAL_WORDS, GoalAct
from engagements.states import GOAL_TRANSITIONS, PAIR_WRITES, GoalState
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from outbox.domain import post as outbox

PROPOSED = "goal_proposed"
MOST_OPEN = 12


@dataclass(frozen=True, slots=True)
class GoalWords:
    """What is said of a goal; `milestones` in their order."""

    title: str
    why: str = ""
    signs: str = ""
    by_when: date | None = None
    milestones: tuple[str, ...] = ()


def verbs_of(goal: Goal, user: User) -> list[str]:
    """What `user` may do with the goal as it stands: the buttons of its page."""
    if not goal.is_writable:
        return []
    return allowed_verbs(GOAL_TRANSITIONS, goal.state, part_of(goal.pairing, user))


@atomically
def propose(*, pairing: Pairing, user: User, words: GoalWords, line: str = "", now: datetime) -> Goal:
    """Set a goal (the mentee), or propose one to the mentee, who is told (the mentor).

    Raises `NotPermitted`, `WrongState` unless the pairing is at work, and `Refused` for more goals than one can follow.
    """
    locked = locks.pairing(pairing.pk)
    actor = part_of(locked, user)
    if locked.state not in PAIR_WRITES:
        raise WrongState
    _refuse_too_many(locked)
    state = GoalState.OPEN if actor is Actor.MENTEE else GoalState.PROPOSED
    goal = Goal(pairing=locked, state=state, proposed_by=user, proposed_at=now)
    _write_words(goal, user, words)
    _tell(goal, "propose", user, line, now)
    if state == GoalState.PROPOSED:
        _write_to_mentee(goal, now)
    return goal


def _refuse_too_many(pairing: Pairing) -> None:
    if pairing.goals.filter(state__in=(GoalState.OPEN, GoalState.PROPOSED)).count() >= MOST_OPEN:
        raise Refused(
            _("Twelve goals are under way or proposed already. Reach one, or let one go, before you add another."),
            code="too_many",
        )


@atomically
def act(*, goal: Goal, verb: str, user: User, line: str = "", now: datetime) -> Goal:
    """Take up, turn down, withdraw, keep, reach, let go or reopen a goal, or note progress; with a line about it.

    Raises `NotPermitted` for the other side, `WrongState` when the goal or its pairing has moved on, and `Refused` for
    progress without a line.
    """
    row, actor = _locked(goal, user)
    row.state = next_state(GOAL_TRANSITIONS, verb, row.state, actor)
    if verb == "note" and not line.strip():
        raise Refused(_("Please say in a line what has moved."), field="line", code="no_line")
    row.save()
    _tell(row, verb, user, line, now)
    outbox.cancel(subject_id=row.pk, kinds=[PROPOSED], reason=NotNeeded.GOAL_SETTLED)
    return row


@atomically
def rewrite(*, goal: Goal, user: User, words: GoalWords, line: str = "", now: datetime) -> Goal:
    """Put other words in place: the mentee changes a goal, the mentor revises a proposal, which is made once more.

    Raises `NotPermitted`, and `WrongState` when it may not be written any more.
    """
    row, actor = _locked(goal, user)
    verb = "change" if actor is Actor.MENTEE else "revise"
    was = row.state
    row.state = next_state(GOAL_TRANSITIONS, verb, row.state, actor)
    _write_words(row, user, words)
    _tell(row, verb, user, line, now)
    if was == GoalState.WITHDRAWN:
        _write_to_mentee(row, now)
    return row


@atomically
def tick(*, milestone: Milestone, user: User, done: bool, now: datetime) -> Milestone:
    """Mark a milestone as done, or as not yet done; saying it twice changes nothing.

    Raises `NotPermitted` for the mentor, `WrongState` when the goal is not under way.
    """
    goal, actor = _locked(milestone.goal, user)
    next_state(GOAL_TRANSITIONS, "tick", goal.state, actor)
    row = goal.milestones.filter(pk=milestone.pk).first()
    if row is None:
        raise WrongState
    if (row.done_at is not None) != done:
        row.done_at = now if done else None
        row.save(update_fields=["done_at"])
        Event.record(verb="tick" if done else "untick", subject=goal, actor=actor, now=now, user=user)
    return row


@atomically
def correct(*, entry: GoalEntry, user: User, line: str, now: datetime) -> None:
    """Put another line in place of one's own; without a line, progress is taken back and any other act stays without.

    Raises `NotPermitted` for a line of the other side, `WrongState` in a pairing that is over or for what was said in a
    check-in, which is corrected there.
    """
    goal = _lock(entry.goal, user)
    row = GoalEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if row is None or row.act == GoalAct.CHECK_IN:
        raise WrongState
    if row.by_id != user.pk:
        raise NotPermitted
    row.goal = goal
    if row.act == GoalAct.NOTE and not line.strip():
        row.delete()
    else:
        row.write("line", line.strip())
        row.corrected_at = now
        row.save()
    Event.record(verb="correct", subject=goal, actor=part_of(goal.pairing, user), now=now, user=user)


def of_check_in(pairing: Pairing) -> list[Goal]:
    """The goals that a check-in asks about: those under way."""
    found = list(Goal.objects.filter(pairing=pairing).open())
    for goal in found:
        goal.pairing = pairing
    return found


def said_in(check_in: CheckIn) -> dict[UUID, str]:
    """How goals come on, by their ids, as this check-in says."""
    return dict(GoalEntry.objects.filter(check_in=check_in).values_list("goal_id", "standing"))


def say(*, check_in: CheckIn, standings: Mapping[UUID, str], now: datetime) -> None:
    """Put into the goals' histories how they come on, or other answers in place of those; an empty one takes it back.

    Called inside the transaction that answers or corrects the check-in, with its pairing locked. A goal that is no
    longer under way is passed over.
    """
    said = {row.goal_id: row for row in GoalEntry.objects.filter(check_in=check_in)}
    for goal in of_check_in(check_in.pairing):
        standing, row = standings.get(goal.pk), said.get(goal.pk)
        if standing is None or standing == (row.standing if row else ""):
            continue
        if row is None:
            row = GoalEntry(goal=goal, act=GoalAct.CHECK_IN, by_id=check_in.person_id, at=now, check_in=check_in)
        elif not standing:
            row.delete()
            continue
        else:
            row.corrected_at = now
        row.standing = standing
        row.save()


def _locked(goal: Goal, user: User) -> tuple[Goal, Actor]:
    row = _lock(goal, user)
    return row, part_of(row.pairing, user)


def _lock(goal: Goal, user: User) -> Goal:
    """The goal, its pairing locked. Raises `NotPermitted` for a stranger, `WrongState` where goals are only read."""
    pairing = locks.pairing(goal.pairing_id)
    part_of(pairing, user)
    if pairing.state not in PAIR_WRITES:
        raise WrongState
    row: Goal = Goal.objects.select_for_update(of=("self",)).get(pk=goal.pk)
    row.pairing = pairing
    return row


def _write_words(goal: Goal, user: User, words: GoalWords) -> None:
    goal.written_by, goal.by_when = user, words.by_when
    for name in GOAL_WORDS:
        goal.write(name, getattr(words, name).strip())
    goal.save()
    _write_milestones(goal, user, [text.strip() for text in words.milestones if text.strip()])


def _write_milestones(goal: Goal, user: User, texts: list[str]) -> None:
    """In this order. One whose words stay keeps whether it is done, wherever it moves; else whatever has its place."""
    left = {}
    for row in goal.milestones.all():
        row.goal = goal
        left[row.position] = (row, row.words_of("text", instead=""))
    kept: dict[int, Milestone] = {}
    for position, text in enumerate(texts, start=1):
        same = next((place for place, (_row, words) in left.items() if words == text), None)
        if same is not None:
            kept[position] = left.pop(same)[0]
    for position, text in enumerate(texts, start=1):
        row = kept.get(position) or (left.pop(position)[0] if position in left else Milestone(goal=goal))
        row.position, row.written_by = position, user
        row.write("text", text)
        row.save()
    for row, _words in left.values():
        row.delete()


def _tell(goal: Goal, verb: str, user: User, line: str, now: datetime) -> None:
    entry = GoalEntry(goal=goal, act=verb, by=user, at=now)
    entry.write("line", line.strip())
    entry.save()
    Event.record(verb=verb, subject=goal, actor=part_of(goal.pairing, user), now=now, user=user)


def _write_to_mentee(goal: Goal, now: datetime) -> None:
    outbox.post(kind=PROPOSED, subject=goal, person=goal.pairing.mentee, due_at=now)
