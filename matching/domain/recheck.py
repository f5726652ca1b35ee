"""Independence after the fact: what is re-checked when affiliations change, and every day.

A change of job or ownership is never blocked. Open pairings that no longer hold alert the coordinators; what becomes
of waiting requests is said by `WAITING_REQUESTS`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.domain.relations import OrganisationRelations, relations_on
from accounts.models import Affiliation, Organisation
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.dates import day_of
from common.queries import among
from common.subjects import Subject, subject_of
from matching.alert_sentences import Facts
from matching.domain.alerts import alert_all, settle_all_automatically, settle_automatically
from matching.domain.cards import CardBuilder, rules_of, waived_pairs
from matching.domain.holding import follow
from matching.domain.requests import ask_next_mentor, lapse
from matching.engine import EngineError, Kind, MenteeCard, MentorCard, Rule, public_keys, violations
from matching.engine.facts.rules import ASKED_ALREADY, AWAY, FULL, LIST_UNREADABLE, MENTEE_UNCONFIRMED, NOT_AVAILABLE
from matching.models import Alert, Pairing, Request
from matching.models.alerts import AlertKind
from matching.states import WAITING_REQUESTS, Effect, Fact


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
    closed: dict[Pairing, list[str]] = {}
    facts: dict[Request, Fact | None] = {}
    for cohort in Cohort.objects.filter(pk__in=cohorts).order_by("pk"):
        open_here, waiting_here = list(pairings.filter(cohort=cohort)), list(requests.filter(cohort=cohort))
        judge = _Judge(cohort, [*open_here, *waiting_here], relations, now)
        broken |= {pairing: judge.broken(pairing) for pairing in open_here}
        closed |= {pairing: judge.closed(pairing) for pairing in open_here}
        facts |= {asked: judge.fact(asked) for asked in waiting_here}
    _tell_of_pairings(broken, closed, now)
    _follow(facts, now)
    _tell_of_new_organisations(people, now)
    _settle_known_organisations(now)


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
        self.active = {row.person_id for row in enrolments.values() if row.person.is_active}
        builder = CardBuilder(cohort, people, now=now, relations=relations)
        self.mentees = builder.mentees({enrolments[each.mentee_enrolment_id] for each in records})
        self.mentors = builder.mentors({enrolments[each.mentor_enrolment_id] for each in records})
        self.rules, self.waived = rules_of(cohort), waived_pairs(cohort, day_of(now))

    def broken(self, pairing: Pairing) -> tuple[str, ...]:
        """The public names of the rules of independence that exclude the pair."""
        return public_keys(self._excluding(pairing, kinds={Kind.INDEPENDENCE}))

    def closed(self, pairing: Pairing) -> list[str]:
        """The sides of the pairing whose account is closed."""
        return [side for side in Role.values if getattr(pairing, f"{side}_id") not in self.active]

    def fact(self, asked: Request) -> Fact | None:
        """The worst fact that stands against a waiting request."""
        if not {asked.mentee_id, asked.mentor_id} <= self.active:
            return Fact.DEACTIVATED
        cards = self.mentees[asked.mentee_id], self.mentors[asked.mentor_id]
        found = {fact_of(rule, *cards) for rule in self._excluding(asked, kinds=set(Kind))}
        return next((fact for fact in WAITING_REQUESTS if fact in found), None)

    def stands_against(self, record: Request | Pairing) -> bool:
        """Whether a rule of independence is broken by a pairing, or by whatever lets a request lapse."""
        try:
            if isinstance(record, Pairing):
                return bool(self.broken(record))
            fact = self.fact(record)
        except LookupError:  # its people are not those of its enrolments
            return True
        return fact is not None and WAITING_REQUESTS[fact].effect is Effect.LAPSES

    def _excluding(self, record: Request | Pairing, *, kinds: Collection[Kind]) -> tuple[Rule, ...]:
        return violations(
            self.mentees[record.mentee_id],
            self.mentors[record.mentor_id],
            self.rules,
            waived=(record.mentee_id, record.mentor_id) in self.waived,
            kinds=kinds,
        )


def fact_of(rule: Rule, mentee: MenteeCard, mentor: MentorCard) -> Fact | None:
    """The fact for which a rule excludes two of whom one has asked the other; None for that they have asked."""
    if rule is MENTEE_UNCONFIRMED:
        return Fact.MENTEE_UNCONFIRMED if mentee.organisations else Fact.MENTEE_WITHOUT_EMPLOYER
    if rule is NOT_AVAILABLE and mentor.available:
        return Fact.MENTOR_UNCONFIRMED if mentor.organisations else Fact.MENTOR_WITHOUT_EMPLOYER
    return OF_RULES.get(rule.key, Fact.CONFLICT)


# Rules of availability that stand for one fact each. That no place is free comes of lowering them, or of "nobody new":
# when the last place is taken, the others lapse in the same transaction. A list that cannot be read ends nothing.
OF_RULES: Mapping[str, Fact | None] = {
    LIST_UNREADABLE.key: None,
    ASKED_ALREADY.key: None,
    FULL.key: Fact.PLACES_LOWERED,
    AWAY.key: Fact.AWAY,
    NOT_AVAILABLE.key: Fact.LEFT,
}


def _tell_of_pairings(
    broken: Mapping[Pairing, Collection[str]], closed: Mapping[Pairing, Collection[str]], now: datetime
) -> None:
    """Alert where rules are broken or an account is closed, and settle where none is. Private lists alert nobody."""
    over: dict[str, list[UUID]] = {}
    for kind, word, told in ((AlertKind.INDEPENDENCE, "rules", broken), (AlertKind.ACCOUNT_CLOSED, "closed", closed)):
        found = {subject_of(pairing): {word: list(codes)} for pairing, codes in told.items() if codes}
        if found:
            alert_all(kind=kind, found=found, now=now)
        over[kind] = [pairing.pk for pairing, codes in told.items() if not codes]
    settle_all_automatically(over=over, now=now)


def _follow(facts: Mapping[Request, Fact | None], now: datetime) -> None:
    """Those of all cohorts at once, in the order of the locks; the next mentors are asked after the commit."""
    effects = {asked: WAITING_REQUESTS[fact].effect for asked, fact in facts.items() if fact is not None}
    held = {asked.pk: facts[asked] for asked, effect in effects.items() if effect is Effect.HELD}
    impossible = {asked.pk for asked, effect in effects.items() if effect is Effect.LAPSES}
    impossible |= {asked.pk for asked in facts if asked.pk in held and asked.held_until and asked.held_until <= now}
    if impossible:
        for enrolment_id in lapse(request_ids=impossible, now=now):
            transaction.on_commit(partial(ask_next_mentor, enrolment_id=enrolment_id, now=now), robust=True)
    changed = {asked.pk: held.get(asked.pk) for asked in facts if asked.held_for != (held.get(asked.pk) or "")}
    if changed:
        follow(facts=changed, now=now)


def end_holds(*, now: datetime) -> None:
    """Look again at what has been held for as long as it may be: it goes on, or it lapses."""
    over = Request.objects.pending().filter(held_until__lte=now)
    people = {person for pair in over.values_list("mentee_id", "mentor_id") for person in pair}
    if people:
        recheck(now=now, people=people)


def _tell_of_new_organisations(people: Collection[UUID] | None, now: datetime) -> None:
    """Tell the coordinators of those who have a tie of any kind to an organisation that nobody has confirmed yet."""
    new = Affiliation.objects.counted().filter(organisation__confirmed_at__isnull=True, organisation__isnull=False)
    if people is not None:
        new = new.filter(person__in=among(people))
    named: dict[UUID, set[UUID]] = defaultdict(set)
    for person, organisation in new.order_by().values_list("person_id", "organisation_id"):
        named[person].add(organisation)
    enrolled = Enrolment.objects.filter(person__in=among(named)).exclude(state=EnrolmentState.WITHDRAWN)
    found: dict[Subject, Facts] = {
        Subject("organisation", organisation, cohort): {}
        for person, cohort in enrolled.values_list("person_id", "cohort_id")
        for organisation in named[person]
    }
    alert_all(kind=AlertKind.ORGANISATION_NEW, found=found, now=now)


def _settle_known_organisations(now: datetime) -> None:
    """The names that have been confirmed, refused, or merged into others, wait for nobody any more."""
    waiting = Organisation.objects.filter(confirmed_at__isnull=True, refused_at__isnull=True).values("pk")
    over = Alert.objects.lasting().filter(kind=AlertKind.ORGANISATION_NEW).exclude(subject_id__in=waiting)
    known = set(over.values_list("subject_id", flat=True))
    settle_automatically(kind=AlertKind.ORGANISATION_NEW, subject_ids=known, now=now)


def not_followed(today: date) -> set[UUID]:
    """What `recheck` would act on, and has had a day to: waiting requests that are to lapse, and open pairings of which
    the coordinators were never told. By every rule of the table, private lists included; nothing is written.
    """
    days = (datetime.combine(day, time(12), UTC) for day in (today - timedelta(days=1), today))
    yesterday, now = (_standing_against(moment) for moment in days)
    return yesterday & now


def _standing_against(now: datetime) -> set[UUID]:
    told = Alert.objects.filter(kind=AlertKind.INDEPENDENCE).values("subject_id")
    pairings, requests = Pairing.objects.open().exclude(pk__in=told), Request.objects.pending()
    relations, found = relations_on(day_of(now)), set[UUID]()
    for cohort in Cohort.objects.order_by("pk"):
        records = [*pairings.filter(cohort=cohort), *requests.filter(cohort=cohort)]
        try:
            judge = _Judge(cohort, records, relations, now)
        except EngineError:  # a damaged card, of which another invariant tells: nobody can say that these are sound
            found.update(record.pk for record in records)
        else:
            found.update(record.pk for record in records if judge.stands_against(record))
    return found
