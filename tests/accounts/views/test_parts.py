"""Another part: its wish reaches the coordinators of one's cohorts, and is undone until they have agreed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import parts
from accounts.models import Expertise, MentorProfile, User
from cohorts.domain import enrolments
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.clock import now
from common.errors import Refused
from common.models import Event
from tests import people
from tests.matching import factories

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:profile")


@pytest.fixture
def coordinator() -> User:
    return people.person("Clara Coordinator", staff=True)


@pytest.fixture
def cohort(coordinator: User) -> Cohort:
    today = now().date()
    dates = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=300)}
    return factories.cohort("Spring", coordinators=(coordinator,), **dates)


@pytest.fixture
def mentee(cohort: Cohort) -> User:
    return factories.enrolment(cohort, people.mentee("Mia Mentee")).person


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(client: Client, name: str, role: str = "mentor") -> str:
    answer = client.post(reverse(f"accounts:{name}", args=[role]), follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_reaches_the_coordinators_of_each_cohort(mentee: User, cohort: Cohort, coordinator: User) -> None:
    assert "Your coordinators see this" in press(of(mentee), "take_part")
    made = Enrolment.objects.get(person=mentee, role=Role.MENTOR)
    assert (made.cohort, made.state) == (cohort, "pending")
    assert Event.objects.get(verb="enrol", subject_id=made.pk).user == mentee
    listed = of(coordinator).get(reverse("admin:cohorts_enrolment_changelist"), {"state__exact": "pending"})
    assert "Mia Mentee" in listed.content.decode()
    press(of(mentee), "take_part")  # again
    assert Enrolment.objects.filter(person=mentee, role=Role.MENTOR).count() == 1


def test_not_in_cohorts_that_are_over_or_not_ones_own(mentee: User, cohort: Cohort) -> None:
    over = factories.cohort(
        "Over", starts_on=now().date() - timedelta(days=300), ends_on=now().date() - timedelta(days=1)
    )
    factories.enrolment(over, mentee)
    factories.cohort("Elsewhere")
    press(of(mentee), "take_part")
    assert Enrolment.objects.get(person=mentee, role=Role.MENTOR).cohort == cohort
    alone = people.mentee()
    assert "Your coordinators see this" not in press(of(alone), "take_part")
    assert not Enrolment.objects.filter(person=alone).exists()


def test_pressed_by_mistake_it_is_undone(mentee: User, coordinator: User) -> None:
    client = of(mentee)
    press(client, "take_part")
    assert "Fill in" in client.get(PAGE).content.decode()
    assert "I would rather not be a mentor" in client.get(PAGE).content.decode()
    text = press(client, "give_up_part")
    assert "Taken back." in text
    assert "I could be a mentor" in text
    assert "What you offer" not in text
    assert not Enrolment.objects.filter(person=mentee, role=Role.MENTOR).exists()
    assert not MentorProfile.objects.filter(person=mentee).exists()
    assert Event.objects.filter(verb="take_back", person=mentee).count() == 1
    history = of(coordinator).get(reverse("admin:common_event_changelist")).content.decode()
    assert "Mia Mentee no longer asks to take part as a mentor." in history
    press(client, "take_part")  # and thought better of it once more
    assert Enrolment.objects.filter(person=mentee, role=Role.MENTOR).count() == 1


def test_what_was_filled_in_goes_with_it(mentee: User) -> None:
    client = of(mentee)
    press(client, "take_part")
    Expertise.objects.create(mentor=MentorProfile.objects.get(person=mentee), topic=people.topic("Boards"), depth=2)
    press(client, "give_up_part")
    assert not Expertise.objects.filter(mentor=mentee.pk).exists()


def test_once_a_coordinator_has_agreed_it_is_theirs(mentee: User, coordinator: User) -> None:
    client = of(mentee)
    press(client, "take_part")
    made = Enrolment.objects.get(person=mentee, role=Role.MENTOR)
    enrolments.approve(enrolment=made, user=coordinator, now=now())
    assert "rather not be a mentor" not in client.get(PAGE).content.decode()
    assert "please ask your coordinator" in press(client, "give_up_part")
    enrolments.withdraw_enrolment(enrolment=made, user=coordinator, now=now())
    with pytest.raises(Refused):
        parts.give_up(person=mentee, role="mentor", now=now())
    assert MentorProfile.objects.filter(person=mentee).exists()


def test_the_part_one_came_with_is_no_mistake_and_the_other_way_works_too(mentee: User, cohort: Cohort) -> None:
    assert "rather not have a mentor" not in of(mentee).get(PAGE).content.decode()
    mentor = factories.enrolment(cohort, people.mentor("Max Mentor"), Role.MENTOR).person
    client = of(mentor)
    press(client, "take_part", "mentee")
    assert Enrolment.objects.get(person=mentor, role=Role.MENTEE).state == "pending"
    press(client, "give_up_part", "mentee")
    assert not Enrolment.objects.filter(person=mentor, role=Role.MENTEE).exists()
