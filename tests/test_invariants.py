"""Every invariant's query finds what breaks it, once the database no longer refuses to take it."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.models.private_lists import list_key
from cohorts.states import Role
from common import invariants
from common.models import ContentKey
from engagements.domain import goals, lengths, meetings, notes, shared_scores, talks
from matching.domain import publishing, requests, runs
from matching.domain.board.asking import foresee
from matching.domain.board.changing import Seen, decide
from matching.domain.board.line import Decision
from matching.domain.recheck import recheck
from matching.models import Request, ShortlistEntry
from matching.models.boards import BoardVerb
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request
from tests.stress.unguarded import drop_guards

TODAY = NOW.date()

# What a careless hand may write, by the query that must find it.
BREACHES = {
    "who_is_erased_holds_nothing": (
        "UPDATE accounts_user SET name = 'person:erased', is_active = false, is_staff = false"
    ),
    "one_name_in_a_country_and_industry": "UPDATE accounts_organisation SET identity = 'one', country = 'GB'",
    "a_merged_organisation_is_gone": "INSERT INTO accounts_othername (id, organisation_id, name, folded, merged_id)"
    " VALUES (gen_random_uuid(), '{employer}', 'a', 'a', '{employer}')",
    "an_owner_is_on_record_once_a_day": "INSERT INTO accounts_ownership (id, child_id, parent_id, starts_on)"
    " SELECT gen_random_uuid(), '{employer}', {firm}, '2020-01-01' FROM generate_series(1, 2)",
    "nobody_owns_itself": "INSERT INTO accounts_ownership (id, child_id, parent_id, starts_on) VALUES"
    " (gen_random_uuid(), '{employer}', {firm}, '2020-01-01'), (gen_random_uuid(), {firm}, '{employer}', '2020-01-01')",
    "mentor_count_is_right": "UPDATE accounts_mentorprofile SET open_pairings = 2",
    "enrolment_count_is_right": "UPDATE cohorts_enrolment SET open_pairings = 0 WHERE role = 'mentor'",
    "mentor_within_capacity": "UPDATE accounts_mentorprofile SET capacity = 0",
    "enrolment_within_capacity": "UPDATE cohorts_enrolment SET capacity = 0 WHERE role = 'mentor'",
    "one_open_pairing_a_mentee": "UPDATE matching_pairing SET mentee_id = {first}",
    "one_pending_request_a_mentee": "UPDATE matching_request SET state = 'pending'",
    "who_is_paired_asks_nobody": "UPDATE matching_request SET mentee_id = {first}",
    "a_shortlist_entry_has_its_own_rank": "UPDATE matching_shortlistentry SET rank = 1",
    "one_pairing_a_request": "UPDATE matching_pairing SET request_id = {its_request}",
    "accepted_is_paired": "UPDATE matching_request SET state = 'accepted'",
    "paired_was_accepted": "UPDATE matching_pairing SET key_id = '{key}'",
    "nobody_is_their_own_mentor": "UPDATE matching_request SET mentor_id = mentee_id",
    "a_request_is_independent": "UPDATE accounts_affiliation SET organisation_id = '{employer}'",
    "a_waiver_has_its_line_of_history": (
        "INSERT INTO matching_waiver (id, cohort_id, mentee_id, mentor_id, why, given_at, until)"
        " SELECT gen_random_uuid(), cohort_id, mentee_id, mentor_id, 'x', now(), now() FROM matching_pairing LIMIT 1"
    ),
    "every_rule_is_followed": (
        "INSERT INTO accounts_neverwith (id, owner_id, named)"
        " SELECT gen_random_uuid(), mentee_id, '{unwanted}'::bytea FROM matching_request WHERE state = 'pending'"
    ),
    "a_pairing_is_independent": "UPDATE accounts_affiliation SET organisation_id = '{employer}'",
    "a_request_fits_its_enrolments": "UPDATE cohorts_enrolment SET role = 'mentor'",
    "a_pairing_fits_its_request": "UPDATE matching_pairing SET mentor_id = mentee_id",
    "a_shortlist_entry_fits_its_enrolments": "UPDATE matching_shortlistentry SET mentor_id = mentee_id",
    "who_left_is_not_asked": "UPDATE cohorts_enrolment SET state = 'withdrawn'",
    "a_run_is_kept_whole": "DELETE FROM matching_proposal",
    "a_run_asks_for_its_proposals": "UPDATE matching_request SET origin = 'run'",
    "a_published_run_has_asked": "UPDATE matching_proposal SET request_id = NULL",
    "only_a_published_run_asks": "UPDATE matching_matchrun SET state = 'discarded', published_at = NULL",
    "a_mentee_stands_once_on_a_board": "INSERT INTO matching_unmatched (id, run_id, cohort_id, mentee_enrolment_id,"
    " mentee_id, fit, excluded, help, gain) SELECT gen_random_uuid(), run_id, cohort_id, mentee_enrolment_id,"
    " mentee_id, 0, '{{}}', 'mentors', 0 FROM matching_proposal",
    "a_board_is_changed_until_it_is_published": "UPDATE matching_boardchange SET made_at = now() + interval '1 year'",
    "a_proposal_fits_its_request": "UPDATE matching_proposal SET mentor_id = mentee_id",
    "an_answer_has_its_moment": "UPDATE matching_request SET answered_at = now()",
    "only_what_waits_is_held": "UPDATE matching_request SET held_for = 'mentor_no_employer'",
    "no_hold_outlasts_its_time": "UPDATE matching_request SET held_for = 'away', held_until = '2026-03-01 00:00+00'",
    "a_state_has_its_moment": "UPDATE matching_pairing SET state = 'completed'",
    "a_paused_pairing_rests": "UPDATE matching_pairing SET state = 'paused'",
    "both_said_to_go_ahead": "UPDATE matching_chemistryanswer SET go_ahead = false",
    "active_is_signed_by_both": "DELETE FROM engagements_signature WHERE side = 'mentor'",
    "a_check_in_is_planned_once": "UPDATE engagements_checkin SET round = 1",
    "a_check_in_is_of_its_side": "UPDATE engagements_checkin SET side = 'mentee'",
    "a_closing_pairing_asks_both": "DELETE FROM engagements_review WHERE side = 'mentor'",
    "nobody_is_asked_to_look_back_at_another_time": "UPDATE matching_pairing SET state = 'active'",
    "a_review_is_of_its_side": "UPDATE engagements_review SET side = 'mentee'",
    "a_length_is_proposed_by_one_of_the_two": "UPDATE engagements_lengthproposal SET proposed_by_id ="
    " (SELECT mentor_id FROM matching_request WHERE state = 'pending' LIMIT 1)",
    "a_talk_is_asked_for_by_one_of_the_two": "UPDATE engagements_talk SET person_id ="
    " (SELECT mentor_id FROM matching_request WHERE state = 'pending' LIMIT 1)",
    "scores_are_shared_by_their_side": "UPDATE engagements_scoresharing SET side = 'mentor'",
    "no_length_is_proposed_in_a_pairing_that_closes_or_is_over": "UPDATE matching_pairing SET state = 'closing'",
    "an_answer_in_taking_stock_is_of_its_side": "UPDATE engagements_stockanswer SET side = 'mentor'",
    "no_round_of_stock_waits_in_a_pairing_that_is_over": (
        "UPDATE matching_pairing SET state = 'completed', ended_at = '2026-03-04 12:00+00'"
    ),
    "an_assistant_serves_open_accounts": "UPDATE accounts_user SET is_active = false",
    "an_assistant_handles_for_one_of_the_two": "UPDATE engagements_assistant SET leader_id = (SELECT mentee_id"
    " FROM matching_pairing WHERE activated_at IS NULL LIMIT 1)",
    "a_note_is_of_its_pair": "UPDATE engagements_note SET by_id = (SELECT mentee_id FROM matching_pairing"
    " WHERE activated_at IS NULL LIMIT 1)",
    "a_goal_is_of_its_pair": "UPDATE engagements_goal SET written_by_id = (SELECT mentor_id FROM matching_pairing"
    " WHERE activated_at IS NULL LIMIT 1), proposed_by_id = (SELECT mentee_id FROM matching_pairing"
    " WHERE activated_at IS NULL LIMIT 1)",
    "a_goal_is_the_mentees": "UPDATE engagements_goal SET state = 'reached'",
    "no_meeting_is_open_in_a_pairing_that_rests_or_is_over": "UPDATE matching_pairing SET state = 'paused'",
    "no_check_in_outlives_its_pairing": "UPDATE matching_pairing SET state = 'ended_early'",
}


def publish_a_run():
    """One pair of its own, of whom the mentor has declined."""
    coordinator = people.person(staff=True)
    mentee, _mentor = couple(cohort(coordinators=(coordinator,)))
    run = runs.make(cohort=mentee.cohort, user=coordinator, terms=runs.Terms(), now=NOW)
    decision = Decision(BoardVerb.PIN, *run.proposals.values_list("mentee", "mentor").get())
    shown = foresee(run=run, decision=decision, user=coordinator, now=NOW).choice(0)
    decide(run=run, decision=decision, moving=0, seen=Seen(0, shown.digest), user=coordinator, now=NOW)
    ((proposal, *_two),) = publishing.publish(run=run, user=coordinator, now=NOW).asked
    requests.decline(request=proposal.request, user=proposal.mentor, reason_class="time", now=NOW)


def build():
    """An active pairing, an introduced one, a waiting request, two shortlist: all by the rules."""
    here = cohort()
    mentor = enrolment(here, people.mentor(capacity=3), Role.MENTOR)
    begun = stories.active(mentee=enrolment(here), mentor=mentor)
    notes.write(pairing=begun, user=begun.mentee, text="A note", shared=False, now=NOW)
    goals.propose(pairing=begun, user=begun.mentor, words=goals.GoalWords("A goal"), now=NOW)
    lengths.propose(pairing=begun, user=begun.mentee, planned_end=TODAY + timedelta(days=99), now=NOW)
    shared_scores.share(pairing=begun, user=begun.mentee, now=NOW)
    talks.ask(pairing=begun, user=begun.mentee, to=here.concern_email, with_phone=False, now=NOW)
    stories.stock_taken(begun)
    kim = stories.assistant(begun.mentee)
    by_kim = {"user": kim.person, "assistant": kim}
    meetings.propose(pairing=begun, times=[NOW + timedelta(days=2)], minutes=60, now=NOW, **by_kim)
    pairing(enrolment(here), mentor)
    stories.closing(mentee=enrolment(here), mentor=mentor)
    publish_a_run()
    asking = enrolment(here)
    for number in (1, 2, 3):
        asked = request(asking, enrolment(here, role=Role.MENTOR), state="declined" if number > 1 else "pending")
        ShortlistEntry.objects.create(mentee=asking, mentor=asked.mentor_enrolment, rank=number)
    return asking


@pytest.fixture(scope="module")
def programme(module_db):
    build()


@pytest.mark.django_db
def test_there_is_a_breach_for_every_query(programme):
    assert set(BREACHES) == set(invariants.registered())
    assert invariants.broken(TODAY) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(BREACHES))
def test_the_query_finds_it(programme, name):
    drop_guards()
    with connection.cursor() as cursor:
        cursor.execute(
            BREACHES[name].format(
                key=ContentKey.make().pk,
                employer=people.organisation().pk,
                unwanted="\\x" + list_key(make=True).user(Request.objects.pending().get().mentor_id).hex(),
                firm="(SELECT min(organisation_id::text)::uuid FROM accounts_affiliation)",
                first="(SELECT mentee_id FROM matching_pairing LIMIT 1)",
                its_request="(SELECT request_id FROM matching_pairing LIMIT 1)",
            )
        )
    assert invariants.broken(TODAY)[name]


@pytest.mark.django_db
def test_a_tie_that_came_later_or_was_waived_is_no_breach():
    made = pairing()
    mine = made.mentee.affiliations.get().organisation
    people.affiliation(made.mentor, mine, since=TODAY + timedelta(days=1))
    assert invariants.broken(TODAY + timedelta(days=1)) == {}
    recheck(now=NOW + timedelta(days=1))
    assert invariants.broken(TODAY + timedelta(days=2)) == {}


@pytest.mark.django_db
def test_a_tie_that_nobody_was_told_of_for_a_day_is_one():
    made = pairing()
    people.affiliation(made.mentor, made.mentee.affiliations.get().organisation)
    assert invariants.broken(TODAY)["every_rule_is_followed"] == [str(made.pk)]
