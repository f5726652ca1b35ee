"""What both read while a request is held, moved or cannot be accepted, and what a mentor says about being asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import profiles
from accounts.models import Affiliation, MentorProfile, User
from common.clock import now
from common.transactions import unit_of_work
from common.transitions import Actor
from matching.domain import asking, recheck
from matching.models import Request
from matching.sentences import HOLDS, hold_line
from matching.states import WAITING_REQUESTS, Effect, Fact
from matching.views.deadline_strip import strip
from outbox.kinds import person_of, registered
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.views.conftest import Cast, signed_in
from tests.matching.views.test_finding import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast: Cast) -> Request:
    return asking.ask(mentee_enrolment=cast.mentee, mentor_enrolment=cast.ruth, user=cast.mentee.person, now=now())


def held(asked: Request, fact: str) -> Request:
    """The request, once the fact stands against it."""
    who = asked.mentee if fact.startswith("mentee") else asked.mentor
    with unit_of_work():
        if fact.endswith("unconfirmed"):
            people.affiliation(who, people.organisation(confirmed=False))
        else:
            Affiliation.objects.filter(person=who).update(ends_on=now().date())
        recheck.recheck(now=now(), people={who.pk})
    asked.refresh_from_db()
    return asked


def read(person: User, name: str, *args: Any) -> str:
    return " ".join(page(signed_in(person), name, *args).split())


def test_every_fact_that_holds_has_its_sentences() -> None:
    assert set(HOLDS) == {fact for fact, row in WAITING_REQUESTS.items() if row.effect is Effect.HELD}


@pytest.mark.parametrize("fact", HOLDS)
def test_both_read_that_it_waits_and_why(fact: Fact, asked: Request) -> None:
    held(asked, fact)
    assert asked.held_for == fact
    parts = {Actor.MENTEE: (asked.mentee, asked.mentor), Actor.MENTOR: (asked.mentor, asked.mentee)}
    for part, (reader, other) in parts.items():
        text = read(reader, "matching:request", asked.pk)
        assert hold_line(fact, part, other.get_short_name()) in text
        assert "waits until" in text
        assert "Your answer by" not in text
        assert "to answer. One reminder goes out" not in text
        assert "Waits until" in read(reader, "matching:inbox")
        assert hold_line(fact, part, other.get_full_name()) in read(reader, "home")
    assert "Accept and be introduced" not in read(asked.mentor, "matching:request", asked.pk)
    for name in ("matching:suggestions", "matching:directory", "matching:shortlist"):
        beside = read(asked.mentee, name)
        assert "no deadline runs meanwhile" in beside, name
        assert "to answer. There is" not in beside, name


def test_who_has_named_no_employer_is_not_called_independent(asked: Request) -> None:
    held(asked, Fact.MENTOR_WITHOUT_EMPLOYER)
    assert "independent" not in read(asked.mentee, "matching:request", asked.pk)
    people.affiliation(asked.mentor, None)
    assert "Chief operating officer, independent" in read(asked.mentee, "matching:request", asked.pk)


@pytest.mark.parametrize("by_leave", [True, False])
def test_the_mentee_reads_by_e_mail_why_the_time_has_changed(asked: Request, by_leave: bool) -> None:
    if by_leave:
        day = asked.deadline.date()
        profiles.add_leave(person=asked.mentor, starts_on=day, ends_on=day, now=now())
    else:
        held(asked, Fact.MENTOR_WITHOUT_EMPLOYER)
        Letter.objects.filter(kind="request_rescheduled").update(state=LetterState.SENT, sent_at=now())
        people.affiliation(asked.mentor, people.organisation())
        recheck.recheck(now=now() + timedelta(days=1))
    asked.refresh_from_db()
    told = Letter.objects.get(kind="request_rescheduled", person=asked.mentee, state=LetterState.PENDING)
    kind = registered()["request_rescheduled"]
    text = kind.render(told, person_of(told)).text
    assert kind.still_due(told, now()) is None
    assert ("is away are not counted" in text) is by_leave
    assert ("What it waited for is settled" in text) is not by_leave


def test_without_a_place_the_page_says_what_to_do_and_does_not_offer_to_accept(cast: Cast, asked: Request) -> None:
    MentorProfile.objects.filter(person=cast.ruth.person).update(capacity=0)
    text = read(cast.ruth.person, "matching:request", asked.pk)
    assert "Offer one more in your profile" in text
    assert "Accept and be introduced" not in text
    assert "Decline kindly" in text


def test_nobody_new_is_one_switch_and_such_a_mentor_is_not_suggested(cast: Cast, mentee_client: Client) -> None:
    ruth = cast.ruth.person
    assert "Ruth Adeyemi" in page(mentee_client, "matching:suggestions")
    topic = ruth.mentor_profile.expertise.get().topic_id
    said = {"about": "I listen.", "capacity": "2", "topic_1": str(topic), "depth_1": "2", "nobody_new": "on"}
    signed_in(ruth).post(reverse("accounts:profile_step", args=["offer"]), said)
    offer = MentorProfile.objects.get(person=ruth)
    assert (offer.nobody_new, offer.capacity) == (True, 2)
    assert "Ruth Adeyemi" not in page(mentee_client, "matching:suggestions")
    assert "You take nobody new at present" in read(ruth, "home")


def test_the_strip_counts_no_day_of_leave(cast: Cast, asked: Request) -> None:
    before = strip(asked, asked.asked_at).total
    day = asked.deadline.date()
    profiles.add_leave(person=cast.ruth.person, starts_on=day, ends_on=day, now=now())
    later = Request.objects.get(pk=asked.pk)
    assert later.deadline > asked.deadline
    assert strip(later, asked.asked_at).total == before == asked.cohort.answer_days
