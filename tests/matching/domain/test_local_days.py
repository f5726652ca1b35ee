"""Whose day it is: hours follow the week of a country, and the last day of a cohort ends where somebody is."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.domain import affiliations
from accounts.models import Affiliation
from common.errors import Refused
from common.transitions import Actor
from matching.domain import pairings, pools
from matching.domain.asking import ask
from matching.domain.independence import cards_for
from matching.engine import shared_half_hours
from matching.states import PairingState
from matching.views.mentor_cards import employers_of
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


WEST, EAST = "Pacific/Honolulu", "Pacific/Auckland"
TENTH = date(2026, 3, 10)
NIGHT = datetime(2026, 3, 11, 8, tzinfo=UTC)  # still the 10th in Honolulu
NOON = datetime(2026, 3, 10, 23, tzinfo=UTC)  # the 11th in Auckland


def tied(zone: str, since: date, until: date | None, at: datetime) -> tuple[bool, bool]:
    """Whether an employment of these days counts as running, and as a former one, for somebody in that zone."""
    mentee = people.mentee(zone=zone)
    Affiliation.objects.filter(person=mentee).update(starts_on=since, ends_on=until)
    card, _mentor = cards_for(*factories.couple(None, mentee, people.mentor()), now=at)
    return bool(card.families), bool(card.former_families)


@pytest.mark.parametrize(
    ("zone", "since", "until", "at", "counts"),
    [
        (EAST, date(2026, 3, 11), None, NOON, (True, False)),  # since today, while it is yesterday by UTC
        (EAST, date(2026, 3, 12), None, NOON, (False, False)),
        (WEST, date(2025, 1, 1), date(2026, 3, 11), NIGHT, (True, False)),  # the last day counts until its evening
        (WEST, date(2025, 1, 1), date(2026, 3, 10), NIGHT, (False, True)),
        (WEST, date(2026, 3, 11), None, NIGHT, (True, False)),  # the programme's day has begun
    ],
)
def test_a_tie_counts_from_its_first_day_to_its_last_where_the_person_is(
    zone: str, since: date, until: date | None, at: datetime, counts: tuple[bool, bool]
) -> None:
    assert tied(zone, since, until, at) == counts


@pytest.mark.parametrize(("hours", "former"), [(9, True), (11, False)])
def test_the_look_back_ends_at_midnight_where_the_person_is(hours: int, former: bool) -> None:
    """Two years are 730.5 days: the 731st day after begins at ten in Honolulu."""
    at = datetime(2026, 3, 11, hours, tzinfo=UTC)
    assert tied(WEST, date(2010, 1, 1), date(2026, 3, 11) - timedelta(days=731), at) == (False, former)


def test_a_kept_pool_sees_a_tie_begin_at_midnight_where_the_mentor_is() -> None:
    mentor = people.mentor(zone=EAST)
    mentee, _mentor = factories.couple(None, people.mentee(), mentor)
    Affiliation.objects.filter(person=mentor).update(starts_on=date(2026, 3, 11))
    before, after = datetime(2026, 3, 10, 10, 59, tzinfo=UTC), datetime(2026, 3, 10, 11, 1, tzinfo=UTC)
    held = [next(iter(pools.pool_of(mentee.cohort, now=at).mentors)).families for at in (before, after)]
    assert [bool(families) for families in held] == [False, True]


@pytest.mark.parametrize(("zone", "at", "shown"), [(WEST, NIGHT, "Old"), (EAST, NOON, "New"), ("UTC", NOON, "Old")])
def test_whom_somebody_works_for_is_said_by_their_own_day(zone: str, at: datetime, shown: str, clock: Any) -> None:
    clock.moment = at
    someone = people.person(zone=zone, employer=people.organisation("Old"))
    Affiliation.objects.filter(person=someone).update(ends_on=date(2026, 3, 11))
    people.affiliation(someone, people.organisation("New"), since=date(2026, 3, 11))
    assert employers_of([someone.pk]) == {someone.pk: shown}


def test_a_day_is_too_far_by_the_persons_own_day() -> None:
    far = date(2026, 3, 11) + timedelta(days=366)
    for zone, refused in ((EAST, False), (WEST, True)):
        person = people.person(zone=zone, independent=True)
        words = {"organisation": None, "kind": "employer", "starts_on": far, "now": NOON}
        Affiliation.objects.filter(person=person).delete()
        if refused:
            with pytest.raises(Refused):
                affiliations.save_affiliation(person=person, **words)
        else:
            assert affiliations.save_affiliation(person=person, **words).starts_on == far


@pytest.mark.parametrize(
    ("zones", "at", "begun"),
    [
        ((EAST, EAST), datetime(2026, 3, 9, 10, 59, tzinfo=UTC), False),
        ((EAST, EAST), datetime(2026, 3, 9, 11, 1, tzinfo=UTC), True),
        ((WEST, EAST), datetime(2026, 3, 10, 9, 59, tzinfo=UTC), False),
        ((WEST, EAST), datetime(2026, 3, 10, 10, 1, tzinfo=UTC), True),
    ],
)
def test_what_ends_on_a_day_ends_when_it_is_that_day_for_both(
    zones: tuple[str, str], at: datetime, begun: bool
) -> None:
    couple = factories.couple(None, people.mentee(zone=zones[0]), people.mentor(zone=zones[1]))
    pairing = factories.pairing(*couple, state=PairingState.ACTIVE)
    type(pairing).objects.filter(pk=pairing.pk).update(planned_end=TENTH)
    assert pairings.sweep_closing(now=at) == begun


@pytest.mark.parametrize(("hour", "resumed"), [(9, False), (11, True)])
def test_a_pause_lasts_until_its_last_day_is_over_for_both(hour: int, resumed: bool) -> None:
    couple = factories.couple(None, people.mentee(zone=EAST), people.mentor(zone=WEST))
    pairing = factories.pairing(*couple, state=PairingState.ACTIVE)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=TENTH, now=at)
    assert pairings.resume_due(now=datetime(2026, 3, 11, hour, tzinfo=UTC)) == resumed
