"""Pages of the desk do not grow with the programme: what is many is searched for, or shown page by page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.admin.base import LISTED
from accounts.models import Organisation, Profile, User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState
from common.clock import now
from matching.models import MatchRun
from tests.admin.conftest import Desk
from tests.admin.test_pages import name

pytestmark = pytest.mark.django_db

PLACES, PEOPLE = "Manifold", "Multitude"
MANY = 120
LARGEST = 200_000  # bytes of a list of fifty rows, or of a record


def crowd(desk: Desk, organisations: int, people: int) -> None:
    names = [f"{PLACES} {number}" for number in range(organisations)]
    Organisation.objects.bulk_create(
        Organisation(
            name=each,
            industry="energy",
            country="GB",
            confirmed_at=now(),
        )
        for each in names
    )
    users = User.objects.bulk_create(
        User(email=f"m{number}@example.org", name=f"{PEOPLE} {number}") for number in range(people)
    )
    Profile.objects.bulk_create(Profile(person=user, headline="", country="GB", zone="Europe/London") for user in users)
    Enrolment.objects.bulk_create(
        Enrolment(cohort=desk.cohort, person=user, role="mentee", state=EnrolmentState.APPROVED) for user in users
    )


def named(text: str) -> int:
    return text.count(PLACES) + text.count(PEOPLE)


def test_no_page_carries_them_all(desk: Desk) -> None:
    crowd(desk, MANY, MANY)
    client = desk.client(desk.superuser)
    for model, page in admin.site._registry.items():
        listed = client.get(reverse(name(model, "changelist"))).content.decode()
        filters = listed[listed.find('id="changelist-filter"') :] if 'id="changelist-filter"' in listed else ""
        assert named(filters) == 0, model
        assert len(listed) < LARGEST, model
        adding = client.get(reverse(name(model, "add")))
        assert adding.status_code == 403 or named(adding.content.decode()) == 0, model
        row = page.model._default_manager.first()
        if row is not None:
            shown = client.get(reverse(name(model, "change"), args=[row.pk]), follow=True).content.decode()
            assert named(shown) <= 20, model
            assert len(shown) < LARGEST, model
    words = {"action": "merge", "_selected_action": [str(desk.organisation.pk)], "from_page": "1"}
    text = client.post(reverse("admin:accounts_organisation_changelist"), words).content.decode()
    assert "admin-autocomplete" in text
    assert named(text) == 0
    found = client.get(
        reverse("admin:autocomplete"),
        {"app_label": "accounts", "model_name": "affiliation", "field_name": "organisation", "term": "ifold 11"},
    ).json()
    assert len(found["results"]) == 11
    assert found["pagination"]["more"] is False


def test_a_filter_by_runs_lists_the_latest(desk: Desk) -> None:
    words: dict[str, Any] = {"cohort": desk.cohort, "state": "proven", "finished_at": now()}
    MatchRun.objects.bulk_create(
        MatchRun(made_at=now() - timedelta(days=number), **words) for number in range(LISTED + 10)
    )
    page = desk.client(desk.coordinator).get(reverse("admin:matching_proposal_changelist"))
    shown = {str(spec.title): spec for spec in page.context["cl"].filter_specs}["match run"]
    assert len(shown.lookup_choices) == LISTED
    oldest = MatchRun.objects.earliest("made_at")
    listing = reverse("admin:matching_proposal_changelist")
    assert desk.client(desk.coordinator).get(listing, {"run__id__exact": oldest.pk}).status_code == 200
