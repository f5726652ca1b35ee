"""Which of several optima: the one whose pairs weigh most by a hash of both ids.

With prices that prove the optimum, the optima are exactly the assignments made of tight pairs (bonus +
score = u + p) that match everybody with u > 0 and fill every mentor with p > 0. Among those the heaviest by
hash depends on the people alone: not on the order they are given in, nor on threads or tiles, nor on which
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

    `tight` must hold all pairs of some optimum. The hashes have shapes (n,) and (m,). Raises
    CertificateError when the tight pairs hold none.
    """
    needs = optimum.mentee_price > 0, optimum.mentor_price > 0
    left = np.minimum(capacity, len(optimum.mentor_of))
    forced, open_places = _forced(tight, needs, left)
    rest = tight.take(open_places)
    pairs = concatenated([tight.take(forced), rest.take(_heaviest(rest, needs, left, hashes))])
    return _with(optimum, pairs, capacity)


def _forced(tight: Pairs, needs: tuple[Mask, Mask], left: Ints) -> tuple[Ints, Ints]:
    """Give the places of the pairs in every optimum, and of those still open; take the former from `left`."""
    mentees, mentors = (len(each) for each in needs)
    open_places, forced = np.arange(len(tight)), [np.empty(0, np.int64)]
    while True:
        mentee, mentor = tight.mentee[open_places], tight.mentor[open_places]
        only = needs[0][mentee] & (np.bincount(mentee, minlength=mentees)[mentee] == 1)
        only |= needs[1][mentor] & (np.bincount(mentor, minlength=mentors)[mentor] <= left[mentor])
        if not only.any():
            return np.concatenate(forced), open_places
        forced.append(open_places[only])
        left -= np.bincount(mentor[only], minlength=mentors)
        done = np.zeros(mentees, bool)
        done[mentee[only]] = True
        open_places = open_places[~done[mentee] & (left[mentor] > 0)]


def _heaviest(rest: Pairs, needs: tuple[Mask, Mask], left: Ints, hashes: tuple[Hashes, Hashes]) -> Ints:
    """Give the places of the pairs that meet the most needs and, among such, weigh most by hash."""
    mentees, mentors = np.unique(rest.mentee), np.unique(rest.mentor)
    # By hash, so that even two choices of the same weight are told apart alike whatever the order given.
    mentees, mentors = mentees[np.argsort(hashes[0][mentees])], mentors[np.argsort(hashes[1][mentors])]
    row, column = _ranks(rest.mentee, mentees), _ranks(rest.mentor, mentors)
    order = np.lexsort((column, row))
    met = needs[0][rest.mentee].astype(np.int64) + needs[1][rest.mentor]
    weight = met * (len(mentees) << HASH_BITS) + pair_hashes(hashes[0][rest.mentee], hashes[1][rest.mentor])
    return order[max_weight_flow(row[order], column[order], weight[order], len(mentees), left[mentors])]


def _ranks(people: Ints, ordered: Ints) -> Ints:
    rank = np.empty(ordered.max(initial=-1) + 1, np.int64)
    rank[ordered] = np.arange(len(ordered))
    return rank[people]


def _with(optimum: Optimum, pairs: Pairs, capacity: Ints) -> Optimum:
    mentor_of = np.full(len(optimum.mentor_of), NOBODY, np.int64)
    score = np.zeros(len(mentor_of), np.int64)
    mentor_of[pairs.mentee], score[pairs.mentee] = pairs.mentor, pairs.score
    load = np.bincount(pairs.mentor, minlength=len(capacity))
    unmet = (optimum.mentee_price > 0) & (mentor_of == NOBODY)
    unmet_places = (optimum.mentor_price > 0) & (load < np.minimum(capacity, len(mentor_of)))
    if unmet.any() or unmet_places.any():
        raise CertificateError("the tight pairs hold no optimum")
    return replace(optimum, mentor_of=mentor_of, score=score)
