"""What a run keeps beside its proposals: what it was made from, its proof, its figures; typed, and the same bytes for
the same inputs. Nobody else reads or writes `MatchRun.report`.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from matching.domain.fairness import FEWEST, Share
from matching.engine import Match, Pool
from matching.engine.facts.score import MAX_SCORE
from matching.models import MatchRun

BARS = 20  # of the picture: 50,000 points each


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run, in figures: `bars` pairs by score."""

    matched: int
    total: int
    lowest: int | None
    bars: list[int]

    @classmethod
    def of(cls, found: Match) -> "Way":
        """Of what was found this way."""
        bars = Counter(min(score * BARS // MAX_SCORE, BARS - 1) for score in found.score_of.values())
        return cls(found.matched, found.total, found.lowest, [bars[number] for number in range(BARS)])


@dataclass(frozen=True, slots=True)
class Load:
    """How many mentors get several mentees, how many at most, and how many with a place get none."""

    several: int
    most: int
    idle: int

    @classmethod
    def of(cls, pool: Pool, found: Match) -> "Load":
        """Of what was found."""
        loads = found.loads
        return cls(
            several=sum(load > 1 for load in loads.values()),
            most=max(loads.values(), default=0),
            idle=sum(card.id not in loads for card in pool.mentors if card.open_places),
        )


@dataclass(frozen=True, slots=True)
class Group:
    """So many mentees compete for so few places."""

    mentees: int
    places: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was proven, and over how much: no assignment of these people is worth more than `bound`, and this one is.

    pairs   how many were looked at, each of them
    value   what the assignment is worth: so much a match that numbers come before scores, and the scores
    floor   pairs that score less were not allowed
    """

    pairs: int
    matched: int
    total: int
    floor: int
    value: int
    bound: int

    @classmethod
    def of(cls, found: Match) -> "Certificate":
        """Of a match whose certificate has held."""
        claim = found.assignment
        mentees, mentors = claim.score_matrix.shape
        prices = zip(claim.capacity.tolist(), claim.mentor_price.tolist(), strict=True)
        return cls(
            pairs=mentees * mentors,
            matched=claim.matched,
            total=claim.total,
            floor=claim.floor,
            value=claim.matched * claim.bonus + claim.total,
            bound=sum(claim.mentee_price.tolist()) + sum(places * price for places, price in prices),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run.

    fingerprint     of everything that was given to the engine; the same for the same inputs alone
    engine          which engine it was
    weights         what counted how much, by part
    plain, protected, spread
                    the ways to run; `spread` protects the worst-off as well where that was asked for
    unspread_load, spread_load
                    the load without and with spreading it
    mentors         how many were weighed
    groups          who compete for too few places, the largest group first
    """

    fingerprint: str
    engine: str
    weights: dict[str, int]
    certificate: Certificate
    plain: Way
    protected: Way
    spread: Way
    unspread_load: Load
    spread_load: Load
    mentors: int
    groups: list[Group]
    fairness: dict[str, list[Share]]

    def to_data(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)

    def to_bytes(self) -> bytes:
        """One way to write it, so that two can be compared."""
        return json.dumps(self.to_data(), sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "RunReport":
        """What was kept. Raises `LookupError` or `TypeError` where it is no report."""
        return cls(
            fingerprint=data["fingerprint"],
            engine=data["engine"],
            weights=dict(data["weights"]),
            certificate=Certificate(**data["certificate"]),
            plain=Way(**data["plain"]),
            protected=Way(**data["protected"]),
            spread=Way(**data["spread"]),
            unspread_load=Load(**data["unspread_load"]),
            spread_load=Load(**data["spread_load"]),
            mentors=data["mentors"],
            groups=[Group(**each) for each in data["groups"]],
            fairness={name: [Share(**each) for each in shares] for name, shares in data["fairness"].items()},
        )


def report_of(run: MatchRun) -> RunReport:
    """The report of a run that was made. Raises `LookupError` or `TypeError` where it cannot be read."""
    return RunReport.from_data(run.report)


def weights_of(run: MatchRun) -> dict[str, int]:
    """What counted in a run, by part; nothing where its report cannot be read."""
    try:
        return report_of(run).weights
    except (LookupError, TypeError, ValueError, AttributeError):
        return {}


def says_why(run: MatchRun) -> bool:
    """Whether a run says why mentees stay unmatched. Among fewer than five mentors, everybody could work out who has
    whom on a private list: such a run says only how many are matched.
    """
    return bool(run.report.get("mentors", FEWEST) >= FEWEST)
