"""Cohorts, enrolments, requests and pairings for tests: the rows themselves, without the verbs that lead to them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.models import ContentKey
from engagements.models import Agreement, Signature
from matching.domain.independence import card_of
from matching.domain.pools import pool_and_relations
from matching.engine import MenteeCard, Pool
from matching.models import Pairing, Request
from matching.states import PairingState, RequestState
from tests import people

NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)  # a Tuesday
_number = count(1)


def cohort(name: str | None = None, *, coordinators: tuple[User, ...] = (), **fields: Any) -> Cohort:
    """A cohort that runs from January to December 2026."""
    words: dict[str, Any] = {
        "starts_on": date(2026, 1, 12),
        "ends_on": date(2026, 12, 11),
        "concern_name": "Ingrid Solberg",
        "concern_email": "concern@programme.example",
    }
    made = Cohort.objects.create(name=name or f"Cohort {next(_number)}", **{**words, **fields})
    made.coordinators.set(coordinators)
    return made


def enrolment(
    of: Cohort | None = None,
    person: User | None = None,
    role: str = Role.MENTEE,
    *,
    state: str = EnrolmentState.APPROVED,
    **fields: Any,
) -> Enrolment:
    """An approved enrolment of a new mentee, unless told otherwise."""
    made = {Role.MENTEE: people.mentee, Role.MENTOR: people.mentor}
    who = person or made[Role(role)]()
    return Enrolment.objects.create(cohort=of or cohort(), person=who, role=role, state=state, **fields)


def couple(
    of: Cohort | None = None, mentee: User | None = None, mentor: User | None = None
) -> tuple[Enrolment, Enrolment]:
    """A mentee's and a mentor's enrolment in one cohort, independent of each other."""
    where = of or cohort()
    return enrolment(where, mentee, Role.MENTEE), enrolment(where, mentor, Role.MENTOR)


def request(
    mentee: Enrolment | None = None,
    mentor: Enrolment | None = None,
    *,
    state: str = RequestState.PENDING,
    at: datetime = NOW,
    note: str = "",
    **fields: Any,
) -> Request:
    """A request asked at `at`, to be answered within a week."""
    mentee = mentee or enrolment(mentor.cohort if mentor else None)
    mentor = mentor or enrolment(mentee.cohort, role=Role.MENTOR)
    words: dict[str, Any] = {
        "cohort": mentee.cohort,
        "mentee_enrolment": mentee,
        "mentor_enrolment": mentor,
        "mentee": mentee.person,
        "mentor": mentor.person,
        "state": state,
        "asked_at": at,
        "deadline": at + timedelta(days=7),
        "answered_at": None if state == RequestState.PENDING else at,
        "key": ContentKey.make(),
    }
    made = Request(**{**words, **fields})
    made.write("note", note)
    made.save()
    return made


def pairing(
    mentee: Enrolment | None = None,
    mentor: Enrolment | None = None,
    *,
    state: str = PairingState.INTRODUCED,
    at: datetime = NOW,
    **fields: Any,
) -> Pairing:
    """A pairing introduced at `at`, with the accepted request it came from."""
    asked = request(mentee, mentor, state=RequestState.ACCEPTED, at=at)
    running = state != PairingState.INTRODUCED
    over = state in (PairingState.COMPLETED, PairingState.ENDED_EARLY)
    words: dict[str, Any] = {
        "state": state,
        "introduced_at": at,
        "activated_at": at if running else None,
        "closing_since": at if state == PairingState.CLOSING else None,
        "ended_at": at if over else None,
        "planned_end": asked.cohort.ends_on,
    }
    return Pairing.objects.create(
        request=asked,
        cohort=asked.cohort,
        mentee_enrolment=asked.mentee_enrolment,
        mentor_enrolment=asked.mentor_enrolment,
        mentee=asked.mentee,
        mentor=asked.mentor,
        key=asked.key,
        **{**words, **fields},
    )


def signed(made: Pairing, at: datetime = NOW) -> Agreement:
    """An agreement that both have signed."""
    agreement = Agreement.objects.create(
        pairing=made,
        version=1,
        check_in_every=4,
        planned_end=made.planned_end,
        written_by=made.mentee,
        written_at=at,
    )
    for side in Role.values:
        Signature.objects.create(agreement=agreement, side=side, signed_at=at)
    return agreement


def pool_for(mentee: Enrolment, *, now: datetime = NOW) -> tuple[Pool, MenteeCard]:
    """The mentors of a mentee's cohort, and the mentee's card, as the pages of finding look at them."""
    pool, relations = pool_and_relations(mentee.cohort, now=now)
    return pool, card_of(mentee, now=now, relations=relations)
