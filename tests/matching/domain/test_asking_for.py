"""A coordinator asks for a mentee, or has a mentor reminded: who may, what both read, and what stands against it."""

from datetime import timedelta

import pytest

from accounts.models import MentorProfile, NeverWith
from cohorts.models import Enrolment
from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.history import tell
from common.models import Event
from matching.domain import notes, requests, shortlist
from matching.domain.asking_for import ask_for
from matching.domain.reminding import remind_now
from matching.models import Request
from matching.models.requests import Origin
from matching.models.runs import HeldBack
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, request

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def pair() -> tuple[Enrolment, Enrolment]:
    return couple(cohort(coordinators=(people.person("Clara Coordinator", staff=True),)))


def asked(mentee: Enrolment, mentor: Enrolment) -> Request:
    by = mentee.cohort.coordinators.get()
    return ask_for(mentee_enrolment=mentee, mentor_enrolment=mentor, user=by, now=NOW)


def test_it_is_a_request_like_any_other_and_says_who_asked() -> None:
    mentee, mentor = pair()
    entry = shortlist.add(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    notes.leave(mentee_enrolment=mentee, entry_id=entry.pk, note="For you alone.", user=mentee.person)
    made = asked(mentee, mentor)
    assert made.read("note") == "For you alone."
    assert (made.origin, made.state, made.proposed, made.by_hand) == (Origin.COORDINATOR, "pending", True, True)
    to = {letter.kind: letter.person for letter in Letter.objects.filter(subject_id=made.pk)}
    assert (to["request_asked"], to["request_proposed"]) == (mentor.person, mentee.person)
    assert {"request_waiting", "request_expiring"} <= set(to)
    (line,) = tell(Event.objects.filter(subject_id=made.pk))
    assert line == f"Clara Coordinator asked {mentor.person} to mentor {mentee.person}, for the latter."
    requests.accept(request=made, user=mentor.person, now=NOW)


def test_only_who_looks_after_the_cohort_and_is_neither_of_the_two() -> None:
    mentee, mentor = pair()
    for who in (mentee.person, mentor.person, people.person(staff=True)):
        with pytest.raises(NotPermitted):
            ask_for(mentee_enrolment=mentee, mentor_enrolment=mentor, user=who, now=NOW)
    mentee.cohort.coordinators.set([mentor.person])
    with pytest.raises(Refused, match="another coordinator"):
        asked(mentee, mentor)
    with pytest.raises(Refused):
        ask_for(mentee_enrolment=mentee, mentor_enrolment=pair()[1], user=people.person(), now=NOW)


def test_what_is_the_mentors_own_reads_alike_whether_private_or_full() -> None:
    told = []
    for stand in ("list", "full", "promised"):
        mentee, mentor = pair()
        if stand == "list":
            NeverWith.objects.put(owner=mentor.person, person=mentee.person)
        elif stand == "full":
            MentorProfile.objects.filter(person=mentor.person).update(nobody_new=True)
        else:
            MentorProfile.objects.filter(person=mentor.person).update(capacity=1)
            request(enrolment(mentee.cohort), mentor, at=NOW)
        with pytest.raises(Refused) as refused:
            asked(mentee, mentor)
        told.append((refused.value.code, str(refused.value.sentence)))
    assert set(told) == {("other", str(HeldBack.OTHER.label))}


def test_who_waits_or_is_paired_is_not_asked_for_again() -> None:
    mentee, mentor = pair()
    asked(mentee, mentor)
    with pytest.raises(Refused) as refused:
        asked(mentee, enrolment(mentee.cohort, role=Role.MENTOR))
    assert refused.value.code == HeldBack.MENTEE_WAITS
    assert Request.objects.count() == 1


def test_the_one_reminder_comes_sooner_and_only_once() -> None:
    mentee, mentor = pair()
    by = mentee.cohort.coordinators.get()
    made = asked(mentee, mentor)
    with pytest.raises(Refused, match="less than a day ago"):
        remind_now(request=made, user=by, now=NOW + DAY / 2)
    with pytest.raises(NotPermitted):
        remind_now(request=made, user=mentor.person, now=NOW + DAY)
    remind_now(request=made, user=by, now=NOW + DAY)
    letter = Letter.objects.get(kind="request_waiting", subject_id=made.pk)
    assert (letter.due_at, letter.state) == (NOW + DAY, LetterState.PENDING)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.SENT, sent_at=NOW + DAY)
    with pytest.raises(Refused, match="was reminded on 11 March"):
        remind_now(request=made, user=by, now=NOW + 2 * DAY)
    requests.accept(request=made, user=mentor.person, now=NOW + DAY)
    with pytest.raises(WrongState):
        remind_now(request=made, user=by, now=NOW + 2 * DAY)
