"""What becomes of a waiting request when something stands against it: every row of the table, and how time goes on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.domain import organisations, profiles
from accounts.domain.conflict_changes import people_changed
from accounts.models import Affiliation, NeverWith
from cohorts.domain.enrolments import withdraw_enrolment
from cohorts.states import Role
from common import invariants
from common.errors import Refused
from common.transactions import unit_of_work
from common.transitions import Actor
from matching.domain import recheck, requests, shortlist
from matching.domain.asking import ask, ask_all_next
from matching.models import Request, ShortlistEntry
from matching.states import WAITING_REQUESTS, Effect, Fact, RequestState
from outbox.kinds import registered
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing

pytestmark = pytest.mark.django_db
ENDS = datetime(2026, 3, 17, 18, tzinfo=UTC)  # five working days after NOW in London
ENDS_ON = ENDS.date()
DAY = timedelta(days=1)


@pytest.fixture
def asked():
    """A mentor with three places is asked, by a mentee with another mentor on the shortlist."""
    mentee, mentor = couple(cohort(coordinators=(people.person(),)), mentor=people.mentor(capacity=3))
    following = enrolment(mentee.cohort, role=Role.MENTOR)
    shortlist.add(mentee_enrolment=mentee, mentor_enrolment=following, user=mentee.person, now=NOW)
    return ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)


def changed(*who, now=NOW):
    with unit_of_work():
        people_changed({person.pk for person in who}, now=now)


def without_employer(who):
    Affiliation.objects.filter(person=who).update(ends_on=NOW.date())
    changed(who)


def unconfirmed(who):
    new = people.organisation(confirmed=False)
    people.affiliation(who, new)
    changed(who)
    return new


def offers(mentor, **words):
    profiles.save_offer(person=mentor, **{"about": "", "capacity": 3, "expertise": [], **words}, now=NOW)


def on_a_private_list(asked):
    NeverWith.objects.put(owner=asked.mentor, person=asked.mentee)
    changed(asked.mentor)


def leaves(asked):
    withdraw_enrolment(enrolment=asked.mentor_enrolment, user=asked.mentor, now=NOW)


def is_deactivated(asked):
    asked.mentee.is_active = False
    asked.mentee.save()
    recheck.recheck(now=NOW)


def accepts_others(asked):
    offers(asked.mentor, capacity=1)
    other = enrolment(asked.cohort)
    theirs = Request.objects.pending().filter(mentee=other.person).first() or ask_beside(asked, other)
    requests.accept(request=theirs, user=asked.mentor, now=NOW)


def ask_beside(asked, mentee):
    return ask(mentee_enrolment=mentee, mentor_enrolment=asked.mentor_enrolment, user=mentee.person, now=NOW)


HAPPENS = {
    Fact.CONFLICT: on_a_private_list,
    Fact.LEFT: leaves,
    Fact.DEACTIVATED: is_deactivated,
    Fact.PLACES_TAKEN: accepts_others,
    Fact.MENTEE_WITHOUT_EMPLOYER: lambda asked: without_employer(asked.mentee),
    Fact.MENTOR_WITHOUT_EMPLOYER: lambda asked: without_employer(asked.mentor),
    Fact.MENTEE_UNCONFIRMED: lambda asked: unconfirmed(asked.mentee),
    Fact.MENTOR_UNCONFIRMED: lambda asked: unconfirmed(asked.mentor),
    Fact.AWAY: lambda asked: away(asked, ENDS_ON, ENDS_ON),
    Fact.PLACES_LOWERED: lambda asked: offers(asked.mentor, capacity=0),
    Fact.NOBODY_NEW: lambda asked: offers(asked.mentor, nobody_new=True),
}


def away(asked, first, last):
    return profiles.add_leave(person=asked.mentor, starts_on=first, ends_on=last, now=NOW)


def effect_on(asked):
    now = Request.objects.get(pk=asked.pk)
    if now.state == RequestState.LAPSED:
        return Effect.LAPSES
    assert now.state == RequestState.PENDING
    if now.held_until:
        return Effect.HELD
    return Effect.DEADLINE_MOVES if now.deadline != asked.deadline else Effect.WAITS


def told_since(asked, seen):
    """Which of the two has got an e-mail since; of an inactive account none leaves."""
    new = Letter.objects.exclude(pk__in=seen).exclude(kind__in=("coordinator_alert", "request_asked"))
    parts = {asked.mentee_id: Actor.MENTEE, asked.mentor_id: Actor.MENTOR}
    reminders = ("request_waiting", "request_expiring")
    return {parts[letter.person_id] for letter in new.exclude(kind__in=reminders) if letter.person_id in parts}


def test_every_fact_has_its_row_and_its_story():
    assert list(WAITING_REQUESTS) == list(Fact)
    assert set(HAPPENS) == set(Fact)


@pytest.mark.parametrize("fact", Fact)
def test_the_table(fact, asked, django_capture_on_commit_callbacks):
    seen = list(Letter.objects.values_list("pk", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        HAPPENS[fact](asked)
    recheck.recheck(now=NOW)
    requests.expire_due(now=NOW)
    assert effect_on(asked) is WAITING_REQUESTS[fact].effect
    assert told_since(asked, seen) == WAITING_REQUESTS[fact].told
    assert invariants.broken(NOW.date()) == {}


@pytest.mark.parametrize("fact", [fact for fact in Fact if WAITING_REQUESTS[fact].effect is not Effect.LAPSES])
def test_nobody_else_is_asked_meanwhile(fact, asked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        HAPPENS[fact](asked)
        ask_all_next(now=NOW)
    assert Request.objects.get() == asked
    assert ShortlistEntry.objects.still_to_ask().count() == 1


class TestLeave:
    def test_one_saturday_moves_nothing(self, asked):
        away(asked, date(2026, 3, 14), date(2026, 3, 14))
        recheck.recheck(now=datetime(2026, 3, 14, 12, tzinfo=UTC))
        asked.refresh_from_db()
        assert (asked.state, asked.deadline) == (RequestState.PENDING, ENDS)
        assert not Letter.objects.filter(kind="request_rescheduled").exists()

    def test_days_away_are_not_counted_and_the_reminders_follow(self, asked):
        away(asked, date(2026, 3, 12), date(2026, 3, 15))
        asked.refresh_from_db()
        assert asked.deadline == ENDS + 2 * DAY
        due = dict(Letter.objects.filter(state=LetterState.PENDING).values_list("kind", "due_at"))
        assert due["request_waiting"] == datetime(2026, 3, 17, 9, tzinfo=UTC)
        assert due["request_expiring"] == datetime(2026, 3, 19, 9, tzinfo=UTC)
        assert Letter.objects.get(kind="request_rescheduled").person == asked.mentee

    def test_a_deadline_never_runs_out_on_a_day_of_leave(self, asked):
        away(asked, ENDS_ON, ENDS_ON + 2 * DAY)
        requests.expire_due(now=ENDS + DAY)
        asked.refresh_from_db()
        assert (asked.state, asked.deadline) == (RequestState.PENDING, ENDS + 3 * DAY)

    def test_who_asks_before_the_leave_is_told_the_later_day_at_once(self):
        mentee, mentor = couple()
        mentor.person.leaves.create(starts_on=ENDS_ON, ends_on=ENDS_ON)
        made = ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
        assert made.deadline == ENDS + DAY

    def test_taking_it_off_again_moves_nothing_into_the_past(self, asked):
        leave = away(asked, date(2026, 3, 11), date(2026, 4, 30))
        later = datetime(2026, 4, 1, 12, tzinfo=UTC)
        profiles.remove_leave(leave=leave, now=later)
        asked.refresh_from_db()
        assert asked.deadline == datetime(2026, 4, 2, 17, tzinfo=UTC)  # six in the evening of the next day, in summer

    def test_the_time_is_the_first_one_again_when_it_is_taken_off_at_once(self, asked):
        leave = away(asked, ENDS_ON, ENDS_ON)
        profiles.remove_leave(leave=leave, now=NOW)
        asked.refresh_from_db()
        assert asked.deadline == ENDS
        told = Letter.objects.filter(kind="request_rescheduled")
        kind = registered()["request_rescheduled"]
        assert sorted(kind.still_due(letter, NOW) or "" for letter in told) == ["", "request_moved_since"]

    def test_a_holiday_of_the_mentors_region_moves_it_by_a_day(self, asked):
        profiles.save_profile(person=asked.mentor, values={"region": "NIR"}, now=NOW)
        asked.refresh_from_db()
        assert asked.deadline == ENDS + DAY  # it would have been Saint Patrick's Day

    def test_who_moves_keeps_a_deadline_in_the_evening_there(self, asked):
        profiles.save_profile(person=asked.mentor, values={"zone": "America/New_York"}, now=NOW)
        asked.refresh_from_db()
        assert asked.deadline == datetime(2026, 3, 17, 22, tzinfo=UTC)
        assert not Letter.objects.filter(kind="request_rescheduled").exists()


class TestHeld:
    def test_its_time_stands_still_and_it_cannot_be_accepted(self, asked):
        without_employer(asked.mentor)
        requests.expire_due(now=ENDS + DAY)
        with pytest.raises(Refused, match="named no employer"):
            requests.accept(request=asked, user=asked.mentor, now=ENDS + DAY)
        asked.refresh_from_db()
        assert (asked.state, asked.held_for) == (RequestState.PENDING, Fact.MENTOR_WITHOUT_EMPLOYER)
        assert asked.held_until == datetime(2026, 3, 24, 18, tzinfo=UTC)
        assert not Letter.objects.filter(kind="request_waiting", state=LetterState.PENDING).exists()

    def test_it_can_be_declined(self, asked):
        without_employer(asked.mentor)
        declined = requests.decline(request=asked, user=asked.mentor, reason_class="time", now=NOW)
        assert (declined.state, declined.held_for, declined.held_until) == (RequestState.DECLINED, "", None)
        assert invariants.broken(NOW.date()) == {}

    def test_it_goes_on_with_the_whole_time_once_the_name_is_confirmed(self, asked):
        new, later = unconfirmed(asked.mentor), NOW + 3 * DAY
        Letter.objects.filter(kind="request_rescheduled").update(state=LetterState.SENT, sent_at=NOW)
        organisations.confirm(organisation=new, user=asked.cohort.coordinators.get(), now=later)
        asked.refresh_from_db()
        assert (asked.held_until, asked.resumed_at) == (None, later)
        assert asked.deadline == datetime(2026, 3, 20, 18, tzinfo=UTC)
        due = dict(Letter.objects.filter(state=LetterState.PENDING).values_list("kind", "due_at"))
        assert due["request_waiting"] == datetime(2026, 3, 18, 9, tzinfo=UTC)
        told = Letter.objects.filter(kind="request_rescheduled", occasion=asked.occasion(later))
        assert {letter.person for letter in told} == {asked.mentee, asked.mentor}
        requests.accept(request=asked, user=asked.mentor, now=later)

    def test_who_enters_the_next_job_within_the_hour_troubles_nobody(self, asked):
        without_employer(asked.mentor)
        soon = NOW + timedelta(minutes=30)
        assert {letter.due_at > soon for letter in Letter.objects.filter(kind="request_rescheduled")} == {True}
        people.affiliation(asked.mentor, people.organisation(), since=NOW.date())
        changed(asked.mentor, now=soon)
        asked.refresh_from_db()
        assert (asked.held_for, asked.resumed_at) == ("", soon)
        told = Letter.objects.filter(kind="request_rescheduled")
        assert {letter.state for letter in told} == {LetterState.CANCELLED}

    def test_before_it_is_looked_at_the_mentor_reads_what_is_so(self, asked):
        Affiliation.objects.filter(person=asked.mentee).update(ends_on=NOW.date())
        with pytest.raises(Refused, match="works is being brought up to date"):
            requests.accept(request=asked, user=asked.mentor, now=NOW)

    def test_another_fact_does_not_hold_it_for_longer(self, asked):
        without_employer(asked.mentor)
        later = NOW + 3 * DAY
        people.affiliation(asked.mentor, people.organisation(confirmed=False), since=later.date())
        changed(asked.mentor, now=later)
        asked.refresh_from_db()
        assert (asked.held_for, asked.held_until.date()) == (Fact.MENTOR_UNCONFIRMED, date(2026, 3, 24))

    def test_it_lapses_when_that_lasts_too_long_and_the_next_is_asked(self, asked, django_capture_on_commit_callbacks):
        without_employer(asked.mentor)
        asked.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):
            recheck.end_holds(now=asked.held_until - DAY)
        assert Request.objects.pending().get() == asked
        with django_capture_on_commit_callbacks(execute=True):
            recheck.end_holds(now=asked.held_until)
        asked.refresh_from_db()
        assert asked.state == RequestState.LAPSED
        assert Request.objects.pending().get().mentee == asked.mentee
        assert Letter.objects.get(kind="request_lapsed").person == asked.mentor
        assert Letter.objects.get(kind="request_moved_on").person == asked.mentee

    def test_a_new_job_in_time_ends_it_even_unnoticed(self, asked):
        without_employer(asked.mentor)
        people.affiliation(asked.mentor, people.organisation(), since=NOW.date() + 5 * DAY)
        asked.refresh_from_db()
        recheck.end_holds(now=asked.held_until)
        asked.refresh_from_db()
        assert (asked.state, asked.held_until) == (RequestState.PENDING, None)


class TestPlaces:
    def test_with_nobody_new_what_waits_may_still_be_accepted_and_nobody_else_may_ask(self, asked):
        offers(asked.mentor, nobody_new=True)
        with pytest.raises(Refused, match="not available"):
            ask_beside(asked, enrolment(asked.cohort))
        assert requests.accept(request=asked, user=asked.mentor, now=NOW).mentor == asked.mentor

    def test_a_full_mentor_hears_what_to_do(self, asked):
        offers(asked.mentor, capacity=0)
        with pytest.raises(Refused, match="Offer one more"):
            requests.accept(request=asked, user=asked.mentor, now=NOW)
        offers(asked.mentor, capacity=1)
        assert requests.accept(request=asked, user=asked.mentor, now=NOW).mentor == asked.mentor

    def test_lowering_below_what_waits_lapses_nothing(self, asked):
        others = [ask_beside(asked, enrolment(asked.cohort)) for _number in range(2)]
        pairing(enrolment(asked.cohort), asked.mentor_enrolment)
        offers(asked.mentor, capacity=1)
        recheck.recheck(now=NOW)
        assert set(Request.objects.pending()) == {asked, *others}


def test_whose_request_closes_without_anybody_else_being_asked_hears_of_it(asked):
    after_the_end = datetime(2026, 12, 14, 10, tzinfo=UTC)
    for enrolment_id in requests.lapse(request_ids=[asked.pk], now=after_the_end):
        requests.ask_next_mentor(enrolment_id=enrolment_id, now=after_the_end)
    told = Letter.objects.filter(kind="request_lapsed")
    assert {letter.person for letter in told} == {asked.mentee, asked.mentor}
