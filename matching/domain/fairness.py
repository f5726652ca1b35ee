"""How a run treats groups of mentees. Nobody is picked out: what is about fewer than five people is not told."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matching.engine import Id, Match, MenteeCard

FEWEST = 5


@dataclass(frozen=True)
class Share:
    """One group: how many, how many of them matched, and the mean score of the matched in points (None: too few)."""

    value: Any  # None for all groups that are too small to be told
    mentees: int
    matched: int
    mean: int | None


def fairness(cards: Iterable[MenteeCard], found: Match) -> dict[str, list[Share]]:
    """By function, seniority and industry, the largest group first; small ones together, or not at all."""
    people = list(cards)
    by: dict[str, dict[Id, list[Any]]] = {
        "function": {card.id: [card.function] for card in people if card.function is not None},
        "seniority": {card.id: [card.seniority] for card in people if card.seniority is not None},
        "industry": {card.id: sorted(card.industries) for card in people if len(card.industries) == 1},
    }
    return {name: shares(_members(values), found.score_of) for name, values in by.items()}


def _members(values: dict[Id, list[Any]]) -> dict[Hashable, list[Id]]:
    members: dict[Hashable, list[Id]] = defaultdict(list)
    for person, held in values.items():
        for value in held:
            members[value].append(person)
    return members


def shares(members: Mapping[Hashable, list[Id]], score_of: Mapping[Id, int]) -> list[Share]:
    """The largest group first. Small groups are put together; while they are too few, the smallest told one joins them.

    Otherwise whoever knows the total could subtract.
    """
    told = sorted(members.items(), key=lambda item: (-len(item[1]), str(item[0])))
    small: list[Id] = []
    while told and (len(told[-1][1]) < FEWEST or 0 < len(small) < FEWEST):
        small += told.pop()[1]
    found = [_share(value, people, score_of) for value, people in told]
    return [*found, _share(None, small, score_of)] if len(small) >= FEWEST else found


def _share(value: Any, people: list[Id], score_of: Mapping[Id, int]) -> Share:
    scores = [score_of[person] for person in people if person in score_of]
    mean = sum(scores) // len(scores) if len(scores) >= FEWEST else None
    return Share(value, len(people), len(scores), mean)
