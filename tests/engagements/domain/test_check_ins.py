from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Leave
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from common.working_days import is_working_day
from engagements import tasks
from engagements.domain import check_in_planning, check_in_silence, check_ins
from engagements.models import CheckIn
from engagements.states import CheckInState, CheckInStatus
from matching.domain import pairings
from matching.models import Alert
from matching.models.alerts import AlertKind
from outbox.models import Letter, LetterState
from tests import people
from tests.engagements import stories
from tests.engagements.stories import ANSWERS, SECRET
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db


def states(pairing, side="mentee"):
    return list(pairing.check_ins.filter(side=side).order_by("round").values_list("state", flat=True))


def reminders(row):
    return {letter.kind: letter for letter in Letter.objects.filter(subject_id=row.pk)}


def across_the_world():
    cohort = factories.cohort()
    mentee = people.mentee(country="JP", zone="Asia/Tokyo")
    mentor = people.mentor(country="US", zone="America/New_York")
    return stories.active(
        mentee=factories.enrolment(cohort, mentee, "mentee"),
        mentor=factories.enrolment(cohort, mentor, "mentor"),
    )


def test_both_sides_are_planned_up_to_the_planned_end():
    pairing = across_the_world()
    rows = list(pairing.check_ins.all())
    assert {row.side for row in rows} == {"mentee", "mentor"}
    assert [row.round for row in rows if row.side == "mentor"] == list(range(1, 10))
    for row in rows:
        zone, country = row.person.profile.zone, row.person.profile.country
        local = row.due_at.astimezone(ZoneInfo(zone))
        assert local.time() == time(9)
        assert is_working_day(local.date(), country)
        nominal = date(2026, 3, 10) + timedelta(weeks=4 * row.round)
        assert timedelta() <= local.date() - nominal <= timedelta(days=5)


def test_each_has_both_reminders_from_the_start():
    pairing = across_the_world()
    row = stories.check_in(pairing)
    letters = reminders(row)
    assert letters["check_in_due"].due_at == row.due_at
    assert letters["check_in_overdue"].due_at == row.overdue_at() > row.due_at + timedelta(days=2)
    assert {letter.person_id for letter in letters.values()} == {pairing.mentee_id}


def test_planning_again_adds_nothing():
    pairing = stories.active()
    before = pairing.check_ins.count()
    assert check_in_planning.plan(pairing=pairing, now=NOW) == []
    assert pairing.check_ins.count() == before > 0


def test_the_cohort_says_how_often_while_nothing_was_agreed():
    cohort = factories.cohort(check_in_weeks=6)
    pairing = factories.pairing(factories.enrolment(cohort), factories.enrolment(cohort, role="mentor"), state="active")
    check_in_planning.plan(pairing=pairing, now=NOW)
    assert stories.check_in(pairing).due_at.date() == date(2026, 4, 21)


def test_after_a_meeting_each_side_is_asked_on_the_day_after_where_it_is():
    mentee = people.mentee(country="US", zone="Pacific/Honolulu")
    mentor = people.mentor(country="NZ", zone="Pacific/Auckland")
    pairing = factories.pairing(*factories.couple(None, mentee, mentor), state="active")
    late = datetime(2026, 3, 11, 8, tzinfo=UTC)  # the evening of the 10th in Honolulu, of the 11th in Auckland
    check_in_planning.plan(pairing=pairing, now=late, met=date(2026, 3, 10))
    first = {row.side: row.day for row in pairing.check_ins.filter(round=1)}
    assert first == {"mentee": date(2026, 3, 11), "mentor": date(2026, 3, 12)}


def test_an_answer_is_kept_sealed_and_stops_the_reminders():
    pairing = stories.active()
    row = stories.answered(stories.check_in(pairing), line=f"  {SECRET} ")
    row.refresh_from_db()
    assert (row.state, row.connection, row.clarity, row.competency, row.met) == ("answered", 4, 5, 3, True)
    assert row.read("line") == SECRET
    assert SECRET.encode() not in bytes(row.line)
    assert {letter.state for letter in reminders(row).values()} == {LetterState.CANCELLED}
    event = Event.objects.get(subject_id=row.pk)
    assert (event.verb, event.actor, event.user) == ("answer", Actor.MENTEE, pairing.mentee)


def test_an_answer_without_a_line_leaves_none():
    row = stories.answered(stories.check_in(stories.active()))
    assert row.line is None


def test_only_its_own_side_answers():
    pairing = stories.active()
    row = stories.check_in(pairing)
    for somebody in (pairing.mentor, people.person(staff=True)):
        with pytest.raises(NotPermitted):
            check_ins.answer(check_in=row, user=somebody, **ANSWERS, now=row.due_at)


def test_not_before_it_is_due():
    row = stories.check_in(stories.active())
    with pytest.raises(Refused, match="opens on 7 April 2026"):
        stories.answered(row, now=row.due_at - timedelta(minutes=1))


def test_not_twice():
    row = stories.answered(stories.check_in(stories.active()))
    with pytest.raises(WrongState):
        stories.answered(row, connection=1)
    row.refresh_from_db()
    assert row.connection == 4


def test_not_once_the_pairing_is_over():
    pairing = stories.active()
    row = stories.check_in(pairing)
    pairing.state, pairing.ended_at = "ended_early", row.due_at
    pairing.save()
    with pytest.raises(WrongState):
        stories.answered(row)


def test_due_and_overdue_come_from_the_clock():
    row = stories.check_in(stories.active())
    minute = timedelta(minutes=1)
    assert row.status(row.due_at - minute) == CheckInStatus.SCHEDULED
    assert row.status(row.due_at) == CheckInStatus.DUE
    assert row.status(row.overdue_at() - minute) == CheckInStatus.DUE
    assert row.status(row.overdue_at()) == CheckInStatus.OVERDUE


def test_missed_when_the_next_round_falls_due_and_not_before():
    pairing = stories.active()
    second = stories.check_in(pairing, round=2)
    assert check_in_silence.sweep(now=second.due_at - timedelta(minutes=1)) == 0
    assert check_in_silence.sweep(now=second.due_at) == 1
    assert states(pairing)[:2] == ["missed", "scheduled"]
    assert check_in_silence.sweep(now=second.due_at) == 0
    with pytest.raises(Refused, match="round has closed"):
        stories.answered(stories.check_in(pairing), now=second.due_at)


def test_two_missed_in_a_row_alert_the_coordinators_with_dates_alone():
    pairing = stories.active()
    stories.answered(stories.check_in(pairing, "mentor", 1), line=SECRET)
    stories.answered(stories.check_in(pairing, "mentor", 2))
    check_in_silence.sweep(now=stories.check_in(pairing, round=2).due_at)
    assert not Alert.objects.exists()
    check_in_silence.sweep(now=stories.check_in(pairing, round=3).due_at)
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject_id, alert.cohort) == (
        AlertKind.CHECK_INS_MISSED,
        pairing.pk,
        pairing.cohort,
    )
    assert alert.facts["mentee"] == ["2026-04-07", "2026-05-05"]
    check_in_silence.sweep(now=stories.check_in(pairing, round=4).due_at)
    assert Alert.objects.count() == 1


def test_an_answer_between_two_missed_ones_is_no_row():
    pairing = stories.active()
    for number in (1, 2, 3, 4):
        stories.answered(stories.check_in(pairing, "mentor", number))
    check_in_silence.sweep(now=stories.check_in(pairing, round=2).due_at)
    stories.answered(stories.check_in(pairing, round=2))
    check_in_silence.sweep(now=stories.check_in(pairing, round=4).due_at)
    assert states(pairing)[:4] == ["missed", "answered", "missed", "scheduled"]
    assert not Alert.objects.exists()


def test_a_beat_that_slept_misses_them_all_at_once():
    pairing = stories.active()
    check_in_silence.sweep(now=stories.check_in(pairing, round=5).due_at)
    assert states(pairing)[:5] == ["missed"] * 4 + ["scheduled"]


def test_a_pause_cancels_what_is_ahead_and_resuming_plans_anew():
    pairing = stories.active()
    first = stories.check_in(pairing)
    now = first.due_at + timedelta(hours=1)
    pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=date(2026, 5, 29), now=now)
    assert states(pairing) == ["scheduled"] + ["cancelled"] * 8
    assert {letter.state for letter in reminders(stories.check_in(pairing, round=2)).values()} == {"cancelled"}
    later = datetime(2026, 6, 1, 8, tzinfo=UTC)
    pairing.refresh_from_db()
    pairings.resume(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, now=later)
    fresh = pairing.check_ins.ahead(later).filter(side="mentee")
    assert fresh[0].round == 10
    assert fresh[0].due_at.date() == date(2026, 6, 29)
    check_in_silence.sweep(now=fresh[0].due_at)
    first.refresh_from_db()
    assert first.state == CheckInState.MISSED


def test_the_closing_keeps_what_is_due_and_an_ending_nothing():
    pairing = stories.active()
    now = stories.check_in(pairing).due_at + timedelta(hours=1)
    pairings.begin_closing(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, now=now)
    assert states(pairing) == ["scheduled"] + ["cancelled"] * 8
    pairing.refresh_from_db()
    stories.complete(pairing, now=now)
    assert set(states(pairing)) == {"cancelled"}


def test_an_early_end_cancels_everything_unanswered():
    pairing = stories.active()
    stories.answered(stories.check_in(pairing))
    now = stories.check_in(pairing, round=2).due_at
    pairings.end_early(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="time", text=SECRET, now=now)
    assert states(pairing) == ["answered"] + ["cancelled"] * 8
    assert set(states(pairing, "mentor")) == {"cancelled"}


def test_an_end_before_anything_was_planned_leaves_no_trace():
    pairing = stories.introduced()
    assert check_in_planning.cancel_all(pairing=pairing, now=NOW) == 0
    assert not Event.objects.filter(verb="cancel_check_ins").exists()


@pytest.mark.parametrize("change", ["zone", "leave"])
def test_a_coming_check_in_follows_its_person(change):
    pairing = stories.active()
    row = stories.check_in(pairing)
    if change == "zone":
        profile = pairing.mentee.profile
        profile.zone, profile.country = "America/New_York", "US"
        profile.save()
        expected = datetime(2026, 4, 7, 13, tzinfo=UTC)
    else:
        Leave.objects.create(person=pairing.mentee, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 10))
        expected = datetime(2026, 4, 13, 8, tzinfo=UTC)
    check_in_silence.sweep(now=row.due_at - timedelta(days=4))
    assert CheckIn.objects.get(pk=row.pk).due_at == row.due_at
    check_in_silence.sweep(now=row.due_at - timedelta(days=2))
    row = CheckIn.objects.get(pk=row.pk)
    assert row.due_at == expected
    assert reminders(row)["check_in_due"].due_at == expected
    assert reminders(row)["check_in_overdue"].due_at == row.overdue_at() > expected


def test_the_task_sweeps_by_the_programme_clock(clock):
    pairing = stories.active()
    clock.moment = stories.check_in(pairing, round=2).due_at
    tasks.sweep_check_ins()
    tasks.sweep_check_ins()
    assert states(pairing)[:2] == ["missed", "scheduled"]


def test_a_check_in_answered_while_the_sweep_looks_is_left_alone():
    pairing = stories.active()
    row = stories.check_in(pairing)
    now = stories.check_in(pairing, round=2).due_at
    stories.answered(row, now=now)
    stories.answered(stories.check_in(pairing, "mentor"), now=now)
    check_in_silence._miss(pairing.pk, now)
    check_in_planning.follow(person=row.person, now=now)
    assert CheckIn.objects.get(pk=row.pk).state == CheckInState.ANSWERED


def test_lines_are_for_the_other_side():
    pairing = stories.active()
    stories.answered(stories.check_in(pairing, "mentor"), line=SECRET)
    assert [line for _at, line in check_ins.lines_for(pairing=pairing, user=pairing.mentee)] == [SECRET]
    assert check_ins.lines_for(pairing=pairing, user=pairing.mentor) == []
    assert check_ins.lines_for(pairing=pairing, user=people.person(staff=True)) == []


def test_a_long_leave_asks_once_for_the_rounds_it_swallows():
    cohort = factories.cohort()
    mentee = people.mentee()
    Leave.objects.create(person=mentee, starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 15))
    pairing = stories.active(mentee=factories.enrolment(cohort, mentee))
    planned = list(pairing.check_ins.filter(side="mentee"))
    assert [(row.round, row.due_at.date()) for row in planned][:2] == [(2, date(2026, 5, 18)), (3, date(2026, 6, 2))]


def test_a_leave_taken_later_leaves_out_what_it_swallows():
    pairing = stories.active()
    Leave.objects.create(person=pairing.mentee, starts_on=date(2026, 4, 1), ends_on=date(2026, 5, 15))
    first, second = stories.check_in(pairing), stories.check_in(pairing, round=2)
    check_in_silence.sweep(now=first.due_at - timedelta(days=1))
    check_in_silence.sweep(now=second.due_at - timedelta(days=1))
    assert states(pairing)[:2] == ["cancelled", "scheduled"]
    assert stories.check_in(pairing, round=2).due_at.date() == date(2026, 5, 18)
