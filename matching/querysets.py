"""Who may see what: `visible_to(user)` on every model of this app; whoever is not let in meets a missing page.

`as_participant` is what is one's own, `as_coordinator` what one looks after; visible is either. The administration
uses `as_coordinator` alone, which leaves out whatever the coordinator is party to.
"""

from datetime import UTC, date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models.users import User
from common.clock import now
from matching.states import OPEN_PAIRING_STATES, EnrolmentState, RequestState, Role
from matching.ties import hidden_from


def coordinated(user: User, field: str = "cohort") -> Q:
    """The condition that `field` is a cohort which `user` coordinates; a superuser looks after all of them."""
    return Q() if user.is_superuser else Q(**{f"{field}__coordinators": user})


class _Scoped(models.QuerySet[Any]):
    """Reads for a person."""

    def as_participant(self, user: User) -> Self:
        """Those that are this person's own."""
        raise NotImplementedError

    def as_coordinator(self, user: User) -> Self:
        """Those in cohorts this person looks after, without the ones they are party to."""
        raise NotImplementedError

    def visible_to(self, user: User) -> Self:
        """Those this person may know of at all."""
        rows = self.model.objects
        return self.filter(
            Q(pk__in=rows.as_participant(user).values("pk")) | Q(pk__in=rows.as_coordinator(user).values("pk"))
        )


class CohortQuerySet(_Scoped):
    """Cohorts."""

    def as_participant(self, user: User) -> Self:
        from matching.models import Enrolment

        enrolled = Enrolment.objects.filter(cohort=OuterRef("pk"), person=user)
        return self.filter(Exists(enrolled.exclude(state=EnrolmentState.WITHDRAWN)))

    def as_coordinator(self, user: User) -> Self:
        return self if user.is_superuser else self.filter(coordinators=user)


class EnrolmentQuerySet(_Scoped):
    """Enrolments. Mentees are never listed to anybody but their coordinators."""

    def approved(self) -> Self:
        """Those that take part."""
        return self.filter(state=EnrolmentState.APPROVED)

    def as_participant(self, user: User) -> Self:
        """Their own, and the mentors they may meet."""
        return self.filter(Q(person=user) | Q(pk__in=self.model.objects.mentors_for(user).values("pk")))

    def mentors_for(self, user: User, *, on: date | None = None) -> Self:
        """Approved mentors of the cohorts in which `user` is an approved mentee, without those who are absent for them.

        `on` (default: today) is the day on which organisations named on private lists are looked up.
        """
        mine = self.model.objects.approved().filter(person=user, role=Role.MENTEE)
        return (
            self.approved()
            .filter(role=Role.MENTOR, person__is_active=True, cohort__in=mine.values("cohort"))
            .exclude(person=user)
            .exclude(person__in=hidden_from(user, on=on or now().astimezone(UTC).date()))
        )

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user))


class _OfTwo(_Scoped):
    """Records of a mentee and a mentor in a cohort."""

    def as_participant(self, user: User) -> Self:
        return self.filter(Q(mentee=user) | Q(mentor=user))

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(mentee=user).exclude(mentor=user)


class RequestQuerySet(_OfTwo):
    """Requests."""

    def pending(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state=RequestState.PENDING)


class PairingQuerySet(_OfTwo):
    """Pairings."""

    def open(self) -> Self:
        """Those that count: for capacity, and as a mentee's one pairing in a cohort."""
        return self.filter(state__in=OPEN_PAIRING_STATES)


class WaiverQuerySet(_OfTwo):
    """Waivers are between coordinators; the pair does not see them."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def standing(self, on: date) -> Self:
        """Those that hold on that day (their last day included)."""
        return self.filter(until__gte=on)


class MatchRunQuerySet(_Scoped):
    """Runs are for coordinators."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user))


class ProposalQuerySet(_OfTwo):
    """Proposals are for coordinators until they are published; the pair does not see them."""

    def as_participant(self, user: User) -> Self:
        return self.none()


class UnmatchedQuerySet(_Scoped):
    """Who stays unmatched is for coordinators, without themselves."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(mentee=user)


class AlertQuerySet(_Scoped):
    """Alerts are for coordinators, without those about a request or pairing of their own."""

    def open(self) -> Self:
        """Those not settled yet."""
        return self.filter(settled_at__isnull=True)

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(subject_id__in=_party_to(user))


def _party_to(user: User) -> list[UUID]:
    """Ids of pairings and requests this person is one of the two in, and of their enrolments."""
    from matching.models import Enrolment, Pairing, Request

    pairings = Pairing.objects.as_participant(user).values_list("pk", flat=True)
    requests = Request.objects.as_participant(user).values_list("pk", flat=True)
    return [*pairings, *requests, *Enrolment.objects.filter(person=user).values_list("pk", flat=True)]
