"""This app's letters: what each says, and whether it still holds. None carries anything that was said."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engagements.models import Agreement, CheckIn, Decision, Goal
from engagements.models.check_ins import MOST_SNOOZES
from engagements.states import ASKING, PAIR_WRITES, CheckInState, DecisionState, GoalState
from matching.letters import pairing_is
from matching.models import Pairing
from matching.states import PairingState
from outbox.kinds import (
    PAIR,
    Content,
    Item,
    LetterKind,
    Reader,
    Recipient,
    Scope,
    absolute_url,
    render_email,
    render_item,
)
from outbox.models import Letter
from outbox.reasons import LetterReason


class NotNeeded(LetterReason):
    """Why a letter of this app is cancelled. Those about a check-in's state are named after it."""

    CHECK_IN_ANSWERED = "check_in_answered", _("The check-in was answered.")
    CHECK_IN_MISSED = "check_in_missed", _("The check-in was missed.")
    CHECK_IN_CANCELLED = "check_in_cancelled", _("The check-in was cancelled.")
    CHECK_IN_GONE = "check_in_gone", _("The check-in is no longer on record.")
    CHECK_IN_PUT_OFF = "check_in_put_off", _("The check-in was put off.")
    CHECK_IN_OVERTAKEN = "check_in_overtaken", _("The next round of check-ins has begun.")
    AGREEMENT_SIGNED = "agreement_signed", _("The recipient has signed the agreement.")
    AGREEMENT_SIGNED_BY_BOTH = "agreement_signed_by_both", _("Both have signed the agreement.")
    AGREEMENT_REPLACED = "agreement_replaced", _("A newer version of the agreement was written.")
    AGREEMENT_GONE = "agreement_gone", _("The agreement is no longer on record.")
    AGREEMENT_WRITTEN = "agreement_written", _("The agreement has been written.")
    GOAL_SETTLED = "goal_settled", _("The proposed goal was taken up, turned down or withdrawn.")
    DECISION_MOVED_ON = "decision_moved_on", _("The decision has moved on.")
    DECISION_GONE = "decision_gone", _("The decision is no longer on record.")
    STOCK_TAKEN = "stock_taken", _("The recipient has taken stock in this round.")
    STOCK_MOVED = "stock_moved", _("The round of taking stock was moved.")
    STOCK_OVER = "stock_over", _("The round of taking stock is over.")
    STOCK_CANCELLED = "stock_cancelled", _("The round of taking stock was cancelled.")
    STOCK_GONE = "stock_gone", _("The round of taking stock is no longer on record.")
    GOAL_GONE = "goal_gone", _("The goal is no longer on record.")
    MEETING_TIMES_CHANGED = "meeting_times_changed", _("The times proposed for the meeting have changed since.")
    MEETING_CHANGED = "meeting_changed", _("The meeting has changed since.")
    MEETING_BEGUN = "meeting_begun", _("The time of the meeting has come.")
    MEETING_GONE = "meeting_gone", _("The meeting is no longer on record.")
    LENGTH_SETTLED = "length_settled", _("The other length was agreed to, or is no longer proposed.")
    LENGTH_GONE = "length_gone", _("The proposal of another length is no longer on record.")
    END_MOVED = "end_moved", _("The planned end has been moved.")
    REVIEW_ANSWERED = "review_answered", _("The recipient has looked back.")
    REVIEW_CLOSED = "review_closed", _("The time to look back is over.")
    REVIEW_GONE = "review_gone", _("The review is no longer on record.")
    ASSISTANT_NO_MORE = "assistant_no_more", _("The recipient is no longer an assistant, or not to be written to.")
    ASSISTANT_ANEW = "assistant_anew", _("The assistant serves again.")
    TALK_SETTLED = "talk_settled", _("It is no longer asked for.")
    TALK_NEVER_ASKED = "talk_never_asked", _("The recipient had not been told of it.")
    NEVER_INVITED = "never_invited", _("The recipient’s calendar had not been told of the meeting.")


# The letters of one check-in, in order, and what tells each from others of its kind; a snooze adds its number.
CHECK_IN_LETTERS = {"check_in_due": "", "check_in_overdue": "overdue", "check_in_last": "last"}


def occasion(kind: str, check_in: CheckIn) -> str:
    """What tells a letter about this check-in from the same one before it was put off."""
    return f"{CHECK_IN_LETTERS[kind]}{check_in.snoozes or ''}"


def other_of(pairing: Pairing, person: User | None) -> User:
    """The one facing `person` in a pairing."""
    return pairing.mentor if person == pairing.mentee else pairing.mentee


def _check_in(letter: Letter) -> CheckIn | None:
    found = CheckIn.objects.select_related("pairing__mentee", "pairing__mentor", "person__profile")
    return found.filter(pk=letter.subject_id).first()


def _check_in_still_due(letter: Letter, now: datetime) -> LetterReason | None:
    check_in = _check_in(letter)
    if check_in is None:
        return NotNeeded.CHECK_IN_GONE
    if check_in.state != CheckInState.SCHEDULED:
        return NotNeeded(f"check_in_{check_in.state}")
    if letter.occasion != occasion(letter.kind, check_in):
        return NotNeeded.CHECK_IN_PUT_OFF
    if check_in.pairing.state not in ASKING:
        return pairing_is(check_in.pairing.state)
    if CheckIn.objects.overtaken(now).filter(pk=check_in.pk).exists():
        return NotNeeded.CHECK_IN_OVERTAKEN
    return None


def _check_in_words(letter: Letter) -> dict[str, object]:
    check_in = CheckIn.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {
        "other": other_of(check_in.pairing, letter.person),
        "due_at": check_in.due_at,
        "may_put_off": check_in.snoozes < MOST_SNOOZES,
        "action": absolute_url("engagements:check_in", pk=check_in.pk),
    }


def _render_check_in(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _check_in_words(letter), recipient)


def _check_in_item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _check_in_words(letter), recipient)


def _agreement_still_due(letter: Letter, _now: datetime) -> LetterReason | None:
    agreement = Agreement.objects.select_related("pairing").filter(pk=letter.subject_id).first()
    if agreement is None:
        return NotNeeded.AGREEMENT_GONE
    if agreement.pairing.state != PairingState.INTRODUCED:
        return pairing_is(agreement.pairing.state)
    newest = Agreement.objects.filter(pairing=agreement.pairing_id).first()
    if newest is not None and newest.pk != agreement.pk:
        return NotNeeded.AGREEMENT_REPLACED
    side = "mentee" if letter.person_id == agreement.pairing.mentee_id else "mentor"
    return NotNeeded.AGREEMENT_SIGNED if side in agreement.signed_sides() else None


def _render_agreement(letter: Letter, recipient: Recipient) -> Content:
    agreement = Agreement.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    context = {
        "other": other_of(agreement.pairing, letter.person),
        "action": absolute_url("engagements:agreement", pk=agreement.pairing_id),
    }
    return render_email(letter.kind, context, recipient)


def _active_still_due(letter: Letter, _now: datetime) -> LetterReason | None:
    state = Pairing.objects.filter(pk=letter.subject_id).values_list("state", flat=True).first()
    return None if state == PairingState.ACTIVE else pairing_is(state)


def _render_active(letter: Letter, recipient: Recipient) -> Content:
    pairing = Pairing.objects.select_related("mentee", "mentor").get(pk=letter.subject_id)
    first = CheckIn.objects.filter(pairing=pairing, person=letter.person, state=CheckInState.SCHEDULED).first()
    context = {
        "other": other_of(pairing, letter.person),
        "planned_end": pairing.planned_end,
        "first_check_in": first.due_at if first else None,
        "action": absolute_url("engagements:pairing", pk=pairing.pk),
    }
    return render_email(letter.kind, context, recipient)


def _goal_still_due(letter: Letter, _now: datetime) -> LetterReason | None:
    goal = Goal.objects.select_related("pairing").filter(pk=letter.subject_id).first()
    if goal is None:
        return NotNeeded.GOAL_GONE
    if goal.pairing.state not in PAIR_WRITES:
        return pairing_is(goal.pairing.state)
    return None if goal.state == GoalState.PROPOSED else NotNeeded.GOAL_SETTLED


def _goal_words(letter: Letter) -> dict[str, object]:
    goal = Goal.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {"other": goal.pairing.mentor, "action": absolute_url("engagements:goal", pk=goal.pk)}


def _render_goal(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _goal_words(letter), recipient)


def _goal_item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _goal_words(letter), recipient)


# The state in which each holds; the last of them, for the day that was chosen.
DECISION_LETTERS = {
    "view_asked": DecisionState.ASKED,
    "view_given": DecisionState.VIEWED,
    "outcome_due": DecisionState.DECIDED,
}


def _decision_still_due(letter: Letter, _now: datetime) -> LetterReason | None:
    decision = Decision.objects.select_related("pairing").filter(pk=letter.subject_id).first()
    if decision is None:
        return NotNeeded.DECISION_GONE
    if decision.pairing.state not in PAIR_WRITES:
        return pairing_is(decision.pairing.state)
    if decision.state != DECISION_LETTERS[letter.kind]:
        return NotNeeded.DECISION_MOVED_ON
    chosen = decision.look_back_on.isoformat() if decision.look_back_on else ""
    return NotNeeded.DECISION_MOVED_ON if letter.kind == "outcome_due" and letter.occasion != chosen else None


def _decision_words(letter: Letter) -> dict[str, object]:
    decision = Decision.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {
        "other": other_of(decision.pairing, letter.person),
        "decide_by": decision.decide_by,
        "look_back_on": decision.look_back_on,
        "action": absolute_url("engagements:decision", pk=decision.pk),
    }


def _render_decision(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _decision_words(letter), recipient)


def _decision_item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _decision_words(letter), recipient)


def _decision_kind(name: str, title: str | Promise, reader: Reader, *, one_a_day: bool = True) -> LetterKind:
    return LetterKind(
        name,
        _render_decision,
        _decision_still_due,
        scope=Scope.PAIRING,
        readers=frozenset({reader}),
        title=title,
        item=_decision_item,
        one_a_day=one_a_day,
    )


KINDS = (
    LetterKind(
        "check_in_due",
        _render_check_in,
        _check_in_still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Reminders that a check-in is due"),
        superseded_by=("check_in_overdue", "check_in_last"),
        item=_check_in_item,
    ),
    LetterKind(
        "check_in_overdue",
        _render_check_in,
        _check_in_still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Reminders that a check-in is overdue"),
        superseded_by=("check_in_last",),
        item=_check_in_item,
    ),
    LetterKind(
        "check_in_last",
        _render_check_in,
        _check_in_still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Last notes about a check-in that is still open"),
        item=_check_in_item,
    ),
    LetterKind(
        "agreement_waiting",
        _render_agreement,
        _agreement_still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("An agreement waits for your signature"),
    ),
    LetterKind(
        "pairing_active",
        _render_active,
        _active_still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("Your pairing has begun"),
    ),
    LetterKind(
        "goal_proposed",
        _render_goal,
        _goal_still_due,
        scope=Scope.PAIRING,
        readers=frozenset({Reader.MENTEE}),
        title=_("Your mentor has proposed a goal"),
        item=_goal_item,
        one_a_day=True,
    ),
    _decision_kind("view_asked", _("Your mentee asks for your view on a decision"), Reader.MENTOR),
    _decision_kind("view_given", _("Your mentor has given a view on a decision"), Reader.MENTEE),
    _decision_kind("outcome_due", _("A decision that you meant to look back on"), Reader.MENTEE, one_a_day=False),
)
