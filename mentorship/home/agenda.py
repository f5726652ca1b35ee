"""What a person has to do and to wait for, across their roles and pairings, in a fixed number of queries."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.calendars import today_of
from accounts.choices import AffiliationKind
from accounts.domain.profiles import missing_parts
from accounts.models import Affiliation, MentorProfile, User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.prepared import prepared
from engagements.domain.pairing_status import PairingStatus, open_pairings_of, statuses
from matching.models import Pairing, Request
from matching.states import PairingState, RequestState


@dataclass(frozen=True, slots=True)
class Agenda:
    """Open pairings; requests to answer and to wait for; enrolments in cohorts that go on; whether the profile lacks
    something; whether the employer of a mentee who searches is still to be confirmed; whether a mentor whom nobody
    asks takes nobody new.
    """

    statuses: list[PairingStatus]
    to_answer: list[Request]
    waiting: list[Request]
    enrolments: list[Enrolment]
    profile_lacks: bool
    employer_unconfirmed: bool
    nobody_new: bool

    @property
    def pending(self) -> list[Enrolment]:
        """Enrolments that wait for a coordinator."""
        return [enrolment for enrolment in self.enrolments if enrolment.state == EnrolmentState.PENDING]

    @property
    def asked_by_nobody(self) -> bool:
        """Whether this is an approved mentor to whom nothing is happening."""
        mentors = (row for row in self.enrolments if row.role == Role.MENTOR and row.state == EnrolmentState.APPROVED)
        return any(mentors) and not (self.statuses or self.to_answer)

    @property
    def searching(self) -> list[Enrolment]:
        """A mentee's enrolments without an open pairing or a request under way."""
        taken = {status.pairing.mentee_enrolment_id for status in self.statuses}
        taken |= {request.mentee_enrolment_id for request in self.waiting}
        return [
            enrolment
            for enrolment in self.enrolments
            if enrolment.role == Role.MENTEE
            and enrolment.state == EnrolmentState.APPROVED
            and enrolment.pk not in taken
        ]


def agenda(*, user: User, now: datetime) -> Agenda:
    """Everything `user` has to do or to wait for."""
    today, requests = today_of(user, now), _requests(user=user.pk)
    enrolments = [row for row in _enrolments(person=user.pk) if row.cohort.ends_on >= today]
    found = Agenda(
        statuses=statuses(open_pairings_of(user=user.pk, today=today), user=user, now=now),
        to_answer=[request for request in requests if request.mentor_id == user.pk],
        waiting=[request for request in requests if request.mentee_id == user.pk],
        enrolments=enrolments,
        profile_lacks=_profile_lacks(user, enrolments, now),
        employer_unconfirmed=False,
        nobody_new=False,
    )
    # Asked only where a next step depends on it.
    return replace(
        found,
        employer_unconfirmed=bool(found.searching) and _employer_unconfirmed(user, now),
        nobody_new=found.asked_by_nobody and MentorProfile.objects.filter(person=user, nobody_new=True).exists(),
    )


@prepared
def _enrolments(*, person: UUID) -> QuerySet[Enrolment]:
    completed = Pairing.objects.filter(mentee_enrolment=OuterRef("pk"), state=PairingState.COMPLETED)
    rows = Enrolment.objects.filter(person=person).exclude(state=EnrolmentState.WITHDRAWN)
    found: QuerySet[Enrolment] = rows.select_related("cohort").annotate(has_completed=Exists(completed))
    return found


@prepared
def _requests(*, user: UUID) -> QuerySet[Request]:
    """Those that wait for an answer, the most pressing first."""
    pending = Request.objects.filter(Q(mentee=user) | Q(mentor=user), state=RequestState.PENDING)
    return pending.select_related("mentee", "mentor").order_by("deadline")


def _employer_unconfirmed(user: User, now: datetime) -> bool:
    """Whether somebody works for an organisation whose name no coordinator has confirmed yet: nobody can be asked."""
    today = Affiliation.objects.current(today_of(user, now)).counted()
    employers = today.filter(person=user, kind=AffiliationKind.EMPLOYER, organisation__isnull=False)
    return bool(employers.filter(organisation__confirmed_at__isnull=True).exists())


def _profile_lacks(user: User, enrolments: Collection[Enrolment], now: datetime) -> bool:
    """Whether something is missing that matching needs. Nobody without a role is asked for anything."""
    roles = {enrolment.role for enrolment in enrolments}
    return bool(roles) and bool(
        missing_parts(user=user, as_mentor=Role.MENTOR in roles, as_mentee=Role.MENTEE in roles, on=today_of(user, now))
    )
