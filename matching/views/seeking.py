"""Who is looking, and in which cohort."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest

from accounts.calendars import today_of
from accounts.signed_in import signed_in_user
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.clock import now
from common.prepared import prepared
from matching.domain.mentors import mentors_for
from matching.models import Pairing


@dataclass(frozen=True)
class Seeker:
    """A mentee's enrolment that the page is about, and this person's in cohorts that go on."""

    enrolment: Enrolment
    choices: list[Enrolment]

    @property
    def may_look(self) -> bool:
        """Whether mentors are shown: a coordinator has approved the place, and the cohort goes on."""
        return self.enrolment.state == EnrolmentState.APPROVED and not self.is_over

    @property
    def is_over(self) -> bool:
        """Whether the cohort's last day has passed, where this person is."""
        return not _goes_on(self.enrolment)


def seeker(request: HttpRequest) -> Seeker | None:
    """The enrolment of `?cohort=`, or the best guess: approved, still to be paired, in the cohort that began last.

    None for somebody who is nobody's mentee. Raises `Http404` for a cohort in which they are not.
    """
    found = list(_as_mentee(person=signed_in_user(request).pk))
    going_on = [enrolment for enrolment in found if _goes_on(enrolment)]
    wanted = request.GET.get("cohort")
    if wanted is not None:
        return Seeker(_in_cohort(found, wanted), going_on)
    return Seeker(max(found, key=_fitness), going_on) if found else None


@prepared
def _as_mentee(*, person: UUID) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(person=person, role=Role.MENTEE).exclude(state=EnrolmentState.WITHDRAWN)
    open_pairing = Pairing.objects.open().filter(mentee_enrolment=OuterRef("pk"))
    found: QuerySet[Enrolment] = rows.select_related("cohort", "person__profile").annotate(paired=Exists(open_pairing))
    return found


def _in_cohort(enrolments: list[Enrolment], wanted: str) -> Enrolment:
    for enrolment in enrolments:
        if str(enrolment.cohort_id) == wanted:
            return enrolment
    raise Http404


def _fitness(enrolment: Enrolment) -> tuple[bool, bool, bool, object]:
    cohort = enrolment.cohort
    approved = enrolment.state == EnrolmentState.APPROVED
    return (_goes_on(enrolment), approved, not enrolment.paired, cohort.starts_on)  # type: ignore[attr-defined]


def _goes_on(enrolment: Enrolment) -> bool:
    return enrolment.cohort.ends_on >= today_of(enrolment.person, now())


def mentor_and_seeker(request: HttpRequest, pk: UUID) -> tuple[Enrolment, Enrolment]:
    """A mentor's enrolment this person may meet, and their own in the same cohort. Raises `Http404`."""
    met = mentors_for(signed_in_user(request)).select_related("cohort", "person__profile", "person__mentor_profile")
    mentor: Enrolment | None = met.filter(pk=pk).first()
    if mentor is None:
        raise Http404
    own = Enrolment.objects.approved().filter(person=signed_in_user(request), role=Role.MENTEE, cohort=mentor.cohort)
    return mentor, own.select_related("cohort", "person__profile").get()
