"""A mentee's list."""

from uuid import uuid4

import pytest

from accounts.models import NeverWith
from cohorts.states import Role
from common.errors import NotPermitted, Refused
from matching.domain import requests, shortlist
from matching.models import ShortlistEntry
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return cohort()


@pytest.fixture
def mentee(here):
    return enrolment(here)


@pytest.fixture
def mentors(here):
    return [enrolment(here, role=Role.MENTOR) for _ in range(4)]


def add(mentee, mentor):
    return shortlist.add(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)


def ranked(mentee):
    return [wish.mentor for wish in ShortlistEntry.objects.filter(mentee=mentee).order_by("rank")]


def test_three_find_room_in_the_order_they_came(mentee, mentors):
    for mentor in mentors[:3]:
        add(mentee, mentor)
    assert ranked(mentee) == mentors[:3]
    with pytest.raises(Refused) as refused:
        add(mentee, mentors[3])
    assert refused.value.code == "shortlist_full"


def test_nobody_twice(mentee, mentors):
    add(mentee, mentors[0])
    with pytest.raises(Refused) as refused:
        add(mentee, mentors[0])
    assert refused.value.code == "shortlist_mentor_once"


def test_who_is_full_may_be_wished_for_and_who_is_excluded_may_not(mentee, mentors):
    full, colleague, hidden = mentors[:3]
    pairing(enrolment(mentee.cohort), full)
    employer = people.organisation()
    people.affiliation(mentee.person, employer)
    people.affiliation(colleague.person, employer)
    NeverWith.objects.put(owner=hidden.person, person=mentee.person)
    assert add(mentee, full).rank == 1
    with pytest.raises(Refused) as refused:
        add(mentee, colleague)
    assert refused.value.code == "same_employer"
    with pytest.raises(Refused) as refused:
        add(mentee, hidden)
    assert refused.value.code == "other"


def test_taking_one_off_closes_the_gap(mentee, mentors):
    made = [add(mentee, mentor) for mentor in mentors[:3]]
    shortlist.remove(mentee_enrolment=mentee, entry_id=made[0].pk, user=mentee.person)
    shortlist.remove(mentee_enrolment=mentee, entry_id=uuid4(), user=mentee.person)
    assert ranked(mentee) == mentors[1:3]
    assert list(ShortlistEntry.objects.order_by("rank").values_list("rank", flat=True)) == [1, 2]


def test_neighbours_change_places(mentee, mentors):
    made = [add(mentee, mentor) for mentor in mentors[:3]]
    for wish, up, expected in (
        (made[2], True, [0, 2, 1]),
        (made[0], False, [2, 0, 1]),
        (made[2], True, [2, 0, 1]),
        (made[1], False, [2, 0, 1]),
    ):
        shortlist.move(mentee_enrolment=mentee, entry_id=wish.pk, up=up, user=mentee.person)
        assert ranked(mentee) == [mentors[place] for place in expected]
    shortlist.move(mentee_enrolment=mentee, entry_id=uuid4(), up=True, user=mentee.person)


def test_somebody_elses_list_is_theirs(mentee, mentors):
    stranger = people.person()
    for call in (
        lambda: shortlist.add(mentee_enrolment=mentee, mentor_enrolment=mentors[0], user=stranger, now=NOW),
        lambda: shortlist.remove(mentee_enrolment=mentee, entry_id=uuid4(), user=stranger),
        lambda: shortlist.move(mentee_enrolment=mentee, entry_id=uuid4(), up=True, user=stranger),
    ):
        with pytest.raises(NotPermitted):
            call()


def test_one_that_expired_may_be_wished_for_anew(mentee, mentors):
    first = add(mentee, mentors[0])
    asked = requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentors[0], user=mentee.person, now=NOW)
    with pytest.raises(Refused) as refused:
        add(mentee, mentors[0])
    assert refused.value.code == "shortlist_mentor_once"
    requests.expire_due(now=asked.deadline)
    again = add(mentee, mentors[0])
    assert (again.pk != first.pk, again.asked_at) == (True, None)


def test_a_used_up_wish_makes_room(mentee, mentors):
    for mentor in mentors[:3]:
        add(mentee, mentor)
    ShortlistEntry.objects.filter(mentor=mentors[1]).update(skipped_at=NOW)
    add(mentee, mentors[3])
    assert ranked(mentee) == [mentors[0], mentors[2], mentors[3]]


def test_a_wish_stays_within_its_cohort(mentee):
    _other, elsewhere = couple()
    with pytest.raises(Refused) as refused:
        add(mentee, elsewhere)
    assert refused.value.code == "shortlist_fits_enrolments"
