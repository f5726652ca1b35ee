"""Families on a day, and circles of ownership."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.domain import families, ownership
from accounts.models import Ownership
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
    assert {found[each.pk] for each in (top, middle, leaf)} == {top.pk}
    assert found[alone.pk] == alone.pk
    assert families.members(found, leaf.pk) == {top.pk, middle.pk, leaf.pk}


def test_an_acquisition_changes_the_family_on_its_day() -> None:
    child, before, after = people.organisation(), people.organisation(), people.organisation()
    day = date(2026, 10, 1)
    first = ownership.save_ownership(child=child, parent=before, starts_on=date(2010, 1, 1), user=None, now=NOW)
    ownership.end_ownership(ownership=first, ends_on=day, user=None, now=NOW)
    ownership.save_ownership(child=child, parent=after, starts_on=day, user=None, now=NOW)
    assert families.families_on(date(2026, 9, 30))[child.pk] == before.pk
    assert families.families_on(day)[child.pk] == after.pk


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


def test_one_parent_a_day_and_days_in_order() -> None:
    child, parent = people.organisation(), people.organisation()
    ownership.save_ownership(child=child, parent=parent, starts_on=date(2020, 1, 1), user=None, now=NOW)
    with pytest.raises(Refused, match="already has an owner"):
        ownership.save_ownership(
            child=child, parent=people.organisation(), starts_on=date(2021, 1, 1), user=None, now=NOW
        )
    with pytest.raises(Refused, match="after the start"):
        ownership.save_ownership(
            child=parent, parent=people.organisation(), starts_on=DAY, ends_on=DAY, user=None, now=NOW
        )


def test_a_circle_that_is_there_all_the_same_breaks_nothing() -> None:
    one, two = people.organisation(), people.organisation()
    for child, parent in ((one, two), (two, one)):
        Ownership.objects.create(child=child, parent=parent, starts_on=date(2020, 1, 1))
    found = families.families_on(DAY)
    assert found[one.pk] == found[two.pk] == min(one.pk, two.pk)
