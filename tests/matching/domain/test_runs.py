"""A match run: proven, kept as it was, and every unmatched mentee told why."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import MentorProfile, NeverWith, Ownership
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.errors import NotPermitted, Refused
from common.models import Event
from matching.domain import runs
from matching.domain.fairness import fairness
from matching.domain.run_report import says_why
from matching.engine import MenteeCard, MentorCard, Pool, Why, match
from matching.models import MatchRun, ShortlistEntry
from matching.models.runs import Help
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pairing, request

pytestmark = pytest.mark.django_db


def made(of: Cohort, **words: Any) -> MatchRun:
    return runs.make(**{"cohort": of, "user": None, "now": NOW, "terms": runs.Terms(), **words})


def test_a_cohorts_rules_spread_the_load_of_every_run() -> None:
    where = cohort(spread_load=True)
    for _ in range(3):
        enrolment(where)
        enrolment(where, people.mentor(capacity=3), Role.MENTOR)
    run = made(where)
    assert run.spread_load
    assert run.report["spread_load"] == {"several": 0, "most": 1, "idle": 0}


def test_a_run_proposes_the_best_and_keeps_everything() -> None:
    coordinator = people.person(staff=True)
    where = cohort(coordinators=(coordinator,))
    board, crisis = people.topic("Boards"), people.topic("Crises")
    wants_board, wants_crisis = (enrolment(where, people.mentee(topics=[each])) for each in (board, crisis))
    knows_crisis, knows_board = (
        enrolment(where, people.mentor(topics=[each]), Role.MENTOR) for each in (crisis, board)
    )
    ShortlistEntry.objects.create(mentee=wants_board, mentor=knows_board, rank=1)
    Enrolment.objects.filter(pk=wants_crisis.pk).update(priority_since=NOW)

    run = made(where, user=coordinator)

    pairs = {(each.mentee_enrolment, each.mentor_enrolment) for each in run.proposals.all()}
    assert pairs == {(wants_board, knows_board), (wants_crisis, knows_crisis)}
    assert (run.mentees, run.places, run.matched, run.state, run.made_by) == (2, 2, 2, "proven", coordinator)
    assert run.total == sum(each.score for each in run.proposals.all())
    assert run.lowest == min(each.score for each in run.proposals.all())
    assert sum(run.report["plain"]["bars"]) == 2
    assert run.report["weights"]["aims"] == 60
    told = {each.mentee_enrolment: {reason["key"] for reason in each.reasons} for each in run.proposals.all()}
    assert Why.SHORTLISTED in told[wants_board]
    assert Why.LET_DOWN in told[wants_crisis]
    assert Event.objects.filter(verb="match", cohort_id=where.pk, user=coordinator).exists()


def test_only_a_coordinator_runs_and_only_when_somebody_looks() -> None:
    where = cohort()
    with pytest.raises(NotPermitted):
        made(where, user=people.person(staff=True))
    with pytest.raises(Refused, match="Nobody"):
        made(where)
    assert not MatchRun.objects.exists()


def test_who_has_a_mentor_or_waits_for_an_answer_is_left_alone() -> None:
    where = cohort()
    mentors = [enrolment(where, role=Role.MENTOR) for _ in range(5)]
    looking, paired, waiting = (enrolment(where) for _ in range(3))
    enrolment(where, state=EnrolmentState.PENDING)
    pairing(paired, mentors[0])
    request(waiting, mentors[1])

    assert list(runs.seekers(where)) == [looking]


def test_too_few_places_are_told_with_the_group_and_what_would_help() -> None:
    where = cohort()
    for _ in range(5):
        enrolment(where, role=Role.MENTOR)
    for _ in range(7):
        enrolment(where)

    run = made(where)

    assert (run.matched, run.unmatched.count()) == (5, 2)
    for each in run.unmatched.all():
        assert (each.help, each.fit, each.gain) == (Help.PLACES, 5, 5)
        assert (each.group_mentees, each.group_places) == (7, 5)
    assert run.report["groups"] == [{"mentees": 7, "places": 5}]


def colleagues_and_hated(colleagues: int, hated: int) -> Cohort:
    """One mentee, with so many mentors in the same house, and so many on the private list."""
    where, house = cohort(), people.organisation()
    mentee = enrolment(where, people.mentee(employer=house))
    for _ in range(colleagues):
        enrolment(where, people.mentor(employer=house), Role.MENTOR)
    for _ in range(hated):
        NeverWith.objects.put(owner=mentee.person, person=enrolment(where, role=Role.MENTOR).person)
    return where


def test_the_rule_that_alone_stands_in_the_way_is_named_and_private_lists_never() -> None:
    (row,) = made(colleagues_and_hated(2, 5)).unmatched.all()

    assert row.excluded == {"same_employer": 2, "other": 5}
    assert row.help == Help.AVAILABLE  # two colleagues break two rules each: none alone stands in the way
    assert row.gain == 5
    assert "never" not in json.dumps(row.excluded)


def test_other_reasons_are_counted_from_five_up() -> None:
    """Whether four are on a private list, or none is: what is kept of a run does not say."""
    with_them, without = (made(colleagues_and_hated(5, hated)).unmatched.get() for hated in (4, 0))

    assert with_them.excluded == without.excluded == {"same_employer": 5}
    assert (with_them.help, with_them.gain) == (without.help, without.gain) == (Help.MENTORS, 0)


def full(where: Cohort) -> None:
    for mentor in where.enrolments.filter(role=Role.MENTOR):
        MentorProfile.objects.filter(person=mentor.person).update(capacity=0)


@pytest.mark.parametrize("act", [None, full])
def test_a_small_run_says_only_how_many(act: Callable[[Cohort], None] | None) -> None:
    """One mentee, one mentor: a private list and a full diary leave the same rows."""
    where = colleagues_and_hated(0, 1)
    if act:
        NeverWith.objects.all().delete()
        act(where)
    run = made(where)
    (row,) = run.unmatched.all()

    assert not says_why(run)
    assert (run.mentees, run.matched, run.report["groups"]) == (1, 0, [])
    assert (row.fit, row.excluded, row.help, row.gain) == (0, {}, Help.MENTORS, 0)
    assert (row.group_mentees, row.group_places) == (None, None)


def test_reasons_come_back_as_they_were() -> None:
    where = cohort()
    enrolment(where)
    enrolment(where, role=Role.MENTOR)
    (proposal,) = made(where).proposals.all()

    told = runs.reasons_from_data(proposal.mentee_id, proposal.mentor_id, proposal.reasons)

    assert json.loads(json.dumps(runs.reasons_as_data(told))) == proposal.reasons
    assert told.reasons_for[0].key is Why.AIMS_MET


def queries(of: Cohort) -> int:
    with CaptureQueriesContext(connection) as captured:
        made(of)
    return len(captured)


def test_queries_are_as_many_for_few_people_as_for_many() -> None:
    few, many = cohort(), cohort()
    for where, number in ((few, 1), (many, 6)):
        for _ in range(number):
            enrolment(where)
            enrolment(where, role=Role.MENTOR)
        enrolment(where)  # and one is left over

    assert queries(few) == queries(many)


def card(number: int, function: str | None) -> MenteeCard:
    return MenteeCard(id=number, function=function)


def told_of(functions: list[str | None]) -> dict[Any, int]:
    cards = [card(number, function) for number, function in enumerate(functions)]
    found = match(Pool((MentorCard(id=1000, open_places=99),)), cards)
    return {each.value: each.mentees for each in fairness(cards, found)["function"]}


@pytest.mark.parametrize(
    ("functions", "told"),
    [
        (["finance"] * 4, {}),
        (["finance"] * 5, {"finance": 5}),
        (["finance"] * 9 + ["legal"] * 6 + ["people"] * 2, {"finance": 9, None: 8}),  # else 17 less 15 tells of two
        (["finance"] * 9 + ["legal"] * 3 + ["people"] * 2, {"finance": 9, None: 5}),
        ([None] * 9, {}),
    ],
)
def test_nothing_is_told_about_fewer_than_five(functions: list[str | None], told: dict[Any, int]) -> None:
    assert told_of(functions) == told


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("match", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_runs_dry_and_in_earnest() -> None:
    where = cohort("Spring")
    enrolment(where)
    enrolment(where, role=Role.MENTOR)

    dry = json.loads(said("--cohort", "Spring", "--dry-run", "--json"))
    assert (dry["matched"], dry["run"]) == (1, None)
    assert not MatchRun.objects.exists()

    kept = json.loads(said("--cohort", str(where.pk), "--protect-worst-off", "--json"))
    run = MatchRun.objects.get()
    assert (kept["run"], kept["total"], run.protect_worst_off) == (str(run.pk), dry["total"], True)
    assert "matched     1" in said("--cohort", "Spring", "--spread-load")
    assert MatchRun.objects.filter(spread_load=True).count() == 1


def test_the_command_names_the_cohorts_there_are() -> None:
    where = cohort("Spring", ends_on=NOW.date() + timedelta(days=99))
    with pytest.raises(CommandError, match="Spring"):
        said("--cohort", "Autumn")
    with pytest.raises(CommandError, match="Nobody"):
        said("--cohort", where.name)


def test_an_employer_to_be_confirmed_is_the_change_that_helps() -> None:
    where = cohort()
    enrolment(where, people.mentee(employer=people.organisation(confirmed=False)))
    for _ in range(5):
        enrolment(where, role=Role.MENTOR)

    (row,) = made(where).unmatched.all()

    assert (row.help, row.gain, row.fit) == (Help.CONFIRM_EMPLOYER, 5, 0)


def test_a_circle_of_owners_is_one_group_and_a_future_owner_counts_from_its_day() -> None:
    where = cohort()
    mentee, mentor = enrolment(where), enrolment(where, role=Role.MENTOR)
    theirs, ours = (each.person.affiliations.get().organisation for each in (mentor, mentee))
    for _ in range(4):
        enrolment(where, people.mentor(employer=theirs), Role.MENTOR)
    tomorrow = NOW.date() + timedelta(days=1)
    Ownership.objects.create(child=theirs, parent=ours, starts_on=tomorrow)
    assert made(where).matched == 1

    Ownership.objects.create(child=ours, parent=theirs, starts_on=tomorrow)  # past the check of the domain
    later = made(where, now=NOW + timedelta(days=1))
    assert (later.matched, later.unmatched.get().excluded) == (0, {"same_family": 5})
