"""A prepared pool is used again while nothing has changed, and never a moment longer."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import Depth, Tie
from accounts.models import Competition, Leave, NeverWith, Organisation, Ownership, User
from matching.domain import pools
from matching.domain.independence import build_pool
from matching.engine import MentorCard, Pool
from matching.models import AskAgain, Cohort, Enrolment, PoolChange, Waiver
from matching.models.cohorts import EnrolmentState, Role
from matching.states import PairingState
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pairing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Any:
    pools.forget()
    yield
    pools.forget()


def mentors(of: Cohort, at: datetime = NOW) -> dict[Any, MentorCard]:
    return {card.id: card for card in pools.pool_of(of, now=at).mentors}


def anew(of: Cohort, at: datetime = NOW) -> Pool:
    """The pool as somebody who keeps nothing makes it."""
    return pools._prepare(of, (), at).pool


def change(record: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def asks_again(them: Enrolment) -> None:
    before = pairing(None, them, state=PairingState.COMPLETED)
    AskAgain.objects.create(person=them.person, other=before.mentee, at=NOW)


def compete(one: Organisation, other: Organisation) -> None:
    first, second = sorted((one, other), key=lambda each: each.pk)
    Competition.objects.create(first=first, second=second)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


CHANGES: dict[str, Callable[[Enrolment], object]] = {
    "profile": lambda them: change(them.person.profile, zone="Asia/Tokyo", languages=["ja"]),
    "capacity": lambda them: change(them.person.mentor_profile, capacity=3),
    "capacity here": lambda them: change(them, capacity=1),
    "expertise": lambda them: them.person.mentor_profile.expertise.create(topic=people.topic("X"), depth=Depth.OFTEN),
    "less expertise": lambda them: them.person.mentor_profile.expertise.all().delete(),
    "tie": lambda them: people.affiliation(them.person, people.organisation(), kind=Tie.BOARD),
    "tie ended": lambda them: them.person.affiliations.update(ends_on=date(2026, 1, 1)),
    "leave": lambda them: Leave.objects.create(person=them.person, starts_on=NOW.date(), ends_on=NOW.date()),
    "conflict of theirs": lambda them: NeverWith.objects.create(owner=them.person, person=people.person()),
    "asks again": asks_again,
    "pairing": lambda them: pairing(None, them),
    "pairing elsewhere": lambda them: pairing(None, enrolment(None, them.person, Role.MENTOR)),
    "withdrawn": lambda them: change(them, state=EnrolmentState.WITHDRAWN),
    "account closed": lambda them: change(them.person, is_active=False),
    "somebody new": lambda them: enrolment(them.cohort, role=Role.MENTOR),
    "look-back": lambda them: change(them.cohort, lookback_months=60),
    "industry": lambda them: Organisation.objects.update(industry="media"),
    "employer not confirmed": lambda them: Organisation.objects.update(confirmed_at=None),
    "owner": lambda them: Ownership.objects.create(
        child=them.person.affiliations.get(ends_on=None).organisation,
        parent=people.organisation(),
        starts_on=date(2020, 1, 1),
    ),
    "competitor": lambda them: compete(them.person.affiliations.get(ends_on=None).organisation, people.organisation()),
    "in plain SQL": lambda them: sql("UPDATE accounts_profile SET seniority = 1 WHERE person_id = %s", them.person_id),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_seen_at_once(what: str) -> None:
    where = cohort()
    them = enrolment(where, people.mentor(capacity=2), Role.MENTOR)
    people.affiliation(them.person, people.organisation(), until=date(2023, 1, 1))  # long enough ago, for two years
    before = mentors(where)

    CHANGES[what](them)

    where = Cohort.objects.get(pk=where.pk)
    after = mentors(where)
    assert after != before
    assert after == {card.id: card for card in anew(where).mentors}


def test_weights_rules_and_waivers_are_read_each_time() -> None:
    where = cohort()
    mentee, mentor = enrolment(where), enrolment(where, role=Role.MENTOR)
    assert not pools.pool_of(where, now=NOW).waived
    where.weight_aims, where.competitors_flag_only = 0, True
    Waiver.objects.create(
        cohort=where, mentee=mentee.person, mentor=mentor.person, why="Known.", given_at=NOW, until=NOW.date()
    )

    pool = pools.pool_of(where, now=NOW)

    assert (pool.weights.aims, pool.rules.competitors_flag_only) == (0, True)
    assert pool.waived == {(mentee.person_id, mentor.person_id)}


def test_what_concerns_no_mentor_here_changes_nothing() -> None:
    where = cohort()
    them = enrolment(where, role=Role.MENTOR)
    stranger = people.mentee()
    held = pools.pool_of(where, now=NOW).columns
    change(stranger.profile, seniority=1)
    enrolment(where, stranger)
    User.objects.filter(pk=them.person_id).update(last_login=NOW)

    assert pools.pool_of(where, now=NOW).columns is held


def test_a_change_taken_back_is_seen_neither_then_nor_later() -> None:
    where = cohort()
    them = enrolment(where, people.mentor(capacity=2), Role.MENTOR)
    before = mentors(where)
    with transaction.atomic():
        change(them.person.mentor_profile, capacity=5)
        assert mentors(where) != before
        transaction.set_rollback(True)

    assert mentors(where) == before
    change(them.person.mentor_profile, capacity=4)
    assert mentors(where)[them.person_id].open_places == 4


@pytest.mark.parametrize(
    ("moment", "away"),
    [
        (datetime.combine(date(2026, 3, 10), time(14, 59), NOW.tzinfo), False),
        (datetime.combine(date(2026, 3, 10), time(15), NOW.tzinfo), True),  # midnight in Tokyo
        (datetime.combine(date(2026, 3, 11), time(14, 59), NOW.tzinfo), True),
        (datetime.combine(date(2026, 3, 11), time(15), NOW.tzinfo), False),
    ],
)
def test_leave_begins_and_ends_at_midnight_where_the_mentor_is(moment: datetime, away: bool) -> None:
    where = cohort()
    them = enrolment(where, people.mentor(zone="Asia/Tokyo"), Role.MENTOR)
    Leave.objects.create(person=them.person, starts_on=date(2026, 3, 11), ends_on=date(2026, 3, 11))
    assert not mentors(where, NOW)[them.person_id].away

    assert mentors(where, moment)[them.person_id].away is away


def test_a_tie_that_begins_tomorrow_counts_from_tomorrow() -> None:
    where = cohort()
    them = enrolment(where, role=Role.MENTOR)
    tomorrow = NOW + timedelta(days=1)
    people.affiliation(them.person, people.organisation(), kind=Tie.BOARD, since=tomorrow.date())
    assert not mentors(where)[them.person_id].current_ties

    assert mentors(where, tomorrow)[them.person_id].current_ties
    assert not mentors(where)[them.person_id].current_ties  # and a clock set back is believed


def test_beginning_the_log_anew_makes_every_pool_anew_once() -> None:
    where = cohort()
    enrolment(where, role=Role.MENTOR)
    held = pools.pool_of(where, now=NOW).columns

    pools.begin_log_anew()

    assert PoolChange.objects.count() == 1
    again = pools.pool_of(where, now=NOW).columns
    assert again is not held
    assert pools.pool_of(where, now=NOW).columns is again


def test_many_at_once_leave_one_line() -> None:
    made = [people.mentor() for _ in range(3)]
    PoolChange.objects.all().delete()
    User.objects.filter(pk__in=[each.pk for each in made]).update(is_active=False)
    assert PoolChange.objects.count() == 3
    PoolChange.objects.all().delete()
    sql(
        "INSERT INTO accounts_organisation (id, name, industry, country)"
        " SELECT gen_random_uuid(), 'Many ' || n, 'media', 'GB' FROM generate_series(1, 500) n"
    )
    assert list(PoolChange.objects.values_list("person", flat=True)) == [None]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "MOST_MENTORS", 3)
    for _ in range(4):
        where = cohort()
        for _ in range(2):
            enrolment(where, role=Role.MENTOR)
        pools.pool_of(where, now=NOW)

    assert list(pools._kept) == [where.pk]


def queries(mentee: Enrolment) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        build_pool(mentee.cohort, mentee, now=NOW)
    return [each["sql"] for each in captured.captured_queries]


def test_queries_are_as_many_with_one_mentor_and_with_many() -> None:
    one, many = enrolment(cohort()), enrolment(cohort())
    enrolment(one.cohort, role=Role.MENTOR)
    for _ in range(7):
        enrolment(many.cohort, role=Role.MENTOR)

    assert len(queries(one)) == len(queries(many))
    assert len(queries(one)) == len(queries(many)) <= 16  # kept: the mentee's own facts, the stamp and the waivers


def test_every_table_a_pool_is_made_from_is_watched() -> None:
    """So that nobody can forget: a new fact on the card needs its trigger, or this fails."""
    where = cohort()
    enrolment(where, role=Role.MENTOR)
    with CaptureQueriesContext(connection) as captured:
        anew(where)
    read = {
        table
        for table in connection.introspection.table_names()
        if any(f'"{table}"' in each["sql"] for each in captured.captured_queries)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'matching_note_pool_change' GROUP BY relname"
        )
        watched = dict(cursor.fetchall())

    assert read == set(watched)
    assert set(watched.values()) == {3}
