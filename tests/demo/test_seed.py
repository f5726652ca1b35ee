"""The demo's programme: there at once, once, and with something of everything."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Competition, MenteeProfile, MentorProfile, Organisation, Ownership, Profile, User
from engagements.models import CheckIn
from engagements.states import CheckInState
from matching.models import Cohort, Pairing, Request
from matching.states import PairingState, RequestState
from outbox.models import Letter, LetterState

pytestmark = pytest.mark.django_db


def seeded(*arguments: str) -> str:
    said = StringIO()
    call_command("seed_demo", *arguments, stdout=said)
    return said.getvalue()


def test_the_programme_is_believably_large_and_nobody_is_in_a_state_that_is_missing() -> None:
    seeded()
    assert MentorProfile.objects.count() == 40
    assert MenteeProfile.objects.count() == 60
    assert Organisation.objects.count() >= 20
    assert Ownership.objects.filter(ends_on__isnull=False).count() == 1
    assert Competition.objects.exists()
    assert Cohort.objects.count() == 2
    assert Profile.objects.values("zone").distinct().count() >= 12
    assert Profile.objects.values("country").distinct().count() >= 12
    assert set(Pairing.objects.values_list("state", flat=True)) == set(PairingState.values)
    assert set(Request.objects.values_list("state", flat=True)) == set(RequestState.values)
    assert set(CheckIn.objects.values_list("state", flat=True)) == set(CheckInState.values)
    assert not Letter.objects.filter(state=LetterState.SENT).exists()
    assert Letter.objects.filter(state=LetterState.PENDING).exists()


def test_twice_writes_nothing_and_the_password_opens() -> None:
    assert "counterpoint-demo" in seeded()
    count = User.objects.count()
    assert "nothing was written" in seeded()
    assert User.objects.count() == count
    amara = User.objects.get(email="amara.lindqvist@northwind.example")
    assert amara.check_password("counterpoint-demo")


def test_only_the_demo_is_seeded(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO"):
        seeded()
