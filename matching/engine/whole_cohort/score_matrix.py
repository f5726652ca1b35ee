"""The score matrix of a cohort, computed tile by tile from its columns."""

from itertools import pairwise

import numpy as np

from matching.engine.arrays import Ints
from matching.engine.facts.cards import Weights
from matching.engine.facts.score import FULL_SHARE, NEUTRAL_SHARE, Part, max_points_by_part, share_points
from matching.engine.solver.pairs import Pairs, in_sorted
from matching.engine.solver.score_matrix import NOT_ALLOWED, Tile
from matching.engine.whole_cohort.columns import CohortColumns
from matching.engine.whole_cohort.conflict_keys import ConflictLookup
from matching.engine.whole_cohort.feature_matrices import feature_matrices

PAIRS_PER_BLOCK = 1 << 14
PAIRS_PER_STEP = 1300  # hours of so many pairs are looked up one by one in the time of one step for all rows of a week


class ComputedScoreMatrix:
    """A `solver.score_matrix.ScoreMatrix`: base scores by a matrix product, rules and lift for few pairs after it."""

    def __init__(self, cohort: CohortColumns, weights: Weights) -> None:
        overrides, max_points = cohort.overrides, max_points_by_part(weights)[Part.SHORTLIST]
        self.cohort = cohort
        self.shape = (len(cohort.mentees.ids), len(cohort.mentors.ids))
        self.features = feature_matrices(cohort.mentees, cohort.mentors, weights)
        self._conflicts = ConflictLookup(cohort.mentees.conflict_keys, cohort.mentors.conflict_keys)
        order = np.lexsort((overrides.mentor, overrides.mentee))
        self._override_keys = (overrides.mentee * self.shape[1] + overrides.mentor)[order]
        lifted = max_points * (NEUTRAL_SHARE + overrides.lift) // FULL_SHARE
        self._lift_points = (lifted - share_points(max_points, NEUTRAL_SHARE))[order]
        self._excluded, self._waived = overrides.excluded[order], overrides.waived[order]

    def locality_order(self, rows: Ints) -> Ints:
        """Give the rows with mentees of the same languages together and, among these, of the same working hours."""
        return rows[np.lexsort((self.features.week_of_mentee[rows], self.cohort.mentees.languages.codes[rows]))]

    def tile(self, rows: Ints, columns: slice | Ints, out: Tile) -> Tile:
        """Give the base scores of these mentees with these mentors. Shape (rows, columns)."""
        features = self.features
        left = features.mentees[rows]
        # Neighbours share languages and the like: features that none of these mentees has need not be multiplied.
        used = np.flatnonzero(left.any(axis=0))
        right = features.mentors[:, columns][used]
        tile = out.reshape(-1)[: len(rows) * right.shape[1]].reshape(len(rows), right.shape[1])
        np.matmul(left[:, used], right, out=tile)
        self._add_hours(tile, features.week_of_mentee[rows], features.week_of_mentor[columns])
        return tile

    def _add_hours(self, tile: Tile, mentee_weeks: Ints, mentor_weeks: Ints) -> None:
        """Add the points for shared working hours, in place; in steps where neighbouring mentees share a week."""
        points, shared = self.features.hour_points, self.features.hours
        edges = [*np.flatnonzero(np.diff(mentee_weeks, prepend=-1)).tolist(), len(mentee_weeks)]
        if len(edges) * PAIRS_PER_STEP > tile.size:
            tile += points[shared[mentee_weeks[:, None], mentor_weeks]]
            return
        for start, end in pairwise(edges):
            tile[start:end] += points[shared[mentee_weeks[start]]][mentor_weeks]

    def allowed_pairs(self, pairs: Pairs) -> Pairs:
        """Give those of the pairs, which carry base scores, that no rule excludes, with their scores."""
        score = self._final_scores(pairs)
        return Pairs(pairs.mentee, pairs.mentor, score).take(score >= 0)

    def pair_scores(self, mentee: Ints, mentor: Ints) -> Ints:
        """Give the score of each of these pairs, −1 where not allowed. Shape (k,)."""
        features, mentor_features = self.features, self.features.mentors.T
        score = np.empty(len(mentee), np.int64)
        for start in range(0, len(mentee), PAIRS_PER_BLOCK):
            block = slice(start, start + PAIRS_PER_BLOCK)
            left, right = features.mentees[mentee[block]], mentor_features[mentor[block]]
            score[block] = np.einsum("kd,kd->k", left, right).astype(np.int64)
        weeks = features.week_of_mentee[mentee], features.week_of_mentor[mentor]
        score += features.hour_points[features.hours[weeks]].astype(np.int64)
        return self._final_scores(Pairs(mentee, mentor, score))

    def lifted_pairs(self) -> Pairs:
        """Give all allowed pairs that a shortlist lifts, with their scores."""
        keys = self._override_keys[self._lift_points > 0]
        mentee, mentor = np.divmod(keys, max(self.shape[1], 1))
        score = self.pair_scores(mentee, mentor)
        return Pairs(mentee, mentor, score).take(score >= 0)

    def _final_scores(self, pairs: Pairs) -> Ints:
        """Give the base scores with the lift added, −1 where a rule excludes. Shape (k,)."""
        keys = pairs.keys(self.shape[1])
        overridden = np.flatnonzero(in_sorted(keys, self._override_keys))
        override = np.searchsorted(self._override_keys, keys[overridden])
        excluded, score = self._conflicts.shared(pairs), pairs.score.copy()
        excluded[overridden] = self._excluded[override] | (excluded[overridden] & ~self._waived[override])
        score[overridden] += self._lift_points[override]
        score[excluded] = NOT_ALLOWED
        return score
