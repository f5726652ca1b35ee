"""For each trigger and CHECK of states, and of what is kept for good, a write that it alone refuses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection

from cohorts.models import SheetImport
from engagements.models import Signature, Tally
from matching.models import Pairing
from outbox.domain.post import post
from outbox.models import Letter
from tests import people
from tests.guarded_rows import TODAY, a_check_in, a_meeting, an_agreement, an_assistant, update
from tests.guards_of_words import (
    a_decision,
    a_goal,
    a_length,
    a_note,
    a_review,
    a_sharing,
    a_stock_answer,
    a_stock_round,
    a_talk,
)
from tests.matching.factories import NOW, cohort, enrolment, pairing, request


def sql(statement: str, *parameters: Any) -> Callable[[], object]:
    """Runs it; what earlier writes have put off to the end of the transaction is looked at first."""

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement, parameters)

    return write


def _signature(**words: Any) -> Signature:
    return Signature.objects.create(**{"agreement": an_agreement(), "side": "mentee", "signed_at": NOW, **words})


def _import(**words: Any) -> SheetImport:
    given = {"kind": "organisations", "user": people.person(), "file_name": "a.csv", "uploaded_at": NOW, "sealed": b"x"}
    return SheetImport.objects.create(**{**given, **words})


def _letter(**words: Any) -> Letter:
    made = pairing()
    letter = post(kind="introduced_idle", subject=made, person=made.mentee, due_at=NOW)
    Letter.objects.filter(pk=letter.pk).update(**words)
    return letter


def _pairing_of_a_waiting_request() -> Callable[[], object]:
    asked = request()
    words = {"request": asked, "cohort": asked.cohort, "mentee": asked.mentee, "mentor": asked.mentor}
    enrolments = {"mentee_enrolment": asked.mentee_enrolment, "mentor_enrolment": asked.mentor_enrolment}
    return lambda: Pairing.objects.create(**words, **enrolments, introduced_at=NOW, planned_end=TODAY)


def _over_with_a_meeting(made: Pairing) -> Callable[[], object]:
    """Ends it; what is looked at when a transaction ends is looked at now."""

    def write() -> None:
        update(made, state="ended_early", ended_at=NOW)()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return write


def _tally() -> Tally:
    return Tally.objects.create(cohort=cohort(), moment="over", counted_at=NOW, pairings=[], figures={})


# By the name under which it refuses: what makes the write that must be refused.
CASES: dict[str, Callable[[], Callable[[], object]]] = {
    "event_not_emptied": lambda: sql("TRUNCATE common_event"),
    "agreement_kept": lambda: update(an_agreement(), planned_end=TODAY + timedelta(days=9)),
    "agreement_not_emptied": lambda: sql("TRUNCATE engagements_agreement CASCADE"),
    "signature_kept": lambda: sql("DELETE FROM engagements_signature WHERE id = %s", _signature().pk),
    "signature_not_emptied": lambda: sql("TRUNCATE engagements_signature"),
    "tally_kept": lambda: update(_tally(), counted_at=NOW + timedelta(days=1)),
    "tally_not_emptied": lambda: sql("TRUNCATE engagements_tally"),
    "signature_follows_agreement": lambda: lambda: _signature(signed_at=NOW - timedelta(days=1)),
    "assistant_state_known": lambda: lambda: an_assistant(state="odd"),
    "assistant_transition": lambda: update(an_assistant(state="over", ended_at=NOW), state="invited", ended_at=None),
    "check_in_of_its_side": lambda: lambda: a_check_in(person=people.person()),
    "check_in_state_known": lambda: lambda: a_check_in(state="lost"),
    "check_in_transition": lambda: update(a_check_in(state="missed"), state="scheduled"),
    "meeting_of_open_pairing": lambda: lambda: a_meeting(pairing=pairing(state="completed")),
    "meeting_state_known": lambda: lambda: a_meeting(state="odd"),
    "meeting_transition": lambda: update(
        a_meeting(state="cancelled"), state="held", held_on=TODAY, noted_by=people.person()
    ),
    "pairing_leaves_no_meeting": lambda: _over_with_a_meeting(a_meeting().pairing),
    "import_state_known": lambda: lambda: _import(state="odd"),
    "import_transition": lambda: update(_import(state="discarded", sealed=None), state="done"),
    "import_of_people_has_cohort": lambda: lambda: _import(kind="people"),
    "import_content_while_open": lambda: lambda: _import(sealed=None),
    "enrolment_state_known": lambda: lambda: enrolment(state="odd"),
    "enrolment_transition": lambda: update(enrolment(state="withdrawn"), state="pending"),
    "decision_state_known": lambda: lambda: a_decision(state="odd"),
    "decision_transition": lambda: update(a_decision(state="dropped"), state="viewed"),
    "stock_answer_of_its_side": lambda: lambda: a_stock_answer(person=people.person()),
    "stock_round_state_known": lambda: lambda: a_stock_round(state="odd"),
    "stock_round_transition": lambda: update(a_stock_round(state="cancelled"), state="planned"),
    "goal_of_its_pair": lambda: lambda: a_goal(written_by=people.person()),
    "goal_state_known": lambda: lambda: a_goal(state="odd"),
    "goal_transition": lambda: update(a_goal(state="withdrawn"), state="open"),
    "note_of_its_pair": lambda: lambda: a_note(by=people.person()),
    "note_state_known": lambda: lambda: a_note(state="odd"),
    "note_transition": lambda: update(a_note(), state="odd"),
    "letter_state_known": lambda: update(_letter(), state="odd"),
    "letter_sent_for_good": lambda: update(_letter(state="sent", sent_at=NOW), state="pending", sent_at=None),
    "request_kept": lambda: sql("DELETE FROM matching_request WHERE id = %s", request().pk),
    "request_not_emptied": lambda: sql("TRUNCATE matching_request CASCADE"),
    "request_state_known": lambda: lambda: request(state="odd"),
    "request_transition": lambda: update(request(state="declined"), state="accepted"),
    "pairing_activated_by_both": lambda: update(pairing(), state="active", activated_at=NOW),
    "pairing_completed_by_both": lambda: update(pairing(state="closing"), state="completed", ended_at=NOW),
    "talk_state_known": lambda: lambda: a_talk(state="odd", settled_at=NOW),
    "talk_transition": lambda: update(a_talk(state="done", settled_at=NOW), state="asked", settled_at=None),
    "score_sharing_state_known": lambda: lambda: a_sharing(state="odd"),
    "score_sharing_transition": lambda: update(a_sharing(state="on"), state="odd"),
    "length_proposal_state_known": lambda: lambda: a_length(state="odd", settled_at=NOW),
    "length_proposal_transition": lambda: update(a_length(state="lapsed", settled_at=NOW), state="declined"),
    "review_of_its_side": lambda: lambda: a_review(person=people.person()),
    "review_state_known": lambda: lambda: a_review(state="odd"),
    "review_transition": lambda: update(a_review(state="missed"), state="asked"),
    "pairing_kept": lambda: sql("DELETE FROM matching_pairing WHERE id = %s", pairing().pk),
    "pairing_not_emptied": lambda: sql("TRUNCATE matching_pairing CASCADE"),
    "pairing_of_accepted_request": _pairing_of_a_waiting_request,
    "pairing_pause_runs": lambda: update(pairing(state="active"), state="paused"),
    "pairing_state_known": lambda: lambda: pairing(state="odd"),
    "pairing_transition": lambda: update(pairing(state="completed"), state="active"),
}
