"""From the database to the engine's cards, in a fixed number of queries however many people there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.domain.relations import OrganisationRelations
from accounts.models import Aim, Expertise, Leave, MenteeProfile, MentorProfile, Profile
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from common.dates import day_in, day_of
from common.prepared import prepared
from common.queries import among
from common.zones import known_name
from matching.domain import said
from matching.domain.conflicts import ConflictFacts, conflict_facts_of
from matching.engine import IndustryPreference, MenteeCard, MentorCard, Part, Rules, Weights
from matching.models import PairAgain, Pairing, Request, ShortlistEntry, Waiver
from matching.states import OPEN_PAIRING_STATES, RequestState

PROFILE = ("person_id", "zone", "country", "work_starts", "work_ends", "languages", "function", "seniority")
OFFER = ("person_id", "capacity", "open_pairings", "nobody_new")


def rules_of(cohort: Cohort) -> Rules:
    """The cohort's decisions about independence."""
    return Rules(competitors_flag_only=cohort.competitors_flag_only)


def weights_of(cohort: Cohort) -> Weights:
    """The cohort's weights as the engine takes them. Raises `WeightsError` for a row that no form or constraint saw."""
    return Weights(**{part.value: getattr(cohort, f"weight_{part.value}") for part in Part})


def waived_pairs(cohort: Cohort, on: date) -> frozenset[tuple[UUID, UUID]]:
    """The pairs (mentee, mentor) that a coordinator's waiver lets through on that day."""
    return frozenset(_waivers(cohort=cohort.pk, on=on))


@dataclass(slots=True)
class _History:
    declined_by: set[UUID] = field(default_factory=set)
    asked: set[UUID] = field(default_factory=set)
    paired_with: set[UUID] = field(default_factory=set)
    mentors_now: set[UUID] = field(default_factory=set)
    paired_before: set[UUID] = field(default_factory=set)

    def sets(self) -> dict[str, Any]:
        return {each.name: frozenset(getattr(self, each.name)) for each in fields(self)}


class CardBuilder:
    """Makes the cards of one cohort's people at one moment.

    `leave_out` is a request that does not count as asked already: the one being looked at again. `relations` is that
    of the day, for whoever has it.
    """

    def __init__(
        self,
        cohort: Cohort,
        people: Iterable[UUID],
        *,
        now: datetime,
        leave_out: UUID | None = None,
        relations: OrganisationRelations | None = None,
    ) -> None:
        self.cohort, self.now, self.today = cohort, now, day_of(now)
        self.people: Collection[UUID] = set(people)
        self._facts = conflict_facts_of(
            self.people, now=now, lookback_months=cohort.lookback_months, relations=relations
        )
        self._profiles: dict[UUID, Any] = {row.person_id: row for row in _profiles(people=self.people)}
        self._again = _sets(_pair_again(people=self.people))
        self._leave_out = leave_out

    def mentees(self, enrolments: Iterable[Enrolment]) -> dict[UUID, MenteeCard]:
        """The cards of these mentees, by person."""
        rows = list(enrolments)
        ids = [row.person_id for row in rows]
        industries = dict(_industries_wanted(mentees=ids))
        challenges = _sets(_challenges(mentees=ids))
        aims = _grouped(_aims(mentees=ids))
        shortlists = _grouped(_shortlists(enrolments=[row.pk for row in rows]))
        past = self._histories(ids)
        return {
            row.person_id: MenteeCard(
                **self._common(row.person_id),
                challenges=frozenset(challenges[row.person_id]),
                industry_preference=said.preference(industries.get(row.person_id, IndustryPreference.ANY)),
                **past[row.person_id].sets(),
                aims=tuple(aims[row.person_id]),
                shortlist=tuple(shortlists[row.pk]),
                let_down=row.priority_since is not None,
            )
            for row in rows
        }

    def mentors(self, enrolments: Iterable[Enrolment], *, present: bool = False) -> dict[UUID, MentorCard]:
        """The cards of these mentors, by person. `present`: they are answering, leave or "nobody new" or not."""
        rows = list(enrolments)
        ids = [row.person_id for row in rows]
        offers: dict[UUID, Any] = {row.person_id: row for row in _offers(mentors=ids)}
        expertise: dict[UUID, set[tuple[Any, int]]] = defaultdict(set)
        for mentor, topic, depth in _expertise(mentors=ids):
            expertise[mentor].add((topic, said.depth(depth)))
        away = set() if present else self._away(ids)
        return {
            row.person_id: MentorCard(
                **self._common(row.person_id),
                expertise=frozenset(expertise[row.person_id]),
                open_places=open_places(row, offers.get(row.person_id), present=present),
                away=row.person_id in away,
                available=row.state == EnrolmentState.APPROVED and row.person.is_active,
            )
            for row in rows
        }

    def _common(self, person: UUID) -> dict[str, Any]:
        """What both cards have in common. Who has not said where they work is no more confirmed than a new name."""
        facts: ConflictFacts = self._facts[person]
        profile = self._profiles.get(person)
        return {
            "id": person,
            "organisations": frozenset(facts.organisations),
            "families": frozenset(facts.families),
            "current_ties": frozenset(facts.current_ties),
            "former_families": frozenset(facts.former_families),
            "competitor_families": frozenset(facts.competitor_families),
            "employer_confirmed": facts.employer_said and not facts.employer_unconfirmed,
            "never_with": frozenset(facts.never_with),
            "never_with_families": frozenset(facts.never_with_families),
            "list_readable": facts.list_readable,
            "would_pair_again": frozenset(self._again[person]),
            "industries": frozenset(facts.industries),
            "function": (profile.function or None) if profile else None,
            "seniority": profile.seniority if profile else None,
            "languages": said.languages(profile.languages) if profile else frozenset(),
            "hours": said.hours(profile, self.today) if profile else None,
        }

    def zone_of(self, person: UUID) -> str:
        """The time zone of one of these people; that of the programme while they have not said."""
        profile = self._profiles.get(person)
        return known_name(profile.zone, profile.country) if profile else "UTC"

    def _away(self, people: list[UUID]) -> set[UUID]:
        """Those on leave today, by the calendar where they are."""
        found = set()
        for leave in _leaves(people=people):
            if leave.starts_on <= day_in(self.zone_of(leave.person_id), self.now) <= leave.ends_on:
                found.add(leave.person_id)
        return found

    def _histories(self, mentees: list[UUID]) -> dict[UUID, _History]:
        found: dict[UUID, _History] = defaultdict(_History)
        for request, mentee, mentor, state in _requests(mentees=mentees, cohort=self.cohort.pk):
            if state == RequestState.DECLINED:
                found[mentee].declined_by.add(mentor)
            elif request != self._leave_out:
                found[mentee].asked.add(mentor)
        for mentee, mentor, state in _pairings(mentees=mentees):
            running = state in OPEN_PAIRING_STATES
            (found[mentee].paired_with if running else found[mentee].paired_before).add(mentor)
        for person, other in _pairings_as_mentor(people=mentees):
            found[person].mentors_now.add(other)
        return found


# --- what is read; each of these, one query ---


@prepared
def _waivers(*, cohort: UUID, on: date) -> QuerySet[Waiver, tuple[UUID, UUID]]:
    return Waiver.objects.in_force(on).filter(cohort=cohort).values_list("mentee_id", "mentor_id")


@prepared
def _profiles(*, people: Collection[UUID]) -> QuerySet[Profile, Any]:
    return Profile.objects.filter(person__in=among(people)).values_list(*PROFILE, named=True)


@prepared
def _pair_again(*, people: Collection[UUID]) -> QuerySet[PairAgain, tuple[UUID, UUID]]:
    return PairAgain.objects.filter(person__in=among(people)).values_list("person_id", "other_id")


@prepared
def _industries_wanted(*, mentees: Collection[UUID]) -> QuerySet[MenteeProfile, tuple[UUID, str]]:
    return MenteeProfile.objects.filter(person__in=among(mentees)).values_list("person_id", "industry_preference")


@prepared
def _challenges(*, mentees: Collection[UUID]) -> QuerySet[Any, tuple[UUID, UUID]]:
    picked = MenteeProfile.challenges.through.objects.filter(menteeprofile__in=among(mentees))
    return picked.values_list("menteeprofile_id", "topic_id")


@prepared
def _aims(*, mentees: Collection[UUID]) -> QuerySet[Aim, tuple[UUID, UUID]]:
    return Aim.objects.filter(mentee__in=among(mentees)).order_by("rank").values_list("mentee_id", "topic_id")


@prepared
def _shortlists(*, enrolments: Collection[UUID]) -> QuerySet[ShortlistEntry, tuple[UUID, UUID]]:
    listed = ShortlistEntry.objects.filter(mentee__in=among(enrolments)).order_by("rank")
    return listed.values_list("mentee_id", "mentor__person_id")


@prepared
def _offers(*, mentors: Collection[UUID]) -> QuerySet[MentorProfile, Any]:
    return MentorProfile.objects.filter(person__in=among(mentors)).values_list(*OFFER, named=True)


@prepared
def _expertise(*, mentors: Collection[UUID]) -> QuerySet[Expertise, tuple[UUID, UUID, int]]:
    return Expertise.objects.filter(mentor__in=among(mentors)).order_by().values_list("mentor_id", "topic_id", "depth")


@prepared
def _leaves(*, people: Collection[UUID]) -> QuerySet[Leave]:
    return Leave.objects.filter(person__in=among(people))


@prepared
def _requests(*, mentees: Collection[UUID], cohort: UUID) -> QuerySet[Request, tuple[UUID, UUID, UUID, str]]:
    """Those that wait, and in this cohort those declined for good."""
    declined = Q(state=RequestState.DECLINED, cohort=cohort, lift__isnull=True)
    found = Request.objects.filter(Q(state=RequestState.PENDING) | declined, mentee__in=among(mentees)).order_by()
    return found.values_list("pk", "mentee_id", "mentor_id", "state")


@prepared
def _pairings(*, mentees: Collection[UUID]) -> QuerySet[Pairing, tuple[UUID, UUID, str]]:
    found = Pairing.objects.filter(mentee__in=among(mentees)).order_by()
    return found.values_list("mentee_id", "mentor_id", "state")


@prepared
def _pairings_as_mentor(*, people: Collection[UUID]) -> QuerySet[Pairing, tuple[UUID, UUID]]:
    found = Pairing.objects.open().filter(mentor__in=among(people)).order_by()
    return found.values_list("mentor_id", "mentee_id")


def open_places(
    enrolment: Enrolment, offer: MentorProfile | None, *, present: bool = False, promised: tuple[int, int] = (0, 0)
) -> int:
    """How many more pairings fit: on the profile across cohorts, and in this cohort if the enrolment lowers it.

    None while the mentor takes nobody new, unless they are `present`: answering a request that waits. `promised` are
    places that are not to be counted, in all cohorts and in this one.
    """
    if offer is None or (offer.nobody_new and not present):
        return 0
    everywhere, here = promised
    left = offer.capacity - offer.open_pairings - everywhere
    if enrolment.capacity is not None:
        left = min(left, enrolment.capacity - enrolment.open_pairings - here)
    return max(0, left)


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _sets(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
