"""What may happen: a table of verbs, each with its sources, its target and its actors.

One function gives the next state or refuses. Pages draw their buttons from the same table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Actor(StrEnum):
    """The part somebody plays when a verb is asked for. `CLOCK` and `SYSTEM` are nobody's hands; a `PERSON` acts
    in their own matters, whatever their part in a cohort.
    """

    MENTEE = "mentee"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    PERSON = "person"
    CLOCK = "clock"
    SYSTEM = "system"


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A domain function said no. `sentence` is for the person who asked; `field` names the form's field, if
    one is meant.
    """

    def __init__(self, sentence: str | Promise, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field
        self.code = code


class WrongState(Refused):
    """The thing has moved on since the page was shown."""

    def __init__(self) -> None:
        super().__init__(
            _("This has changed since the page was shown. Please look at where it stands now."),
            code="wrong_state",
        )


class NotYours(Refused):
    """The verb exists in this state, but not for this actor."""

    def __init__(self) -> None:
        super().__init__(_("This step is not yours to take."), code="not_yours")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a state table."""

    sources: frozenset[str]
    target: str
    actors: frozenset[Actor]


def step(sources: Iterable[str] | str, target: str, actors: Iterable[Actor] | Actor) -> Step:
    """Write a row without the noise of frozensets."""
    one_source = isinstance(sources, str)
    return Step(
        frozenset({str(sources)} if one_source else {str(source) for source in sources}),
        str(target),
        frozenset({actors} if isinstance(actors, Actor) else actors),
    )


def next_state(table: Mapping[str, Step], verb: str, state: str, actor: Actor) -> str:
    """The state `verb` leads to. Raises `NotYours` for a wrong actor, `WrongState` for a wrong source."""
    row = table[verb]
    if actor not in row.actors:
        raise NotYours
    if state not in row.sources:
        raise WrongState
    return row.target


def open_verbs(table: Mapping[str, Step], state: str, actor: Actor) -> list[str]:
    """The verbs that `actor` may use in `state`, in the table's order: the buttons of a page."""
    return [verb for verb, row in table.items() if state in row.sources and actor in row.actors]
