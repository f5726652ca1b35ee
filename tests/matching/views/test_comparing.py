"""The shortlist side by side."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import MentorProfile
from cohorts.models import Enrolment
from cohorts.states import Role
from common.clock import now
from matching.domain import pools
from matching.domain import shortlist as shortlists
from matching.states import PairingState
from tests import people
from tests.matching import factories
from tests.matching.views.conftest import Cast

pytestmark = pytest.mark.django_db


def shortlist(cast: Cast, *mentors: Enrolment) -> None:
    for mentor in mentors:
        shortlists.add(mentee_enrolment=cast.mentee, mentor_enrolment=mentor, user=cast.mentee.person, now=now())


def test_two_are_compared_row_by_row(cast: Cast, mentee_client: Client) -> None:
    MentorProfile.objects.filter(person=cast.ruth.person).update(about="I was wrong in public once.")
    shortlist(cast, cast.kenji, cast.ruth)
    text = mentee_client.get(reverse("matching:compare")).content.decode()
    assert "I was wrong in public once." in text
    assert text.index("Kenji Watanabe") < text.index("Ruth Adeyemi")
    assert text.count('data-label="Ruth Adeyemi"') == text.count('data-label="Kenji Watanabe"') >= 4
    assert "Working with a board" in text
    assert reverse("matching:ask", args=[cast.ruth.pk]) in text


def test_the_shortlist_leads_there_once_two_can_be_asked(cast: Cast, mentee_client: Client) -> None:
    compare = reverse("matching:compare")
    shortlist(cast, cast.kenji)
    assert compare not in mentee_client.get(reverse("matching:suggestions")).content.decode()
    assert mentee_client.get(compare).headers["Location"] == reverse("matching:shortlist")
    shortlist(cast, cast.ruth)
    assert compare in mentee_client.get(reverse("matching:suggestions")).content.decode()


def test_who_cannot_be_asked_is_left_out(cast: Cast, mentee_client: Client) -> None:
    full = factories.enrolment(cast.cohort, people.mentor("Fay Full", capacity=1), Role.MENTOR)
    shortlist(cast, cast.kenji, cast.ruth, full)
    factories.pairing(factories.enrolment(cast.cohort), full, state=PairingState.ACTIVE, at=now())
    text = mentee_client.get(reverse("matching:compare")).content.decode()
    assert "Fay Full" not in text
    assert "Ruth Adeyemi" in text


def test_while_a_request_waits_nobody_else_is_asked(cast: Cast, mentee_client: Client) -> None:
    third = factories.enrolment(cast.cohort, people.mentor(), Role.MENTOR)
    shortlist(cast, cast.kenji, cast.ruth)
    factories.request(cast.mentee, third, at=now())
    text = mentee_client.get(reverse("matching:compare")).content.decode()
    assert reverse("matching:ask", args=[cast.ruth.pk]) not in text


def test_a_third_costs_no_further_query(cast: Cast, mentee_client: Client, django_assert_max_num_queries: Any) -> None:
    shortlist(cast, cast.kenji, cast.ruth)
    with django_assert_max_num_queries(40) as two:
        mentee_client.get(reverse("matching:compare"))
    shortlist(cast, factories.enrolment(cast.cohort, people.mentor(), Role.MENTOR))
    pools.forget()
    with django_assert_max_num_queries(len(two)):
        mentee_client.get(reverse("matching:compare"))
