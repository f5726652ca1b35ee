"""A prepared pool is used again while nothing has changed, and never a moment longer."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.choices import Depth, Tie
from accounts.domain import families
from accounts.models import Competition, Leave, NeverWith, Organisation, Ownership, User
from matching.domain import pools
from matching.domain.independence import build_pool
from matching.engine import MentorCard, Pool
from matching.models import AskAgain, Cohort, Enrolment, PoolChange, Waiver
from matching.models.cohorts import EnrolmentState, Role
from matching.states import PairingState
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pairing
from tests.people import LONG_AGO

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
    return pools._made(of, at).pool


def same_as_made_anew(of: Cohort, at: datetime, made: Sequence[Any] = ()) -> bool:
    """Hold the kept pool beside one made anew; whether it was mended, if it is told what was `made`."""
    before = len(made)
    kept = pools.pool_of(of, now=at)
    mended = len(made) == before
    fresh = anew(of, at)
    assert kept.ordered == fresh.ordered
    assert (kept.columns.hashes == fresh.columns.hashes).all()
    assert (kept.columns.hours == fresh.columns.hours).all()
    return mended


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """The answers of a function of `pools` from now on."""
    whole, answers = getattr(pools, name), []

    def counting(*given: Any) -> Any:
        answers.append(whole(*given))
        return answers[-1]

    monkeypatch.setattr(pools, name, counting)
    return answers


def change(record: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def asks_again(them: Enrolment) -> None:
    before = pairing(None, them, state=PairingState.COMPLETED)
    AskAgain.objects.create(person=them.person, other=before.mentee, at=NOW)


def compete(one: Organisation, other: Organisation) -> None:
    first, second = sorted((one, other), key=lambda each: each.pk)
    Competition.objects.get_or_create(first=first, second=second)


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
    "owner of the owner": lambda them: Ownership.objects.create(
        child=Ownership.objects.get().parent, parent=people.organisation(), starts_on=date(2020, 1, 1)
    ),
    "competitor": lambda them: compete(them.person.affiliations.get(ends_on=None).organisation, people.organisation()),
    "owner of a firm on their list": lambda them: Ownership.objects.create(
        child=them.person.never_with.get().organisation, parent=people.organisation(), starts_on=date(2020, 1, 1)
    ),
    "organisation sold": lambda them: Ownership.objects.all().delete(),
    "enrolment deleted": lambda them: them.delete(),
    "in plain SQL": lambda them: sql("UPDATE accounts_profile SET seniority = 1 WHERE person_id = %s", them.person_id),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_seen_at_once(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where = cohort()
    them = enrolment(where, people.mentor(capacity=2), Role.MENTOR)
    people.affiliation(them.person, people.organisation(), until=date(2023, 1, 1))  # long enough ago, for two years
    mine = them.person.affiliations.get(ends_on=None).organisation
    Ownership.objects.create(child=mine, parent=people.organisation(), starts_on=date(2020, 1, 1))
    NeverWith.objects.create(owner=them.person, organisation=people.organisation())
    others = [enrolment(where, role=Role.MENTOR) for _ in range(3)]
    before = mentors(where)
    made = counted(monkeypatch, "_made")

    CHANGES[what](them)

    where = Cohort.objects.get(pk=where.pk)
    after = mentors(where)
    assert len(made) == (what == "look-back"), "one card was dealt anew, not the whole pool"
    assert after != before
    same_as_made_anew(where, NOW)
    assert {other.person_id for other in others} <= after.keys()


@pytest.mark.parametrize("what", ["hours", "former_families"])
def test_what_the_calendar_changes_is_seen_on_its_day(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks change in London; an employment becomes old enough."""
    first = datetime(2026, 3, 27, 12, tzinfo=UTC)
    where = cohort(lookback_months=12)
    zone, until = ("Europe/London", date(2020, 1, 1)) if what == "hours" else ("Asia/Tokyo", date(2025, 3, 28))
    them = enrolment(where, people.mentor(zone=zone), Role.MENTOR)
    people.affiliation(them.person, people.organisation(), until=until)
    before = mentors(where, first)
    made = counted(monkeypatch, "_made")

    after = mentors(where, first + timedelta(days=4))

    assert made == []
    assert getattr(after[them.person_id], what) != getattr(before[them.person_id], what)
    same_as_made_anew(where, first + timedelta(days=4))


def test_what_was_seen_is_not_dealt_anew() -> None:
    where = cohort()
    them = enrolment(where, role=Role.MENTOR)
    mentors(where)
    change(them.person.profile, seniority=1)
    mended = pools.pool_of(where, now=NOW).columns

    assert pools.pool_of(where, now=NOW).columns is mended


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


def test_the_log_forgets_what_every_process_has_seen() -> None:
    where = cohort()
    them = enrolment(where, people.mentor(capacity=2), Role.MENTOR)
    PoolChange.objects.update(at=Now() - timedelta(days=3, minutes=1))
    change(them.person.mentor_profile, capacity=3)
    before = mentors(where)

    pools.prune_log()

    assert PoolChange.objects.count() == 1
    assert mentors(where) == before
    change(them.person.mentor_profile, capacity=4)
    assert mentors(where)[them.person_id].open_places == 4


def test_who_has_not_looked_at_the_log_for_a_day_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    where = cohort()
    enrolment(where, role=Role.MENTOR)
    mentors(where)
    made, began = counted(monkeypatch, "_made"), pools.since_boot()
    for hours, times in ((23, 0), (46, 0), (69, 0), (94, 1)):  # each look counts from the one before
        monkeypatch.setattr(pools, "since_boot", lambda hours=hours: began + 3600 * hours)
        mentors(where)
        assert len(made) == times


def test_a_question_asked_a_moment_earlier_does_not_make_the_pool_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two requests at once do not come in the order of their clocks."""
    where = cohort()
    them = enrolment(where, role=Role.MENTOR)
    mentors(where)
    change(them.person.profile, seniority=2)
    mentors(where)
    made = counted(monkeypatch, "_made")

    mentors(where, NOW - timedelta(seconds=2))

    assert made == []


@pytest.mark.django_db(transaction=True)
def test_who_began_before_and_commits_after_is_seen() -> None:
    """Their lines are older than some that were seen already."""
    where = cohort()
    slow, quick = (enrolment(where, people.mentor(capacity=1), Role.MENTOR).person for _ in range(2))
    mentors(where)
    with psycopg.connect(**connection.get_connection_params()) as elsewhere:
        elsewhere.execute("UPDATE accounts_mentorprofile SET capacity = 7 WHERE person_id = %s", [slow.pk])
        change(quick.mentor_profile, capacity=5)
        assert {card.open_places for card in mentors(where).values()} == {1, 5}
        elsewhere.commit()

    assert {card.open_places for card in mentors(where).values()} == {7, 5}


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_and_days_a_kept_pool_is_as_one_made_anew(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)  # noqa: S311 - a seed repeats the story
    at = datetime(2026, 3, 20, 9, tzinfo=UTC)  # clocks change in London on the 29th
    where = cohort(lookback_months=6)
    firms = [people.organisation() for _ in range(6)]
    zones = ["Europe/London", "Asia/Tokyo", "America/New_York", "Australia/Sydney"]
    team = [
        enrolment(
            where, people.mentor(employer=chance.choice(firms), zone=chance.choice(zones), capacity=3), Role.MENTOR
        )
        for _ in range(30)
    ]

    def day() -> date:
        return at.date() + timedelta(days=chance.randrange(-2, 12))

    def own() -> None:
        first, second = chance.sample(firms, 2)
        if not families.closes_circle(child_id=first.pk, parent_id=second.pk, starts_on=LONG_AGO, ends_on=None):
            Ownership.objects.get_or_create(child=first, defaults={"parent": second, "starts_on": day()})

    acts: list[Callable[[User], object]] = [
        lambda who: people.affiliation(who, chance.choice(firms), kind=Tie.BOARD, since=day()),
        lambda who: who.affiliations.filter(ends_on=None).update(ends_on=day() - timedelta(days=183)),
        lambda who: people.affiliation(who, chance.choice(firms), since=date(2020, 1, 1), until=day()),
        lambda who: Leave.objects.create(person=who, starts_on=(first := day()), ends_on=first + timedelta(days=3)),
        lambda who: NeverWith.objects.create(owner=who, organisation=chance.choice(firms)),
        lambda who: change(who.mentor_profile, capacity=chance.randrange(1, 9)),
        lambda _who: own(),
        lambda _who: Ownership.objects.order_by("?").first() and Ownership.objects.all()[0].delete(),
        lambda _who: compete(*chance.sample(firms, 2)),
        lambda _who: (
            chance.choice(firms) and Organisation.objects.filter(pk=chance.choice(firms).pk).update(industry="media")
        ),
    ]
    mentors(where, at)
    mended, made = 0, counted(monkeypatch, "_made")
    for _ in range(14):
        for _ in range(chance.randrange(3)):
            chance.choice(acts)(chance.choice(team).person)
        at += timedelta(hours=chance.choice([1, 5, 17, 30]))
        mended += same_as_made_anew(where, at, made)
    assert mended >= 8, "most of the time a few cards are dealt anew, not all"


def test_a_new_process_prepares_the_pools_of_these_days(monkeypatch: pytest.MonkeyPatch) -> None:
    def over(days: int, length: int) -> Cohort:
        begins = NOW.date() + timedelta(days=days)
        where = cohort(starts_on=begins, ends_on=begins + timedelta(days=length))
        for _ in range(2):
            enrolment(where, role=Role.MENTOR)
        return where

    monkeypatch.setattr(pools, "programme_now", lambda: NOW)
    monkeypatch.setattr(connection, "close", lambda: None)
    over(-300, 200), over(30, 100)
    older, newer = over(-60, 300), over(-30, 300)
    pools.warm()
    assert pools._kept.keys() == {older.pk, newer.pk}

    pools.forget()
    monkeypatch.setattr(pools, "MOST_MENTORS", 3)
    pools.warm()
    assert pools._kept.keys() == {newer.pk}


def test_a_process_begins_without_its_pools_where_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_given: Any) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(pools, "_mentors", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    cohort(starts_on=date(2020, 1, 1), ends_on=date(2099, 1, 1))
    pools.warm()
    assert not pools._kept


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


def test_dealing_some_cards_anew_takes_as_many_queries_for_one_as_for_many() -> None:
    where = cohort()
    team = [enrolment(where, role=Role.MENTOR) for _ in range(8)]
    mentee = enrolment(where)
    costs = []
    for changed in (team[:1], team):
        queries(mentee)
        for them in changed:
            change(them.person.profile, seniority=len(changed))
        costs.append(len(queries(mentee)))

    assert costs[0] == costs[1] <= 30


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
            " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'matching_note_pool_change_of' GROUP BY relname"
        )
        watched = dict(cursor.fetchall())

    assert read - {PoolChange._meta.db_table} == set(watched)
    assert set(watched.values()) == {3}
