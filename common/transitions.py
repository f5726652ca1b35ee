"""What may happen: a table of verbs, each with its sources, its target and its actors.

One function gives the next state or refuses. Pages draw their buttons from the same table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from common.errors import NotPermitted, WrongState


class Actor(StrEnum):
    """The part somebody plays when a verb is asked for. `CLOCK` and `SYSTEM` are nobody's hands; a `PERSON` acts
    in their own matters, whatever their part in a cohort; an `ASSISTANT` handles the meeting times of one of the two.
    """

    MENTEE = "mentee"
    MENTOR = "mentor"
    ASSISTANT = "assistant"
    COORDINATOR = "coordinator"
    PERSON = "person"
    CLOCK = "clock"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a state table."""

    sources: frozenset[str]
    target: str
    actors: frozenset[Actor]


def transition(sources: Iterable[str] | str, target: str, actors: Iterable[Actor] | Actor) -> Transition:
    """Write a row without the noise of frozensets."""
    one_source = isinstance(sources, str)
    return Transition(
        frozenset({str(sources)} if one_source else {str(source) for source in sources}),
        str(target),
        frozenset({actors} if isinstance(actors, Actor) else actors),
    )


def next_state(table: Mapping[str, Transition], verb: str, state: str, actor: Actor) -> str:
    """The state `verb` leads to. Raises `NotPermitted` for a wrong actor, `WrongState` for a wrong source."""
    row = table[verb]
    if actor not in row.actors:
        raise NotPermitted
    if state not in row.sources:
        raise WrongState
    return row.target


def allowed_verbs(table: Mapping[str, Transition], state: str, actor: Actor) -> list[str]:
    """The verbs that `actor` may use in `state`, in the table's order: the buttons of a page."""
    return [verb for verb, row in table.items() if state in row.sources and actor in row.actors]
