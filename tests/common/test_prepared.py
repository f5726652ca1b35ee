"""A prepared query gives what its query set gives, for each its own, and refuses what it could not keep true."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Leave, Profile, QuietPeriod, User
from common.prepared import fill, filled, prepared
from common.queries import among
from tests.people import person

pytestmark = pytest.mark.django_db

BEGINNING = date(2026, 3, 2)


def leave(user, day=BEGINNING):
    return Leave.objects.create(person=user, starts_on=day, ends_on=day + timedelta(days=4))


@pytest.fixture
def built():
    return []


@pytest.fixture
def away(built):
    @prepared
    def away(*, user, since):
        built.append(user)
        resting = QuietPeriod.objects.filter(person=OuterRef("person"))
        found = Leave.objects.filter(person=user, starts_on__gte=since).select_related("person__profile")
        return found.annotate(quiet=Exists(resting)).order_by("starts_on")

    return away


class TestRows:
    def test_are_those_of_its_query_set_for_each_value_in_turn(self, away, built, django_assert_num_queries):
        one, other = person("one"), person("other")
        first, later, others = leave(one), leave(one, BEGINNING + timedelta(days=30)), leave(other)
        QuietPeriod.objects.create(person=other, starts_on=BEGINNING, ends_on=BEGINNING)
        assert away(user=one.pk, since=BEGINNING) == [first, later]
        times = len(built)
        with django_assert_num_queries(3):
            assert away(user=other.pk, since=BEGINNING) == [others]
            assert away(user=one.pk, since=later.starts_on) == [later]
            assert away(user=uuid4(), since=BEGINNING) == []
        assert len(built) == times

    def test_bring_what_is_read_with_them(self, away, django_assert_num_queries):
        user = person("one", city="Bristol")
        leave(user)
        QuietPeriod.objects.create(person=user, starts_on=BEGINNING, ends_on=BEGINNING)
        with django_assert_num_queries(1):
            (found,) = away(user=user.pk, since=BEGINNING)
            assert (found.person.name, found.person.profile.city, found.quiet) == (user.name, "Bristol", True)

    def test_are_as_true_as_the_database(self, away):
        user = person("one")
        assert away(user=user.pk, since=BEGINNING) == []
        leave(user)
        assert len(away(user=user.pk, since=BEGINNING)) == 1

    def test_may_be_tuples_of_people_named_by_many_ids(self):
        @prepared
        def cities(*, people):
            return Profile.objects.filter(person__in=among(people)).order_by("city").values_list("city", flat=True)

        people = [person(name, city=name).pk for name in ("bonn", "rome", "york")]
        assert cities(people=people[:2]) == ["bonn", "rome"]
        assert cities(people={people[2]}) == ["york"]
        assert cities(people=[]) == []

    def test_may_be_prefetched_and_cut_short(self, django_assert_num_queries):
        @prepared
        def newest(*, name):
            return User.objects.filter(name=name).order_by("-pk").prefetch_related("leaves")[:1]

        user = person("one")
        leave(user)
        with django_assert_num_queries(2):
            (found,) = newest(name=user.name)
            assert len(found.leaves.all()) == 1


class TestRefused:
    @pytest.mark.parametrize("value", [None, 7, 1.5])
    def test_values_that_would_change_the_sql(self, away, value):
        with pytest.raises(TypeError, match=r"takes no|not iterable"):
            away(user=uuid4(), since=value)

    def test_a_value_that_the_function_looks_at(self):
        @prepared
        def since(*, day):
            return Leave.objects.filter(starts_on__gte=day - timedelta(days=1))

        with pytest.raises(TypeError, match="does not come to the SQL"):
            since(day=BEGINNING)

    def test_a_value_that_stands_there_as_it_is_and_changed(self):
        @prepared
        def around(*, day):
            return Leave.objects.filter(starts_on__lte=day, ends_on__gte=day - timedelta(days=1))

        with pytest.raises(TypeError, match="depends on more"):
            around(day=BEGINNING)

    def test_a_function_that_asks_something_else_of_other_values(self):
        @prepared
        def named(*, name):
            return User.objects.filter(name=name) if name == "1" else User.objects.filter(email=name)

        with pytest.raises(TypeError, match="depends on more"):
            named(name="Ana")

    def test_the_clock(self):
        @prepared
        def running(*, user):
            return User.objects.filter(pk=user, date_joined__lt=timezone.now())

        with pytest.raises(TypeError, match="depends on"):
            running(user=uuid4())

    def test_the_readers_zone(self):
        @prepared
        def days(*, user) -> QuerySet:
            return User.objects.filter(pk=user).values_list(TruncDate("date_joined"))

        with pytest.raises(TypeError, match="depends on"):
            days(user=uuid4())


def test_rows_are_given_to_those_they_belong_to(django_assert_num_queries):
    one, other = person("one"), person("other")
    leaves = [leave(one), leave(other, BEGINNING + timedelta(days=9))]
    lazy = SimpleLazyObject(lambda: one)
    assert not filled(lazy, "leaves")
    fill([lazy, other], "leaves", leaves, by="person_id")
    with django_assert_num_queries(0):
        assert filled(lazy, "leaves")
        assert [list(each.leaves.all()) for each in (one, other)] == [[leaves[0]], [leaves[1]]]
