"""Families on a day, and circles of ownership."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from accounts.domain import families, ownership
from accounts.models import Organisation, Ownership
from common.errors import Refused
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = NOW.date()


def test_a_family_is_everybody_under_one_top_in_one_query(django_assert_num_queries: Any) -> None:
    top = people.organisation()
    middle = people.organisation(parent=top)
    leaf, alone = people.organisation(parent=middle), people.organisation()
    with django_assert_num_queries(1):
        found = families.families_on(DAY)
    assert {found[each.pk] for each in (top, middle, leaf)} == {frozenset({top.pk})}
    assert found[alone.pk] == {alone.pk}
    assert families.members(found, leaf.pk) == {top.pk, middle.pk, leaf.pk}


def test_an_acquisition_changes_the_family_on_its_day() -> None:
    child, before, after = people.organisation(), people.organisation(), people.organisation()
    day = date(2026, 10, 1)
    first = ownership.save_ownership(child=child, parent=before, starts_on=date(2010, 1, 1), user=None, now=NOW)
    ownership.end_ownership(ownership=first, ends_on=day, user=None, now=NOW)
    ownership.save_ownership(child=child, parent=after, starts_on=day, user=None, now=NOW)
    assert families.families_on(date(2026, 9, 30))[child.pk] == {before.pk}
    assert families.families_on(day)[child.pk] == {after.pk}


def test_circles_are_refused_on_any_day_but_not_apart_in_time() -> None:
    one, two, three = people.organisation(), people.organisation(), people.organisation()
    until = date(2030, 1, 1)
    ownership.save_ownership(child=one, parent=two, starts_on=date(2027, 1, 1), ends_on=until, user=None, now=NOW)
    ownership.save_ownership(child=two, parent=three, starts_on=date(2010, 1, 1), user=None, now=NOW)
    with pytest.raises(Refused) as refused:
        ownership.save_ownership(child=three, parent=one, starts_on=date(2020, 1, 1), user=None, now=NOW)
    assert (refused.value.code, refused.value.field) == ("circle", "parent")
    ownership.save_ownership(child=three, parent=one, starts_on=until, user=None, now=NOW)
    with pytest.raises(Refused):
        ownership.save_ownership(child=one, parent=one, starts_on=until, user=None, now=NOW)


def test_an_owner_once_a_day_and_days_in_order() -> None:
    child, parent = people.organisation(), people.organisation()
    ownership.save_ownership(child=child, parent=parent, starts_on=date(2020, 1, 1), user=None, now=NOW)
    with pytest.raises(Refused, match="on record for that time already"):
        ownership.save_ownership(child=child, parent=parent, starts_on=date(2021, 1, 1), user=None, now=NOW)
    with pytest.raises(Refused, match="after the start"):
        ownership.save_ownership(
            child=parent, parent=people.organisation(), starts_on=DAY, ends_on=DAY, user=None, now=NOW
        )


def test_a_circle_that_is_there_all_the_same_breaks_nothing() -> None:
    one, two = people.organisation(), people.organisation()
    for child, parent in ((one, two), (two, one)):
        Ownership.objects.create(child=child, parent=parent, starts_on=date(2020, 1, 1))
    found = families.families_on(DAY)
    assert found[one.pk] == found[two.pk] == {one.pk, two.pk}


class TestSeveralOwners:
    def venture(self, *owners: Organisation) -> Organisation:
        made = people.organisation()
        for owner in owners:
            ownership.save_ownership(child=made, parent=owner, starts_on=date(2020, 1, 1), user=None, now=NOW)
        return made

    def test_a_venture_is_of_all_its_owners_families_which_stay_apart(self, django_assert_num_queries: Any) -> None:
        top = people.organisation()
        one, other, third = people.organisation(parent=top), people.organisation(), people.organisation()
        venture = self.venture(one, other, third)
        below = self.venture(venture)
        with django_assert_num_queries(1):
            found = families.families_on(DAY)
        assert found[venture.pk] == found[below.pk] == {top.pk, other.pk, third.pk}
        assert [found[one.pk], found[other.pk]] == [{top.pk}, {other.pk}]
        assert families.members(found, other.pk) == {other.pk, venture.pk, below.pk}
        assert families.members(found, venture.pk) >= {one.pk, top.pk, other.pk, third.pk, below.pk}

    def test_an_owner_by_two_ways_counts_once(self) -> None:
        top = people.organisation()
        venture = self.venture(people.organisation(parent=top), people.organisation(parent=top), top)
        assert families.families_on(DAY)[venture.pk] == {top.pk}

    def test_one_owner_leaves_and_the_others_stay(self) -> None:
        one, other = people.organisation(), people.organisation()
        venture = self.venture(one, other)
        ownership.end_ownership(ownership=Ownership.objects.get(parent=one), ends_on=DAY, user=None, now=NOW)
        assert families.families_on(DAY - timedelta(days=1))[venture.pk] == {one.pk, other.pk}
        assert families.families_on(DAY)[venture.pk] == {other.pk}

    def test_circles_are_refused_whichever_owner_they_go_by(self) -> None:
        one, other = people.organisation(), people.organisation()
        venture = self.venture(self.venture(one), self.venture(other))
        for owner in (one, other):
            with pytest.raises(Refused, match="belong to this organisation itself"):
                ownership.save_ownership(child=owner, parent=venture, starts_on=date(2021, 1, 1), user=None, now=NOW)

    def test_below_and_above_a_circle_that_is_there_all_the_same(self) -> None:
        top, below = people.organisation(), people.organisation()
        one, two, three = people.organisation(parent=top), people.organisation(), people.organisation()
        for child, parent in ((one, two), (two, three), (three, one), (below, two)):
            Ownership.objects.create(child=child, parent=parent, starts_on=date(2020, 1, 1))
        found = families.families_on(DAY)
        assert len({found[each.pk] for each in (one, two, three, below)}) == 1
        assert found[below.pk] >= {top.pk}
        assert found[top.pk] == {top.pk}

    def test_a_long_chain(self) -> None:
        chain = Organisation.objects.bulk_create(
            Organisation(name=f"Chain {number}", industry="energy", country="GB") for number in range(1500)
        )
        Ownership.objects.bulk_create(
            Ownership(child=child, parent=parent, starts_on=DAY) for parent, child in pairwise(chain)
        )
        assert families.families_on(DAY)[chain[-1].pk] == {chain[0].pk}
