"""How a cohort comes along, for whoever looks after it: from dates and states alone, never from what was said.

Everything here is counted over what the coordinator may list: without requests and pairings that they are party to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

from django.db.models import Count, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from accounts.models import Invitation, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.dates import day_of
from engagements.models import CheckIn, Meeting
from engagements.states import ASKING, CheckInState
from matching.models import Pairing, Request, Waiver
from matching.states import PairingState, RequestState

FEWEST = 5  # of whom a median or a share is told
NOT_BEGUN = timedelta(days=21)  # after which an introduction should have become a pairing
GRACE = timedelta(days=7)  # to answer a check-in, before a pair counts as quiet
SOON = timedelta(days=30)  # in which a waiver ends


class Health(StrEnum):
    """How a pair comes along, the worst first."""

    SILENT = "silent"
    NOT_BEGUN = "not_begun"
    QUIET = "quiet"
    RESTS = "rests"
    BEGINS = "begins"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Pair:
    """An open pairing, how it comes along, and the day it was last heard of."""

    pairing: Pairing
    health: Health
    heard_on: date


@dataclass(frozen=True, slots=True)
class Pace:
    """How many days a step took half of those who took it; None for fewer than five."""

    step: str
    number: int
    days: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """How many were asked and how many answered; `percent` is None for fewer than five."""

    of: str
    asked: int
    answered: int

    @property
    def percent(self) -> int | None:
        """The share that answered."""
        return round(100 * self.answered / self.asked) if self.asked >= FEWEST else None


def funnel(cohort: Cohort, user: User) -> dict[str, int]:
    """How many mentees have come how far, from the invitation to the end."""
    pairings = Pairing.objects.as_coordinator(user).filter(cohort=cohort)
    mentees = Count("mentee", distinct=True)
    begun = Count("mentee", distinct=True, filter=Q(activated_at__isnull=False))
    completed = Count("mentee", distinct=True, filter=Q(state=PairingState.COMPLETED))
    paired = pairings.order_by().aggregate(introduced=mentees, began=begun, completed=completed)
    asked = Request.objects.as_coordinator(user).filter(cohort=cohort)
    taking_part = Enrolment.objects.approved().filter(cohort=cohort, role=Role.MENTEE)
    return {
        "invited": _invitations(cohort).filter(offers__role=Role.MENTEE).count(),
        "taking_part": taking_part.count(),
        "asked": asked.order_by().aggregate(number=mentees)["number"],
        **paired,
    }


def _invitations(cohort: Cohort) -> QuerySet[Invitation]:
    return Invitation.objects.filter(offers__cohort=cohort, offers__role__in=Role.values).distinct()


def paces(cohort: Cohort, user: User) -> list[Pace]:
    """How long the steps took of those who took them."""
    requests = Request.objects.as_coordinator(user).filter(cohort=cohort)
    answered = requests.filter(state__in=(RequestState.ACCEPTED, RequestState.DECLINED), answered_at__isnull=False)
    pairings = Pairing.objects.as_coordinator(user).filter(cohort=cohort, activated_at__isnull=False)
    steps = {
        "joining": _invitations(cohort).filter(completed_at__isnull=False).values_list("created_at", "completed_at"),
        "answering": answered.values_list("asked_at", "answered_at"),
        "beginning": pairings.values_list("introduced_at", "activated_at"),
        "completing": pairings.filter(state=PairingState.COMPLETED).values_list("activated_at", "ended_at"),
    }
    return [_pace(step, rows.order_by()) for step, rows in steps.items()]


def _pace(step: str, rows: Iterable[tuple[datetime, datetime]]) -> Pace:
    days = [(until - since) / timedelta(days=1) for since, until in rows]
    return Pace(step, len(days), round(median(days), 1) if len(days) >= FEWEST else None)


def rates(cohort: Cohort, user: User) -> list[Rate]:
    """Who answers: mentors their requests, and both their check-ins. What waits does not count yet."""
    over = (RequestState.ACCEPTED, RequestState.DECLINED, RequestState.EXPIRED)
    requests = Request.objects.as_coordinator(user).filter(cohort=cohort, state__in=over).order_by()
    answered = Count("pk", filter=~Q(state=RequestState.EXPIRED))
    asked = requests.aggregate(asked=Count("pk"), answered=answered)
    return [Rate("requests", **asked), *_of_check_ins(cohort, user)]


def _of_check_ins(cohort: Cohort, user: User) -> list[Rate]:
    pairings = Pairing.objects.as_coordinator(user).filter(cohort=cohort)
    over = CheckIn.objects.filter(
        pairing__in=pairings.order_by().values("pk"), state__in=(CheckInState.ANSWERED, CheckInState.MISSED)
    )
    counted = over.order_by().aggregate(
        **{f"{role}_asked": Count("pk", filter=Q(side=role)) for role in Role.values},
        **{f"{role}_answered": Count("pk", filter=Q(side=role, state=CheckInState.ANSWERED)) for role in Role.values},
    )
    return [Rate(role, counted[f"{role}_asked"], counted[f"{role}_answered"]) for role in Role.values]


def pairs(cohort: Cohort, user: User, now: datetime) -> list[Pair]:
    """Every open pairing: silent ones first, those heard of longest ago before all others."""
    answers = CheckIn.objects.filter(pairing=OuterRef("pk"), answered_at__isnull=False).order_by().values("pairing")
    held = Meeting.objects.held().filter(pairing=OuterRef("pk")).order_by().values("pairing")
    held_on = Coalesce("held_on", TruncDate("starts_at"), output_field=DateField())
    rows = (
        Pairing.objects.as_coordinator(user)
        .open()
        .filter(cohort=cohort)
        .select_related("mentee", "mentor")
        .annotate(
            answered_at=Subquery(answers.annotate(last=Max("answered_at")).values("last")),
            met_on=Subquery(held.annotate(last=Max(held_on)).values("last")),
        )
    )
    found = [_pair(row, cohort, day_of(now)) for row in rows]
    order = list(Health)
    return sorted(found, key=lambda each: (order.index(each.health), each.heard_on, str(each.pairing.pk)))


def _pair(pairing: Pairing, cohort: Cohort, today: date) -> Pair:
    days = [day_of(at) for at in (pairing.introduced_at, pairing.activated_at, pairing.answered_at) if at]  # type: ignore[attr-defined]  # see `pairs`
    heard_on = max([*days, *([pairing.met_on] if pairing.met_on else [])])  # type: ignore[attr-defined]  # likewise
    return Pair(pairing, _health(pairing, today - heard_on, today, timedelta(weeks=cohort.check_in_weeks)), heard_on)


def _health(pairing: Pairing, silence: timedelta, today: date, round_takes: timedelta) -> Health:
    if pairing.state == PairingState.INTRODUCED:
        return Health.NOT_BEGUN if today - day_of(pairing.introduced_at) > NOT_BEGUN else Health.BEGINS
    if pairing.state not in ASKING:
        return Health.RESTS
    if silence > 2 * round_takes + GRACE:
        return Health.SILENT
    return Health.QUIET if silence > round_takes + GRACE else Health.WELL


def looking(cohort: Cohort, user: User) -> QuerySet[Enrolment]:
    """Mentees for whom nothing is on its way: no mentor, nobody asked. Those who were let down come first."""
    mentees = Enrolment.objects.as_coordinator(user).approved().filter(cohort=cohort, role=Role.MENTEE)
    paired = Pairing.objects.filter(cohort=cohort).exclude(state=PairingState.ENDED_EARLY).values("mentee_enrolment")
    waiting = Request.objects.pending().filter(cohort=cohort).values("mentee_enrolment")
    free = mentees.exclude(person=user).exclude(pk__in=paired).exclude(pk__in=waiting)
    rows: QuerySet[Enrolment] = free.filter(person__is_active=True)
    return rows.select_related("person").order_by(F("priority_since").asc(nulls_last=True), "person__name", "pk")


def asked(cohort: Cohort, user: User) -> QuerySet[Request]:
    """Requests that wait for an answer, those whose time is over soonest first."""
    rows: QuerySet[Request] = Request.objects.as_coordinator(user).pending().filter(cohort=cohort)
    return rows.select_related("mentee", "mentor").order_by("deadline", "pk")


def waivers_ending(cohort: Cohort, user: User, now: datetime) -> QuerySet[Waiver]:
    """Waivers that end within a month, while the two are paired and no longer one was given."""
    today = day_of(now)
    pair = {"cohort": cohort, "mentee": OuterRef("mentee"), "mentor": OuterRef("mentor")}
    open_ones = Pairing.objects.open().filter(**pair)
    longer = Waiver.objects.filter(**pair, until__gt=OuterRef("until"))
    rows: QuerySet[Waiver] = Waiver.objects.as_coordinator(user).in_force(today).filter(cohort=cohort)
    ending = rows.filter(until__lte=today + SOON)
    return ending.filter(Exists(open_ones), ~Exists(longer)).select_related("mentee", "mentor").order_by("until", "pk")
