"""What the engine knows of people: one immutable, checked card each, and the settings of a cohort.

All ids are stable and opaque (UUID, int or text). A family is an organisation with all that it owns, named by the
id of the ultimate owner on the day the cards are made. One with several owners is of all their families, one without
an owner is its own.
Whoever makes the cards decides what is true on that day: look-back, leave, lifted declines, confirmed employers.
"""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import ClassVar, TypeAlias
from uuid import UUID

from matching.engine.errors import CardError, WeightsError
from matching.engine.facts.slots import SLOTS

Id: TypeAlias = UUID | int | str
Ids: TypeAlias = frozenset[Id]
NO_IDS: Ids = frozenset()
DEPTHS = (1, 2, 3)
MAX_SHORTLIST = 3
MAX_WEIGHT = 1000


class IndustryPreference(StrEnum):
    """Where a mentee would like the mentor to come from."""

    ANY = "any"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What the cards of both roles hold. Empty sets and None mean "not known"; private lists are left out of reprs.

    organisations           today's employers; none for the independent
    families                their families
    current_ties            families of today's board seats, investments and advice
    former_families         families of employments, board seats, investments and advice that ended within the look-back
    competitor_families     families declared competitors of the families of today's employers and ties
    employer_confirmed      False while a new organisation's name awaits a coordinator
    never_with              people on the private list
    never_with_families     families of the organisations on the private list
    list_readable           False while the private list cannot be read: nobody can say whom this person may meet
    would_pair_again        people from an earlier pairing with whom this person would gladly be paired again
    hours                   working hours: UTC half-hours of a week as `weekly_slots` gives them
    industries, function, languages     keys of any vocabulary, the same for both roles
    seniority               a level, 0 or more; higher is further up

    Raises CardError, naming the field, when one is impossible.
    """

    id: Id
    organisations: Ids = NO_IDS
    families: Ids = NO_IDS
    current_ties: Ids = NO_IDS
    former_families: Ids = NO_IDS
    competitor_families: Ids = NO_IDS
    employer_confirmed: bool = True
    never_with: Ids = field(default=NO_IDS, repr=False)
    never_with_families: Ids = field(default=NO_IDS, repr=False)
    list_readable: bool = field(default=True, repr=False)
    would_pair_again: Ids = NO_IDS
    industries: frozenset[str] = frozenset()
    function: str | None = None
    seniority: int | None = None
    languages: frozenset[str] = frozenset()
    hours: int | None = None

    set_fields: ClassVar[tuple[str, ...]] = (
        "organisations",
        "families",
        "current_ties",
        "former_families",
        "competitor_families",
        "never_with",
        "never_with_families",
        "would_pair_again",
        "industries",
        "languages",
    )

    @property
    def may_be_judged(self) -> bool:
        """Whether enough is known of this person to pair them with anybody."""
        return self.employer_confirmed and self.list_readable

    def __post_init__(self) -> None:
        if not isinstance(self.id, UUID | int | str):
            raise CardError(self.id, "id", "must be a UUID, a number or text")
        for name in self.set_fields:
            if not isinstance(getattr(self, name), frozenset):
                raise CardError(self.id, name, "must be a frozenset")
        if self.seniority is not None and self.seniority < 0:
            raise CardError(self.id, "seniority", "must not be negative")
        if self.hours is not None and not 0 <= self.hours < 1 << SLOTS:
            raise CardError(self.id, "hours", f"must fit {SLOTS} half-hours")


@dataclass(frozen=True, kw_only=True)
class MenteeCard(Card):
    """Somebody who looks for a mentor.

    aims            topics, most important first; a repeated one counts each time
    challenges      topics
    declined_by     mentors who declined in this cohort, unless a coordinator lifted it
    asked           mentors with a pending request from this mentee (leave out the request being accepted)
    paired_with     mentors of this mentee in an open pairing (leave out the pairing being re-checked)
    mentors_now     people whom this mentee mentors in an open pairing
    paired_before   mentors of a completed or ended pairing with this mentee
    shortlist       up to three mentors named by this mentee, the first choice first
    let_down        was let down before: has priority

    Raises CardError, naming the field, when one is impossible.
    """

    aims: tuple[Id, ...] = ()
    challenges: Ids = NO_IDS
    industry_preference: IndustryPreference = IndustryPreference.ANY
    declined_by: Ids = NO_IDS
    asked: Ids = NO_IDS
    paired_with: Ids = NO_IDS
    mentors_now: Ids = NO_IDS
    paired_before: Ids = NO_IDS
    shortlist: tuple[Id, ...] = ()
    let_down: bool = False

    set_fields: ClassVar[tuple[str, ...]] = (
        *Card.set_fields,
        "challenges",
        "declined_by",
        "asked",
        "paired_with",
        "mentors_now",
        "paired_before",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.aims, tuple):
            raise CardError(self.id, "aims", "must be a tuple, first things first")
        if not isinstance(self.shortlist, tuple):
            raise CardError(self.id, "shortlist", "must be a tuple, the first choice first")
        if len(self.shortlist) > MAX_SHORTLIST:
            raise CardError(self.id, "shortlist", f"must be {MAX_SHORTLIST} at most")
        if len(set(self.shortlist)) != len(self.shortlist):
            raise CardError(self.id, "shortlist", "names somebody twice")
        if self.industry_preference not in tuple(IndustryPreference):
            raise CardError(self.id, "industry_preference", f"must be one of {', '.join(IndustryPreference)}")


@dataclass(frozen=True, kw_only=True)
class MentorCard(Card):
    """Somebody who offers to mentor.

    expertise       pairs of topic and depth: 1 has worked with it, 2 has led it, 3 has led it several times
    open_places     how many more pairings this mentor can carry now, here and across cohorts; 0: full
    away            on leave now
    available       False while this mentor cannot be asked for another reason (not approved, withdrawn)

    Raises CardError, naming the field, when one is impossible.
    """

    expertise: frozenset[tuple[Id, int]] = frozenset()
    open_places: int = 1
    away: bool = False
    available: bool = True

    set_fields: ClassVar[tuple[str, ...]] = (*Card.set_fields, "expertise")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.open_places < 0:
            raise CardError(self.id, "open_places", "must not be negative")
        if any(depth not in DEPTHS for _, depth in self.expertise):
            raise CardError(self.id, "expertise", "must have depths 1, 2 or 3")
        if len({topic for topic, _ in self.expertise}) != len(self.expertise):
            raise CardError(self.id, "expertise", "names a topic twice")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a cohort decides about the rules. `competitors_flag_only`: competitors are flagged, not excluded."""

    competitors_flag_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each part of the score counts, relative to the others: integers from 0 to 1000, not all zero.

    Raises WeightsError, naming the part, for anything else.
    """

    aims: int = 60
    challenges: int = 10
    industry: int = 10
    function: int = 5
    seniority: int = 10
    hours: int = 30
    languages: int = 30
    shortlist: int = 20
    priority: int = 10

    def __post_init__(self) -> None:
        for part in fields(self):
            weight = getattr(self, part.name)
            if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= MAX_WEIGHT:
                raise WeightsError(part.name, f"must be a whole number from 0 to {MAX_WEIGHT}")
        if not any(getattr(self, part.name) for part in fields(self)):
            raise WeightsError(None, "must not all be zero")
