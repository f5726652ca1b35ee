"""What the history tells of shortlists, requests, pairings, alerts, waivers and match runs."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrolment
from cohorts.states import Role
from common import event_kinds
from common.event_kinds import Concerned, EventSubject, Sentence, Words, by_actor, concerned_by
from common.transitions import Actor
from matching.models import Alert, MatchRun, Pairing, Request, ShortlistEntry, Waiver
from matching.models.alerts import AlertKind


def _two(record: Any) -> Concerned:
    return Concerned(mentee_id=record.mentee_id, mentor_id=record.mentor_id)


def _of_entry(entry: ShortlistEntry) -> Concerned:
    return Concerned(mentee_id=entry.mentee.person_id, mentor_id=entry.mentor.person_id)


def _of_alert(alert: Alert) -> Concerned:
    """The two of a pairing; of an enrolment the one enrolled, as mentee or mentor: the alert is not for their eyes."""
    if alert.subject_type != "enrolment":
        return concerned_by(alert.subject_type, alert.subject_id)
    enrolment = Enrolment.objects.filter(pk=alert.subject_id).first()
    if enrolment is None:
        return Concerned()
    is_mentee = enrolment.role == Role.MENTEE
    return Concerned(mentee_id=enrolment.person_id) if is_mentee else Concerned(mentor_id=enrolment.person_id)


def _alerts(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    rows = Alert.objects.filter(pk__in=ids).values_list("pk", "kind")
    return {pk: AlertKind(kind).label for pk, kind in rows}


def _cohorts_of_runs(ids: Collection[UUID]) -> Mapping[UUID, Words]:
    return dict(MatchRun.objects.filter(pk__in=ids).values_list("pk", "cohort__name"))


def _settled(event: Any) -> Words:
    about = (event.mentee_id is not None, event.mentor_id is not None)
    return {
        (True, True): _("%(user)s settled the alert “%(name)s” about %(mentee)s and %(mentor)s."),
        (True, False): _("%(user)s settled the alert “%(name)s” about %(mentee)s."),
        (False, True): _("%(user)s settled the alert “%(name)s” about %(mentor)s."),
        (False, False): _("%(user)s settled the alert “%(name)s”."),
    }[about]


def _reopened(event: Any) -> Words:
    about = (event.mentee_id is not None, event.mentor_id is not None)
    return {
        (True, True): _("%(user)s opened the alert “%(name)s” about %(mentee)s and %(mentor)s again."),
        (True, False): _("%(user)s opened the alert “%(name)s” about %(mentee)s again."),
        (False, True): _("%(user)s opened the alert “%(name)s” about %(mentor)s again."),
        (False, False): _("%(user)s opened the alert “%(name)s” again."),
    }[about]


PAIR = frozenset({"cohort_id", "mentee_id", "mentor_id"})
SUBJECTS = (
    EventSubject(ShortlistEntry, needs=PAIR, concerned=_of_entry),
    EventSubject(Request, needs=PAIR, concerned=_two),
    EventSubject(Pairing, needs=PAIR | {"pairing_id"}, concerned=_two),
    EventSubject(Waiver, needs=PAIR, concerned=_two),
    EventSubject(Alert, needs=frozenset({"cohort_id"}), concerned=_of_alert, names=_alerts),
    EventSubject(MatchRun, needs=frozenset({"cohort_id"}), names=_cohorts_of_runs),
)
SHORTLIST_ENTRY: Mapping[str, Sentence] = {
    # Whose turn it would have been is not told: it would say whom a private entry keeps apart from this mentee.
    "skip": _("The next mentor on the shortlist of %(mentee)s could not be asked and was passed over."),
}
REQUEST: Mapping[str, Sentence] = {
    "ask": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s asked %(mentor)s to be their mentor."),
            Actor.SYSTEM: _("%(mentor)s, the next on the shortlist of %(mentee)s, was asked automatically."),
            Actor.COORDINATOR: _("%(user)s published a match run, and %(mentor)s was asked to mentor %(mentee)s."),
        }
    ),
    "ask_for": _("%(user)s asked %(mentor)s to mentor %(mentee)s, for the latter."),
    "remind": _("%(user)s had %(mentor)s reminded of the request of %(mentee)s."),
    "accept": _("%(mentor)s accepted the request of %(mentee)s."),
    "decline": _("%(mentor)s declined the request of %(mentee)s."),
    "withdraw": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s withdrew the request to %(mentor)s."),
            Actor.COORDINATOR: _("%(user)s withdrew the request of %(mentee)s to %(mentor)s."),
        }
    ),
    "expire": _("The request of %(mentee)s to %(mentor)s expired without an answer."),
    "lapse": _("The request of %(mentee)s to %(mentor)s lapsed, because it could no longer be accepted."),
    "hold": _("The request of %(mentee)s to %(mentor)s waits until somebody’s employer is known."),
    "go_on": _("The request of %(mentee)s to %(mentor)s goes on, with the whole time to answer it."),
    "move_deadline": _("The deadline of the request of %(mentee)s to %(mentor)s moved with the days away."),
    "lift_decline": _("%(user)s allowed %(mentee)s to ask %(mentor)s again."),
}
PAIRING: Mapping[str, Sentence | None] = {
    "introduce": _("%(mentee)s and %(mentor)s were introduced to each other."),
    # Each answer is private: it stands right before an ending, and would tell who said no.
    "answer_chemistry": None,
    "activate": _("The pairing of %(mentee)s and %(mentor)s became active."),
    "pause": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s paused the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s paused the pairing with %(mentee)s."),
            Actor.COORDINATOR: _("%(user)s paused the pairing of %(mentee)s and %(mentor)s."),
        }
    ),
    "resume": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s resumed the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s resumed the pairing with %(mentee)s."),
            Actor.COORDINATOR: _("%(user)s resumed the pairing of %(mentee)s and %(mentor)s."),
            Actor.CLOCK: _("The pause of %(mentee)s and %(mentor)s is over, and their pairing was resumed."),
        }
    ),
    "move_end": _("The end of the cohort was moved, and with it the planned end of %(mentee)s and %(mentor)s."),
    "begin_closing": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s began the closing of the pairing with %(mentor)s."),
            Actor.MENTOR: _("%(mentor)s began the closing of the pairing with %(mentee)s."),
            Actor.COORDINATOR: _("%(user)s began the closing of the pairing of %(mentee)s and %(mentor)s."),
            Actor.CLOCK: _("The planned end came, and the closing of %(mentee)s and %(mentor)s began."),
        }
    ),
    "complete": by_actor(
        {
            Actor.SYSTEM: _("Both had looked back, and the pairing of %(mentee)s and %(mentor)s was completed."),
            Actor.CLOCK: _(
                "The time for closing was over, and the pairing of %(mentee)s and %(mentor)s was completed."
            ),
        }
    ),
    "take_up_again": _("%(user)s took up the pairing of %(mentee)s and %(mentor)s again."),
    "end_early": by_actor(
        {
            Actor.MENTEE: _("%(mentee)s ended the pairing with %(mentor)s early."),
            Actor.MENTOR: _("%(mentor)s ended the pairing with %(mentee)s early."),
            Actor.COORDINATOR: _("%(user)s ended the pairing of %(mentee)s and %(mentor)s early."),
            Actor.SYSTEM: _("The pairing of %(mentee)s and %(mentor)s ended early, after the first conversation."),
        }
    ),
}
WAIVER: Mapping[str, Sentence] = {
    "waive": _("%(user)s allowed %(mentee)s and %(mentor)s to be paired despite a tie between them."),
}
ALERT: Mapping[str, Sentence] = {"settle": _settled, "reopen": _reopened}
MATCH_RUN: Mapping[str, Sentence] = {
    "match": by_actor(
        {
            Actor.COORDINATOR: _("%(user)s made a match run of the cohort %(name)s."),
            Actor.SYSTEM: _("A match run of the cohort %(name)s was made from the command line."),
        }
    ),
    "queue": _("%(user)s asked for a match run of the cohort %(name)s."),
    "begin": _("The match run of the cohort %(name)s that was asked for began."),
    "resume": _("The match run of the cohort %(name)s had broken off, and began anew."),
    "prove": _("The match run of the cohort %(name)s that was asked for was made and proven."),
    "fail": _("The match run of the cohort %(name)s that was asked for came to nothing."),
    "cancel": _("%(user)s cancelled a match run of the cohort %(name)s."),
    "publish": _("%(user)s published a match run of the cohort %(name)s."),
    "discard": _("%(user)s discarded a match run of the cohort %(name)s."),
    "keep": _("%(user)s kept a match run of the cohort %(name)s after all."),
    "change_board": _("%(user)s changed the review board of a match run of the cohort %(name)s."),
    "undo_change": _("%(user)s undid a change of the review board of a match run of the cohort %(name)s."),
    "redo_change": _("%(user)s redid a change of the review board of a match run of the cohort %(name)s."),
}


def register() -> None:
    """Add all of these to what may be recorded."""
    event_kinds.register_subjects(*SUBJECTS)
    event_kinds.register_sentences(ShortlistEntry, SHORTLIST_ENTRY)
    event_kinds.register_sentences(Request, REQUEST)
    event_kinds.register_sentences(Pairing, PAIRING)
    event_kinds.register_sentences(Waiver, WAIVER)
    event_kinds.register_sentences(Alert, ALERT)
    event_kinds.register_sentences(MatchRun, MATCH_RUN)
