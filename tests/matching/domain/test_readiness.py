"""What stands between a cohort and a good match: said as a run would say it, and nothing more."""

from datetime import timedelta

import pytest

from accounts.models import Affiliation, Aim, Leave, MenteeProfile, MentorProfile, NeverWith, User
from cohorts.models import Cohort
from cohorts.states import Role
from matching.domain import readiness, runs
from matching.domain.readiness import NotAsked, Readiness
from matching.models.runs import Help
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pairing, request

pytestmark = pytest.mark.django_db


def of(where: Cohort, reader: User | None = None) -> Readiness:
    return readiness.of_cohort(where, reader=reader or people.person(staff=True), now=NOW)


def mentors(where: Cohort, number: int, **words: object) -> list[User]:
    found = [people.mentor(**words) for _ in range(number)]
    for each in found:
        enrolment(where, each, Role.MENTOR)
    return found


def test_whom_nobody_fits_is_named_with_what_a_run_would_say() -> None:
    where, theirs = cohort(), people.organisation()
    alone = people.mentee("Alone", employer=theirs)
    enrolment(where, alone)
    enrolment(where, people.mentee("Reader", employer=theirs))
    mentors(where, 6, employer=theirs)
    (said, *others) = of(where).nobody_fits or []
    assert [each.person.name for each in others] == ["Reader"]
    run = runs.make(cohort=where, user=None, terms=runs.Terms(), now=NOW)
    kept = run.unmatched.get(mentee=alone)
    assert (said.person, said.excluded, said.help, said.gain) == (alone, kept.excluded, kept.help, kept.gain)
    assert (said.excluded, said.help, said.gain) == ({"same_employer": 6}, Help.MENTORS, 0)
    reader = others[0].person
    assert [each.person for each in of(where, reader).nobody_fits or []] == [alone]
    mentors(where, 1)
    assert of(where).nobody_fits == []


def test_a_private_list_is_told_no_more_than_in_a_run() -> None:
    where, kept_apart = cohort(), people.mentee()
    enrolment(where, kept_apart)
    listed = mentors(where, 5)
    for each in listed[:4]:
        NeverWith.objects.put(owner=kept_apart, person=each)
    Affiliation.objects.filter(person=listed[4]).update(
        organisation=Affiliation.objects.get(person=kept_apart).organisation
    )
    (said,) = of(where).nobody_fits or []
    assert (said.excluded, said.help) == ({"same_employer": 1}, Help.MENTORS)
    few = cohort()
    enrolment(few, kept_apart)
    for each in listed[:4]:
        enrolment(few, each, Role.MENTOR)
    assert (of(few).nobody_fits, of(few).few_mentors) == (None, True)


def test_mentors_who_cannot_be_asked_and_why() -> None:
    where = cohort()
    names = ("Open", "Full", "Promised", "Nobody new", "Away", "Unconfirmed", "Silent")
    cast = dict(zip(names, mentors(where, len(names)), strict=True))
    pairing(enrolment(where, people.mentee()), where.enrolments.get(person=cast["Full"]), state="active")
    request(enrolment(where, people.mentee()), where.enrolments.get(person=cast["Promised"]))
    MentorProfile.objects.filter(person=cast["Nobody new"]).update(nobody_new=True)
    Leave.objects.create(person=cast["Away"], starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=3))
    Affiliation.objects.filter(person=cast["Unconfirmed"]).update(organisation=people.organisation(confirmed=False))
    MentorProfile.objects.filter(person=cast["Silent"]).delete()
    found = of(where)
    name_of = {person: name for name, person in cast.items()}
    assert {name_of[each.person]: each.why for each in found.cannot_be_asked} == {
        "Full": NotAsked.FULL,
        "Promised": NotAsked.PROMISED,
        "Nobody new": NotAsked.NOBODY_NEW,
        "Away": NotAsked.AWAY,
        "Unconfirmed": NotAsked.UNCONFIRMED,
        "Silent": NotAsked.NOTHING_OFFERED,
    }
    assert (found.mentors, found.places) == (1, 1)
    assert cast["Full"] not in {each.person for each in of(where, cast["Full"]).cannot_be_asked}


def test_topics_are_weighed_by_free_places_and_the_shortest_comes_first() -> None:
    where = cohort()
    boards, crises = people.topic("Boards"), people.topic("Crises")
    for topics in ([boards], [boards], [boards, crises]):
        enrolment(where, people.mentee(topics=topics))
    mentors(where, 1, topics=[boards], capacity=2)
    mentors(where, 1, topics=[crises], capacity=3)
    found = of(where)
    assert [(each.topic, each.wanted, each.mentors, each.places, each.short) for each in found.topics] == [
        (boards, 3, 1, 2, 1),
        (crises, 1, 1, 3, 0),
    ]
    assert (found.mentees, found.places, found.too_few_places) == (3, 5, 0)


def test_profiles_that_lack_something_are_named_with_their_parts() -> None:
    where = cohort()
    mentee = people.mentee("Mia")
    enrolment(where, mentee)
    (mentor,) = mentors(where, 1)
    assert of(where).incomplete == []
    Aim.objects.filter(mentee__person=mentee).delete()
    mentor.mentor_profile.expertise.all().delete()
    mentor.profile.languages = []
    mentor.profile.save()
    assert [(each.person, each.role, each.missing) for each in of(where).incomplete] == [
        (mentee, Role.MENTEE, ["intake"]),
        (mentor, Role.MENTOR, ["times", "offer"]),
    ]
    assert MenteeProfile.objects.filter(person=mentee).exists()
    assert [each.person for each in of(where, mentor).incomplete] == [mentee]


def test_an_empty_cohort_lacks_everybody_and_nothing_fails() -> None:
    found = of(cohort())
    assert (found.mentees, found.mentors, found.places, found.nobody_fits, found.topics) == (0, 0, 0, None, [])


def test_too_many_mentees_are_left_to_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "MOST_LOOKED_AT", 1)
    where = cohort()
    mentors(where, 5)
    enrolment(where)
    assert of(where).nobody_fits == []
    enrolment(where)
    found = of(where)
    assert (found.nobody_fits, found.few_mentors) == (None, False)
