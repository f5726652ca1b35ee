"""The home page: one next step, then the rest."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain import closing
from accounts.models import Affiliation, Aim, Expertise
from cohorts.states import EnrolmentState
from common.transitions import Actor
from engagements.domain import agreements, meetings
from matching.domain import pairings
from mentorship.home.views import greeting
from tests import people
from tests.engagements import stories
from tests.engagements.stories import TERMS
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(client, clock):
    """The home page as somebody sees it."""

    def fetch(user):
        client.force_login(user)
        response = client.get(reverse("home"))
        assert response.status_code == 200
        return response

    return fetch


def titles(response):
    return [step.title for step in response.context["next_steps"]]


def filled(response):
    """The words in the page's one filled block."""
    page = response.content.decode()
    assert page.count('class="next next-wide"') == 1
    return page.split('class="next next-wide"')[1].split("</section>")[0]


def test_visitors_see_the_public_page(client):
    response = client.get(reverse("home"))
    assert "public/home.html" in [template.name for template in response.templates]


def test_only_reading(client):
    assert client.post(reverse("home")).status_code == 405


def test_without_an_enrolment(home):
    response = home(people.person())
    assert titles(response) == []
    assert "in no cohort at present" in response.content.decode()


@pytest.mark.parametrize("how", ["staff", "coordinator"])
def test_a_coordinator_is_sent_to_the_coordination_pages(home, how):
    user = people.person(staff=how == "staff")
    if how == "coordinator":
        factories.cohort(coordinators=(user,))
    assert reverse("admin:index") in filled(home(user))


def test_by_when_to_answer_names_the_zone_of_whoever_reads(home):
    mentee, mentor = factories.couple(factories.cohort(), people.mentee(), people.mentor(zone="Asia/Tokyo"))
    asked = factories.request(mentee, mentor, at=NOW)
    for person, place in ((mentor.person, "Tokyo"), (mentee.person, "London")):
        (step,) = home(person).context["next_steps"]
        assert step.kicker.startswith("Answer by ")
        assert step.kicker.endswith(f" {place} time"), asked.deadline


def test_a_coordinator_who_takes_part_sees_their_own(home):
    user = people.mentee(staff=True)
    factories.enrolment(factories.cohort(coordinators=(user,)), user)
    assert "Find the mentor" in filled(home(user))


def test_an_enrolment_waits_for_approval(home):
    enrolment = factories.enrolment(state=EnrolmentState.PENDING)
    response = home(enrolment.person)
    assert titles(response) == [f"Your place in {enrolment.cohort.name} waits for approval"]
    assert "Nothing needs you now" in response.content.decode()


def test_a_withdrawn_enrolment_is_none(home):
    enrolment = factories.enrolment(state=EnrolmentState.WITHDRAWN)
    assert "in no cohort at present" in home(enrolment.person).content.decode()


@pytest.mark.parametrize("state", [EnrolmentState.APPROVED, EnrolmentState.PENDING])
@pytest.mark.parametrize("role", ["mentee", "mentor"])
def test_a_cohort_that_is_over_asks_nothing(home, role, state):
    user = people.mentee() if role == "mentee" else people.mentor()
    last = NOW.date() - timedelta(days=2)
    over = factories.cohort(starts_on=last - timedelta(days=300), ends_on=last)
    factories.enrolment(over, user, role, state=state)
    page = home(user)
    assert titles(page) == []
    assert "in no cohort at present" in page.content.decode()


def test_after_a_completed_pairing_nothing_is_asked_and_another_mentor_is_not_far(home):
    pairing = stories.complete(stories.active())
    page = home(pairing.mentee)
    assert titles(page) == ["Would you like another mentor?"]
    assert page.context["to_do"] == 0
    assert reverse("matching:suggestions") in page.content.decode()


EMPTY: dict[str, list[str] | None] = {"languages": [], "seniority": None}


def take_away(user, lacking):
    """The person without this part of the profile."""
    employment = Affiliation.objects.filter(person=user)
    match lacking:
        case "aims":
            Aim.objects.filter(mentee__person=user).delete()
        case "expertise":
            Expertise.objects.filter(mentor__person=user).delete()
        case "employer":
            employment.delete()
        case "employer now":
            employment.update(starts_on=NOW.date() - timedelta(days=9), ends_on=NOW.date())
        case "employer yet":
            employment.update(starts_on=NOW.date() + timedelta(days=1))
        case "profile":
            user.profile.delete()
        case _:
            setattr(user.profile, lacking, EMPTY.get(lacking, ""))
            user.profile.save()
    return type(user).objects.get(pk=user.pk)


LACKING = {
    **{field: {"position"} for field in ("headline", "country", "function", "seniority")},
    "languages": {"times"},
    "aims": {"intake"},
    "expertise": {"offer"},
    **{employer: {"ties"} for employer in ("employer", "employer now", "employer yet")},
    "profile": {"position", "times"},
}


@pytest.mark.parametrize("lacking", LACKING)
def test_what_is_missing_is_asked_for_first_and_named_on_the_profile(home, client, lacking):
    role = "mentor" if lacking == "expertise" else "mentee"
    user = take_away(factories.enrolment(role=role).person, lacking)
    assert "Complete your profile" in filled(home(user))
    missing = client.get(reverse("accounts:profile")).context["missing"]
    assert {step.slug for step in missing} == LACKING[lacking]


@pytest.mark.parametrize("ends_in_days", [None, 1, 30])
def test_a_complete_profile_is_complete_on_both_pages(home, client, ends_in_days):
    user = factories.enrolment().person
    ends_on = None if ends_in_days is None else NOW.date() + timedelta(days=ends_in_days)
    Affiliation.objects.filter(person=user).update(ends_on=ends_on)
    assert "Complete your profile" not in home(user).content.decode()
    assert client.get(reverse("accounts:profile")).context["missing"] == []


def test_a_complete_mentor_with_nothing_to_do(home):
    response = home(factories.enrolment(role="mentor").person)
    assert "Nobody is asking you at present" in filled(response)
    assert reverse("accounts:profile_step", args=["offer"]) in filled(response)
    assert "Nothing needs you now" in response.content.decode()


def test_how_a_pairing_comes_about_is_told_until_there_is_one(home):
    pairing = factories.pairing()
    assert "How a pairing comes about" not in home(pairing.mentor).content.decode()
    assert "Nobody is asking you" not in home(pairing.mentor).content.decode()
    assert "How a pairing comes about" in home(factories.enrolment().person).content.decode()


def test_a_mentee_finds_a_mentor(home):
    enrolment = factories.enrolment()
    assert reverse("matching:suggestions") in filled(home(enrolment.person))


def test_a_request_waits_for_the_mentee_and_needs_the_mentor(home):
    request = factories.request()
    mentees, mentors = home(request.mentee), home(request.mentor)
    assert titles(mentees) == [f"You have asked {request.mentor.name}"]
    assert "Tuesday 17 March, 10:00" in filled(mentees)
    assert reverse("matching:request", args=[request.pk]) in filled(mentors)
    assert f"{request.mentee.name} asks you to be their mentor" in filled(mentors)


def test_the_chemistry_answer_and_nothing_of_the_others(home):
    pairing = stories.introduced()
    before = titles(home(pairing.mentee))
    pairings.answer_chemistry(pairing=pairing, user=pairing.mentor, go_ahead=True, now=NOW)
    assert (
        titles(home(pairing.mentee)) == before == [f"Meet {pairing.mentor.get_short_name()} for a first conversation"]
    )
    assert titles(home(pairing.mentor)) == [f"You said to go ahead with {pairing.mentee.get_short_name()}"]


def test_the_agreement_to_write_to_sign_and_to_wait_for(home):
    pairing = stories.agreeing()
    assert "Write the agreement" in filled(home(pairing.mentee))
    agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    assert "Read and sign" in filled(home(pairing.mentor))
    assert "has still to sign" in filled(home(pairing.mentee))


def test_nothing_is_asked_twice_and_what_waits_is_counted_once(home):
    pairing = stories.active()
    stories.stock_taken(pairing)
    stories.stock_taken(pairing, "mentor")
    meetings.propose(pairing=pairing, user=pairing.mentee, times=[NOW + timedelta(days=7)], minutes=45, now=NOW)
    page = home(pairing.mentor)
    assert len(titles(page)) == len(set(titles(page))) == page.context["to_do"] == 1


def test_a_conversation_agreed_on_says_whether_nothing_is_due_until_then(home):
    pairing = stories.active()
    at = NOW + timedelta(days=7)
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=[at], minutes=45, now=NOW)
    meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=at, now=NOW)
    assert "Nothing is due until then" not in home(pairing.mentee).content.decode()  # taking stock is open
    stories.stock_taken(pairing)
    page = home(pairing.mentee).content.decode()
    assert "Nothing is due until then" in page
    assert reverse("engagements:meeting", args=[meeting.pk]) in page


def test_a_decision_whose_day_has_passed_is_not_said_to_be_still_to_come(home, clock):
    pairing = stories.active()
    decision = stories.asked(pairing)
    clock.moment = NOW + timedelta(days=40)  # 1 April has passed
    page = home(pairing.mentor)
    assert "Decision due by Wednesday 1 April" in page.content.decode()
    url = reverse("engagements:decision", args=[decision.pk])
    assert "to be decided by" not in page.content.decode().lower()
    assert "to be decided by" not in page.client.get(url).content.decode().lower()


def test_a_check_in_due_then_overdue(home, clock):
    pairing = stories.active()
    row = stories.check_in(pairing)
    assert "Take stock with" in filled(home(pairing.mentee))
    assert "Nothing is due" not in home(pairing.mentee).content.decode()  # something is
    stories.stock_taken(pairing)
    assert "Nothing is due with" in filled(home(pairing.mentee))
    clock.moment = row.due_at
    assert "Due Tuesday 7 April" in filled(home(pairing.mentee))
    clock.moment = row.overdue_at()
    block = filled(home(pairing.mentee))
    assert "Was due Tuesday 7 April" in block
    assert reverse("engagements:check_in", args=[row.pk]) in block


@pytest.mark.parametrize(
    ("begin", "words"),
    [
        (lambda: stories.introduced(state="paused"), "is resting"),
        (stories.closing, "Look back on the pairing with"),
    ],
    ids=["paused", "closing"],
)
def test_resting_and_closing(home, begin, words):
    assert words in filled(home(begin().mentee))


def test_a_pause_says_until_when(home):
    pairing = stories.active()
    pairings.pause(
        pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=(NOW + timedelta(days=30)).date(), now=NOW
    )
    assert "Until Thursday 9 April" in filled(home(pairing.mentor))


def test_a_resting_pairing_asks_for_nothing(home, clock):
    pairing = stories.active()
    clock.moment = stories.check_in(pairing).due_at
    until = (clock.moment + timedelta(days=30)).date()
    pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=until, now=clock.moment)
    response = home(pairing.mentee)
    assert response.context["to_do"] == 0
    assert not [line for line in response.context["lines"] if line.get("tone")]


def test_what_is_to_be_done_comes_before_what_is_waited_for(home, clock):
    cohort = factories.cohort()
    mentor = people.mentor(capacity=5)
    at = factories.enrolment(cohort, mentor, "mentor")
    pairing = stories.active(mentee=factories.enrolment(cohort), mentor=at)
    request = factories.request(mentor=at)
    clock.moment = stories.check_in(pairing, "mentor").due_at
    response = home(mentor)
    assert [step.rank for step in response.context["next_steps"]] == [1, 2]
    assert request.mentee.name in titles(response)[0]
    assert "2 things need you" in response.content.decode()


def test_whose_employer_is_still_unknown_is_told_that_it_is_first_and_not_by_them(home):
    here = factories.cohort()
    waiting = factories.enrolment(here, people.mentee(employer=people.organisation(confirmed=False)))
    page = home(waiting.person)
    assert titles(page) == ["A coordinator confirms your employer first"]
    assert page.context["to_do"] == 0
    assert titles(home(factories.enrolment(here).person)) == ["Find the mentor who could help you most"]


def test_whose_partner_has_a_closed_account_is_told_nothing_that_is_not_true(home, clock):
    pairing = stories.active()
    clock.moment = stories.check_in(pairing).due_at
    closing.close_account(person=pairing.mentor, user=people.superuser(), now=clock.moment)
    page = home(pairing.mentee)
    assert titles(page) == [f"The account of {pairing.mentor.name} is closed"]
    assert pairing.mentor.email not in page.content.decode()


@pytest.mark.parametrize(("hour", "word"), [(4, "evening"), (5, "morning"), (12, "afternoon"), (18, "evening")])
def test_the_greeting_fits_the_hour(hour, word):
    assert greeting(hour) == f"Good {word}, %(name)s"


def test_as_many_queries_for_many_pairings_as_for_one(home, clock):
    cohort = factories.cohort()
    mentor = people.mentor(capacity=9)
    at = factories.enrolment(cohort, mentor, "mentor")
    first = stories.active(mentee=factories.enrolment(cohort), mentor=at)
    clock.moment = stories.check_in(first).due_at
    home(mentor)
    with CaptureQueriesContext(connection) as one:
        home(mentor)
    for _number in range(3):
        stories.active(mentee=factories.enrolment(cohort), mentor=at)
        factories.request(mentor=at)
    with CaptureQueriesContext(connection) as many:
        assert len(home(mentor).context["next_steps"]) == 7
    assert len(many) == len(one) <= 30
