"""What plain SQL can do to the site's promises as the role it runs as: what is refused, and by which guard; what is let
through, and which invariant finds it at night. The README and docs/privacy.md say no more than this shows.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error, connection, transaction

from common import invariants
from common.sentences import constraint_of
from tests.breached_rows import TODAY, rows_by_the_rules

pytestmark = pytest.mark.django_db
PRIVILEGE = "no privilege"  # the role may not do it to anything

ASK = (
    "INSERT INTO matching_request (id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id,"
    " origin, state, asked_at, deadline, answered_at, held_for, decline_class)"
    " SELECT gen_random_uuid(), e.cohort_id, e.id, f.id, e.person_id, f.person_id, 'shortlist', '{state}', '{at}',"
    " now(), {answered}, '', '' FROM cohorts_enrolment e, cohorts_enrolment f"
    " WHERE e.id = '{{{mentee}}}' AND f.id = '{{{mentor}}}'"
)
PAIR = (
    "INSERT INTO matching_pairing (id, request_id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id,"
    " mentor_id, state, introduced_at, planned_end, activated_at, ended_at, end_class, key_id)"
    " SELECT gen_random_uuid(), id, cohort_id, mentee_enrolment_id, mentor_enrolment_id, mentee_id, mentor_id,"
    " '{state}', '{at}', now(), {activated}, {ended}, '', key_id FROM matching_request WHERE id = '{{{asked}}}'"
)
CHECK_IN = (
    "INSERT INTO engagements_checkin (id, pairing_id, side, person_id, round, day, due_at, snoozes, state)"
    " SELECT gen_random_uuid(), '{active}', 'mentee', %s, %s, now(), now(), 0, '%s' FROM accounts_user LIMIT 1"
)
SIGN = (
    "INSERT INTO engagements_signature (id, agreement_id, side, signed_at)"
    " VALUES (gen_random_uuid(), '{agreement}', '%s', '%s')"
)


def ask(mentee: str, mentor: str, *, state: str = "pending", at: str = "2026-03-10 10:00+00") -> str:
    answered = "NULL" if state == "pending" else "now()"
    return ASK.format(state=state, at=at, answered=answered, mentee=mentee, mentor=mentor)


def pair(asked: str, *, state: str = "introduced", at: str = "2026-03-10 10:00+00") -> str:
    activated = "NULL" if state == "introduced" else "now()"
    ended = "now()" if state in ("completed", "ended_early") else "NULL"
    return PAIR.format(state=state, at=at, activated=activated, ended=ended, asked=asked)


def state_of(table: str, row: str, state: str, more: str = "") -> str:
    return f"UPDATE {table} SET state = '{state}'{more} WHERE id = '{{{row}}}'"  # noqa: S608 - our own words


REQUEST, PAIRING = "matching_request", "matching_pairing"
ENROLMENT, CHECKIN, LETTER = "cohorts_enrolment", "engagements_checkin", "outbox_letter"

# The guard that refuses, and what it refuses. `{names}` are rows of `world`.
REFUSED: dict[str, tuple[str, str]] = {
    # The role itself.
    "empty the history": (PRIVILEGE, "TRUNCATE common_event"),
    "empty the pairings": (PRIVILEGE, "TRUNCATE matching_pairing CASCADE"),
    "empty the signatures": (PRIVILEGE, "TRUNCATE engagements_signature"),
    "switch triggers off": (PRIVILEGE, "ALTER TABLE common_event DISABLE TRIGGER ALL"),
    "drop a trigger": (PRIVILEGE, "DROP TRIGGER event_append_only ON common_event"),
    "drop a constraint": (PRIVILEGE, "ALTER TABLE matching_request DROP CONSTRAINT request_fits_mentee"),
    "drop a table": (PRIVILEGE, "DROP TABLE matching_waiver"),
    "add a column": (PRIVILEGE, "ALTER TABLE matching_waiver ADD COLUMN more text"),
    "write as a replica": (PRIVILEGE, "SET session_replication_role = replica"),
    "replace how triggers refuse": (
        PRIVILEGE,
        "CREATE OR REPLACE FUNCTION common_refuse(name text) RETURNS void LANGUAGE sql AS ''",
    ),
    "make another role": (PRIVILEGE, "CREATE ROLE another"),
    "run a program": (PRIVILEGE, "COPY common_event TO PROGRAM 'cat'"),
    "read a file": (PRIVILEGE, "SELECT pg_read_file('/etc/hostname')"),
    # History.
    "change a line": ("event_append_only", "UPDATE common_event SET verb = 'accept'"),
    "date a line back": ("event_append_only", "UPDATE common_event SET at = '1990-01-01'"),
    "put a line into another's name": ("event_append_only", "UPDATE common_event SET user_id = '{stranger}'"),
    "remove a line": ("event_append_only", "DELETE FROM common_event"),
    # Requests.
    "a colleague": ("request_same_employer", ask("one_house", "other_house")),
    "a colleague, dated back": ("request_same_employer", ask("one_house", "other_house", at="1990-01-01")),
    "a colleague, accepted at once": ("request_same_employer", ask("one_house", "other_house", state="accepted")),
    "a sister company": ("request_same_family", ask("one_sister", "other_sister")),
    "oneself": ("request_not_of_oneself", ask("both_mentee", "both_mentor", state="declined")),
    "a second request": ("request_one_pending", ask("asking", "free_mentor")),
    "somebody of another cohort": ("request_fits_mentor", ask("free_mentee", "elsewhere_mentor")),
    "a mentee as mentor": ("request_fits_mentor", ask("free_mentee", "asking")),
    "a mentor as mentee": ("request_fits_mentee", ask("free_mentor", "elsewhere_mentor")),
    "a request of no known state": ("request_state_known", ask("free_mentee", "free_mentor", state="odd")),
    "an unknown state": ("request_transition", state_of(REQUEST, "waiting", "odd")),
    "declined to accepted": ("request_transition", state_of(REQUEST, "declined", "accepted")),
    "declined to pending": ("request_transition", state_of(REQUEST, "declined", "pending", ", answered_at = NULL")),
    "withdrawn to accepted": ("request_transition", state_of(REQUEST, "withdrawn", "accepted")),
    "expired to pending": ("request_transition", state_of(REQUEST, "expired", "pending", ", answered_at = NULL")),
    "accepted to declined": ("request_transition", state_of(REQUEST, "accepted", "declined")),
    "another mentor": ("request_people_fixed", "UPDATE matching_request SET mentor_id = '{stranger}'"),
    "another mentee": ("request_people_fixed", "UPDATE matching_request SET mentee_id = '{stranger}'"),
    "held though answered": (
        "request_held_while_it_waits",
        "UPDATE matching_request SET held_for = 'away', held_until = now() WHERE id = '{declined}'",
    ),
    # Runs that are published.
    "a run no longer published": (
        "match_run_transition",
        "UPDATE matching_matchrun SET state = 'proven', published_at = NULL WHERE id = '{run}'",
    ),
    "published at no moment": ("match_run_published_then", "UPDATE matching_matchrun SET published_at = NULL"),
    "held back from a run that nobody published": (
        "proposal_of_published_run",
        "UPDATE matching_proposal SET held_back = 'other' WHERE run_id <> '{run}'",
    ),
    "a proposal published once more": (
        "proposal_decided_once",
        "UPDATE matching_proposal SET request_id = NULL WHERE run_id = '{run}'",
    ),
    "another decision on a board": ("board_change_kept", "UPDATE matching_boardchange SET verb = 'pin'"),
    "a decision on a board removed": ("board_change_kept", "DELETE FROM matching_boardchange"),
    "a proposal of somebody else's request": (
        "proposal_fits_request",
        "UPDATE matching_proposal SET mentor_id = mentee_id WHERE run_id = '{run}'",
    ),
    "remove a request": ("request_kept", "DELETE FROM matching_request WHERE id = '{declined}'"),
    # Pairings.
    "of a colleague": ("pairing_same_employer", pair("accepted_colleague")),
    "of a colleague, dated back": ("pairing_same_employer", pair("accepted_colleague", at="1990-01-01")),
    "of a request that waits": ("pairing_of_accepted_request", pair("waiting")),
    "of a declined request": ("pairing_of_accepted_request", pair("declined")),
    "twice of one request": ("pairing_once_a_request", pair("used_request", state="completed")),
    "a second mentor": ("pairing_one_open_per_mentee", pair("accepted_second")),
    "one more than the places": ("mentor_within_capacity", pair("accepted_full")),
    "a pairing of no known state": ("pairing_state_known", pair("accepted", state="odd")),
    "fewer places than pairings": ("mentor_within_capacity", "UPDATE accounts_mentorprofile SET capacity = 0"),
    "fewer places here": (
        "enrolment_within_capacity",
        "UPDATE cohorts_enrolment SET capacity = 0 WHERE role = 'mentor'",
    ),
    "active without signatures": ("pairing_activated_by_both", state_of(PAIRING, "introduced", "active")),
    "completed at once": ("pairing_transition", state_of(PAIRING, "introduced", "completed")),
    "completed without looking back": (
        "pairing_completed_by_both",
        state_of(PAIRING, "closing", "completed", ", ended_at = closing_since"),
    ),
    "opened again": ("pairing_transition", state_of(PAIRING, "completed", "active", ", ended_at = NULL")),
    "back to the introduction": ("pairing_transition", state_of(PAIRING, "active", "introduced")),
    "paused without a pause": ("pairing_pause_runs", state_of(PAIRING, "active", "paused")),
    "another of the two": ("pairing_people_fixed", "UPDATE matching_pairing SET mentor_id = '{stranger}'"),
    "remove a pairing": ("pairing_kept", "DELETE FROM matching_pairing WHERE id = '{completed}'"),
    "two answers of one side": (
        "chemistry_once_a_side",
        (
            "INSERT INTO matching_chemistryanswer (id, pairing_id, side, go_ahead, at)"
            " VALUES (gen_random_uuid(), '{active}', 'mentee', true, now())"
        ),
    ),
    # Agreements and signatures.
    "edit what is signed": ("agreement_kept", "UPDATE engagements_agreement SET planned_end = '2030-01-01'"),
    "take words out of what is signed": ("agreement_kept", "UPDATE engagements_agreement SET amendments = NULL"),
    "remove what is signed": ("agreement_kept", "DELETE FROM engagements_agreement"),
    "the same version again": (
        "agreement_version_once",
        (
            "INSERT INTO engagements_agreement (id, pairing_id, version, meetings_a_month, check_in_unit,"
            " check_in_every, planned_end, written_by_id, written_at) SELECT gen_random_uuid(), pairing_id, version, 1,"
            " 'week', 4, planned_end, written_by_id, written_at FROM engagements_agreement WHERE id = '{agreement}'"
        ),
    ),
    "remove a signature": ("signature_kept", "DELETE FROM engagements_signature"),
    "sign for the other side": ("signature_kept", "UPDATE engagements_signature SET side = 'mentor'"),
    "date a signature back": ("signature_kept", "UPDATE engagements_signature SET signed_at = '1990-01-01'"),
    "sign before it was written": ("signature_follows_agreement", SIGN % ("mentee", "1990-01-01")),
    "sign twice": ("signature_once_a_side", SIGN % ("mentee", "2030-01-01")),
    # What was counted.
    "count anew": ("tally_kept", "UPDATE engagements_tally SET figures = '{{}}'"),
    "take a tally away": ("tally_kept", "DELETE FROM engagements_tally"),
    # Check-ins.
    "a stranger's check-in": ("check_in_of_its_side", CHECK_IN % ("'{stranger}'", 90, "scheduled")),
    "a check-in given to a stranger": (
        "check_in_of_its_side",
        "UPDATE engagements_checkin SET person_id = '{stranger}'",
    ),
    "a check-in given to the other side": (
        "check_in_of_its_side",
        "UPDATE engagements_checkin SET side = 'mentor' WHERE side = 'mentee'",
    ),
    "a check-in of no known state": ("check_in_state_known", CHECK_IN % ("'{its_mentee}'", 91, "odd")),
    "a missed one asked again": ("check_in_transition", state_of(CHECKIN, "missed", "scheduled")),
    "answered without an answer": ("check_in_answer_fits_state", state_of(CHECKIN, "scheduled", "answered")),
    "put off for ever": ("check_in_put_off_twice_at_most", "UPDATE engagements_checkin SET snoozes = 9"),
    "planned twice": ("check_in_once", CHECK_IN % ("'{its_mentee}'", 80, "scheduled")),
    # Goals.
    "a note by a stranger": ("note_of_its_pair", "UPDATE engagements_note SET by_id = '{stranger}'"),
    "a goal in a stranger's words": ("goal_of_its_pair", "UPDATE engagements_goal SET written_by_id = '{stranger}'"),
    "a goal of no known state": ("goal_transition", state_of("engagements_goal", "goal", "odd")),
    "a proposal that is reached": ("goal_transition", state_of("engagements_goal", "goal", "reached")),
    # Decisions.
    "a decision of no known state": ("decision_transition", state_of("engagements_decision", "decision", "odd")),
    "decided without a choice": ("decision_choice_fits_state", state_of("engagements_decision", "decision", "decided")),
    "looked back on undecided": ("decision_transition", state_of("engagements_decision", "decision", "looked_back")),
    "surer than sure": ("decision_confidence_in_range", "UPDATE engagements_decision SET confidence_before = 101"),
    # Taking stock.
    "stock taken by a stranger": (
        "stock_answer_of_its_side",
        "UPDATE engagements_stockanswer SET person_id = '{stranger}'",
    ),
    "a round of stock of no known state": (
        "stock_round_transition",
        state_of("engagements_stockround", "stock_round", "odd"),
    ),
    # Enrolments and shortlists.
    "an enrolment of somebody else": ("enrolment_fixed", "UPDATE cohorts_enrolment SET person_id = '{stranger}'"),
    "another role": ("enrolment_fixed", "UPDATE cohorts_enrolment SET role = 'mentor' WHERE role = 'mentee'"),
    "withdrawn to pending": ("enrolment_transition", state_of(ENROLMENT, "left", "pending")),
    "an enrolment of no known state": ("enrolment_transition", state_of(ENROLMENT, "free_mentee", "odd")),
    "a fourth choice": ("shortlist_rank_in_range", "UPDATE matching_shortlistentry SET rank = 4"),
    "a choice elsewhere": (
        "shortlist_fits_enrolments",
        "UPDATE matching_shortlistentry SET mentor_id = '{elsewhere_mentor}'",
    ),
    # E-mails, waivers, accounts.
    "a sent e-mail back to waiting": ("letter_sent_for_good", state_of(LETTER, "sent", "pending", ", sent_at = NULL")),
    "a sent e-mail dated back": (
        "letter_sent_for_good",
        "UPDATE outbox_letter SET sent_at = '1990-01-01' WHERE id = '{sent}'",
    ),
    "an e-mail of no known state": ("letter_state_known", state_of(LETTER, "due", "odd")),
    "a waiver of oneself": (
        "waiver_not_of_oneself",
        (
            "INSERT INTO matching_waiver (id, cohort_id, mentee_id, mentor_id, why, given_at, until)"
            " VALUES (gen_random_uuid(), '{cohort}', '{stranger}', '{stranger}', 'x', now(), now())"
        ),
    ),
    "two accounts of one mailbox": ("user_email_lower_case", "UPDATE accounts_user SET email = upper(email)"),
}
# What one statement may do, because only several rows or a rule in Python show that it is wrong; and what finds it.
FOUND: dict[str, tuple[str, str]] = {
    "somebody paired asks": ("who_is_paired_asks_nobody", ask("its_mentee_enrolment", "free_mentor")),
    "accepted without a pairing": (
        "accepted_is_paired",
        state_of(REQUEST, "waiting", "accepted", ", answered_at = now()"),
    ),
    "answered at no moment": ("an_answer_has_its_moment", state_of(REQUEST, "waiting", "declined")),
    "asked in the name of a run": (
        "a_run_asks_for_its_proposals",
        "UPDATE matching_request SET origin = 'run' WHERE id = '{waiting}'",
    ),
    "asked, and left": ("who_left_is_not_asked", state_of(ENROLMENT, "asked_mentor", "withdrawn")),
    "active from the beginning": ("active_is_signed_by_both", pair("accepted", state="active")),
    "ended at no moment": ("a_state_has_its_moment", state_of(PAIRING, "active", "ended_early")),
    "a pause that is gone": ("a_paused_pairing_rests", "DELETE FROM matching_pause"),
    "an answer turned round": ("both_said_to_go_ahead", "UPDATE matching_chemistryanswer SET go_ahead = false"),
    "check-ins of an ended pairing": (
        "no_check_in_outlives_its_pairing",
        state_of(PAIRING, "active", "ended_early", ", ended_at = now()"),
    ),
    "a waiver that nobody gave": (
        "a_waiver_has_its_line_of_history",
        (
            "INSERT INTO matching_waiver (id, cohort_id, mentee_id, mentor_id, why, given_at, until)"
            " SELECT gen_random_uuid(), cohort_id, mentee_id, mentor_id, 'x', now(), now() FROM matching_request"
        ),
    ),
    "competitors": ("every_rule_is_followed", ask("one_rival", "other_rival")),
    "the board of the other": ("every_rule_is_followed", ask("free_mentee", "board_mentor")),
    "a former colleague": ("every_rule_is_followed", ask("free_mentee", "former_mentor")),
    "somebody on a private list": ("every_rule_is_followed", ask("free_mentee", "unwanted_mentor")),
    "paired with a competitor": ("every_rule_is_followed", pair("accepted_rival")),
}


@pytest.fixture(scope="module")
def world(module_db: None) -> dict[str, Any]:
    return rows_by_the_rules()


ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'site_for_tests') THEN CREATE ROLE site_for_tests; END IF;
END $$;
GRANT USAGE ON SCHEMA public TO site_for_tests;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO site_for_tests;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO site_for_tests;
SET LOCAL ROLE site_for_tests
"""


@pytest.fixture
def as_the_site(world: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A role with the privileges that `tools/roles.sql` gives to `app`; gone after the test, like its writes."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(ROLE)
    yield world
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def guard_of(statement: str) -> str:
    """Who refuses it; "" when it goes through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Error as error:
        refused_by = getattr(error.__cause__, "sqlstate", "") == "42501"
        return PRIVILEGE if refused_by else str(constraint_of(error) or error)
    return ""


def test_there_are_sixty_and_more() -> None:
    assert len(REFUSED) >= 60
    assert len({guard for guard, _statement in REFUSED.values()}) >= 40


@pytest.mark.parametrize("breach", REFUSED)
def test_it_is_refused(breach: str, as_the_site: dict[str, Any]) -> None:
    guard, statement = REFUSED[breach]
    assert guard_of(statement.format(**as_the_site) if "{" in statement else statement) == guard


@pytest.mark.parametrize("breach", FOUND)
def test_it_is_let_through_and_found_at_night(breach: str, as_the_site: dict[str, Any]) -> None:
    name, statement = FOUND[breach]
    before = invariants.broken(TODAY)
    assert guard_of(statement.format(**as_the_site)) == ""
    assert set(invariants.broken(TODAY)[name]) > set(before.get(name, ()))
