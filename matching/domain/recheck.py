"""Independence after the fact: what is re-checked when affiliations change, and every day.

A change of job or ownership is never blocked. Open pairings that no longer hold alert the coordinators; requests
that can no longer be accepted lapse.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, Organisation, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from common.dates import day_of
from common.subjects import Subject
from matching.domain.alerts import alert, settle_automatically
from matching.domain.cards import CardBuilder, rules_of, waived_pairs
from matching.domain.independence import PASSES_FOR_PENDING_REQUEST
from matching.domain.requests import ask_next_mentor, lapse
from matching.engine import Kind, public_keys, violations
from matching.models import Pairing, Request
from matching.models.alerts import AlertKind


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
        settle_automatically(kind=AlertKind.ORGANISATION_NEW, subject_id=organisation.pk, now=now)


def _recheck_pairings(cohort: Cohort, pairings: Iterable[Pairing], now: datetime) -> None:
    """Alert where independence no longer holds, settle where it holds again. Private lists alert nobody."""
    for pairing, keys in _broken(cohort, pairings, now, kinds={Kind.INDEPENDENCE}):
        if keys:
            facts = {"rules": list(keys)}
            alert(cohort=cohort, kind=AlertKind.INDEPENDENCE, subject=pairing, facts=facts, now=now)
        else:
            settle_automatically(kind=AlertKind.INDEPENDENCE, subject_id=pairing.pk, now=now)


def _impossible(cohort: Cohort, requests: Iterable[Request], now: datetime) -> list[UUID]:
    """The waiting requests that can no longer be accepted."""
    return [request.pk for request, keys in _broken(cohort, requests, now, kinds=set(Kind)) if keys]


def _lapse(impossible: Collection[UUID], now: datetime) -> None:
    """Those of all cohorts at once, in the order of the locks; the next mentors are asked after the commit."""
    if impossible:
        for enrolment_id in lapse(request_ids=impossible, now=now):
            transaction.on_commit(partial(ask_next_mentor, enrolment_id=enrolment_id, now=now), robust=True)


def _broken(
    cohort: Cohort, records: Iterable[Request | Pairing], now: datetime, *, kinds: Collection[Kind]
) -> list[tuple[Request | Pairing, tuple[str, ...]]]:
    """Each record with the public names of the rules of these kinds that exclude its pair now. Bounded queries."""
    rows = list(records)
    ids = {pk for row in rows for pk in (row.mentee_enrolment_id, row.mentor_enrolment_id)}
    enrolments = Enrolment.objects.select_related("person").in_bulk(ids)
    builder = CardBuilder(cohort, {person for row in rows for person in (row.mentee_id, row.mentor_id)}, now=now)
    mentees = builder.mentees([enrolments[row.mentee_enrolment_id] for row in rows])
    mentors = builder.mentors([enrolments[row.mentor_enrolment_id] for row in rows])
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
                if rule.key not in PASSES_FOR_PENDING_REQUEST
            ),
        )
        for row in rows
    ]


def _watch_new_employers(person: User | None, now: datetime) -> None:
    """Tell the coordinators of those who work for an organisation whose name nobody has confirmed yet."""
    new = Affiliation.objects.current(day_of(now)).filter(
        kind=AffiliationKind.EMPLOYER, organisation__confirmed_at__isnull=True, organisation__isnull=False
    )
    if person is not None:
        new = new.filter(person=person)
    employers: dict[UUID, set[UUID]] = defaultdict(set)
    for employee, employer in new.values_list("person_id", "organisation_id"):
        employers[employee].add(employer)
    enrolled = Enrolment.objects.filter(person__in=employers).exclude(state=EnrolmentState.WITHDRAWN)
    for enrolment in enrolled.select_related("cohort"):
        for employer in employers[enrolment.person_id]:
            subject = Subject("organisation", employer)
            alert(cohort=enrolment.cohort, kind=AlertKind.ORGANISATION_NEW, subject=subject, now=now)
