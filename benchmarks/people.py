"""Fictional cohorts of any size, as columns: the same seed gives the same people."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.engine.arrays import Hashes, Ints
from matching.engine.facts.cards import IndustryPreference
from matching.engine.whole_cohort.columns import (
    Categorical,
    CohortColumns,
    MenteeColumns,
    MentorColumns,
    PairOverrides,
    RaggedArray,
)

TOPICS, INDUSTRIES, FUNCTIONS, LANGUAGES, LEVELS = 40, 20, 12, 10, 6
ZONES = (-16, -14, -12, -10, -8, -6, 0, 2, 4, 6, 8, 10, 11, 14, 16, 18, 20)  # half-hours from UTC
MEANINGS = 5  # see `conflict_keys`: each organisation or family gives one key in each meaning


def random_cohort(
    mentees: int, mentors: int, seed: int = 1, *, competitors: int = 2, places: float = 1.1
) -> CohortColumns:
    """Give so many people, with that many `places` for each mentee and `competitors` of each employer, on average.

    Employers differ much in size, a third belong to families, most have declared competitors; some people sit
    on boards or came from elsewhere not long ago; four in ten name up to three mentors.
    """
    rng = np.random.default_rng([seed, mentees, mentors])
    employers = _Employers(rng, mentees + mentors, competitors)
    return CohortColumns(
        _mentees(rng, mentees, employers),
        _mentors(rng, mentors, employers, places * mentees / max(mentors, 1)),
        _overrides(rng, mentees, mentors),
    )


class _Employers:
    """Organisations with families, competitors, an industry and a place on the globe."""

    def __init__(self, rng: np.random.Generator, people: int, competitors: int) -> None:
        self.count = max(12, people // 12)
        size = rng.zipf(1.6, self.count).clip(max=max(3, people // 40)).astype(float)
        self.share = size / size.sum()
        self.family = np.where(
            rng.random(self.count) < 0.35, rng.integers(0, self.count, self.count), np.arange(self.count)
        )
        self.industry = rng.choice(INDUSTRIES, self.count, p=_popularity(INDUSTRIES))
        self.zone = rng.integers(0, len(ZONES), self.count)
        numbers = rng.integers(0, 2 * competitors + 1, self.count)
        self.competitors = [rng.integers(0, self.count, number) for number in numbers.tolist()]

    def draw(self, rng: np.random.Generator, people: int) -> Ints:
        return rng.choice(self.count, people, p=self.share)

    def conflict_keys(self, rng: np.random.Generator, employer: Ints, of_mentees: bool) -> RaggedArray:
        """Give each person's conflict keys, as `conflict_keys` makes them from cards."""
        tie = np.where(rng.random(len(employer)) < 0.1, rng.integers(0, self.count, len(employer)), -1)
        former = np.where(rng.random(len(employer)) < 0.3, rng.integers(0, self.count, len(employer)), -1)
        rows = [
            self._keys(*each, of_mentees) for each in zip(employer.tolist(), tie.tolist(), former.tolist(), strict=True)
        ]
        return RaggedArray.from_rows(rows)

    def _keys(self, employer: int, tie: int, former: int, of_mentees: bool) -> Sequence[int]:
        home = int(self.family[employer])
        elsewhere = [int(self.family[each]) for each in (tie, former) if each >= 0]
        avoided = [*elsewhere, *(int(self.family[each]) for each in self.competitors[employer])]
        seat = [int(self.family[tie])] if tie >= 0 else []
        roles = (
            ([employer], [home, *avoided], [home], [], seat) if of_mentees else ([employer], [home], avoided, seat, [])
        )
        return [role * self.count + each for role, held in enumerate(roles) for each in held]


def _mentees(rng: np.random.Generator, count: int, employers: _Employers) -> MenteeColumns:
    employer = employers.draw(rng, count)
    preference = rng.choice(
        [IndustryPreference.ANY, IndustryPreference.SAME, IndustryPreference.DIFFERENT], count, p=[0.4, 0.3, 0.3]
    )
    own = employers.industry[employer]
    return MenteeColumns(
        **_side(rng, employer, employers, "e", [0.22, 0.28, 0.24, 0.15, 0.09, 0.02]),
        conflict_keys=employers.conflict_keys(rng, employer, of_mentees=True),
        aims=_topics(rng, count, 2, 5),
        challenges=_topics(rng, count, 1, 4),
        industry=Categorical.from_values(
            (IndustryPreference(one), frozenset({f"i{two}"})) for one, two in zip(preference, own, strict=True)
        ),
        let_down=rng.random(count) < 0.03,
    )


def _mentors(rng: np.random.Generator, count: int, employers: _Employers, places: float) -> MentorColumns:
    employer = employers.draw(rng, count)
    expertise = _topics(rng, count, 4, 10)
    also = rng.choice(INDUSTRIES, (count, 2), p=_popularity(INDUSTRIES)).tolist()
    more = rng.integers(0, 3, count).tolist()
    own = employers.industry[employer].tolist()
    return MentorColumns(
        **_side(rng, employer, employers, "r", [0.03, 0.10, 0.22, 0.30, 0.23, 0.12]),
        conflict_keys=employers.conflict_keys(rng, employer, of_mentees=False),
        expertise=expertise,
        depth=rng.choice([1, 2, 3], len(expertise.values), p=[0.4, 0.35, 0.25]),
        industry=Categorical.from_values(
            frozenset(f"i{each}" for each in (one, *others[:number]))
            for one, others, number in zip(own, also, more, strict=True)
        ),
        places=_places(rng, count, places),
    )


def _places(rng: np.random.Generator, count: int, mean: float) -> Ints:
    places = rng.choice([1, 2, 3, 4, 5], count, p=[0.35, 0.30, 0.20, 0.10, 0.05]).astype(np.int64)
    wanted = round(mean * count)
    while places.sum() < wanted:
        places[rng.integers(0, count, wanted - int(places.sum()))] += 1
    return places


def _side(
    rng: np.random.Generator, employer: Ints, employers: _Employers, prefix: str, levels: list[float]
) -> dict[str, Any]:
    count = len(employer)
    zone = np.where(rng.random(count) < 0.85, employers.zone[employer], rng.integers(0, len(ZONES), count))
    starts, length = rng.choice([16, 17, 18], count), rng.choice([16, 18, 20], count)
    weeks = zip(zone.tolist(), starts.tolist(), length.tolist(), strict=True)
    known = {
        key: _week(*key) for key in {(a, b, c) for a in range(len(ZONES)) for b in (16, 17, 18) for c in (16, 18, 20)}
    }
    local = zone % (LANGUAGES - 1) + 1
    languages = np.zeros((count, LANGUAGES), bool)
    languages[:, 0] = rng.random(count) < 0.8
    languages[np.arange(count), local] = rng.random(count) < 0.9
    languages[np.arange(count), rng.integers(1, LANGUAGES, count)] |= rng.random(count) < 0.1
    function = rng.choice(FUNCTIONS, count, p=_popularity(FUNCTIONS)).tolist()
    return {
        "ids": [f"{prefix}{number}" for number in range(count)],
        "hashes": _hashes(count, prefix),
        "function": Categorical.from_values(f"f{each}" if each else None for each in function),
        "seniority": Categorical.from_values(rng.choice(LEVELS, count, p=levels).tolist()),
        "languages": _named_sets(languages),
        "hours": Categorical.from_values(known[week] for week in weeks),
    }


def _week(zone: int, starts: int, length: int) -> int:
    week = 0
    for day in range(5):
        for slot in range(length):
            week |= 1 << (48 * day + starts + slot - ZONES[zone]) % 336
    return week


def _hashes(count: int, prefix: str) -> Hashes:
    return np.random.default_rng(len(prefix) + ord(prefix)).integers(0, 2**64, count, dtype=np.uint64)


def _named_sets(table: Any) -> Categorical:
    values, of = np.unique(table, axis=0, return_inverse=True)
    return Categorical(of.reshape(-1), [frozenset(f"l{name}" for name in np.flatnonzero(row)) for row in values])


def _topics(rng: np.random.Generator, count: int, least: int, most: int) -> RaggedArray:
    """Give each person some topics, popular ones more often, none twice."""
    drawn = np.log(_popularity(TOPICS)) + rng.gumbel(size=(count, TOPICS))
    ranked = np.argsort(-drawn, axis=1)[:, :most]
    sizes = rng.integers(least, most + 1, count)
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return RaggedArray(starts, ranked[np.arange(most) < sizes[:, None]])


def _popularity(count: int) -> Any:
    share = 1.0 / np.arange(1, count + 1) ** 0.5
    return share / share.sum()


def _overrides(rng: np.random.Generator, mentees: int, mentors: int) -> PairOverrides:
    """Some mentees name up to three mentors, and half as many pairs have been declined."""
    who = np.flatnonzero(rng.random(mentees) < 0.4)
    wished = np.minimum((rng.random((len(who), 3)) ** 1.7 * mentors).astype(np.int64), mentors - 1)
    wishes = np.stack([np.repeat(who, 3), wished.ravel(), np.tile([4, 3, 2], len(who))])
    declined = np.stack([rng.integers(0, mentees, mentees // 2), rng.integers(0, mentors, mentees // 2)])
    declined = np.concatenate([declined, np.zeros((1, declined.shape[1]), np.int64)])
    both = np.concatenate([wishes, declined], 1)
    _, first = np.unique(both[0] * mentors + both[1], return_index=True)
    mentee, mentor, lift = both[:, first]
    return PairOverrides(mentee, mentor, lift, lift == 0, np.zeros(len(first), bool))
