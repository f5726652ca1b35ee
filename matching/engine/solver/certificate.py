"""The proof that an assignment is best, step by step. It trusts nothing that the search found out."""

from typing import Protocol

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.errors import CertificateError
from matching.engine.progress import Progress
from matching.engine.solver.flow import matching_bonus
from matching.engine.solver.pairs import NOBODY, Pairs, concatenated
from matching.engine.solver.scan import pairs_reaching
from matching.engine.solver.score_matrix import ScoreMatrix


class Claim(Protocol):
    """What there is to prove; see `Assignment`."""

    @property
    def mentor_of(self) -> Ints: ...
    @property
    def matched(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def mentee_price(self) -> Ints: ...
    @property
    def mentor_price(self) -> Ints: ...
    @property
    def bonus(self) -> int: ...
    @property
    def capacity(self) -> Ints: ...
    @property
    def floor(self) -> int: ...


def check(claim: Claim, score_matrix: ScoreMatrix, *, workers: int = 1, progress: Progress | None = None) -> None:
    """Raise CertificateError, naming the offender, unless the claim is proven.

    Feasible, of the worth it says, with prices that no allowed pair violates and whose sum is that very
    worth: then no assignment is worth more, by weak duality.
    """
    _check_shapes(claim, score_matrix)
    _check_places(claim)
    _check_worth(claim, score_matrix)
    _check_prices(claim)
    _check_sums(claim)
    _check_pairs(claim, score_matrix, workers, progress or Progress())


def _check_shapes(claim: Claim, score_matrix: ScoreMatrix) -> None:
    mentees, mentors = score_matrix.shape
    for name, size in (("mentor_of", mentees), ("mentee_price", mentees), ("mentor_price", mentors)):
        column = getattr(claim, name)
        if column.shape != (size,) or column.dtype != np.int64:
            raise CertificateError(f"{name} is not {size} whole numbers")
    outside = np.flatnonzero((claim.mentor_of < NOBODY) | (claim.mentor_of >= mentors))
    if len(outside):
        raise CertificateError(f"mentee {outside[0]} has a mentor who does not exist")


def _check_places(claim: Claim) -> None:
    taken = np.bincount(claim.mentor_of[claim.mentor_of != NOBODY], minlength=len(claim.capacity))
    over = np.flatnonzero(taken > claim.capacity)
    if len(over):
        raise CertificateError(f"mentor {over[0]} has {taken[over[0]]} mentees and {claim.capacity[over[0]]} places")


def _check_worth(claim: Claim, score_matrix: ScoreMatrix) -> None:
    mentee = np.flatnonzero(claim.mentor_of != NOBODY)
    scores = score_matrix.scores(mentee, claim.mentor_of[mentee])
    refused = mentee[(scores < 0) | (scores < claim.floor)]
    if len(refused):
        raise CertificateError(f"mentee {refused[0]} may not be with mentor {claim.mentor_of[refused[0]]}")
    if (claim.matched, claim.total) != (len(mentee), int(scores.sum())):
        raise CertificateError(f"{len(mentee)} are matched for {scores.sum()}, not {claim.matched} for {claim.total}")


def _check_prices(claim: Claim) -> None:
    for side, price in (("mentee", claim.mentee_price), ("mentor", claim.mentor_price)):
        negative = np.flatnonzero(price < 0)
        if len(negative):
            raise CertificateError(f"the price of {side} {negative[0]} is negative")
    if claim.bonus < matching_bonus(len(claim.mentor_of), claim.capacity):
        raise CertificateError(f"a bonus of {claim.bonus} does not put numbers before scores")


def _check_sums(claim: Claim) -> None:
    # Python's whole numbers: these sums may exceed 64 bits.
    worth = claim.matched * claim.bonus + claim.total
    places = zip(claim.capacity.tolist(), claim.mentor_price.tolist(), strict=True)
    bound = sum(claim.mentee_price.tolist()) + sum(places_of * price for places_of, price in places)
    if worth != bound:
        raise CertificateError(f"the assignment is worth {worth}, the prices bound it by {bound}")


def _check_pairs(claim: Claim, score_matrix: ScoreMatrix, workers: int, progress: Progress) -> None:
    everybody, least = np.arange(score_matrix.shape[0]), claim.mentee_price - claim.bonus
    seen = pairs_reaching(
        score_matrix, everybody, least + 1, claim.mentor_price, floor=claim.floor, workers=workers, progress=progress
    )
    pairs: Pairs = concatenated([seen, score_matrix.named()])
    gain = pairs.score - claim.mentor_price[pairs.mentor] - least[pairs.mentee]
    worse = np.flatnonzero((gain > 0) & (pairs.score >= claim.floor))
    if len(worse):
        offender = pairs.mentee[worse[0]], pairs.mentor[worse[0]]
        raise CertificateError(f"mentee {offender[0]} with mentor {offender[1]} is worth more than their prices")
