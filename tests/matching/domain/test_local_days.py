"""Whose day it is: hours follow the week of a country, and the last day of a cohort ends where somebody is."""

from datetime import UTC, datetime, time

import pytest

from common.errors import Refused
from matching.domain.asking import ask
from matching.domain.independence import cards_for
from matching.engine import shared_half_hours
from tests import people
from tests.matching import factories

pytestmark = pytest.mark.django_db
OFFICE = {"work_starts": time(9), "work_ends": time(17)}


def shared(mentee: dict[str, object], mentor: dict[str, object]) -> float:
    pair = factories.couple(None, people.mentee(**mentee), people.mentor(**mentor))
    one, other = cards_for(*pair, now=factories.NOW)
    assert one.hours is not None
    assert other.hours is not None
    return shared_half_hours(one.hours, other.hours) / 2


@pytest.mark.parametrize(
    ("country", "zone", "hours"),
    [
        ("IL", "Asia/Jerusalem", 24),  # Sunday to Thursday: four days of six hours, not five
        ("SA", "Asia/Riyadh", 20),
        ("FR", "Europe/Paris", 35),
        ("", "Europe/Paris", 35),
    ],
)
def test_shared_hours_are_those_of_days_that_both_countries_work(country: str, zone: str, hours: int) -> None:
    british = {"country": "GB", "zone": "Europe/London", **OFFICE}
    assert shared(british, {"country": country, "zone": zone, **OFFICE}) == hours


def test_hours_after_midnight_are_shared() -> None:
    evening = {"work_starts": time(16), "work_ends": time(0)}
    night = {"work_starts": time(22), "work_ends": time(6)}
    assert shared(evening, night) == 10


@pytest.mark.parametrize(
    ("zone", "at", "open_still"),
    [
        ("Pacific/Honolulu", datetime(2026, 12, 12, 9, 59, tzinfo=UTC), True),
        ("Pacific/Honolulu", datetime(2026, 12, 12, 10, 1, tzinfo=UTC), False),
        ("Pacific/Auckland", datetime(2026, 12, 11, 10, 59, tzinfo=UTC), True),
        ("Pacific/Auckland", datetime(2026, 12, 11, 11, 1, tzinfo=UTC), False),
    ],
)
def test_one_may_ask_until_the_last_evening_where_one_is(zone: str, at: datetime, open_still: bool) -> None:
    mentee, mentor = factories.couple(None, people.mentee(zone=zone), people.mentor())
    if open_still:
        assert ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=at).mentor == mentor.person
    else:
        with pytest.raises(Refused) as refused:
            ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=at)
        assert refused.value.code == "cohort_over"
