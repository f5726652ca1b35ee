"""What may happen to check-ins, goals, decisions, notes, stock, meetings, assistants and reviews. What is due follows
from the clock.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.state_guards import StateGuard
from common.transitions import Actor, transition
from matching.states import PairingState

BOTH = {Actor.MENTEE, Actor.MENTOR}
# In these, a check-in that is due is asked for; a resting pairing asks for nothing.
ASKING = (PairingState.ACTIVE, PairingState.CLOSING)
# In these, the two may plan to meet: the first conversation comes before the agreement.
MEETING = (PairingState.INTRODUCED, *ASKING)


class CheckInState(models.TextChoices):
    """A short scheduled report by one side for one round."""

    SCHEDULED = "scheduled", _("scheduled")
    ANSWERED = "answered", _("answered")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


class CheckInStatus(models.TextChoices):
    """The stored states, and what the clock and a snooze make of a scheduled one."""

    SCHEDULED = "scheduled", _("planned")
    SNOOZED = "snoozed", _("put off")
    DUE = "due", _("due")
    OVERDUE = "overdue", _("overdue")
    ANSWERED = "answered", _("answered")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


CHECK_IN_TRANSITIONS = {
    "answer": transition(CheckInState.SCHEDULED, CheckInState.ANSWERED, BOTH),
    "correct": transition(CheckInState.ANSWERED, CheckInState.ANSWERED, BOTH),
    "snooze": transition(CheckInState.SCHEDULED, CheckInState.SCHEDULED, BOTH),
    "miss": transition(CheckInState.SCHEDULED, CheckInState.MISSED, Actor.CLOCK),
    "cancel": transition(CheckInState.SCHEDULED, CheckInState.CANCELLED, Actor.SYSTEM),
}
# The same in the database.
CHECK_IN_GUARD = StateGuard("check_in", "engagements_checkin", tuple(CheckInState.values), CHECK_IN_TRANSITIONS)

# In these, goals and decisions are written; in a pairing that has not begun or is over they are read.
PAIR_WRITES = (PairingState.ACTIVE, PairingState.PAUSED, PairingState.CLOSING)


# In these, its planned end lies ahead and may be moved by the two.
PAIR_LASTS = (PairingState.ACTIVE, PairingState.PAUSED)


class GoalState(models.TextChoices):
    """What a mentee works towards. A mentor's is a proposal until the mentee takes it up."""

    PROPOSED = "proposed", _("proposed")
    OPEN = "open", _("under way")
    REACHED = "reached", _("reached")
    LET_GO = "let_go", _("let go")
    TURNED_DOWN = "turned_down", _("not taken up")
    WITHDRAWN = "withdrawn", _("withdrawn")


class GoalStanding(models.TextChoices):
    """How a goal is coming on, as one side says in a check-in."""

    ON_TRACK = "on_track", _("On track")
    SLOW = "slow", _("Slow")
    STUCK = "stuck", _("Stuck")


GOAL_TRANSITIONS = {
    "take_up": transition({GoalState.PROPOSED, GoalState.TURNED_DOWN}, GoalState.OPEN, Actor.MENTEE),
    "turn_down": transition(GoalState.PROPOSED, GoalState.TURNED_DOWN, Actor.MENTEE),
    "revise": transition({GoalState.PROPOSED, GoalState.WITHDRAWN}, GoalState.PROPOSED, Actor.MENTOR),
    "withdraw": transition(GoalState.PROPOSED, GoalState.WITHDRAWN, Actor.MENTOR),
    "note": transition(GoalState.OPEN, GoalState.OPEN, {Actor.MENTEE, Actor.MENTOR}),
    "tick": transition(GoalState.OPEN, GoalState.OPEN, Actor.MENTEE),
    "change": transition(GoalState.OPEN, GoalState.OPEN, Actor.MENTEE),
    "keep": transition(GoalState.OPEN, GoalState.OPEN, Actor.MENTEE),
    "reach": transition(GoalState.OPEN, GoalState.REACHED, Actor.MENTEE),
    "let_go": transition(GoalState.OPEN, GoalState.LET_GO, Actor.MENTEE),
    "reopen": transition({GoalState.REACHED, GoalState.LET_GO}, GoalState.OPEN, Actor.MENTEE),
}
GOAL_GUARD = StateGuard("goal", "engagements_goal", tuple(GoalState.values), GOAL_TRANSITIONS)


# In these, notes are written: preparing for the first conversation is worth one.
NOTED = (PairingState.INTRODUCED, *PAIR_WRITES)


class NoteState(models.TextChoices):
    """Who reads a note of one of the two."""

    PRIVATE = "private", _("whoever wrote it")
    SHARED = "shared", _("both")


NOTE_TRANSITIONS = {
    "share": transition(NoteState.PRIVATE, NoteState.SHARED, BOTH),
    "keep_back": transition(NoteState.SHARED, NoteState.PRIVATE, BOTH),
}
NOTE_GUARD = StateGuard("note", "engagements_note", tuple(NoteState.values), NOTE_TRANSITIONS)


class DecisionState(models.TextChoices):
    """A decision of the mentee, from the question to what came of it."""

    ASKED = "asked", _("waits for a view")
    VIEWED = "viewed", _("view given")
    DECIDED = "decided", _("decided")
    LOOKED_BACK = "looked_back", _("looked back on")
    DROPPED = "dropped", _("dropped")


class Outcome(models.TextChoices):
    """What came of a decision, as its mentee sees it."""

    HOPED = "hoped", _("As hoped")
    PARTLY = "partly", _("Partly as hoped")
    NOT = "not", _("Not as hoped")


# Before it is decided, it may be changed, which asks for a view anew.
_UNDECIDED = {DecisionState.ASKED, DecisionState.VIEWED}
DECISION_TRANSITIONS = {
    "view": transition(_UNDECIDED, DecisionState.VIEWED, Actor.MENTOR),
    "change": transition({*_UNDECIDED, DecisionState.DROPPED}, DecisionState.ASKED, Actor.MENTEE),
    "drop": transition(_UNDECIDED, DecisionState.DROPPED, Actor.MENTEE),
    "decide": transition({*_UNDECIDED, DecisionState.DECIDED}, DecisionState.DECIDED, Actor.MENTEE),
    "look_back": transition(
        (DecisionState.DECIDED, DecisionState.LOOKED_BACK), DecisionState.LOOKED_BACK, Actor.MENTEE
    ),
}
DECISION_GUARD = StateGuard("decision", "engagements_decision", tuple(DecisionState.values), DECISION_TRANSITIONS)


class StockMoment(models.TextChoices):
    """When in a pairing stock is taken."""

    START = "start", _("At the start")
    MIDDLE = "middle", _("In the middle")
    END = "end", _("Towards the end")


class StockState(models.TextChoices):
    """A round of taking stock. Whether it is open or over is computed from its days, never stored."""

    PLANNED = "planned", _("planned")
    CANCELLED = "cancelled", _("cancelled")


STOCK_TRANSITIONS = {
    "answer": transition(StockState.PLANNED, StockState.PLANNED, BOTH),
    "correct": transition(StockState.PLANNED, StockState.PLANNED, BOTH),
    "cancel": transition(StockState.PLANNED, StockState.CANCELLED, Actor.SYSTEM),
}
STOCK_GUARD = StateGuard("stock_round", "engagements_stockround", tuple(StockState.values), STOCK_TRANSITIONS)


class MeetingState(models.TextChoices):
    """A conversation of the two, planned or had. `passed`: its time is over, and neither said whether they met."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    HELD = "held", _("held")
    MISSED = "missed", _("missed")
    PASSED = "passed", _("passed")
    CANCELLED = "cancelled", _("cancelled")


# Who handles the times of a meeting: the two, and the assistant of either.
HANDLING = {*BOTH, Actor.ASSISTANT}
OPEN_MEETING_STATES = (MeetingState.PROPOSED, MeetingState.AGREED)
MEETING_TRANSITIONS = {
    "counter": transition(MeetingState.PROPOSED, MeetingState.PROPOSED, HANDLING),
    # The time agreed on stands until the other side picks another one.
    "reschedule": transition(MeetingState.AGREED, MeetingState.AGREED, HANDLING),
    "accept": transition(OPEN_MEETING_STATES, MeetingState.AGREED, HANDLING),
    "keep": transition(MeetingState.AGREED, MeetingState.AGREED, HANDLING),
    "cancel": transition(OPEN_MEETING_STATES, MeetingState.CANCELLED, {*HANDLING, Actor.CLOCK, Actor.SYSTEM}),
    "hold": transition((MeetingState.AGREED, MeetingState.MISSED, MeetingState.PASSED), MeetingState.HELD, BOTH),
    "miss": transition((MeetingState.AGREED, MeetingState.HELD, MeetingState.PASSED), MeetingState.MISSED, BOTH),
    "pass_by": transition(MeetingState.AGREED, MeetingState.PASSED, {Actor.CLOCK, Actor.SYSTEM}),
    "take_back": transition(MeetingState.HELD, MeetingState.CANCELLED, BOTH),
}
MEETING_GUARD = StateGuard("meeting", "engagements_meeting", tuple(MeetingState.values), MEETING_TRANSITIONS)


class ReviewState(models.TextChoices):
    """What one side says when it looks back at the end. `missed`: thirty days had passed before it did."""

    ASKED = "asked", _("asked")
    ANSWERED = "answered", _("answered")
    MISSED = "missed", _("not answered")
    CANCELLED = "cancelled", _("cancelled")


class Extent(models.TextChoices):
    """How far something came about, as a mentee sees it."""

    CLEARLY = "clearly", _("Yes, clearly")
    SOMEWHAT = "somewhat", _("To some extent")
    NO = "no", _("No")


class GoalsReached(models.TextChoices):
    """How many of the goals were reached, as their mentee sees it."""

    ALL = "all", _("All of them")
    MOST = "most", _("Most of them")
    SOME = "some", _("Some of them")
    NONE = "none", _("None yet")
    NOT_SET = "not_set", _("We set none")


class Again(models.TextChoices):
    """Whether somebody would be mentored, or mentor, once more."""

    YES = "yes", _("Yes")
    PERHAPS = "perhaps", _("Perhaps")
    NO = "no", _("No")


REVIEW_TRANSITIONS = {
    "answer": transition(ReviewState.ASKED, ReviewState.ANSWERED, BOTH),
    "correct": transition(ReviewState.ANSWERED, ReviewState.ANSWERED, BOTH),
    "miss": transition(ReviewState.ASKED, ReviewState.MISSED, Actor.CLOCK),
    "cancel": transition(ReviewState.ASKED, ReviewState.CANCELLED, Actor.SYSTEM),
}
REVIEW_GUARD = StateGuard("review", "engagements_review", tuple(ReviewState.values), REVIEW_TRANSITIONS)


class LengthProposalState(models.TextChoices):
    """Another length of a pairing, as proposed by one side, or to both where the cohort's end was moved."""

    OPEN = "open", _("waiting for an answer")
    AGREED = "agreed", _("agreed")
    DECLINED = "declined", _("not agreed")
    WITHDRAWN = "withdrawn", _("taken back")
    LAPSED = "lapsed", _("lapsed")


_LENGTH = LengthProposalState
LENGTH_TRANSITIONS = {
    # The first word of two, where both are asked.
    "approve": transition(_LENGTH.OPEN, _LENGTH.OPEN, BOTH),
    "agree": transition(_LENGTH.OPEN, _LENGTH.AGREED, BOTH),
    "decline": transition(_LENGTH.OPEN, _LENGTH.DECLINED, BOTH),
    "withdraw": transition(_LENGTH.OPEN, _LENGTH.WITHDRAWN, BOTH),
    # Another one takes its place, the pairing no longer lasts, or its day has come.
    "lapse": transition(_LENGTH.OPEN, _LENGTH.LAPSED, {Actor.SYSTEM, Actor.CLOCK}),
}
LENGTH_GUARD = StateGuard(
    "length_proposal", "engagements_lengthproposal", tuple(LengthProposalState.values), LENGTH_TRANSITIONS
)


class AssistantState(models.TextChoices):
    """Whether somebody handles the meeting times of a leader."""

    INVITED = "invited", _("invited")
    SERVING = "serving", _("handles the times")
    OVER = "over", _("over")


STANDING_ASSISTANTS = (AssistantState.INVITED, AssistantState.SERVING)
ASSISTANT_TRANSITIONS = {
    "send_again": transition(AssistantState.INVITED, AssistantState.INVITED, Actor.PERSON),
    "take_up": transition(AssistantState.INVITED, AssistantState.SERVING, Actor.ASSISTANT),
    "choose_emails": transition(AssistantState.SERVING, AssistantState.SERVING, Actor.PERSON),
    "withdraw": transition(AssistantState.INVITED, AssistantState.OVER, {Actor.ASSISTANT, Actor.PERSON, Actor.SYSTEM}),
    "revoke": transition(AssistantState.SERVING, AssistantState.OVER, Actor.PERSON),
    "leave": transition(AssistantState.SERVING, AssistantState.OVER, Actor.ASSISTANT),
    "close": transition(STANDING_ASSISTANTS, AssistantState.OVER, Actor.SYSTEM),
}
ASSISTANT_GUARD = StateGuard("assistant", "engagements_assistant", tuple(AssistantState.values), ASSISTANT_TRANSITIONS)


class TalkState(models.TextChoices):
    """Whether somebody still asks the concern contact to get in touch."""

    ASKED = "asked", _("asked")
    TAKEN_BACK = "taken_back", _("taken back")
    DONE = "done", _("done")


TALK_TRANSITIONS = {
    "take_back": transition(TalkState.ASKED, TalkState.TAKEN_BACK, BOTH),
    "settle": transition(TalkState.ASKED, TalkState.DONE, BOTH),
}
TALK_GUARD = StateGuard("talk", "engagements_talk", tuple(TalkState.values), TALK_TRANSITIONS)


class SharingState(models.TextChoices):
    """Whether one side shows its scores of check-ins to the other, as soon as that one does the same."""

    ON = "on", _("shares")
    OFF = "off", _("does not share")


SHARING_TRANSITIONS = {
    "share": transition(SharingState.OFF, SharingState.ON, BOTH),
    "stop": transition(SharingState.ON, SharingState.OFF, BOTH),
}
SHARING_GUARD = StateGuard("score_sharing", "engagements_scoresharing", tuple(SharingState.values), SHARING_TRANSITIONS)
