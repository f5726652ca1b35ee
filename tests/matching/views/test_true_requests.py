"""Which claims a request's page may make in which state: walked for both sides, through each of its ends."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import MentorProfile, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.clock import now
from common.errors import Refused
from matching.domain import requests
from matching.models import Request, ShortlistEntry
from matching.models.requests import DeclineClass
from matching.states import Fact, PairingState, RequestState
from tests import people
from tests.matching import factories
from tests.matching.views.conftest import signed_in

pytestmark = pytest.mark.django_db


def pending(**fields: object) -> Request:
    coordinator = people.person("Clara Whitfield", staff=True)
    today = now().date()
    days = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=300)}
    cohort = factories.cohort(coordinators=(coordinator,), **days)
    return factories.request(*factories.couple(cohort), at=now(), **fields)


def listed() -> Request:
    """Somebody else is to be asked after it."""
    asked = pending()
    second = factories.enrolment(asked.cohort, people.mentor("Sol Second"), Role.MENTOR)
    ShortlistEntry.objects.create(mentee=asked.mentee_enrolment, mentor=second, rank=1)
    return asked


def declined(asked: Request) -> Request:
    return requests.decline(request=asked, user=asked.mentor, reason_class=DeclineClass.TIME, now=now())


def lifted() -> Request:
    asked = declined(pending())
    requests.lift_decline(request=asked, user=asked.cohort.coordinators.get(), now=now())
    return asked


def no_place() -> Request:
    asked = pending()
    MentorProfile.objects.filter(person=asked.mentor).update(capacity=0)
    return asked


def held() -> Request:
    return pending(held_for=Fact.MENTOR_UNCONFIRMED, held_until=now() + timedelta(days=14))


def cohort_over() -> Request:
    asked = pending(state=RequestState.EXPIRED)
    Cohort.objects.filter(pk=asked.cohort_id).update(ends_on=now().date() - timedelta(days=2))
    return asked


def left() -> Request:
    asked = pending(state=RequestState.LAPSED)
    Enrolment.objects.filter(pk=asked.mentee_enrolment_id).update(state=EnrolmentState.WITHDRAWN)
    return asked


def paired_since(state: str = PairingState.ACTIVE) -> Request:
    asked = pending(state=RequestState.DECLINED)
    mentor = factories.enrolment(asked.cohort, people.mentor("Lou Mentor"), Role.MENTOR)
    factories.pairing(asked.mentee_enrolment, mentor, state=state, at=now())
    return asked


STATES: dict[str, Callable[[], Request]] = {
    "waits": pending,
    "waits, listed": listed,
    "no place": no_place,
    "held": held,
    "withdrawn": lambda: pending(state=RequestState.WITHDRAWN),
    "declined": lambda: declined(pending()),
    "declined, next asked": lambda: declined(listed()),
    "lifted": lifted,
    "expired": lambda: pending(state=RequestState.EXPIRED),
    "lapsed": lambda: pending(state=RequestState.LAPSED),
    "cohort over": cohort_over,
    "left": left,
    "introduced since": lambda: paired_since(PairingState.INTRODUCED),
    "paired since": paired_since,
}
WAITS = {"waits", "waits, listed", "no place", "held"}
CLOSED = STATES.keys() - WAITS
FREE = {"withdrawn", "declined", "lifted", "expired", "lapsed"}
CLAIMS: dict[str, set[str]] = {
    "Would you mentor": WAITS,
    "No one else has been asked meanwhile.": WAITS,
    "asked you</h1>": set(CLOSED),
    "There is nothing for you to do.": set(CLOSED),
    "a coordinator can let": {"declined", "declined, next asked", "introduced since", "paired since"},
    "Accept and be introduced": {"waits", "waits, listed"},
    "None of your places is open at present.": {"no place"},
    "All your places are taken": set(),
    "Withdraw the request": WAITS,
    "the next on my shortlist": {"waits, listed"},
    "Nobody else is asked; you choose whom to ask next.": WAITS - {"waits, listed"},
    "After a no, or silence, we ask Sol Second": {"waits, listed"},
    "After a no, or silence, we tell you the same day": {"waits", "no place"},
    "Your request waits until": {"held"},
    "It was taken back.": {"withdrawn"},
    "It is not possible at present. That says nothing about you": set(CLOSED) - {"withdrawn"},
    "Choose whom to ask next.": FREE,
    "Sol Second has been asked since, and the answer is still open.": {"declined, next asked"},
    "You and Lou Mentor have been introduced since.": {"introduced since"},
    "is your mentor by now.": {"paired since"},
    "The time to answer has passed. While": {"expired"},
    "This cohort has ended, so nobody can be asked in it any more.": {"cohort over"},
    "You can ask a mentor once a coordinator has approved your place.": {"left"},
}


def read(person: User, asked: Request) -> str:
    response = signed_in(person).get(reverse("matching:request", args=[asked.pk]))
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("state", STATES)
def test_what_is_claimed_of_a_request_is_true_in_this_state(state: str) -> None:
    asked = STATES[state]()
    said = read(asked.mentee, asked) + read(asked.mentor, asked)
    assert {claim for claim in CLAIMS if claim in said} == {claim for claim, true in CLAIMS.items() if state in true}


@pytest.mark.parametrize("state", [PairingState.INTRODUCED, PairingState.ACTIVE, PairingState.ENDED_EARLY])
def test_an_accepted_request_leads_to_the_pairing_and_promises_nothing(state: str) -> None:
    pairing = factories.pairing(state=state, at=now())
    for person in (pairing.mentee, pairing.mentor):
        text = read(person, pairing.request)
        assert reverse("engagements:pairing", args=[pairing.pk]) in text
        assert "No one else has been asked" not in text
    assert ("You are introduced" in read(pairing.mentee, pairing.request)) is (state == PairingState.INTRODUCED)


def test_withdrawn_without_a_list_asks_nobody_and_needs_no_choice(client: Client) -> None:
    asked = pending()
    client.force_login(asked.mentee)
    client.post(reverse("matching:withdraw", args=[asked.pk]), {"ask_next": "yes"})
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN
    asked.mentee_enrolment.refresh_from_db()
    assert asked.mentee_enrolment.next_request_since is None


def test_a_mentor_who_offers_no_place_is_not_told_that_all_are_taken() -> None:
    asked = no_place()
    with pytest.raises(Refused, match="None of your places is open"):
        requests.accept(request=asked, user=asked.mentor, now=now())
