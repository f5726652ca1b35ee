"""The demo's programme: there at once, once, and with something of everything."""

from collections import Counter
from typing import Any

import pytest
from django.core.management.base import CommandError

from accounts.models import Competition, MenteeProfile, MentorProfile, Organisation, Ownership, Profile, User
from cohorts.models import Cohort
from cohorts.states import EnrolmentState, Role
from common.clock import now
from engagements.models import CheckIn, Meeting, Review
from engagements.states import CheckInState
from matching.engine import suggest
from matching.models import MatchRun, Pairing, Request
from matching.states import PairingState, RequestState
from mentorship.demo.seed import crowd
from outbox.models import Letter, LetterState
from tests.databases import said_by
from tests.matching.factories import pool_for

pytestmark = pytest.mark.django_db


def seeded(*arguments: str) -> str:
    return said_by("seed_demo", *arguments)


def test_the_programme_is_believably_large_and_nobody_is_in_a_state_that_is_missing(demo: str) -> None:
    assert "counterpoint-demo" in demo
    assert MentorProfile.objects.count() == 40
    assert MenteeProfile.objects.count() == 60
    assert Organisation.objects.count() >= 20
    assert Ownership.objects.filter(ends_on__isnull=False).count() == 1
    assert Competition.objects.exists()
    assert Cohort.objects.count() == 3
    assert Profile.objects.values("zone").distinct().count() >= 12
    assert Profile.objects.values("country").distinct().count() >= 12
    assert set(Pairing.objects.values_list("state", flat=True)) == set(PairingState.values)
    assert set(Request.objects.values_list("state", flat=True)) == set(RequestState.values)
    published = MatchRun.objects.get(state="published")
    became = Counter(published.proposals.values_list("request__state", flat=True))
    assert (became["accepted"], became["declined"], became["pending"]) == (1, 1, 2)
    assert published.proposals.to_publish().exists()
    assert set(CheckIn.objects.values_list("state", flat=True)) == set(CheckInState.values)
    assert set(Review.objects.values_list("state", flat=True)) == {"asked", "answered", "missed"}
    ended = Cohort.objects.order_by("starts_on")[0]
    assert Review.objects.filter(pairing__cohort=ended, side="mentee", state="answered").count() >= 5
    assert set(Meeting.objects.values_list("state", flat=True)) == {"proposed", "agreed", "held"}
    assert not Letter.objects.filter(state=LetterState.SENT).exists()
    assert Letter.objects.filter(state=LetterState.PENDING).exists()


@pytest.mark.usefixtures("demo")
def test_twice_writes_nothing_and_the_password_opens() -> None:
    count = User.objects.count()
    assert "nothing was written" in seeded()
    assert User.objects.count() == count
    amara = User.objects.get(email="amara.lindqvist@northwind.example")
    assert amara.check_password("counterpoint-demo")


def test_only_the_demo_is_seeded(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO"):
        seeded()


@pytest.mark.usefixtures("demo")
def test_a_large_cohort_is_plausible_and_everybody_in_it_is_approved() -> None:
    said = seeded("--mentors", "60", "--mentees", "90")

    large = Cohort.objects.get(name=crowd.NAME)
    rows = large.enrolments.filter(state=EnrolmentState.APPROVED)
    assert (rows.filter(role=Role.MENTOR).count(), rows.filter(role=Role.MENTEE).count()) == (60, 90)
    assert "people: 150" in said
    assert set(large.coordinators.all()) == set(User.objects.filter(is_staff=True))
    mentee = rows.filter(role=Role.MENTEE).select_related("cohort").first()
    pool, card = pool_for(mentee, now=now())
    assert len({explanation.score for explanation in suggest(pool, card, 60)}) > 20
    assert "left as it is" in seeded("--mentors", "60")


@pytest.mark.parametrize("number", ["-1", "25001"])
def test_a_size_that_cannot_be_is_refused(number: str) -> None:
    with pytest.raises(CommandError, match="between 0 and 25000"):
        seeded("--mentors", number)
    assert not User.objects.exists()
