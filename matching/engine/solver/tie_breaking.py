"""Chooses among equal optima: the one whose pairs have the highest weight by a hash of both ids.

With prices that prove an optimum, complementary slackness says: the optima are exactly the assignments made of tight
pairs (bonus + score = u + p) that match everybody with u > 0 and fill every mentor with p > 0. Which of them has the
highest weight depends on the people alone: not on the order they are given in, nor on threads or tiles, nor on which
optimum was found first.
"""

from dataclasses import replace

import numpy as np

from matching.engine.arrays import Hashes, Ints, Mask
from matching.engine.errors import CertificateError
from matching.engine.facts.hashes import scrambled
from matching.engine.solver.flow import Optimum, max_weight_flow
from matching.engine.solver.pairs import NOBODY, Pairs, concatenated

HASH_BITS = 24


def pair_hashes(mentee: Hashes, mentor: Hashes) -> Ints:
    """Give a stable number from 0 to 2²⁴ − 1 for each pair of people, from their hashes. Shapes (k,)."""
    return (scrambled(mentee ^ mentor) >> np.uint64(64 - HASH_BITS)).astype(np.int64)


def break_ties(optimum: Optimum, tight: Pairs, capacity: Ints, hashes: tuple[Hashes, Hashes]) -> Optimum:
    """Give the optimum that the people's hashes choose among the `tight` pairs, with the same prices.

    `tight` must hold all pairs of some optimum; the hashes have shapes (n,) and (m,). Raises CertificateError
    when the tight pairs hold no optimum.
    """
    required = optimum.mentee_price > 0, optimum.mentor_price > 0
    free_places = np.minimum(capacity, len(optimum.mentor_of))
    forced, undecided = _forced(tight, required, free_places)
    rest = tight.take(undecided)
    pairs = concatenated([tight.take(forced), rest.take(_heaviest(rest, required, free_places, hashes))])
    return _with_pairs(optimum, pairs, capacity)


def _forced(tight: Pairs, required: tuple[Mask, Mask], free_places: Ints) -> tuple[Ints, Ints]:
    """Give the positions of the pairs that are in every optimum, and of those undecided.

    A pair is forced when it is the only one left of a mentee who must be matched, or of a mentor who has no more
    pairs left than places to fill. `free_places` is reduced, in place, by the forced pairs.
    """
    mentee_count, mentor_count = (len(side) for side in required)
    undecided, forced = np.arange(len(tight)), [np.empty(0, np.int64)]
    while True:
        mentee, mentor = tight.mentee[undecided], tight.mentor[undecided]
        only = required[0][mentee] & (np.bincount(mentee, minlength=mentee_count)[mentee] == 1)
        only |= required[1][mentor] & (np.bincount(mentor, minlength=mentor_count)[mentor] <= free_places[mentor])
        if not only.any():
            return np.concatenate(forced), undecided
        forced.append(undecided[only])
        free_places -= np.bincount(mentor[only], minlength=mentor_count)
        matched = np.zeros(mentee_count, bool)
        matched[mentee[only]] = True
        undecided = undecided[~matched[mentee] & (free_places[mentor] > 0)]


def _heaviest(rest: Pairs, required: tuple[Mask, Mask], free_places: Ints, hashes: tuple[Hashes, Hashes]) -> Ints:
    """Give the positions of the pairs that serve most required people and, among such choices, weigh most by hash."""
    mentees, mentors = np.unique(rest.mentee), np.unique(rest.mentor)
    # Rows and columns in an order by hash: then two choices of the same weight are decided alike for any input order.
    mentees, mentors = mentees[np.argsort(hashes[0][mentees])], mentors[np.argsort(hashes[1][mentors])]
    row, column = _rank_of(rest.mentee, mentees), _rank_of(rest.mentor, mentors)
    order = np.lexsort((column, row))
    served = required[0][rest.mentee].astype(np.int64) + required[1][rest.mentor]
    weight = served * (len(mentees) << HASH_BITS) + pair_hashes(hashes[0][rest.mentee], hashes[1][rest.mentor])
    return order[max_weight_flow(row[order], column[order], weight[order], len(mentees), free_places[mentors])]


def _rank_of(people: Ints, ordered: Ints) -> Ints:
    rank = np.empty(ordered.max(initial=-1) + 1, np.int64)
    rank[ordered] = np.arange(len(ordered))
    return rank[people]


def _with_pairs(optimum: Optimum, pairs: Pairs, capacity: Ints) -> Optimum:
    mentor_of = np.full(len(optimum.mentor_of), NOBODY, np.int64)
    score = np.zeros(len(mentor_of), np.int64)
    mentor_of[pairs.mentee], score[pairs.mentee] = pairs.mentor, pairs.score
    load = np.bincount(pairs.mentor, minlength=len(capacity))
    unmatched = (optimum.mentee_price > 0) & (mentor_of == NOBODY)
    unfilled = (optimum.mentor_price > 0) & (load < np.minimum(capacity, len(mentor_of)))
    if unmatched.any() or unfilled.any():
        raise CertificateError("the tight pairs hold no optimum")
    return replace(optimum, mentor_of=mentor_of, score=score)
