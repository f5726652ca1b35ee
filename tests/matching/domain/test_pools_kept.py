"""A kept pool is used again while nothing has changed, whoever asks, at little cost and for as long as it may be."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from matching.domain import pools
from matching.models import PoolChange, Waiver
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pool_for
from tests.matching.kept import change, counted, mentors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_kept")]

PATIENCE = 60  # seconds; only a failure takes them


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
        pool_for(mentee)
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


def test_only_who_asks_for_a_pool_waits_until_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = cohort(), cohort()
    enrolment(ours, role=Role.MENTOR)
    mentors(ours)
    began, go_on = Event(), Event()

    def slowly(_of: Cohort, _now: datetime) -> Any:
        began.set()
        go_on.wait(PATIENCE)
        return pools._kept[ours.pk]

    monkeypatch.setattr(pools, "_made", slowly)
    waiting = Thread(target=pools._current, args=(theirs, NOW))
    waiting.start()
    try:
        assert began.wait(PATIENCE)
        assert len(mentors(ours)) == 1
        assert waiting.is_alive()
    finally:
        go_on.set()
        waiting.join(PATIENCE)


def test_a_slow_look_does_not_replace_what_was_mended_meanwhile() -> None:
    where = cohort()
    them = enrolment(where, role=Role.MENTOR)
    before = pools._current(where, NOW)
    change(them.person.profile, seniority=1)
    mended = pools._current(where, NOW)

    pools._keep(where, replace(before, looked=before.looked + 1), instead_of=before)

    assert pools._kept[where.pk] is mended
