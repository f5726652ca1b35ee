"""The proof that an assignment is optimal. It relies on nothing that the search has found out."""

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
    """What is to be proven; see `Assignment`."""

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


def check_certificate(
    claim: Claim, score_matrix: ScoreMatrix, *, workers: int = 1, progress: Progress | None = None
) -> None:
    """Raise CertificateError, naming the offender, unless the claim is proven.

    The assignment is feasible and has the value it claims; its prices violate no allowed pair and sum to that same
    value. Then no assignment has a higher value (weak duality of linear programming).
    """
    _check_shapes(claim, score_matrix)
    _check_capacity(claim)
    _check_scores(claim, score_matrix)
    _check_prices(claim)
    _check_sums(claim)
    _check_all_pairs(claim, score_matrix, workers, progress or Progress())


def _check_shapes(claim: Claim, score_matrix: ScoreMatrix) -> None:
    mentee_count, mentor_count = score_matrix.shape
    expected = (("mentor_of", mentee_count), ("mentee_price", mentee_count), ("mentor_price", mentor_count))
    for name, size in expected:
        array = getattr(claim, name)
        if array.shape != (size,) or array.dtype != np.int64:
            raise CertificateError(f"{name} is not {size} whole numbers")
    outside = np.flatnonzero((claim.mentor_of < NOBODY) | (claim.mentor_of >= mentor_count))
    if len(outside):
        raise CertificateError(f"mentee {outside[0]} has a mentor who does not exist")


def _check_capacity(claim: Claim) -> None:
    taken = np.bincount(claim.mentor_of[claim.mentor_of != NOBODY], minlength=len(claim.capacity))
    over = np.flatnonzero(taken > claim.capacity)
    if len(over):
        raise CertificateError(f"mentor {over[0]} has {taken[over[0]]} mentees and {claim.capacity[over[0]]} places")


def _check_scores(claim: Claim, score_matrix: ScoreMatrix) -> None:
    mentee = np.flatnonzero(claim.mentor_of != NOBODY)
    scores = score_matrix.pair_scores(mentee, claim.mentor_of[mentee])
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
    # In Python's integers: these sums may exceed 64 bits.
    value = claim.matched * claim.bonus + claim.total
    mentors = zip(claim.capacity.tolist(), claim.mentor_price.tolist(), strict=True)
    dual_value = sum(claim.mentee_price.tolist()) + sum(places * price for places, price in mentors)
    if value != dual_value:
        raise CertificateError(f"the assignment is worth {value}, the prices bound it by {dual_value}")


def _check_all_pairs(claim: Claim, score_matrix: ScoreMatrix, workers: int, progress: Progress) -> None:
    rows, threshold = np.arange(score_matrix.shape[0]), claim.mentee_price - claim.bonus
    found = pairs_reaching(
        score_matrix, rows, threshold + 1, claim.mentor_price, floor=claim.floor, workers=workers, progress=progress
    )
    pairs: Pairs = concatenated([found, score_matrix.lifted_pairs()])
    profit = pairs.score - claim.mentor_price[pairs.mentor] - threshold[pairs.mentee]
    violating = np.flatnonzero((profit > 0) & (pairs.score >= claim.floor))
    if len(violating):
        mentee, mentor = pairs.mentee[violating[0]], pairs.mentor[violating[0]]
        raise CertificateError(f"mentee {mentee} with mentor {mentor} is worth more than their prices")
