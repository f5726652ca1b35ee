"""What the history tells of agreements, meetings and assistants, check-ins, goals, decisions, taking stock, reviews and
lengths.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from cohorts.states import Role
from common import event_kinds
from common.event_kinds import Concerned, EventSubject, Sentence, Words, by_actor
from common.transitions import Actor
from engagements.models import (
    Agreement,
    Assistant,
    CheckIn,
    Decision,
    Goal,
    LengthProposal,
    Meeting,
    Note,
    Review,
    ScoreSharing,
    StockRound,
    Talk,
)
from matching.models import Pairing


def _of_agreement(agreement: Agreement) -> Concerned:
    return Concerned(mentee_id=agreement.pairing.mentee_id, mentor_id=agreement.pairing.mentor_id)


def _of_check_in(check_in: CheckIn) -> Concerned:
    pairing = check_in.pairing
    return Concerned(mentee_id=pairing.mentee_id, mentor_id=pairing.mentor_id, person_id=check_in.person_id)


def _of_decision(decision: Decision) -> Concerned:
    return Concerned(mentee_id=decision.pairing.mentee_id, mentor_id=decision.pairing.mentor_id)


def _of_goal(goal: Goal) -> Concerned:
    return Concerned(mentee_id=goal.pairing.mentee_id, mentor_id=goal.pairing.mentor_id)


def _of_meeting(meeting: Meeting) -> Concerned:
    return Concerned(mentee_id=meeting.pairing.mentee_id, mentor_id=meeting.pairing.mentor_id)


def _of_note(note: Note) -> Concerned:
    return Concerned(mentee_id=note.pairing.mentee_id, mentor_id=note.pairing.mentor_id)


def _of_length(proposal: LengthProposal) -> Concerned:
    return Concerned(mentee_id=proposal.pairing.mentee_id, mentor_id=proposal.pairing.mentor_id)


def _of_review(review: Review) -> Concerned:
    pairing = review.pairing
    return Concerned(mentee_id=pairing.mentee_id, mentor_id=pairing.mentor_id, person_id=review.person_id)


def _of_person(record: ScoreSharing | Talk) -> Concerned:
    return Concerned(person_id=record.person_id)


def _of_stock(stock_round: StockRound) -> Concerned:
    return Concerned(mentee_id=stock_round.pairing.mentee_id, mentor_id=stock_round.pairing.mentor_id)


def _assistants(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    rows = Assistant.objects.filter(pk__in=ids).select_related("person", "invitation")
    return {row.pk: row.shown_name for row in rows}


# For which side an assistant acted.
SIDES: Mapping[str, Words] = {Role.MENTEE.value: _("the mentee"), Role.MENTOR.value: _("the mentor")}
PAIRING_COLUMNS = frozenset({"cohort_id", "pairing_id", "mentee_id", "mentor_id"})
SUBJECTS = (
    EventSubject(Agreement, needs=PAIRING_COLUMNS, concerned=_of_agreement),
    EventSubject(
        Assistant,
        needs=frozenset({"person_id"}),
        concerned=lambda assistant: Concerned(person_id=assistant.leader_id),
        names=_assistants,
    ),
    EventSubject(CheckIn, needs=PAIRING_COLUMNS | {"person_id"}, concerned=_of_check_in),
    EventSubject(Decision, needs=PAIRING_COLUMNS, concerned=_of_decision),
    EventSubject(Goal, needs=PAIRING_COLUMNS, concerned=_of_goal),
    EventSubject(LengthProposal, needs=PAIRING_COLUMNS, concerned=_of_length),
    EventSubject(Meeting, needs=PAIRING_COLUMNS, concerned=_of_meeting, labels=SIDES),
    EventSubject(Note, needs=PAIRING_COLUMNS, concerned=_of_note),
    EventSubject(Review, needs=PAIRING_COLUMNS | {"person_id"}, concerned=_of_review),
    EventSubject(ScoreSharing, needs=frozenset({"cohort_id", "pairing_id", "person_id"}), concerned=_of_person),
    EventSubject(StockRound, needs=PAIRING_COLUMNS, concerned=_of_stock),
    EventSubject(Talk, needs=frozenset({"person_id"}), concerned=_of_person),
)
PAIRING: Mapping[str, Sentence] = {
    "write_agreement": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s wrote a version of the agreement with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s wrote a version of the agreement with %(mentee)s."),
        }
    ),
    "sign_agreement": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s signed the agreement with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s signed the agreement with %(mentee)s."),
        }
    ),
    "cancel_check_ins": _("The planned check-ins of %(mentee)s and %(mentor)s were cancelled."),
}
CHECK_IN: Mapping[str, Sentence] = {
    "answer": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s answered a check-in about %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s answered a check-in about %(mentee)s."),
        }
    ),
    "correct": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s corrected a check-in about %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s corrected a check-in about %(mentee)s."),
        }
    ),
    "snooze": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s put off a check-in about %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s put off a check-in about %(mentee)s."),
        }
    ),
    "miss": _("A check-in of %(person)s was missed, in the pairing of %(mentee)s and %(mentor)s."),
}
MEETING: Mapping[str, Sentence] = {
    "propose": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s proposed times for a meeting to %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s proposed times for a meeting to %(mentee)s."),
            Actor.ASSISTANT: _("%(user)s proposed times for a meeting of %(mentee)s and %(mentor)s, for %(fields)s."),
        }
    ),
    "counter": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s proposed other times for a meeting to %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s proposed other times for a meeting to %(mentee)s."),
            Actor.ASSISTANT: _(
                "%(user)s proposed other times for a meeting of %(mentee)s and %(mentor)s, for %(fields)s."
            ),
        }
    ),
    "reschedule": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s asked %(mentor)s for another time of a meeting."),
            Actor.MENTOR: _("%(mentor)s asked %(mentee)s for another time of a meeting."),
            Actor.ASSISTANT: _(
                "%(user)s asked for another time of a meeting of %(mentee)s and %(mentor)s, for %(fields)s."
            ),
        }
    ),
    "accept": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s picked the time of a meeting with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s picked the time of a meeting with %(mentee)s."),
            Actor.ASSISTANT: _("%(user)s picked the time of a meeting of %(mentee)s and %(mentor)s, for %(fields)s."),
        }
    ),
    "keep": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s left a meeting with %(mentor)s at its time."),
            Actor.MENTOR: _("%(mentor)s left a meeting with %(mentee)s at its time."),
            Actor.ASSISTANT: _("%(user)s left a meeting of %(mentee)s and %(mentor)s at its time, for %(fields)s."),
        }
    ),
    "set_place": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s said where to meet %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s said where to meet %(mentee)s."),
        }
    ),
    "hold": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s noted that a meeting with %(mentor)s took place."),
            Actor.MENTOR: _("%(mentor)s noted that a meeting with %(mentee)s took place."),
        }
    ),
    "miss": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s noted that a meeting with %(mentor)s did not take place."),
            Actor.MENTOR: _("%(mentor)s noted that a meeting with %(mentee)s did not take place."),
        }
    ),
    "note": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s noted a meeting with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s noted a meeting with %(mentee)s."),
        }
    ),
    "take_back": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s took back a meeting noted with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s took back a meeting noted with %(mentee)s."),
        }
    ),
    "cancel": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s called off a meeting with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s called off a meeting with %(mentee)s."),
            Actor.ASSISTANT: _("%(user)s called off a meeting of %(mentee)s and %(mentor)s, for %(fields)s."),
            Actor.SYSTEM: _("A meeting of %(mentee)s and %(mentor)s was called off with the change of their pairing."),
            Actor.CLOCK: _("The times proposed for a meeting of %(mentee)s and %(mentor)s passed unanswered."),
        }
    ),
    "pass_by": _("The time of a meeting of %(mentee)s and %(mentor)s passed; neither said whether they met."),
}
ASSISTANT: Mapping[str, Sentence] = {
    "invite": _("%(person)s invited %(name)s to handle their meeting times."),
    "send_again": _("%(person)s sent %(name)s the invitation to handle their meeting times again."),
    "choose_emails": _("%(person)s changed whether %(name)s is written to about meeting times."),
    "take_up": _("%(name)s took up the meeting times of %(person)s."),
    "withdraw": by_actor(
        {
            Actor.ASSISTANT: _("%(name)s declined to handle the meeting times of %(person)s."),
            Actor.PERSON: _("%(person)s took back the invitation of %(name)s to handle their meeting times."),
            Actor.SYSTEM: _("The invitation of %(name)s to handle the meeting times of %(person)s was taken back."),
        }
    ),
    "revoke": _("%(person)s took their meeting times back from %(name)s."),
    "leave": _("%(name)s gave the meeting times of %(person)s back."),
    "close": _("%(name)s no longer handles the meeting times of %(person)s: an account was closed."),
}
GOAL: Mapping[str, Sentence] = {
    "propose": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s set a goal in the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s proposed a goal to %(mentee)s."),
        }
    ),
    "take_up": _("%(mentee)s took up a goal that %(mentor)s proposed."),
    "turn_down": _("%(mentee)s did not take up a goal that %(mentor)s proposed."),
    "revise": _("%(mentor)s revised a goal proposed to %(mentee)s."),
    "withdraw": _("%(mentor)s withdrew a goal proposed to %(mentee)s."),
    "note": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s noted progress on a goal, in the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s noted progress on a goal of %(mentee)s."),
        }
    ),
    "correct": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s corrected a line about a goal, in the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s corrected a line about a goal of %(mentee)s."),
        }
    ),
    "tick": _("%(mentee)s marked a milestone as done, in the pairing with %(mentor)s."),
    "untick": _("%(mentee)s marked a milestone as not yet done, in the pairing with %(mentor)s."),
    "change": _("%(mentee)s changed a goal, in the pairing with %(mentor)s."),
    "keep": _("%(mentee)s kept a goal, in the pairing with %(mentor)s."),
    "reach": _("%(mentee)s reached a goal, in the pairing with %(mentor)s."),
    "let_go": _("%(mentee)s let a goal go, in the pairing with %(mentor)s."),
    "reopen": _("%(mentee)s went on with a goal, in the pairing with %(mentor)s."),
}
DECISION: Mapping[str, Sentence] = {
    "ask": _("%(mentee)s asked %(mentor)s for a view on a decision."),
    "change": _("%(mentee)s described a decision anew, in the pairing with %(mentor)s."),
    "view": _("%(mentor)s gave %(mentee)s a view on a decision."),
    "drop": _("%(mentee)s dropped a decision, in the pairing with %(mentor)s."),
    "decide": _("%(mentee)s recorded a decision, in the pairing with %(mentor)s."),
    "look_back": _("%(mentee)s looked back on a decision, in the pairing with %(mentor)s."),
}
LENGTH: Mapping[str, Sentence] = {
    "propose": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s proposed another length of the pairing to %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s proposed another length of the pairing to %(mentee)s."),
            Actor.SYSTEM: _("The end of the cohort was moved: %(mentee)s and %(mentor)s are asked whether to follow."),
        }
    ),
    "approve": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s would follow the new end of the cohort, in the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s would follow the new end of the cohort, in the pairing with %(mentee)s."),
        }
    ),
    "agree": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s agreed to another length: the pairing with %(mentor)s has a new planned end."),
            Actor.MENTOR: _("%(mentor)s agreed to another length: the pairing with %(mentee)s has a new planned end."),
        }
    ),
    "decline": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s left the length of the pairing with %(mentor)s as it is."),
            Actor.MENTOR: _("%(mentor)s left the length of the pairing with %(mentee)s as it is."),
        }
    ),
    "withdraw": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s took back another length proposed to %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s took back another length proposed to %(mentee)s."),
        }
    ),
    "lapse": _("Another length proposed for %(mentee)s and %(mentor)s was no longer open."),
}
# Of a note that only its writer reads nothing is told.
NOTE: Mapping[str, Sentence] = {
    "share": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s shared a note with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s shared a note with %(mentee)s."),
        }
    ),
    "change": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s changed a note shared with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s changed a note shared with %(mentee)s."),
        }
    ),
    "keep_back": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s keeps a note to themselves that %(mentor)s could read."),
            Actor.MENTOR: _("%(mentor)s keeps a note to themselves that %(mentee)s could read."),
        }
    ),
    "delete": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s deleted a note shared with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s deleted a note shared with %(mentee)s."),
        }
    ),
}
REVIEW: Mapping[str, Sentence] = {
    "answer": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s looked back on the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s looked back on the pairing with %(mentee)s."),
        }
    ),
    "correct": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s corrected the look back on the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s corrected the look back on the pairing with %(mentee)s."),
        }
    ),
    "miss": _("%(person)s did not look back on the pairing of %(mentee)s and %(mentor)s."),
    "cancel": _("%(person)s is no longer asked to look back on the pairing of %(mentee)s and %(mentor)s."),
}
STOCK: Mapping[str, Sentence] = {
    "answer": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s took stock, in the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s took stock, in the pairing with %(mentee)s."),
        }
    ),
    "correct": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s corrected what they said in taking stock, in the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s corrected what they said in taking stock, in the pairing with %(mentee)s."),
        }
    ),
    "cancel": _("A round of taking stock of %(mentee)s and %(mentor)s was cancelled."),
}
COHORT: Mapping[str, Sentence] = {
    "count_outcomes": _("Outcomes of pairings of the cohort %(name)s were counted."),
}

# Recorded for whoever did it, and told to nobody else.
TALK: Mapping[str, Sentence | None] = {"ask": None, "take_back": None, "settle": None}
SHARING: Mapping[str, Sentence | None] = {"share": None, "stop": None}


def register() -> None:
    """Add all of these to what may be recorded."""
    event_kinds.register_subjects(*SUBJECTS)
    event_kinds.register_sentences(Cohort, COHORT)
    event_kinds.register_sentences(Pairing, PAIRING)
    event_kinds.register_sentences(Assistant, ASSISTANT)
    event_kinds.register_sentences(CheckIn, CHECK_IN)
    event_kinds.register_sentences(Goal, GOAL)
    event_kinds.register_sentences(Decision, DECISION)
    event_kinds.register_sentences(Meeting, MEETING)
    event_kinds.register_sentences(Note, NOTE)
    event_kinds.register_sentences(Review, REVIEW)
    event_kinds.register_sentences(LengthProposal, LENGTH)
    event_kinds.register_sentences(StockRound, STOCK)
    event_kinds.register_sentences(Talk, TALK)
    event_kinds.register_sentences(ScoreSharing, SHARING)
