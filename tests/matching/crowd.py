"""Many open pairings at once, and an import of many organisations: for counting queries, in tests and benchmarks."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

from django.db.models import Model

from accounts.choices import AffiliationKind, Industry
from accounts.domain.affiliations import save_affiliation
from accounts.domain.ownership import save_ownership
from accounts.models import Affiliation, MentorProfile, Organisation, Ownership, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.models import ContentKey
from matching.models import Pairing, Request
from matching.states import PairingState, RequestState
from tests.people import LONG_AGO

_number = count(1)


def organisations(many: int, now: datetime) -> list[Organisation]:
    """So many confirmed organisations."""
    return written(
        Organisation(
            name=f"Organisation of many {next(_number)}", industry=Industry.ENERGY, country="GB", confirmed_at=now
        )
        for _ in range(many)
    )


def open_pairings(of: Cohort, many: int, now: datetime) -> list[Pairing]:
    """So many pairings of people who each work for an organisation of their own: rows, written in bulk."""
    mentees, mentors = (enrolments(of, role, many, now) for role in (Role.MENTEE, Role.MENTOR))
    sides = sides_of(of, mentees, mentors)
    asked = written(
        Request(**side, state=RequestState.ACCEPTED, asked_at=now, deadline=now, answered_at=now) for side in sides
    )
    return written(
        Pairing(**side, request=request, state=PairingState.INTRODUCED, introduced_at=now, planned_end=of.ends_on)
        for side, request in zip(sides, asked, strict=True)
    )


def sides_of(of: Cohort, mentees: Iterable[Enrolment], mentors: Iterable[Enrolment]) -> list[dict[str, Any]]:
    """What a request and a pairing of each two share; the words of all of them are under one key."""
    key = ContentKey.make()
    return [
        {
            "cohort": of,
            "mentee_enrolment": mentee,
            "mentor_enrolment": mentor,
            "mentee": mentee.person,
            "mentor": mentor.person,
            "key": key,
        }
        for mentee, mentor in zip(mentees, mentors, strict=True)
    ]


def enrolments(of: Cohort, role: str, many: int, now: datetime) -> list[Enrolment]:
    """So many people who take part, each with an employer of their own."""
    people = written(
        User(email=f"{role}{next(_number)}@many.example", name="Somebody", password="!") for _ in range(many)
    )
    written(
        Affiliation(person=person, organisation=employer, kind=AffiliationKind.EMPLOYER, starts_on=LONG_AGO)
        for person, employer in zip(people, organisations(many, now), strict=True)
    )
    if role == Role.MENTOR:
        written(MentorProfile(person=person, capacity=1, about="Glad to think along.") for person in people)
    return written(Enrolment(cohort=of, person=person, role=role, state=EnrolmentState.APPROVED) for person in people)


def written(rows: Any) -> Any:
    """These rows, written in one statement."""
    made: list[Model] = list(rows)
    return type(made[0])._default_manager.bulk_create(made)


def employers(pairings: list[Pairing], role: str) -> list[Organisation]:
    """Where the mentees, or the mentors, of these pairings work."""
    people = [getattr(pairing, f"{role}_id") for pairing in pairings]
    ties = Affiliation.objects.filter(person__in=people).select_related("organisation")
    works = {tie.person_id: tie.organisation for tie in ties}
    return [works[person] for person in people]


def own_all(children: list[Organisation], parent: Organisation) -> None:
    """Put these organisations under one parent: rows, written in bulk, and nobody is told."""
    written(Ownership(child=child, parent=parent, starts_on=LONG_AGO) for child in children)


def bring_in(many: int, people: list[User], now: datetime) -> None:
    """What an import does: so many organisations, all owned by one more, and a board seat in each for somebody."""
    made = organisations(many + 1, now)
    for place, organisation in enumerate(made[1:]):
        save_ownership(child=organisation, parent=made[0], starts_on=LONG_AGO, user=None, now=now)
        save_affiliation(
            person=people[place % len(people)],
            organisation=organisation,
            kind=AffiliationKind.BOARD,
            starts_on=LONG_AGO,
            now=now,
        )
