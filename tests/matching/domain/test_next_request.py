"""When a request comes to nothing, the next mentor on the shortlist is asked."""

from datetime import date

import pytest

from accounts.models import Leave
from cohorts.models import Enrolment
from cohorts.states import Role
from matching.domain import requests
from matching.models import Alert, Request, ShortlistEntry
from matching.models.alerts import AlertKind
from tests import people
from tests.matching.domain.test_requests import ask, letters, wish
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing

pytestmark = pytest.mark.django_db


class TestTheNextWish:
    def test_who_cannot_be_asked_is_skipped_neutrally(self):
        mentee, mentor = couple()
        full, away, last = (enrolment(mentee.cohort, role=Role.MENTOR) for _ in range(3))
        Leave.objects.create(person=away.person, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31))
        wish(mentee, full, away, last)
        pairing(enrolment(mentee.cohort), full)
        asked = ask(mentee, mentor)
        requests.decline(request=asked, user=mentor.person, reason_class="time", now=NOW)
        assert Request.objects.pending().get().mentor_enrolment == last
        skipped = ShortlistEntry.objects.filter(skipped_at=NOW).values_list("mentor", flat=True)
        assert set(skipped) == {full.pk, away.pk}

    def test_an_empty_list_tells_mentee_and_coordinator(self):
        coordinator = people.person()
        mentee, mentor = couple(cohort(coordinators=(coordinator,)))
        asked = ask(mentee, mentor)
        requests.expire_due(now=asked.deadline)
        assert [letter.person_id for letter in letters("shortlist_empty")] == [mentee.person_id]
        assert Alert.objects.open().get().kind == AlertKind.SHORTLIST_EMPTY
        assert [letter.person_id for letter in letters("coordinator_alert")] == [coordinator.pk]
        ask(mentee, mentor, now=asked.deadline)
        assert not Alert.objects.open().exists()

    def test_what_a_crash_left_over_is_asked_by_the_sweep(self, monkeypatch):
        mentee, mentor = couple()
        second = enrolment(mentee.cohort, role=Role.MENTOR)
        wish(mentee, second)
        asked = ask(mentee, mentor)
        monkeypatch.setattr(requests, "ask_next_mentor", lambda **_: None)
        requests.decline(request=asked, user=mentor.person, reason_class="time", now=NOW)
        assert not Request.objects.pending().exists()
        requests.expire_due(now=NOW)
        assert Request.objects.pending().get().mentor_enrolment == second

    def test_asked_once_however_often_it_is_called(self):
        mentee, mentor = couple()
        wish(mentee, mentor)
        Enrolment.objects.filter(pk=mentee.pk).update(next_request_since=NOW)
        assert requests.ask_next_mentor(enrolment_id=mentee.pk, now=NOW)
        assert requests.ask_next_mentor(enrolment_id=mentee.pk, now=NOW) is None
        assert Request.objects.count() == 1

    def test_nobody_is_asked_for_a_mentee_who_found_a_mentor_meanwhile(self):
        mentee, mentor = couple()
        wish(mentee, mentor)
        pairing(mentee, enrolment(mentee.cohort, role=Role.MENTOR))
        Enrolment.objects.filter(pk=mentee.pk).update(next_request_since=NOW)
        assert requests.ask_next_mentor(enrolment_id=mentee.pk, now=NOW) is None
        mentee.refresh_from_db()
        assert mentee.next_request_since is None
