"""What follows when people, organisations or enrolments change. Runs inside the transaction that changed them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.clock import now as programme_now
from common.models import HoldsContent
from matching.domain import damage, holding, planned_ends, stakes
from matching.domain.recheck import recheck
from matching.domain.requests import ask_next_mentor, lapse
from matching.models import Pairing, Request
from matching.models.requests import RequestQuerySet
from outbox.domain.post import post


def recheck_conflicts(sender: object, *, people: Collection[UUID], now: datetime, **_more: Any) -> None:
    """Independence is looked at again for those whom a transaction's changes may concern, once, before it commits."""
    recheck(people=people, now=now)


def tell_stakes(sender: object, *, person: User, now: datetime, **_more: Any) -> dict[UUID, str]:
    """Where the requests and pairings of somebody stand, for whoever wants to say what a change does to them."""
    return stakes.stakes_of(person, now)


def follow_calendar(sender: object, *, person: User, now: datetime, **_more: Any) -> None:
    """Deadlines follow a mentor's country, zone and days of leave."""
    holding.follow_calendar(mentor=person, now=now)


def tell_the_other_sides(sender: object, *, person: User, now: datetime, **_more: Any) -> None:
    """Those who are paired with somebody whose account has been closed are told."""
    for pairing in Pairing.objects.open().as_participant(person).select_related("mentee", "mentor").order_by("pk"):
        other = pairing.mentor if pairing.mentee_id == person.pk else pairing.mentee
        post(kind="partner_account_closed", subject=pairing, person=other, due_at=now, occasion=now.isoformat())


def foresee_closing(sender: object, *, person: User, now: datetime, **_more: Any) -> Iterable[str]:
    """What closing an account does to requests and pairings."""
    asked = Request.objects.pending().as_participant(person)
    pairings = Pairing.objects.open().as_participant(person)
    return [*stakes.requests_closing(asked, without=person), *stakes.pairings_left_alone(pairings, person)]


def foresee_erasing(sender: object, *, person: User, until: datetime, **_more: Any) -> Iterable[str]:
    """What erasing an account does to requests and pairings."""
    asked = Request.objects.pending().as_participant(person)
    pairings = Pairing.objects.open().as_participant(person)
    return [*stakes.requests_ending(asked, person), *stakes.pairings_ending(pairings, person, until)]


def foresee_withdrawal(sender: object, *, enrolment: Enrolment, now: datetime, **_more: Any) -> Iterable[str]:
    """What withdrawing an enrolment does to requests and pairings."""
    side = "mentee_enrolment" if enrolment.role == Role.MENTEE else "mentor_enrolment"
    pairings = Pairing.objects.open().filter(**{side: enrolment})
    return [*stakes.requests_closing(_pending_requests(enrolment)), *stakes.pairings_going_on(pairings)]


def foresee_end(sender: object, *, cohort: Cohort, ends_on: date, **_more: Any) -> Iterable[str]:
    """What another last day of a cohort does to pairings and requests."""
    return planned_ends.foresee_end(cohort=cohort, ends_on=ends_on)


def follow_end(sender: object, *, cohort: Cohort, before: date, now: datetime, **_more: Any) -> None:
    """Pairings that were planned until a cohort's last day, and have not begun, follow it."""
    planned_ends.follow_end(cohort=cohort, before=before, now=now)


def enrolments_to_lock(sender: object, *, enrolment: Enrolment, **_more: Any) -> Iterable[UUID]:
    """The mentees whose requests will lapse when `enrolment` is withdrawn."""
    return _pending_requests(enrolment).values_list("mentee_enrolment_id", flat=True)


def lapse_requests(sender: object, *, enrolment: Enrolment, now: datetime, **_more: Any) -> None:
    """The pending requests of a withdrawn enrolment lapse; the next mentors are asked once that is committed."""
    for enrolment_id in lapse(request_ids=_pending_requests(enrolment).values_list("pk", flat=True), now=now):
        transaction.on_commit(partial(ask_next_mentor, enrolment_id=enrolment_id, now=now), robust=True)


def tell_of_unreadable_words(sender: object, *, record: HoldsContent, **_more: Any) -> None:
    """Coordinators are told of words that cannot be read, once a pairing or a request without one."""
    pairing = record if isinstance(record, Pairing) else getattr(record, "pairing", None)
    if pairing is not None:
        damage.tell_of_words(about=pairing, now=programme_now())
    elif isinstance(record, Request):
        damage.tell_of_words(about=record.mentee_enrolment, now=programme_now())


def _pending_requests(enrolment: Enrolment) -> RequestQuerySet:
    """The requests that wait for an answer, made or received by this enrolment."""
    side = "mentee_enrolment" if enrolment.role == Role.MENTEE else "mentor_enrolment"
    found: RequestQuerySet = Request.objects.pending().filter(**{side: enrolment})
    return found
