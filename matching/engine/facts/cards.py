"""What the engine knows of people: one frozen, checked card for each, and the settings of a cohort.

All ids are stable and opaque (UUID, int or text). Families are named by the id of their ultimate parent on
the day the cards were made; an organisation without a parent is its own family. Whoever makes cards decides
what is true *now*: look-back, leave, lifted declines and confirmed employers are settled before.
"""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import ClassVar, TypeAlias
from uuid import UUID

from matching.engine.errors import CardError, WeightsError
from matching.engine.facts.slots import SLOTS

Id: TypeAlias = UUID | int | str
Ids: TypeAlias = frozenset[Id]
NONE: Ids = frozenset()
DEPTHS = (1, 2, 3)
MAX_WISHES = 3
MAX_WEIGHT = 1000


class IndustryWish(StrEnum):
    """Where a mentee would like the mentor to come from."""

    ANY = "any"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What both roles have in common. Empty sets and None mean "not said"; private lists stay out of reprs.

    organisations           today's employers; none for the independent
    families                their families
    current_ties            families of today's board seats, investments and advice
    former_families         families of employments that ended within the look-back
    competitor_families     families declared competitors of today's employers' families
    employer_confirmed      False while a new organisation's name awaits a coordinator
    never_with              people on the private list
    never_with_families     families of the organisations on the private list
    asks_again              people from an earlier pairing whom this person would gladly meet again: a mentor's wish
    hours                   UTC half-hours of a week as `weekly_slots` gives them; None: not said
    seniority               an order, higher is further up
    """

    id: Id
    organisations: Ids = NONE
    families: Ids = NONE
    current_ties: Ids = NONE
    former_families: Ids = NONE
    competitor_families: Ids = NONE
    employer_confirmed: bool = True
    never_with: Ids = field(default=NONE, repr=False)
    never_with_families: Ids = field(default=NONE, repr=False)
    asks_again: Ids = NONE
    industries: frozenset[str] = frozenset()
    function: str | None = None
    seniority: int | None = None
    languages: frozenset[str] = frozenset()
    hours: int | None = None

    sets: ClassVar[tuple[str, ...]] = (
        "organisations",
        "families",
        "current_ties",
        "former_families",
        "competitor_families",
        "never_with",
        "never_with_families",
        "asks_again",
        "industries",
        "languages",
    )

    def __post_init__(self) -> None:
        if not isinstance(self.id, UUID | int | str):
            raise CardError(self.id, "id", "must be a UUID, a number or text")
        for name in self.sets:
            if not isinstance(getattr(self, name), frozenset):
                raise CardError(self.id, name, "must be a frozenset")
        if self.seniority is not None and self.seniority < 0:
            raise CardError(self.id, "seniority", "must not be negative")
        if self.hours is not None and not 0 <= self.hours < 1 << SLOTS:
            raise CardError(self.id, "hours", f"must fit {SLOTS} half-hours")


@dataclass(frozen=True, kw_only=True)
class MenteeCard(Card):
    """Somebody who looks for a mentor.

    aims            topics, first things first; a repeated one counts each time
    challenges      topics
    declined_by     mentors who declined in this cohort, unless a coordinator lifted it
    asked           mentors with a pending request from this mentee (leave out the request being accepted)
    paired_with     mentors of this mentee in an open pairing (leave out the pairing being re-checked)
    mentors_now     people whom this mentee mentors in an open pairing
    paired_before   mentors of a completed or ended pairing with this mentee
    wishes          up to three mentors named by this mentee, first wish first
    let_down        was let down before and is therefore first in line
    """

    aims: tuple[Id, ...] = ()
    challenges: Ids = NONE
    industry_wish: IndustryWish = IndustryWish.ANY
    declined_by: Ids = NONE
    asked: Ids = NONE
    paired_with: Ids = NONE
    mentors_now: Ids = NONE
    paired_before: Ids = NONE
    wishes: tuple[Id, ...] = ()
    let_down: bool = False

    sets: ClassVar[tuple[str, ...]] = (
        *Card.sets,
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
        if not isinstance(self.wishes, tuple):
            raise CardError(self.id, "wishes", "must be a tuple, first wish first")
        if len(self.wishes) > MAX_WISHES:
            raise CardError(self.id, "wishes", f"must be {MAX_WISHES} at most")
        if len(set(self.wishes)) != len(self.wishes):
            raise CardError(self.id, "wishes", "names somebody twice")
        if self.industry_wish not in tuple(IndustryWish):
            raise CardError(self.id, "industry_wish", f"must be one of {', '.join(IndustryWish)}")


@dataclass(frozen=True, kw_only=True)
class MentorCard(Card):
    """Somebody who offers to mentor.

    expertise       pairs of topic and depth: 1 has worked with it, 2 has led it, 3 has led it several times
    open_places     how many more pairings this mentor can carry now, here and across cohorts; 0: full
    away            on leave now
    available       False while this mentor cannot be asked for another reason (not approved, withdrawn)
    """

    expertise: frozenset[tuple[Id, int]] = frozenset()
    open_places: int = 1
    away: bool = False
    available: bool = True

    sets: ClassVar[tuple[str, ...]] = (*Card.sets, "expertise")

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
    """What a cohort decides: whether competitors exclude, or are only flagged for its coordinator."""

    competitors_flag_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each part of the score counts, relative to the others. Whole numbers from 0 to 1000, not all zero."""

    aims: int = 35
    challenges: int = 20
    industry: int = 10
    function: int = 5
    seniority: int = 10
    hours: int = 10
    languages: int = 10
    wishes: int = 20
    priority: int = 10

    def __post_init__(self) -> None:
        for each in fields(self):
            weight = getattr(self, each.name)
            if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= MAX_WEIGHT:
                raise WeightsError(each.name, f"must be a whole number from 0 to {MAX_WEIGHT}")
        if not any(getattr(self, each.name) for each in fields(self)):
            raise WeightsError(None, "must not all be zero")
