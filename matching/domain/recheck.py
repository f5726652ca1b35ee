"""Independence after the fact: what is re-checked when affiliations change, and every day.

A change of job or ownership is never blocked. Open pairings that no longer hold alert the coordinators; requests
that can no longer be accepted lapse.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.choices import AffiliationKind
from accounts.domain.relations import OrganisationRelations, relations_on
from accounts.models import Affiliation, Organisation
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from common.dates import day_of
from common.queries import among
from common.subjects import Subject, subject_of
from matching.alert_sentences import Facts
from matching.domain.alerts import alert_all, settle_automatically
from matching.domain.cards import CardBuilder, rules_of, waived_pairs
from matching.domain.independence import PASSES_FOR_PENDING_REQUEST
from matching.domain.requests import ask_next_mentor, lapse
from matching.engine import Kind, public_keys, violations
from matching.models import Alert, Pairing, Request
from matching.models.alerts import AlertKind


def recheck(*, now: datetime, people: Collection[UUID] | None = None) -> None:
    """Look again at open pairings and waiting requests: those of these people, or all of them (None).

    The queries are as many for one pairing of a cohort as for all of them, but for what is found and told.
    """
    involved = Q() if people is None else Q(mentee__in=among(people)) | Q(mentor__in=among(people))
    pairings = Pairing.objects.open().filter(involved)
    requests = Request.objects.pending().filter(involved)
    cohorts = {*pairings.values_list("cohort", flat=True), *requests.values_list("cohort", flat=True)}
    relations = relations_on(day_of(now))
    broken: dict[Pairing, tuple[str, ...]] = {}
    impossible: list[UUID] = []
    for cohort in Cohort.objects.filter(pk__in=cohorts).order_by("pk"):
        open_here, waiting_here = list(pairings.filter(cohort=cohort)), list(requests.filter(cohort=cohort))
        judge = _Judge(cohort, [*open_here, *waiting_here], relations, now)
        broken |= {pairing: judge.broken(pairing, kinds={Kind.INDEPENDENCE}) for pairing in open_here}
        impossible += [asked.pk for asked in waiting_here if judge.broken(asked, kinds=set(Kind))]
    _tell_of_pairings(broken, now)
    _lapse(impossible, now)
    _tell_of_new_employers(people, now)
    _settle_known_employers(now)


class _Judge:
    """Says which rules exclude pairs of one cohort now. A fixed number of queries for any number of pairs."""

    def __init__(
        self,
        cohort: Cohort,
        records: Collection[Request | Pairing],
        relations: OrganisationRelations,
        now: datetime,
    ) -> None:
        ids = {pk for each in records for pk in (each.mentee_enrolment_id, each.mentor_enrolment_id)}
        found = Enrolment.objects.select_related("person").filter(pk__in=among(ids))
        enrolments = {enrolment.pk: enrolment for enrolment in found}
        people = {enrolment.person_id for enrolment in enrolments.values()}
        builder = CardBuilder(cohort, people, now=now, relations=relations)
        self.mentees = builder.mentees({enrolments[each.mentee_enrolment_id] for each in records})
        self.mentors = builder.mentors({enrolments[each.mentor_enrolment_id] for each in records})
        self.rules, self.waived = rules_of(cohort), waived_pairs(cohort, day_of(now))

    def broken(self, record: Request | Pairing, *, kinds: Collection[Kind]) -> tuple[str, ...]:
        """The public names of the rules of these kinds that exclude the pair."""
        excluding = violations(
            self.mentees[record.mentee_id],
            self.mentors[record.mentor_id],
            self.rules,
            waived=(record.mentee_id, record.mentor_id) in self.waived,
            kinds=kinds,
        )
        return public_keys(rule for rule in excluding if rule.key not in PASSES_FOR_PENDING_REQUEST)


def _tell_of_pairings(broken: Mapping[Pairing, tuple[str, ...]], now: datetime) -> None:
    """Alert where rules are broken, settle where none is any more. Private lists alert nobody."""
    found = {subject_of(pairing): {"rules": list(keys)} for pairing, keys in broken.items() if keys}
    alert_all(kind=AlertKind.INDEPENDENCE, found=found, now=now)
    sound = [pairing.pk for pairing, keys in broken.items() if not keys]
    settle_automatically(kind=AlertKind.INDEPENDENCE, subject_ids=sound, now=now)


def _lapse(impossible: Collection[UUID], now: datetime) -> None:
    """Those of all cohorts at once, in the order of the locks; the next mentors are asked after the commit."""
    if impossible:
        for enrolment_id in lapse(request_ids=impossible, now=now):
            transaction.on_commit(partial(ask_next_mentor, enrolment_id=enrolment_id, now=now), robust=True)


def _tell_of_new_employers(people: Collection[UUID] | None, now: datetime) -> None:
    """Tell the coordinators of those who work for an organisation whose name nobody has confirmed yet."""
    new = Affiliation.objects.current(day_of(now)).filter(
        kind=AffiliationKind.EMPLOYER, organisation__confirmed_at__isnull=True, organisation__isnull=False
    )
    if people is not None:
        new = new.filter(person__in=among(people))
    employers: dict[UUID, set[UUID]] = defaultdict(set)
    for employee, employer in new.values_list("person_id", "organisation_id"):
        employers[employee].add(employer)
    enrolled = Enrolment.objects.filter(person__in=among(employers)).exclude(state=EnrolmentState.WITHDRAWN)
    found: dict[Subject, Facts] = {
        Subject("organisation", employer, cohort): {}
        for person, cohort in enrolled.values_list("person_id", "cohort_id")
        for employer in employers[person]
    }
    alert_all(kind=AlertKind.ORGANISATION_NEW, found=found, now=now)


def _settle_known_employers(now: datetime) -> None:
    """The names that have been confirmed, or merged into others, wait for nobody any more."""
    waiting = Organisation.objects.filter(confirmed_at__isnull=True).values("pk")
    over = Alert.objects.open().filter(kind=AlertKind.ORGANISATION_NEW).exclude(subject_id__in=waiting)
    known = set(over.values_list("subject_id", flat=True))
    settle_automatically(kind=AlertKind.ORGANISATION_NEW, subject_ids=known, now=now)
