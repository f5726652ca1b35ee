"""Runs at the desk: made with one button, read in sentences, and never about a pair one is party to."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Leave, User
from cohorts.models import Enrolment
from cohorts.states import Role
from common.clock import now as clock
from common.models import Event
from common.transitions import Actor
from matching import tasks
from matching.admin import run_making, run_publishing
from matching.domain import publishing, requests, run_work, runs
from matching.domain.run_heartbeat import beat
from matching.domain.run_progress import RunProgress
from matching.models import MatchRun, Proposal, Request
from matching.models.runs import NotMade, Phase
from matching.states import RunState
from tests import people
from tests.admin.conftest import Desk
from tests.matching.factories import NOW, cohort, enrolment

pytestmark = pytest.mark.django_db


def crowd(desk: Desk, mentees: int = 2, mentors: int = 1) -> None:
    for _ in range(mentees):
        enrolment(desk.cohort)
    for _ in range(mentors):
        enrolment(desk.cohort, people.mentor(), Role.MENTOR)


def run_of(desk: Desk) -> MatchRun:
    return runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=NOW)


def text(desk: Desk, page: str, *args: Any, who: Any = None, **query: Any) -> str:
    answer = desk.client(who or desk.coordinator).get(reverse(f"admin:matching_{page}", args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_coordinator_runs_a_match_and_reads_it(desk: Desk) -> None:
    crowd(desk, mentees=12, mentors=5)
    client = desk.client(desk.coordinator)

    answer = client.post(reverse("admin:matching_matchrun_add"), {"cohort": desk.cohort.pk, "protect_worst_off": "on"})

    run = MatchRun.objects.get()
    assert answer["Location"] == reverse("admin:matching_matchrun_change", args=[run.pk])
    assert "it begins within a minute" in text(desk, "matchrun_change", run.pk)
    tasks.make_runs()
    run.refresh_from_db()
    assert (run.made_by, run.protect_worst_off) == (desk.coordinator, True)
    shown = text(desk, "matchrun_change", run.pk)
    assert f"{run.matched} of {run.mentees} mentees" in shown
    assert "nobody more can be matched" in shown
    assert "on these terms (the worst-off protected)" in shown
    assert "Nobody has changed since." in shown
    assert 'role="img"' in shown
    assert "Worst-off protected (this run)" in shown
    proposals = text(desk, "proposal_changelist", run__id__exact=run.pk)
    assert "Working with a board, the first aim: led it" in proposals
    pair = run.proposals.filter(reasons__0__key="aims_met").first()
    assert "Working with a board, the first aim: led it" in text(desk, "proposal_change", pair.pk)
    assert "mentees compete for" in text(desk, "unmatched_changelist", run__id__exact=run.pk)


def test_why_nobody_is_left_is_told_rule_by_rule(desk: Desk) -> None:
    crowd(desk, mentees=12, mentors=5)
    run = run_of(desk)
    row = run.unmatched.first()
    run.unmatched.filter(pk=row.pk).update(excluded={"same_family": 2, "other": 6})
    shown = text(desk, "unmatched_changelist", run__id__exact=run.pk)
    assert "2 in the same group; 6 other reasons" in shown
    assert "fewer than 5 for other reasons, or none" in shown


def test_a_small_run_says_why_of_nobody(desk: Desk) -> None:
    crowd(desk, mentees=9, mentors=1)
    run = run_of(desk)
    assert run.unmatched.exists()
    shown = text(desk, "unmatched_changelist", run__id__exact=run.pk)
    assert "With fewer than 5 mentors, a run says only how many are matched." in shown
    assert "other reasons" not in shown
    assert "compete" not in shown


def test_nobody_to_match_is_said_beside_the_cohort(desk: Desk) -> None:
    desk.cohort.enrolments.filter(role=Role.MENTEE).update(state="withdrawn")
    answer = desk.client(desk.coordinator).post(reverse("admin:matching_matchrun_add"), {"cohort": desk.cohort.pk})

    assert answer.status_code == 200
    assert "Nobody in this cohort is looking for a mentor" in answer.content.decode()


def asked_for(desk: Desk) -> MatchRun:
    return run_work.queue(cohort=desk.cohort, user=desk.coordinator, terms=runs.Terms(), now=clock())


def test_a_run_on_its_way_says_how_far_it_is_and_shows_nothing_else(desk: Desk) -> None:
    crowd(desk)
    run = asked_for(desk)
    assert "–" in text(desk, "matchrun_changelist")
    work = run_work.begin(now=clock())
    assert work is not None
    progress = RunProgress()
    progress.enter(Phase.BEST)
    progress.within(0.5)
    beat(work, progress)

    shown = text(desk, "matchrun_change", run.pk)
    assert "Step 2 of 7: looking for the best match." in shown
    assert 'value="150" max="700"' in shown
    assert "js/progress.js" in shown
    assert "Proposals, the weakest first" not in shown
    assert 'value="publish"' not in shown
    other = run_elsewhere(desk)
    assert "another match run is being made" in text(desk, "matchrun_change", other.pk)
    MatchRun.objects.filter(pk=run.pk).update(heard_at=NOW)
    assert "the work broke off, and begins anew by itself" in text(desk, "matchrun_change", run.pk)


def run_elsewhere(desk: Desk) -> MatchRun:
    elsewhere = cohort("Autumn", coordinators=(desk.coordinator,))
    enrolment(elsewhere)
    return run_work.queue(cohort=elsewhere, user=desk.coordinator, terms=runs.Terms(), now=clock())


def test_cancelled_and_run_again_from_its_page(desk: Desk) -> None:
    crowd(desk)
    run = asked_for(desk)
    second = desk.client(desk.coordinator).post(reverse("admin:matching_matchrun_add"), {"cohort": desk.cohort.pk})
    assert "is on its way already. Wait for it, or cancel it." in second.content.decode()
    shown = act(desk, "matchrun", "cancel", [run], from_page="1", confirmed=True)
    assert f"Cancelled by {desk.coordinator.name} on" in shown
    assert "Nothing was proposed, and nobody was told." in shown
    assert "not made: cancelled" in text(desk, "matchrun_changelist")
    shown = act(desk, "matchrun", "again", [run], from_page="1", confirmed=True)
    new = MatchRun.objects.get(state=RunState.QUEUED)
    assert f'<a href="{reverse("admin:matching_matchrun_change", args=[new.pk])}">See how far it is</a>' in shown


def test_what_went_wrong_is_a_sentence(desk: Desk) -> None:
    words = {"made_at": clock(), "finished_at": clock(), "state": RunState.FAILED}
    for problem, sentence in run_making.NOT_MADE.items():
        run = MatchRun.objects.create(cohort=desk.cohort, problem=problem, **words)
        shown = text(desk, "matchrun_change", run.pk)
        assert str(sentence) in shown
        assert ("tell who runs the site" in shown) == (problem in run_making.WITH_US)
        assert 'value="again"' in shown
    assert {*run_making.NOT_MADE, NotMade.CANCELLED} == set(NotMade)


def test_the_pair_one_is_party_to_and_runs_of_others_are_not_there(desk: Desk) -> None:
    crowd(desk, mentees=1)
    enrolment(desk.cohort, people.mentor(capacity=3), Role.MENTOR)
    people.become_mentee_too(desk.coordinator)
    enrolment(desk.cohort, desk.coordinator)
    run = run_of(desk)
    mine = Proposal.objects.filter(run=run, mentee=desk.coordinator).first()
    assert mine is not None

    client = desk.client(desk.coordinator)
    assert client.get(reverse("admin:matching_proposal_change", args=[mine.pk])).status_code == 302
    listed = client.get(reverse("admin:matching_proposal_changelist")).context["cl"].result_list
    assert mine not in listed
    assert len(listed) == run.matched - 1
    stranger = desk.client(desk.stranger)
    assert stranger.get(reverse("admin:matching_matchrun_change", args=[run.pk])).status_code == 302
    assert not stranger.get(reverse("admin:matching_proposal_changelist")).context["cl"].result_list


def test_lists_take_as_many_queries_for_one_row_as_for_many(desk: Desk) -> None:
    crowd(desk, mentees=12, mentors=5)
    run = run_of(desk)
    client = desk.client(desk.coordinator)
    for page, rows in (("proposal", run.proposals), ("unmatched", run.unmatched)):
        assert rows.count() > 2
        with CaptureQueriesContext(connection) as many:
            client.get(reverse(f"admin:matching_{page}_changelist"))
        rows.exclude(pk=rows.first().pk).delete()
        with CaptureQueriesContext(connection) as one:
            client.get(reverse(f"admin:matching_{page}_changelist"))
        assert len(one) == len(many)


def test_a_run_says_how_the_load_is_shared_and_what_spreading_it_would_change(desk: Desk) -> None:
    for _ in range(4):
        enrolment(desk.cohort)
    for capacity in (4, 4, 1):
        enrolment(desk.cohort, people.mentor(capacity=capacity), Role.MENTOR)
    plain = run_of(desk)
    spread = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(spread_load=True), now=NOW)
    assert spread.matched == plain.matched
    assert spread.report["spread_load"]["most"] <= plain.report["unspread_load"]["most"]
    shown = text(desk, "matchrun_change", spread.pk)
    assert "Without spreading the load:" in shown
    assert "on these terms (the load spread)" in shown
    assert "Load spread (this run)" in shown
    MatchRun.objects.filter(pk=plain.pk).update(
        report={**plain.report, "unspread_load": {"several": 2, "most": 12, "idle": 11}}
    )
    shown = text(desk, "matchrun_change", plain.pk)
    assert "2 mentors with several mentees (12 at most), and 11 with a place but none." in shown
    assert "Were the load spread:" in shown


def published(desk: Desk, pairs: int = 3) -> MatchRun:
    crowd(desk, mentees=pairs, mentors=pairs)
    run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    publishing.publish(run=run, user=desk.coordinator, now=clock())
    return run


def act(desk: Desk, page: str, verb: str, rows: Any, *, confirmed: bool = False, **more: Any) -> str:
    """Press an action of a list, or confirm it as the page that asks once more would."""
    address = reverse(f"admin:matching_{page}_changelist")
    data = {"action": verb, ACTION_CHECKBOX_NAME: [row.pk for row in rows], **more}
    if confirmed:
        asked = desk.client(desk.coordinator).post(address, data)
        data |= {"confirmed": "1", "told": asked.context["foreseen"]}
    return str(desk.client(desk.coordinator).post(address, data, follow=True).content.decode())


def test_publishing_asks_once_more_and_says_what_will_happen(desk: Desk) -> None:
    crowd(desk, mentees=3, mentors=3)
    run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    before = Request.objects.count()
    gone = run.proposals.first()
    Enrolment.objects.filter(pk=gone.mentee_enrolment_id).update(state="withdrawn")
    assert "Not published: nobody has been asked" in text(desk, "matchrun_change", run.pk)

    asked = act(desk, "matchrun", "publish", [run], from_page="1")

    kept = run.proposals.exclude(pk=gone.pk)
    become, asking = kept.count(), kept.values("mentor").distinct().count()
    assert f"{become} proposals become requests" in asked
    assert f"{become + asking} e-mails leave within minutes" in asked
    assert "Mentors can answer until" in asked
    assert "its mentee can withdraw it, and so can you" in asked
    assert f"Held back: {gone.mentee.name} → {gone.mentor.name}. The mentee has left the cohort." in asked
    assert Request.objects.count() == before

    done = act(desk, "matchrun", "publish", [run], from_page="1", confirmed=True)

    assert f"Published: {become} requests are made; 1 proposal is held back." in done
    assert Request.objects.count() == before + become
    assert f"by {desk.coordinator.name}." in done
    assert "Waiting for the mentor’s answer" in done
    assert "Held back" in done
    assert "Clara Coordinator published a match run of the cohort Spring." in done


def test_what_changed_after_the_page_was_shown_is_said_before_anybody_is_asked(desk: Desk) -> None:
    crowd(desk, mentees=3, mentors=3)
    run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    before = Request.objects.count()
    told = desk.client(desk.coordinator).post(
        reverse("admin:matching_matchrun_changelist"), {"action": "publish", ACTION_CHECKBOX_NAME: [run.pk]}
    )
    User.objects.filter(pk=run.proposals.first().mentee_id).update(is_active=False)

    again = act(desk, "matchrun", "publish", [run], confirmed="", told=told.context["foreseen"])

    assert "The mentee has left the cohort." in again
    assert Request.objects.count() == before


def test_some_are_chosen_in_the_list_and_the_others_follow(desk: Desk) -> None:
    crowd(desk, mentees=3, mentors=3)
    run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    chosen, *others = run.proposals.all()

    asked = act(desk, "proposal", "publish", [chosen])
    assert "1 proposal becomes a request" in asked
    assert f"{len(others)} proposals of the run are not among them. They can follow later." in asked
    act(desk, "proposal", "publish", [chosen], confirmed=True)

    assert run.proposals.to_publish().count() == len(others)
    shown = text(desk, "proposal_changelist", run__id__exact=run.pk)
    assert (
        shown.count(f'/request/{Request.objects.get(origin="run").pk}/change/">waiting for the mentor’s answer<') == 1
    )
    listed = desk.client(desk.coordinator).get(
        reverse("admin:matching_proposal_changelist"), {"run__id__exact": run.pk, "became": "not_published"}
    )
    assert set(listed.context["cl"].result_list) == set(others)
    assert "None of the selected records" in act(desk, "proposal", "publish", [chosen])
    act(desk, "matchrun", "publish", [run], confirmed=True)
    assert not run.proposals.to_publish().exists()


def test_proposals_of_two_runs_are_refused_together(desk: Desk) -> None:
    crowd(desk, mentees=2, mentors=2)
    one, two = (runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock()) for _ in range(2))
    shown = act(desk, "proposal", "publish", [one.proposals.first(), two.proposals.first()])
    assert "Choose proposals of one match run" in shown
    assert 'type="submit" value="Publish"' not in shown


def test_who_takes_part_is_told_that_another_has_to_publish(desk: Desk) -> None:
    crowd(desk, mentees=2, mentors=2)
    people.become_mentee_too(desk.coordinator)
    enrolment(desk.cohort, desk.coordinator)
    run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    before = Request.objects.count()
    shown = act(desk, "matchrun", "publish", [run])
    assert "another coordinator has to publish it" in shown
    assert 'type="submit" value="Publish"' not in shown
    act(desk, "matchrun", "publish", [run], confirmed=True)
    assert Request.objects.count() == before


def test_discarding_has_its_undo(desk: Desk) -> None:
    crowd(desk, mentees=2, mentors=2)
    run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    act(desk, "matchrun", "discard", [run], confirmed=True)
    shown = text(desk, "matchrun_change", run.pk)
    assert "Discarded: nobody was asked" in shown
    assert 'value="publish"' not in shown
    assert "None of the selected records" in act(desk, "proposal", "publish", [run.proposals.first()])
    act(desk, "matchrun", "keep", [run], confirmed=True)
    assert 'value="publish"' in text(desk, "matchrun_change", run.pk)


def test_a_published_run_says_what_became_of_each_and_leads_to_the_next(desk: Desk) -> None:
    crowd(desk)
    older = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
    run = published(desk)
    asked = [each.request for each in run.proposals.exclude(request=None)]
    requests.accept(request=asked[0], user=asked[0].mentor, now=clock())
    requests.decline(request=asked[1], user=asked[1].mentor, reason_class="time", now=clock())

    shown = text(desk, "matchrun_change", run.pk)

    counted = {words: number for words, number, _ in run_publishing.outcome_table(run, desk.coordinator)}
    assert (counted["accepted"], counted["declined"]) == (1, 1)
    assert f"?run__id__exact={run.pk}&amp;became=declined" in shown
    assert "Run again for those who still look for a mentor" in shown
    assert f"/matchrun/add/?cohort={desk.cohort.pk}" in shown
    assert "published on" in text(desk, "matchrun_change", older.pk)


def test_pages_of_a_published_run_take_as_many_queries_for_one_as_for_many(desk: Desk) -> None:
    client, counts = desk.client(desk.coordinator), []
    for pairs in (1, 12):
        run = published(desk, pairs)
        with CaptureQueriesContext(connection) as made:
            client.get(reverse("admin:matching_matchrun_change", args=[run.pk]))
            client.get(reverse("admin:matching_proposal_changelist"), {"run__id__exact": run.pk})
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_page_that_asks_takes_as_many_queries_for_one_as_for_many(desk: Desk) -> None:
    counts = []
    for pairs in (1, 12):
        crowd(desk, mentees=pairs, mentors=pairs)
        run = runs.make(cohort=desk.cohort, user=None, terms=runs.Terms(), now=clock())
        with CaptureQueriesContext(connection) as made:
            act(desk, "matchrun", "publish", [run])
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_a_run_says_of_when_it_is_proven_and_who_has_changed_since(desk: Desk) -> None:
    crowd(desk, mentees=2, mentors=2)
    run = run_of(desk)
    assert "Nobody has changed since." in text(desk, "matchrun_change", run.pk)
    mentor = desk.cohort.enrolments.filter(role=Role.MENTOR).last().person
    Leave.objects.create(person=mentor, starts_on=NOW.date(), ends_on=NOW.date())
    assert "1 person has changed since: run again." in text(desk, "matchrun_change", run.pk)
    mentee = desk.cohort.enrolments.filter(role=Role.MENTEE).last().person
    Event.record(verb="edit_profile", subject=mentee, actor=Actor.PERSON, now=clock(), user=mentee, fields=["aims"])
    people.mentor()  # of no cohort
    assert "2 people have changed since: run again." in text(desk, "matchrun_change", run.pk)
    MatchRun.objects.filter(pk=run.pk).update(kept_at=clock() - timedelta(days=4))
    assert "more than three days ago: run again" in text(desk, "matchrun_change", run.pk)
