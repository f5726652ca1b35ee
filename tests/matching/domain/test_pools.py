"""Whatever changes a mentor, in whatever way, is seen in a kept pool at once, and on its day."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import AffiliationKind, Depth
from accounts.domain import families
from accounts.models import Leave, NeverWith, Organisation, Ownership, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from matching.models import PairAgain, PoolChange
from matching.states import PairingState
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pairing
from tests.matching.kept import anew, change, compete, counted, mentors, same_as_made_anew
from tests.people import LONG_AGO

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_kept")]


def would_pair_again(them: Enrolment) -> None:
    before = pairing(None, them, state=PairingState.COMPLETED)
    PairAgain.objects.create(person=them.person, other=before.mentee, at=NOW)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


CHANGES: dict[str, Callable[[Enrolment], object]] = {
    "profile": lambda them: change(them.person.profile, zone="Asia/Tokyo", languages=["ja"]),
    "capacity": lambda them: change(them.person.mentor_profile, capacity=3),
    "capacity here": lambda them: change(them, capacity=1),
    "expertise": lambda them: them.person.mentor_profile.expertise.create(topic=people.topic("X"), depth=Depth.OFTEN),
    "less expertise": lambda them: them.person.mentor_profile.expertise.all().delete(),
    "tie": lambda them: people.affiliation(them.person, people.organisation(), kind=AffiliationKind.BOARD),
    "tie ended": lambda them: them.person.affiliations.update(ends_on=date(2026, 1, 1)),
    "leave": lambda them: Leave.objects.create(person=them.person, starts_on=NOW.date(), ends_on=NOW.date()),
    "conflict of theirs": lambda them: NeverWith.objects.put(owner=them.person, person=people.person()),
    "asks again": would_pair_again,
    "pairing": lambda them: pairing(None, them),
    "pairing elsewhere": lambda them: pairing(None, enrolment(None, them.person, Role.MENTOR)),
    "withdrawn": lambda them: change(them, state=EnrolmentState.WITHDRAWN),
    "account closed": lambda them: change(them.person, is_active=False),
    "somebody new": lambda them: enrolment(them.cohort, role=Role.MENTOR),
    "look-back": lambda them: change(them.cohort, lookback_months=60),
    "industry": lambda them: Organisation.objects.update(industry="media"),
    "employer refused": lambda them: Organisation.objects.update(confirmed_at=None, refused_at=NOW, refusal="Which?"),
    "employer not confirmed": lambda them: Organisation.objects.update(confirmed_at=None),
    "owner of the owner": lambda them: Ownership.objects.create(
        child=Ownership.objects.get().parent, parent=people.organisation(), starts_on=date(2020, 1, 1)
    ),
    "competitor": lambda them: compete(them.person.affiliations.get(ends_on=None).organisation, people.organisation()),
    "owner of a firm on their list": lambda them: Ownership.objects.create(
        child_id=them.person.never_with.opened()[0].organisation_id,
        parent=people.organisation(),
        starts_on=date(2020, 1, 1),
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
    NeverWith.objects.put(owner=them.person, organisation=people.organisation())
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
    people.affiliation(them.person, people.organisation(), kind=AffiliationKind.BOARD, since=tomorrow.date())
    assert not mentors(where)[them.person_id].current_ties

    assert mentors(where, tomorrow)[them.person_id].current_ties
    assert not mentors(where)[them.person_id].current_ties  # and a clock set back is believed


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
        lambda who: people.affiliation(who, chance.choice(firms), kind=AffiliationKind.BOARD, since=day()),
        lambda who: who.affiliations.filter(ends_on=None).update(ends_on=day() - timedelta(days=183)),
        lambda who: people.affiliation(who, chance.choice(firms), since=date(2020, 1, 1), until=day()),
        lambda who: Leave.objects.create(person=who, starts_on=(first := day()), ends_on=first + timedelta(days=3)),
        lambda who: NeverWith.objects.put(owner=who, organisation=chance.choice(firms)),
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


def test_many_at_once_leave_one_line() -> None:
    made = [people.mentor() for _ in range(3)]
    PoolChange.objects.all().delete()
    User.objects.filter(pk__in=[each.pk for each in made]).update(is_active=False)
    assert PoolChange.objects.count() == 3
    PoolChange.objects.all().delete()
    sql(
        "INSERT INTO accounts_organisation (id, name, identity, folded, refusal, industry, country)"
        " SELECT gen_random_uuid(), 'Many ' || n, n, n, '', 'media', 'GB' FROM generate_series(1, 500) n"
    )
    assert list(PoolChange.objects.values_list("person", flat=True)) == [None]


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

    assert read - {PoolChange._meta.db_table} == set(watched)
    assert set(watched.values()) == {3}
