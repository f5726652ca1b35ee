"""What people change about themselves leaves a line with the names of the fields, never with what is in them."""

from datetime import date, timedelta

import pytest

from accounts.choices import AffiliationKind
from accounts.domain import affiliations, profiles
from accounts.domain.profiles import AimWords
from common.models import Event
from tests import people
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
SECRET = "Sentinel-7c1d"


def lines(person):
    found = Event.objects.filter(subject_id=person.pk, user=person, actor="person").order_by("id")
    return list(found.values_list("verb", "fields"))


def test_the_profile():
    who = people.person("Ana")
    values = {"headline": SECRET, "city": "London"}
    for _twice in range(2):
        profiles.save_profile(person=who, values=values, name=f"Ana {SECRET}", now=NOW)
    assert lines(who) == [("edit_profile", "headline, name")]


def test_the_offer_and_the_wish():
    who, topic = people.mentor(), people.topic()
    for _twice in range(2):
        profiles.save_offer(person=who, about=SECRET, capacity=2, expertise=[(topic, 2)], now=NOW)
    assert lines(who) == [("edit_profile", "about, capacity, expertise")]
    who = people.mentee()
    words = {"about": SECRET, "aims": [AimWords(topic, SECRET)], "challenges": [topic], "industry_preference": "any"}
    for _twice in range(2):
        profiles.save_intake(person=who, **words, now=NOW)
    assert lines(who) == [("edit_profile", "about, aims, challenges")]


def test_leave_and_ties_and_who_wrote_them_down():
    who, coordinator = people.person(), people.person(staff=True)
    away = profiles.add_leave(person=who, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=3), now=NOW)
    profiles.remove_leave(leave=away, now=NOW)
    words = {"person": who, "organisation": people.organisation(SECRET), "starts_on": date(2020, 1, 1), "now": NOW}
    tie = affiliations.save_affiliation(kind=AffiliationKind.BOARD, **words)
    affiliations.end_affiliation(affiliation=tie, ends_on=date(2024, 1, 1), now=NOW)
    assert lines(who) == [("edit_profile", "leave")] * 2 + [("change_ties", "board")] * 2
    affiliations.save_affiliation(kind=AffiliationKind.ADVISER, **words, user=coordinator)
    assert Event.objects.get(actor="coordinator", verb="change_ties").user == coordinator
    assert not Event.objects.filter(fields__contains=SECRET).exists()
