"""The changes to a match that can be answered."""

from dataclasses import dataclass
from typing import TypeAlias

from matching.engine.facts.cards import Id, MenteeCard


@dataclass(frozen=True)
class Pin:
    """This pair must be made."""

    mentee: Id
    mentor: Id


@dataclass(frozen=True)
class Forbid:
    """This pair must not be made."""

    mentee: Id
    mentor: Id


@dataclass(frozen=True)
class Decline(Forbid):
    """The mentor has declined this mentee."""


@dataclass(frozen=True)
class Withdraw:
    """This mentee, or this mentor, no longer takes part."""

    person: Id


@dataclass(frozen=True)
class Arrive:
    """This mentee is new."""

    card: MenteeCard


Change: TypeAlias = Pin | Forbid | Decline | Withdraw | Arrive
