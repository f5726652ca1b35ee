"""Independence after the fact: what is re-checked when ties change and every day, and what coordinators allow.

A change of job or ownership is never blocked. Open pairings that no longer hold alert the coordinators; requests
that can no longer be accepted lapse.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, Organisation, User
from cohorts.models import Cohort, Enrolment
from cohorts.permissions import coordinates
from cohorts.states import EnrolmentState
from common.dates import day_of
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from matching.domain.alerts import alert, settle, settle_by_itself
from matching.domain.cards import Dealer, rules_of, waived_pairs
from matching.domain.requests import lapse, next_wish
from matching.engine import Kind, public_keys, violations
from matching.models import Pairing, Request, Waiver
from matching.models.alerts import AlertKind

__all__ = ["alert", "recheck", "settle", "waive"]

# A mentee who has typed a new employer's name keeps what is asked already until a coordinator has looked at it.
PASSING = frozenset({"asked_already", "mentee_unconfirmed"})


@atomically
def waive(*, cohort: Cohort, mentee: User, mentor: User, user: User, why: str, until: date, now: datetime) -> Waiver:
    """A coordinator lets one pair through despite a tie, until the end of that day.

    Raises `NotPermitted` for anybody else and for one's own pair, `Refused` for a day that is over, no reason, or
    oneself.
    """
    if user.pk in (mentee.pk, mentor.pk) or not coordinates(user, cohort):
        raise NotPermitted
    if mentee.pk == mentor.pk:
        raise Refused(_("Nobody can be their own mentor; this cannot be waived."), field="mentor")
    if until < day_of(now):
        raise Refused(_("Choose a day that is not over."), field="until", code="past")
    if not why.strip():
        raise Refused(_("Say why."), field="why")
    waiver: Waiver = Waiver.objects.create(
        cohort=cohort, mentee=mentee, mentor=mentor, by=user, why=why.strip(), until=until, given_at=now
    )
    Event.record(verb="waive", subject=waiver, actor=Actor.COORDINATOR, now=now, person=user, cohort_id=cohort.pk)
    for pairing in Pairing.objects.open().filter(cohort=cohort, mentee=mentee, mentor=mentor):
        settle_by_itself(kind=AlertKind.INDEPENDENCE, subject_id=pairing.pk, now=now)
    return waiver


def recheck(*, now: datetime, person: User | None = None, organisation: Organisation | None = None) -> None:
    """Look again at open pairings and waiting requests: a person's own, or all of them.

    One organisation's owners or competitors may touch anybody in its family, so a change there looks at all.
    """
    involved = Q(mentee=person) | Q(mentor=person) if person else Q()
    pairings = Pairing.objects.open().filter(involved)
    requests = Request.objects.pending().filter(involved)
    cohorts = {*pairings.values_list("cohort", flat=True), *requests.values_list("cohort", flat=True)}
    impossible: list[UUID] = []
    for cohort in Cohort.objects.filter(pk__in=cohorts).order_by("pk"):
        _recheck_pairings(cohort, pairings.filter(cohort=cohort), now)
        impossible += _impossible(cohort, requests.filter(cohort=cohort), now)
    _lapse(impossible, now)
    _watch_new_employers(person, now)
    if organisation is not None and organisation.confirmed_at is not None:
        settle_by_itself(kind=AlertKind.ORGANISATION_NEW, subject_id=organisation.pk, now=now)


def _recheck_pairings(cohort: Cohort, pairings: Iterable[Pairing], now: datetime) -> None:
    """Alert where independence no longer holds, settle where it holds again. Private lists alert nobody."""
    for pairing, keys in _broken(cohort, pairings, now, kinds={Kind.INDEPENDENCE}):
        if keys:
            detail = ", ".join(keys)
            alert(cohort=cohort, kind=AlertKind.INDEPENDENCE, subject_id=pairing.pk, detail=detail, now=now)
        else:
            settle_by_itself(kind=AlertKind.INDEPENDENCE, subject_id=pairing.pk, now=now)


def _impossible(cohort: Cohort, requests: Iterable[Request], now: datetime) -> list[UUID]:
    """The waiting requests that can no longer be accepted."""
    return [request.pk for request, keys in _broken(cohort, requests, now, kinds=set(Kind)) if keys]


def _lapse(impossible: Collection[UUID], now: datetime) -> None:
    """Those of all cohorts at once, so that the order of the locks is kept; next wishes are asked after the commit."""
    if impossible:
        for enrolment_id in lapse(request_ids=impossible, now=now):
            transaction.on_commit(partial(next_wish, enrolment_id=enrolment_id, now=now), robust=True)


def _broken(
    cohort: Cohort, records: Iterable[Request | Pairing], now: datetime, *, kinds: Collection[Kind]
) -> list[tuple[Request | Pairing, tuple[str, ...]]]:
    """Each record with the public names of the rules of these kinds that exclude its pair now. Bounded queries."""
    rows = list(records)
    ids = {pk for row in rows for pk in (row.mentee_enrolment_id, row.mentor_enrolment_id)}
    enrolments = Enrolment.objects.select_related("person").in_bulk(ids)
    dealer = Dealer(cohort, {person for row in rows for person in (row.mentee_id, row.mentor_id)}, now=now)
    mentees = dealer.mentees([enrolments[row.mentee_enrolment_id] for row in rows])
    mentors = dealer.mentors([enrolments[row.mentor_enrolment_id] for row in rows])
    rules, waived = rules_of(cohort), waived_pairs(cohort, day_of(now))
    return [
        (
            row,
            public_keys(
                rule
                for rule in violations(
                    mentees[row.mentee_id],
                    mentors[row.mentor_id],
                    rules,
                    waived=(row.mentee_id, row.mentor_id) in waived,
                    kinds=kinds,
                )
                if rule.key not in PASSING
            ),
        )
        for row in rows
    ]


def _watch_new_employers(person: User | None, now: datetime) -> None:
    """Tell the coordinators of those who work for an organisation whose name nobody has confirmed yet."""
    today = day_of(now)
    new = Affiliation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=today),
        kind=AffiliationKind.EMPLOYER,
        starts_on__lte=today,
        organisation__confirmed_at__isnull=True,
        organisation__isnull=False,
    )
    if person is not None:
        new = new.filter(person=person)
    employers: dict[UUID, set[UUID]] = defaultdict(set)
    for employee, employer in new.values_list("person_id", "organisation_id"):
        employers[employee].add(employer)
    enrolled = Enrolment.objects.filter(person__in=employers).exclude(state=EnrolmentState.WITHDRAWN)
    for enrolment in enrolled.select_related("cohort"):
        for employer in employers[enrolment.person_id]:
            alert(cohort=enrolment.cohort, kind=AlertKind.ORGANISATION_NEW, subject_id=employer, now=now)
