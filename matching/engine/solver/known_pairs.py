"""The known pairs by row and by column, as dictionaries that may be changed."""

from copy import copy

import numpy as np

from matching.engine.solver.pairs import Pairs

ScoreByNumber = dict[int, int]  # the scores of one person's known pairs, by the other person's row or column number


class KnownPairs:
    """Pairs as they were given, and as they have been changed since. Dictionaries are made when first asked for."""

    def __init__(self, pairs: Pairs, mentee_count: int, mentor_count: int) -> None:
        """`pairs` must be sorted by mentee, then mentor."""
        by_mentor = np.argsort(pairs.mentor, kind="stable")
        self._by_mentee, self._by_mentor = pairs, pairs.take(by_mentor)
        self._row_starts = np.searchsorted(pairs.mentee, np.arange(mentee_count + 1))
        self._column_starts = np.searchsorted(self._by_mentor.mentor, np.arange(mentor_count + 1))
        # As given, shared with copies; and as changed since.
        self._rows: dict[int, ScoreByNumber] = {}
        self._columns: dict[int, ScoreByNumber] = {}
        self._own_rows: dict[int, ScoreByNumber] = {}
        self._own_columns: dict[int, ScoreByNumber] = {}

    def row(self, mentee: int) -> ScoreByNumber:
        """Give the scores of the mentee's known pairs, by mentor; none for a mentee who was not given."""
        if mentee in self._own_rows:
            return self._own_rows[mentee]
        if mentee not in self._rows:
            is_given = mentee + 1 < len(self._row_starts)
            entries = slice(*self._row_starts[[mentee, mentee + 1]].tolist()) if is_given else slice(0)
            mentors, scores = self._by_mentee.mentor[entries], self._by_mentee.score[entries]
            self._rows[mentee] = dict(zip(mentors.tolist(), scores.tolist(), strict=True))
        return self._rows[mentee]

    def column(self, mentor: int) -> ScoreByNumber:
        """Give the scores of the mentor's known pairs, by mentee."""
        if mentor in self._own_columns:
            return self._own_columns[mentor]
        if mentor not in self._columns:
            entries = slice(self._column_starts[mentor], self._column_starts[mentor + 1])
            mentees, scores = self._by_mentor.mentee[entries], self._by_mentor.score[entries]
            self._columns[mentor] = dict(zip(mentees.tolist(), scores.tolist(), strict=True))
        return self._columns[mentor]

    def set_row(self, mentee: int, row: ScoreByNumber) -> None:
        """Replace the mentee's known pairs."""
        for mentor in self.row(mentee):
            self._own_column(mentor).pop(mentee, None)
        for mentor, score in row.items():
            self._own_column(mentor)[mentee] = score
        self._own_rows[mentee] = row

    def _own_column(self, mentor: int) -> ScoreByNumber:
        if mentor not in self._own_columns:
            self._own_columns[mentor] = dict(self.column(mentor))
        return self._own_columns[mentor]

    def copy(self) -> "KnownPairs":
        """Give the same pairs, to be changed by themselves; the arrays are shared, and what was made of them."""
        made = copy(self)
        # A row is replaced as a whole, a column is changed in place.
        columns = {mentor: dict(column) for mentor, column in self._own_columns.items()}
        vars(made).update(_own_rows=dict(self._own_rows), _own_columns=columns)
        return made
