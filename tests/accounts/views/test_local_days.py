"""A person's days are those where they are; working hours may end after midnight; zones come in under today's name."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain import profiles
from accounts.forms.profile import TimesForm
from common.errors import Refused
from tests import people

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 3, 11, 8, tzinfo=UTC)  # the evening of the 10th in Honolulu, the evening of the 11th in Auckland


def times(**said: Any) -> TimesForm:
    person = people.person()
    given = {"zone": "Europe/London", "work_starts": "09:00", "work_ends": "18:00", "languages": ["en"], **said}
    return TimesForm(given, instance=person.profile)


@pytest.mark.parametrize(
    ("zone", "today"), [("Pacific/Honolulu", date(2026, 3, 10)), ("Europe/Paris", date(2026, 3, 11))]
)
def test_leave_of_today_is_listed_and_can_be_noted(client: Client, clock: Any, zone: str, today: date) -> None:
    clock.moment = LATE
    person = people.person(zone=zone)
    profiles.add_leave(person=person, starts_on=today, ends_on=today, now=LATE)
    client.force_login(person)
    assert list(client.get(reverse("accounts:leave")).context["leaves"]) == list(person.leaves.all()) != []


def test_yesterday_is_over_where_the_person_is() -> None:
    person = people.person(zone="Pacific/Auckland")
    with pytest.raises(Refused):
        profiles.add_leave(person=person, starts_on=date(2026, 3, 10), ends_on=date(2026, 3, 10), now=LATE)


@pytest.mark.parametrize(("starts", "ends"), [("16:00", "00:00"), ("22:00", "06:00"), ("00:00", "08:00")])
def test_working_hours_may_end_after_midnight(starts: str, ends: str) -> None:
    form = times(work_starts=starts, work_ends=ends)
    assert form.is_valid(), form.errors
    profiles.save_profile(person=form.instance.person, values=form.cleaned_data, now=LATE)
    form.instance.refresh_from_db()
    assert form.instance.work_ends == time.fromisoformat(ends)


def test_working_hours_have_a_length() -> None:
    assert "work_ends" in times(work_starts="09:00", work_ends="09:00").errors


def test_a_zone_comes_in_under_the_name_it_has_today() -> None:
    person = people.person()
    assert profiles.save_profile(person=person, values={"zone": "Asia/Calcutta"}, now=LATE).zone == "Asia/Kolkata"
    with pytest.raises(Refused) as refused:
        profiles.save_profile(person=person, values={"zone": "Europe/Nowhere"}, now=LATE)
    assert refused.value.field == "zone"


def test_the_form_shows_what_stands_in_for_a_zone_that_is_unknown() -> None:
    form = TimesForm(instance=people.person(zone="Europe/Nowhere", country="CH").profile)
    assert form["zone"].initial == "Europe/Zurich"
