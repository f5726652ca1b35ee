"""The right wall time, once: across clock changes, leap day and year end, with a beat that sleeps, doubles or lags."""

from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection, transaction

from accounts.calendars import PersonCalendar, morning
from accounts.domain import profiles, quiet_days
from accounts.models import Profile
from common.models import Event
from common.working_days import moment
from engagements.cadence import Cadence
from engagements.domain import check_in_silence
from engagements.models import CheckIn
from outbox.domain.delivery import deliver_due
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching import factories

NEW_YORK = PersonCalendar("US", "America/New_York")
LONDON = PersonCalendar("GB", "Europe/London")
SYDNEY = PersonCalendar("AU", "Australia/Sydney")
SAO_PAULO = PersonCalendar("BR", "America/Sao_Paulo")
KOLKATA = PersonCalendar("IN", "Asia/Kolkata")
AUCKLAND = PersonCalendar("NZ", "Pacific/Auckland")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Zone, day, wall time, the moment in UTC. A wall time that is skipped comes an hour later; one that comes twice, first.
WALL = [
    ("New York, gap", NEW_YORK, "2026-03-08", "02:30", "2026-03-08T07:30"),
    ("New York, fold", NEW_YORK, "2026-11-01", "01:30", "2026-11-01T05:30"),
    ("London, gap", LONDON, "2026-03-29", "01:30", "2026-03-29T01:30"),
    ("London, fold", LONDON, "2026-10-25", "01:30", "2026-10-25T00:30"),
    ("Sydney, gap", SYDNEY, "2026-10-04", "02:30", "2026-10-03T16:30"),
    ("Sydney, fold", SYDNEY, "2026-04-05", "02:30", "2026-04-04T15:30"),
    ("São Paulo, gap at midnight, its last", SAO_PAULO, "2018-11-04", "00:30", "2018-11-04T03:30"),
    ("São Paulo, fold at midnight, its last", SAO_PAULO, "2019-02-16", "23:30", "2019-02-17T01:30"),
    ("Kolkata, half an hour off, never changes", KOLKATA, "2026-03-29", "02:30", "2026-03-28T21:00"),
    ("Auckland, gap", AUCKLAND, "2026-09-27", "02:30", "2026-09-26T14:30"),
    ("Auckland, fold", AUCKLAND, "2026-04-05", "02:30", "2026-04-04T13:30"),
]


@pytest.mark.parametrize(("where", "day", "wall", "expected"), [row[1:] for row in WALL], ids=[row[0] for row in WALL])
def test_a_wall_time_in_gap_and_fold(where, day, wall, expected):
    assert moment(date.fromisoformat(day), time.fromisoformat(wall), where.zone) == utc(expected)


MORNINGS = [
    ("New York, before the gap", NEW_YORK, "2026-03-06", "2026-03-06T14:00"),
    ("New York, the day of the gap is a Sunday", NEW_YORK, "2026-03-08", "2026-03-09T13:00"),
    ("New York, before the fold", NEW_YORK, "2026-10-30", "2026-10-30T13:00"),
    ("New York, the day of the fold is a Sunday", NEW_YORK, "2026-11-01", "2026-11-02T14:00"),
    ("London, before the gap", LONDON, "2026-03-27", "2026-03-27T09:00"),
    ("London, after the gap", LONDON, "2026-03-29", "2026-03-30T08:00"),
    ("London, before the fold", LONDON, "2026-10-23", "2026-10-23T08:00"),
    ("London, after the fold", LONDON, "2026-10-25", "2026-10-26T09:00"),
    ("Sydney, before the fold", SYDNEY, "2026-04-02", "2026-04-01T22:00"),
    ("Sydney, Easter over the fold", SYDNEY, "2026-04-03", "2026-04-06T23:00"),
    ("Sydney, before the gap", SYDNEY, "2026-10-02", "2026-10-01T23:00"),
    ("Sydney, after the gap", SYDNEY, "2026-10-04", "2026-10-04T22:00"),
    ("São Paulo, all year", SAO_PAULO, "2026-03-09", "2026-03-09T12:00"),
    ("São Paulo, Independence Day", SAO_PAULO, "2026-09-07", "2026-09-08T12:00"),
    ("Kolkata, all year", KOLKATA, "2026-03-09", "2026-03-09T03:30"),
    ("Kolkata, Republic Day", KOLKATA, "2026-01-26", "2026-01-27T03:30"),
    ("Auckland, before the gap", AUCKLAND, "2026-09-25", "2026-09-24T21:00"),
    ("Auckland, after the gap", AUCKLAND, "2026-09-27", "2026-09-27T20:00"),
    ("London, leap day", LONDON, "2028-02-29", "2028-02-29T09:00"),
    ("Auckland, leap day", AUCKLAND, "2028-02-29", "2028-02-28T20:00"),
    ("New York, no leap day in 2100", NEW_YORK, "2100-02-28", "2100-03-01T14:00"),
    ("New York, New Year on a Friday", NEW_YORK, "2027-01-01", "2027-01-04T14:00"),
    ("London, New Year on a Friday", LONDON, "2027-01-01", "2027-01-04T09:00"),
    ("Auckland, the last day of the year", AUCKLAND, "2026-12-31", "2026-12-30T20:00"),
    ("Auckland, two days of New Year", AUCKLAND, "2027-01-01", "2027-01-04T20:00"),
]


@pytest.mark.parametrize(("where", "day", "expected"), [row[1:] for row in MORNINGS], ids=[row[0] for row in MORNINGS])
def test_nine_in_the_morning_of_a_working_day(where, day, expected):
    assert morning(date.fromisoformat(day), where) == utc(expected)


def beat(now):
    """What the scheduler asks for, all of it."""
    quiet_days.sweep(now=now)
    check_in_silence.sweep(now=now)
    deliver_due(now)


def weekly(where, begin, weeks=4):
    """A pairing asked every week, begun at noon in `where`, where its mentee lives; earlier letters are gone."""
    day = date.fromisoformat(begin)
    start = datetime.combine(day, time(12), tzinfo=ZoneInfo(where.zone)).astimezone(UTC)
    cohort = factories.cohort(starts_on=day - 60 * DAY, ends_on=day + 300 * DAY)
    mentee = factories.enrolment(cohort, people.mentee(country=where.country, zone=where.zone))
    end = day + timedelta(weeks=weeks + 1)
    pairing = stories.active(mentee=mentee, now=start, terms={"cadence": Cadence.weeks(1), "planned_end": end})
    Letter.objects.exclude(kind__startswith="check_in", person=mentee.person).delete()
    return pairing


@contextmanager
def undone():
    """What happens inside did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    mail.outbox.clear()


def around_nine(since, days, *places):
    """An hour before nine, at nine and an hour after it, in each of the places, for so many days; and when it ends."""
    end = since + days * DAY
    mornings = [
        datetime.combine(since.date() + day * DAY, time(9), tzinfo=ZoneInfo(place.zone)).astimezone(UTC)
        for day in range(-1, days + 2)
        for place in places
    ]
    beats = {nine + hours * HOUR for nine in mornings for hours in (-1, 0, 1)}
    return [*sorted(now for now in beats if since <= now < end), end]


def came(kind_of_subject=None):
    return [message for message in mail.outbox if kind_of_subject in {None, message.subject}]


ASKED = "A short note for this week"
CHANGES = [
    ("New York, gap", NEW_YORK, "2026-03-02", "2026-03-09"),
    ("New York, fold", NEW_YORK, "2026-10-26", "2026-11-02"),
    ("London, gap", LONDON, "2026-03-23", "2026-03-30"),
    ("London, fold", LONDON, "2026-10-19", "2026-10-26"),
    ("Sydney, gap", SYDNEY, "2026-09-28", "2026-10-05"),
    ("Sydney, fold", SYDNEY, "2026-04-01", "2026-04-08"),
    ("São Paulo", SAO_PAULO, "2026-03-02", "2026-03-09"),
    ("Kolkata", KOLKATA, "2026-03-23", "2026-03-30"),
    ("Auckland, gap", AUCKLAND, "2026-09-21", "2026-09-28"),
    ("Auckland, fold", AUCKLAND, "2026-04-01", "2026-04-08"),
    ("Auckland, leap day", AUCKLAND, "2028-02-22", "2028-02-29"),
    ("London, year end", LONDON, "2026-12-24", "2026-12-31"),
]


# How long after the check-in was due the beat comes: on time, twice, then again and again; or once it has slept.
BEATS = {"awake": (0 * DAY, 0 * DAY, MINUTE, HOUR, DAY), "asleep for two days": (2 * DAY, 2 * DAY)}


@pytest.mark.django_db
@pytest.mark.parametrize(("where", "begin", "day"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_exactly_one_letter_at_the_right_wall_time(subtests, where, begin, day):
    pairing = weekly(where, begin)
    due_at = datetime.combine(date.fromisoformat(day), time(9), tzinfo=ZoneInfo(where.zone)).astimezone(UTC)
    assert stories.check_in(pairing).due_at == due_at
    for now in (due_at - DAY, due_at - HOUR, due_at - MINUTE):
        beat(now)
    assert came() == []
    for name, beats in BEATS.items():
        with subtests.test(name), undone():
            for late in beats:
                beat(due_at + late)
            assert [message.subject for message in came()] == [ASKED]
            assert came()[0].to == [pairing.mentee.email]
            assert Letter.objects.get(kind="check_in_due", state="sent").sent_at == due_at + beats[0]


@pytest.mark.django_db
def test_a_beat_that_slept_sends_each_once_and_cancels_what_is_stale_with_a_reason():
    pairing = weekly(LONDON, "2026-10-13")
    first, second = stories.check_in(pairing), stories.check_in(pairing, round=2)
    beat(first.due_at)
    beat(first.due_at + 3 * DAY)
    # Asleep over the last note about the first round and the second round's beginning, at nine on the same morning.
    for _poke in range(3):
        beat(second.due_at + 2 * DAY)
    assert Counter(message.subject for message in came()) == {ASKED: 2, "Still open: a short note": 1}
    stale = Letter.objects.get(subject_id=first.pk, kind="check_in_last")
    assert (stale.state, stale.reason) == ("cancelled", "check_in_overtaken")


@pytest.mark.django_db
def test_a_beat_that_slept_over_both_reminders_sends_only_the_later():
    pairing = stories.active()
    row = stories.check_in(pairing)
    Letter.objects.exclude(subject_id=row.pk).delete()
    beat(row.due_at + 8 * DAY)
    assert [message.subject for message in came()] == ["Before this round closes"]
    reasons = Letter.objects.filter(state="cancelled").values_list("kind", "reason")
    assert dict(reasons) == dict.fromkeys(("check_in_due", "check_in_overdue"), "superseded")


MOVES = [
    # Long before it is due: at nine in the new place.
    ("east, days before", NEW_YORK, AUCKLAND, -2 * DAY, "2026-11-03T20:00"),
    ("west, days before", AUCKLAND, NEW_YORK, -2 * DAY, "2026-11-04T14:00"),
    # In the hours in which nine has passed in the new place, but not in the old: the next morning there.
    ("east, over nine o'clock", NEW_YORK, AUCKLAND, -HOUR, "2026-11-04T20:00"),
    # Asked already: never again.
    ("west, after it came", AUCKLAND, NEW_YORK, HOUR, None),
    ("east, after it came", NEW_YORK, AUCKLAND, HOUR, None),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "when", "expected"), [row[1:] for row in MOVES], ids=[row[0] for row in MOVES]
)
def test_who_moves_is_written_to_once_at_nine_where_they_are(clock, before, after, when, expected):
    pairing = weekly(before, "2026-10-28")
    row = stories.check_in(pairing)
    clock.moment = row.due_at + when
    beat(clock.moment)
    profiles.save_profile(
        person=pairing.mentee, values={"zone": after.zone, "country": after.country}, now=clock.moment
    )
    moved = CheckIn.objects.get(pk=row.pk)
    assert moved.due_at == (utc(expected) if expected else row.due_at)
    for now in around_nine(clock.moment, 3, before, after):
        beat(now)
    sent = Letter.objects.filter(subject_id=row.pk, kind="check_in_due", state="sent").get()
    assert len(came(ASKED)) == 1
    if expected:
        assert sent.sent_at - utc(expected) < HOUR
        assert sent.due_at.astimezone(ZoneInfo(after.zone)).time() == time(9)


@pytest.mark.django_db
def test_reminders_of_what_was_asked_already_follow_the_move_once(clock):
    pairing = weekly(NEW_YORK, "2026-10-28", weeks=2)
    row = stories.check_in(pairing)
    clock.moment = row.due_at + HOUR
    beat(clock.moment)
    profiles.save_profile(
        person=pairing.mentee, values={"zone": AUCKLAND.zone, "country": AUCKLAND.country}, now=clock.moment
    )
    for now in around_nine(clock.moment, 6, NEW_YORK, AUCKLAND):
        beat(now)
    reminder = Letter.objects.get(subject_id=row.pk, kind="check_in_overdue")
    assert reminder.due_at.astimezone(ZoneInfo(AUCKLAND.zone)).time() == time(9)
    assert len(came("Still open: a short note")) == 1


@pytest.mark.django_db
def test_a_move_that_nobody_told_of_is_found_by_the_sweep():
    pairing = weekly(NEW_YORK, "2026-10-28")
    row = stories.check_in(pairing)
    Profile.objects.filter(person=pairing.mentee).update(zone=AUCKLAND.zone, country=AUCKLAND.country)
    check_in_silence.sweep(now=row.due_at - 2 * DAY)
    assert CheckIn.objects.get(pk=row.pk).due_at == utc("2026-11-03T20:00")


@pytest.mark.django_db
def test_a_new_address_gets_what_the_old_one_has_not():
    pairing = weekly(LONDON, "2026-10-13")
    row, someone = stories.check_in(pairing), pairing.mentee
    beat(row.due_at)
    someone.email = "elsewhere@example.org"
    someone.save(update_fields=["email"])
    beat(row.due_at + 3 * DAY)
    assert [message.to for message in came()][1:] == [["elsewhere@example.org"]]
    assert len(came()) == 2


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_no_harm():
    pairing = weekly(LONDON, "2026-10-13")
    second = stories.check_in(pairing, round=2)
    beats, start, trouble = 4, Barrier(4), []

    def run():
        try:
            start.wait(60)
            beat(second.due_at)
        except Exception as error:  # noqa: BLE001 - whatever happens to one of them fails the test
            trouble.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(beats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert trouble == []
    assert [message.subject for message in came()] == [ASKED]
    assert Event.objects.filter(verb="miss", subject_id=stories.check_in(pairing).pk).count() == 1
    assert Letter.objects.filter(person=pairing.mentee, state="sent").count() == 1
