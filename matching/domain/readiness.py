"""What stands between a cohort and a good match, before it is run: whom nobody fits and why, profiles that lack
something, mentors who cannot be asked, and topics that more people look for than offer. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.domain.profiles import missing_parts_of
from accounts.models import MentorProfile, Topic, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.dates import day_of
from matching.domain.cards import CardBuilder
from matching.domain.fairness import FEWEST
from matching.domain.pools import pool_of
from matching.domain.promised import Promised, promised, without_promised
from matching.domain.runs import cause, seekers
from matching.engine import MenteeCard, MentorCard, Pool
from matching.models.runs import Help

MOST_LOOKED_AT = 2_000  # mentees; for more, a run is as quick and says the same


class NotAsked(TextChoices):
    """Why a mentor of the cohort cannot be asked at present: what the desk says of them anyway."""

    UNCONFIRMED = "unconfirmed", _("The employer is to be named or confirmed.")
    NOTHING_OFFERED = "nothing_offered", _("They have not said how many mentees they take.")
    NOBODY_NEW = "nobody_new", _("They take nobody new at present.")
    FULL = "full", _("All places are taken.")
    PROMISED = "promised", _("Requests that wait for an answer may take the last places.")
    AWAY = "away", _("They are away.")


@dataclass(frozen=True, slots=True)
class NobodyFits:
    """A mentee whom no mentor of the cohort fits, as a run would keep it. See `matching.models.Unmatched`."""

    person: User
    excluded: dict[str, int]
    help: Help
    gain: int


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Somebody whose profile lacks parts that matching needs, as `accounts.domain.profiles` names them."""

    person: User
    role: Role
    missing: list[str]


@dataclass(frozen=True, slots=True)
class CannotBeAsked:
    """A mentor who has no place to give, or cannot be asked for another reason."""

    person: User
    why: NotAsked


@dataclass(frozen=True, slots=True)
class TopicBalance:
    """How many who look for a mentor name a topic, as an aim or a challenge; how many mentors with a place have
    worked with it, and how many places these have.
    """

    topic: Topic
    wanted: int
    mentors: int
    places: int

    @property
    def short(self) -> int:
        """How many more look for it than there are places."""
        return max(0, self.wanted - self.places)


@dataclass(frozen=True, slots=True)
class Readiness:
    """A cohort as a run would find it now.

    mentees, mentors, places    who look for a mentor; mentors who can be asked, and their places
    nobody_fits                 None where that is not told: few mentors, or more mentees than are looked at here
    """

    mentees: int
    mentors: int
    places: int
    nobody_fits: list[NobodyFits] | None
    few_mentors: bool
    incomplete: list[Incomplete]
    cannot_be_asked: list[CannotBeAsked]
    topics: list[TopicBalance]

    @property
    def too_few_places(self) -> int:
        """How many mentees must stay without a mentor, whoever fits whom."""
        return max(0, self.mentees - self.places)


def of_cohort(cohort: Cohort, *, reader: User, now: datetime) -> Readiness:
    """What a run would find, without the `reader`, should they look for a mentor in this cohort or be one."""
    looking = list(seekers(cohort).select_related("person"))
    all_mentors = pool_of(cohort, now=now)
    pool = without_promised(all_mentors, cohort)
    cards = CardBuilder(cohort, {row.person_id for row in looking}, now=now).mentees(looking)
    free = [card for card in pool.mentors if card.open_places and not card.away and card.may_be_judged]
    mentors = Enrolment.objects.approved().filter(cohort=cohort, role=Role.MENTOR, person__is_active=True)
    offering = list(mentors.select_related("person").order_by("person__name", "pk"))
    few = len(pool.mentors) < FEWEST
    return Readiness(
        mentees=len(looking),
        mentors=len(free),
        places=sum(card.open_places for card in free),
        nobody_fits=None if few or len(looking) > MOST_LOOKED_AT else _nobody_fits(pool, cards, looking, reader),
        few_mentors=few,
        incomplete=_incomplete([*looking, *offering], reader, now),
        cannot_be_asked=_cannot_be_asked(all_mentors, offering, reader),
        topics=_topics(cards.values(), free),
    )


def _nobody_fits(
    pool: Pool, cards: dict[UUID, MenteeCard], looking: Iterable[Enrolment], reader: User
) -> list[NobodyFits]:
    found = []
    for row in sorted(looking, key=lambda row: (row.person.name, row.pk)):
        card = cards[row.person_id]
        if row.person_id != reader.pk and not pool.allowed(card).any():
            told = cause(pool, card, None)
            found.append(NobodyFits(row.person, told["excluded"], told["help"], told["gain"]))
    return found


def _incomplete(rows: list[Enrolment], reader: User, now: datetime) -> list[Incomplete]:
    found = []
    for role in (Role.MENTEE, Role.MENTOR):
        person_of = {row.person_id: row.person for row in rows if row.role == role and row.person_id != reader.pk}
        missing = missing_parts_of(
            people=list(person_of), as_mentor=role == Role.MENTOR, as_mentee=role == Role.MENTEE, on=day_of(now)
        )
        found += [Incomplete(person_of[person], role, parts) for person, parts in missing.items()]
    return sorted(found, key=lambda each: (each.role, each.person.name, each.person.pk))


def _cannot_be_asked(pool: Pool, mentors: list[Enrolment], reader: User) -> list[CannotBeAsked]:
    cards: dict[Any, MentorCard] = {card.id: card for card in pool.mentors}
    offers: dict[UUID, MentorProfile] = MentorProfile.objects.in_bulk([row.person_id for row in mentors])
    given = promised(cards)
    found = []
    for row in mentors:
        card = cards.get(row.person_id)
        if card is None or row.person_id == reader.pk:
            continue
        why = _why_not_asked(row, card, offers.get(row.person_id), given)
        if why is not None:
            found.append(CannotBeAsked(row.person, why))
    return found


def _why_not_asked(row: Enrolment, card: MentorCard, offer: MentorProfile | None, given: Promised) -> NotAsked | None:
    reasons = (
        (NotAsked.UNCONFIRMED, not card.employer_confirmed),
        (NotAsked.NOTHING_OFFERED, offer is None),
        (NotAsked.NOBODY_NEW, offer is not None and offer.nobody_new),
        (NotAsked.FULL, not card.open_places),
        (NotAsked.PROMISED, not given.places_left(row, offer)),
        (NotAsked.AWAY, card.away),
    )
    return next((why for why, holds in reasons if holds), None)


def _topics(mentees: Iterable[MenteeCard], mentors: Iterable[MentorCard]) -> list[TopicBalance]:
    """Those that anybody looks for, what is shortest first."""
    wanted = Counter(topic for card in mentees for topic in {*card.aims, *card.challenges})
    offered, places = Counter[Any](), Counter[Any]()
    for card in mentors:
        for topic, _depth in card.expertise:
            offered[topic] += 1
            places[topic] += card.open_places
    named = Topic.objects.in_bulk(list(wanted))
    found = [TopicBalance(named[key], wanted[key], offered[key], places[key]) for key in wanted if key in named]
    return sorted(found, key=lambda each: (-each.short, -each.wanted, each.topic.name))
