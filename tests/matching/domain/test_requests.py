"""A mentor is asked, and answers."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from accounts.models import Leave, MentorProfile
from cohorts.models import Enrolment
from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.sweeps import for_each
from common.transitions import Actor
from matching.domain import requests, shortlist
from matching.models import Pairing, Request, ShortlistEntry
from matching.states import PairingState, RequestState
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request
from tests.stress.unguarded import drop

pytestmark = pytest.mark.django_db


def ask(mentee: Enrolment, mentor: Enrolment, **words: object) -> Request:
    return requests.ask(
        mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, **{"note": "", "now": NOW, **words}
    )


def wish(mentee: Enrolment, *mentors: Enrolment) -> list[ShortlistEntry]:
    return [
        shortlist.add(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
        for mentor in mentors
    ]


def letters(kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind, state=LetterState.PENDING))


class TestAsking:
    def test_the_note_is_sealed_and_read_again(self):
        asked = ask(*couple(), note="  Dear Imani, may I?  ")
        again = Request.objects.get(pk=asked.pk)
        assert b"Imani" not in bytes(again.note)
        assert again.read("note") == "Dear Imani, may I?"

    def test_the_deadline_is_six_in_the_evening_five_working_days_on_where_the_mentor_is(self):
        mentor = people.mentor(country="JP", zone="Asia/Tokyo")
        # 22:00 UTC on Monday 16 March is Tuesday in Tokyo; Friday 20 March 2026 is a holiday there.
        asked = ask(*couple(mentor=mentor), now=datetime(2026, 3, 16, 22, 0, tzinfo=UTC))
        assert asked.deadline == datetime(2026, 3, 25, 9, 0, tzinfo=UTC)

    def test_one_reminder_on_the_third_working_day_and_a_word_to_the_mentee_on_the_last(self):
        asked = ask(*couple())
        waiting, expiring = letters("request_waiting"), letters("request_expiring")
        assert [(letter.person_id, letter.due_at) for letter in waiting] == [
            (asked.mentor_id, datetime(2026, 3, 13, 9, 0, tzinfo=UTC))
        ]
        assert [(letter.person_id, letter.due_at) for letter in expiring] == [
            (asked.mentee_id, datetime(2026, 3, 17, 9, 0, tzinfo=UTC))
        ]

    @pytest.mark.parametrize(
        ("country", "zone", "expected"),
        [
            # The deadline is 18:00 in London on Tuesday 17 March.
            ("US", "America/New_York", datetime(2026, 3, 17, 13, 0, tzinfo=UTC)),
            ("NZ", "Pacific/Auckland", datetime(2026, 3, 16, 20, 0, tzinfo=UTC)),  # there, Wednesday at 07:00
            ("US", "Pacific/Honolulu", datetime(2026, 3, 16, 19, 0, tzinfo=UTC)),  # there, Tuesday at 08:00
        ],
    )
    def test_the_word_to_the_mentee_comes_in_their_own_morning(self, country, zone, expected):
        ask(*couple(mentee=people.mentee(country=country, zone=zone)))
        assert letters("request_expiring")[0].due_at == expected

    def test_a_short_deadline_still_has_its_reminder_before_it(self):
        asked = ask(*couple(cohort(answer_days=2)))
        assert letters("request_waiting")[0].due_at < asked.deadline

    def test_only_the_mentee_asks(self):
        mentee, mentor = couple()
        with pytest.raises(NotPermitted):
            requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentor.person, now=NOW)

    def test_a_second_click_is_refused_kindly_and_makes_no_second_request(self):
        mentee, mentor = couple()
        ask(mentee, mentor)
        with pytest.raises(Refused, match=r"already asked .*still open") as refused:
            ask(mentee, mentor)
        assert refused.value.code == "request_one_pending"
        assert Request.objects.count() == 1
        assert len(letters("request_asked")) == 1

    def test_not_before_approval_not_after_the_end_and_not_with_a_mentor_already(self):
        mentee, mentor = couple()
        with pytest.raises(Refused) as refused:
            ask(enrolment(mentee.cohort, state="pending"), mentor)
        assert refused.value.code == "not_approved"
        with pytest.raises(Refused) as refused:
            ask(mentee, mentor, now=datetime(2027, 1, 5, tzinfo=UTC))
        assert refused.value.code == "cohort_over"
        pairing(mentee, enrolment(mentee.cohort, role=Role.MENTOR))
        with pytest.raises(Refused) as refused:
            ask(mentee, mentor)
        assert refused.value.code == "pairing_one_open_per_mentee"

    def test_roles_and_cohort_have_to_fit(self):
        mentee, mentor = couple()
        with pytest.raises(Refused):
            ask(mentee, enrolment(role=Role.MENTOR))
        with pytest.raises(Refused):
            ask(mentee, enrolment(mentee.cohort))
        mentor.delete()
        with pytest.raises(WrongState):
            ask(mentee, mentor)

    def test_a_note_that_is_too_long_is_refused_beside_its_field(self):
        with pytest.raises(Refused) as refused:
            ask(*couple(), note="x" * 1201)
        assert refused.value.field == "note"


class TestAccepting:
    def test_it_introduces_the_two(self):
        asked = ask(*couple(), note="Hello")
        made = requests.accept(request=asked, user=asked.mentor, now=NOW)
        asked.refresh_from_db()
        assert (asked.state, asked.answered_at) == (RequestState.ACCEPTED, NOW)
        assert (made.state, made.introduced_at, made.key_id) == (PairingState.INTRODUCED, NOW, asked.key_id)
        assert MentorProfile.objects.get(person=made.mentor).open_pairings == 1
        assert Enrolment.objects.get(pk=made.mentor_enrolment_id).open_pairings == 1
        assert {letter.kind for letter in Letter.objects.filter(state=LetterState.PENDING)} == {
            "request_accepted",
            "introduced_idle",
        }
        idle = Letter.objects.filter(kind="introduced_idle", person=made.mentee).values_list("due_at", flat=True)
        assert sorted(idle) == [datetime(2026, 3, 17, 9, tzinfo=UTC), datetime(2026, 3, 24, 9, tzinfo=UTC)]
        assert list(Event.objects.filter(subject_id=asked.pk).order_by("pk").values_list("verb", flat=True)) == [
            "ask",
            "accept",
        ]

    def test_only_the_mentor_accepts_and_only_once(self):
        asked = ask(*couple())
        for other in (asked.mentee, people.person()):
            with pytest.raises(NotPermitted):
                requests.accept(request=asked, user=other, now=NOW)
        requests.accept(request=asked, user=asked.mentor, now=NOW)
        with pytest.raises(WrongState):
            requests.accept(request=asked, user=asked.mentor, now=NOW)

    def test_rules_are_looked_at_again(self):
        mentee, mentor = couple()
        asked = ask(mentee, mentor)
        employer = people.organisation()
        people.affiliation(mentee.person, employer)
        people.affiliation(mentor.person, employer)
        with pytest.raises(Refused) as refused:
            requests.accept(request=asked, user=asked.mentor, now=NOW)
        assert refused.value.code == "same_employer"
        assert not Pairing.objects.exists()

    def test_a_mentor_on_leave_may_answer(self):
        asked = ask(*couple())
        Leave.objects.create(person=asked.mentor, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31))
        assert requests.accept(request=asked, user=asked.mentor, now=NOW).pk

    def test_the_last_place_lapses_the_others_and_asks_their_next_wish(self):
        mentee, mentor = couple()
        other, next_mentor = couple(mentee.cohort)
        wish(other, mentor, next_mentor)
        first, second = ask(mentee, mentor), ask(other, mentor)
        requests.accept(request=first, user=mentor.person, now=NOW)
        second.refresh_from_db()
        assert second.state == RequestState.LAPSED
        asked = Request.objects.pending().get()
        assert (asked.mentee_enrolment, asked.mentor_enrolment, asked.read("note")) == (other, next_mentor, "")
        other.refresh_from_db()
        assert (other.priority_since, other.next_request_since) == (NOW, None)

    def test_a_place_left_keeps_the_others_waiting(self):
        mentee, mentor = couple(mentor=people.mentor(capacity=2))
        other = enrolment(mentee.cohort)
        first, second = ask(mentee, mentor), ask(other, mentor)
        requests.accept(request=first, user=mentor.person, now=NOW)
        second.refresh_from_db()
        assert second.state == RequestState.PENDING

    def test_full_in_one_cohort_only_lapses_there(self):
        who = people.mentor(capacity=3)
        here, there = cohort(), cohort()
        lowered, free = enrolment(here, who, Role.MENTOR, capacity=1), enrolment(there, who, Role.MENTOR)
        first, second, elsewhere = (
            ask(enrolment(here), lowered),
            ask(enrolment(here), lowered),
            ask(enrolment(there), free),
        )
        requests.accept(request=first, user=who, now=NOW)
        second.refresh_from_db(), elsewhere.refresh_from_db()
        assert (second.state, elsewhere.state) == (RequestState.LAPSED, RequestState.PENDING)

    def test_the_other_way_round_lapses(self):
        here = cohort()
        one, other = people.mentor(capacity=2), people.mentor(capacity=2)
        there = ask(enrolment(here, one), enrolment(here, other, Role.MENTOR))
        back = ask(enrolment(here, other), enrolment(here, one, Role.MENTOR))
        requests.accept(request=there, user=other, now=NOW)
        back.refresh_from_db()
        assert back.state == RequestState.LAPSED

    def test_the_mentee_is_no_longer_first_in_line(self):
        mentee, mentor = couple()
        Enrolment.objects.filter(pk=mentee.pk).update(priority_since=NOW)
        requests.accept(request=ask(mentee, mentor), user=mentor.person, now=NOW)
        mentee.refresh_from_db()
        assert mentee.priority_since is None


class TestDeclining:
    def test_the_class_is_kept_the_text_sealed_and_the_next_wish_asked(self):
        mentee, mentor = couple()
        second = enrolment(mentee.cohort, role=Role.MENTOR)
        wish(mentee, mentor, second)
        asked = ask(mentee, mentor, note="for the first only")
        requests.decline(request=asked, user=mentor.person, reason_class="time", text="Too much travel", now=NOW)
        asked = Request.objects.get(pk=asked.pk)
        assert (asked.state, asked.decline_class) == (RequestState.DECLINED, "time")
        assert b"travel" not in bytes(asked.decline_text)
        assert asked.read("decline_text") == "Too much travel"
        again = Request.objects.pending().get()
        assert (again.mentor_enrolment, again.read("note")) == (second, "")
        assert [letter.person_id for letter in letters("request_moved_on")] == [mentee.person_id]

    def test_it_bars_asking_again_until_lifted(self):
        coordinator = people.person()
        mentee, mentor = couple(cohort(coordinators=(coordinator,)))
        asked = ask(mentee, mentor)
        requests.decline(request=asked, user=mentor.person, reason_class="fit", now=NOW)
        with pytest.raises(Refused) as refused:
            ask(mentee, mentor)
        assert refused.value.code == "declined"
        asked.refresh_from_db()
        with pytest.raises(NotPermitted):
            requests.lift_decline(request=asked, user=mentee.person, now=NOW)
        for _twice in range(2):
            requests.lift_decline(request=asked, user=coordinator, now=NOW)
        assert Event.objects.filter(verb="lift_decline").count() == 1
        assert ask(mentee, mentor).state == RequestState.PENDING

    def test_only_a_declined_request_is_lifted(self):
        coordinator = people.person()
        asked = request(*couple(cohort(coordinators=(coordinator,))))
        with pytest.raises(WrongState):
            requests.lift_decline(request=asked, user=coordinator, now=NOW)

    @pytest.mark.parametrize(
        ("words", "field"),
        [({"reason_class": "mood"}, "reason_class"), ({"reason_class": "time", "text": "x" * 1201}, "text")],
    )
    def test_bad_input_names_its_field(self, words, field):
        asked = ask(*couple())
        with pytest.raises(Refused) as refused:
            requests.decline(request=asked, user=asked.mentor, now=NOW, **words)
        assert refused.value.field == field

    def test_only_the_mentor_declines(self):
        asked = ask(*couple())
        with pytest.raises(NotPermitted):
            requests.decline(request=asked, user=asked.mentee, reason_class="time", now=NOW)


class TestWithdrawing:
    def test_it_asks_the_next_only_when_told_to(self):
        mentee, mentor = couple()
        second = enrolment(mentee.cohort, role=Role.MENTOR)
        wish(mentee, mentor, second)
        asked = ask(mentee, mentor)
        requests.withdraw(request=asked, user=mentee.person, actor=Actor.MENTEE, ask_next=False, now=NOW)
        assert not Request.objects.pending().exists()
        assert [letter.person_id for letter in letters("request_withdrawn")] == [mentor.person_id]
        again = ask(mentee, mentor)
        requests.withdraw(request=again, user=mentee.person, actor=Actor.MENTEE, ask_next=True, now=NOW)
        assert Request.objects.pending().get().mentor_enrolment == second
        mentee.refresh_from_db()
        assert mentee.priority_since is None

    def test_a_coordinator_withdraws_but_never_their_own(self):
        coordinator = people.mentor()
        here = cohort(coordinators=(coordinator,))
        asked = ask(*couple(here))
        requests.withdraw(request=asked, user=coordinator, actor=Actor.COORDINATOR, ask_next=False, now=NOW)
        assert {letter.person_id for letter in letters("request_withdrawn")} == {asked.mentor_id, asked.mentee_id}
        own = ask(enrolment(here), enrolment(here, coordinator, Role.MENTOR))
        with pytest.raises(NotPermitted):
            requests.withdraw(request=own, user=coordinator, actor=Actor.COORDINATOR, ask_next=False, now=NOW)
        with pytest.raises(NotPermitted):
            requests.withdraw(request=own, user=people.person(), actor=Actor.COORDINATOR, ask_next=False, now=NOW)


class TestExpiring:
    def test_at_the_deadline_and_not_before(self):
        mentee, mentor = couple()
        second = enrolment(mentee.cohort, role=Role.MENTOR)
        wish(mentee, mentor, second)
        asked = ask(mentee, mentor)
        assert requests.expire_due(now=asked.deadline - timedelta(seconds=1)) == 0
        assert requests.expire_due(now=asked.deadline) == 1
        asked.refresh_from_db()
        assert asked.state == RequestState.EXPIRED
        assert Request.objects.pending().get().mentor_enrolment == second
        assert requests.expire_due(now=asked.deadline) == 0

    def test_it_never_bars_asking_again(self):
        mentee, mentor = couple()
        asked = ask(mentee, mentor)
        requests.expire_due(now=asked.deadline)
        assert ask(mentee, mentor, now=asked.deadline).pk != asked.pk

    def test_one_that_fails_does_not_hold_up_the_rest(self, monkeypatch, caplog):
        first, second = ask(*couple()), ask(*couple())
        sound = requests._move

        def poisoned(asked, *rest):
            if asked.pk == first.pk:
                raise RuntimeError("poison")
            sound(asked, *rest)

        monkeypatch.setattr(requests, "_move", poisoned)
        assert requests.expire_due(now=second.deadline) == 1
        assert "could not deal with one row" in caplog.text


def test_a_request_that_is_gone_is_a_wrong_state():
    asked = request(*couple())
    mentor = asked.mentor
    drop("request_kept")
    Request.objects.filter(pk=asked.pk).delete()
    with pytest.raises(WrongState):
        requests.accept(request=asked, user=mentor, now=NOW)


def test_lapsing_leaves_alone_what_is_answered():
    asked = request(*couple(), state=RequestState.DECLINED)
    assert requests.lapse(request_ids=[asked.pk], now=NOW) == []


def test_a_sweep_that_comes_too_early_or_too_late_does_no_harm():
    asked = request(*couple())
    with pytest.raises(WrongState):
        requests._expire(asked.pk, now=NOW)
    assert for_each([asked.pk], partial(requests._expire, now=NOW)) == 0
