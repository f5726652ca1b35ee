import numpy as np
import pytest

from matching.engine.facts.score import MAX_SCORE
from matching.engine.progress import Progress
from matching.engine.solver.scan import pairs_reaching, scan_candidates
from matching.engine.solver.score_matrix import StoredScoreMatrix
from matching.engine.solver.validation import check_scores


@pytest.mark.parametrize("mentors", [900, 1100, 5000])  # all of them are the sample, some are, more than a tile
@pytest.mark.parametrize("highest", [0, 3, MAX_SCORE])
def test_no_pair_left_out_scores_more_than_the_cutoff(highest: int, mentors: int) -> None:
    rng = np.random.default_rng(highest)
    scores = rng.integers(-highest // 3, highest + 1, (60, mentors))
    found = scan_candidates(StoredScoreMatrix(check_scores(scores)), 5, workers=1, progress=Progress())

    left_out = scores.copy()
    left_out[found.pairs.mentee, found.pairs.mentor] = -1

    assert (found.pairs.score == scores[found.pairs.mentee, found.pairs.mentor]).all()
    assert (np.maximum(left_out.max(axis=1), -1) <= found.cutoff).all()
    assert np.bincount(found.pairs.mentee, minlength=60).max() <= 20


def test_pairs_reaching_the_threshold_are_found_and_no_others() -> None:
    rng = np.random.default_rng(1)
    scores, price, threshold = rng.integers(-3, 50, (40, 90)), rng.integers(0, 30, 90), rng.integers(-20, 40, 40)
    price[:5] = 10**11  # far more than 32-bit floats hold
    rows = np.arange(0, 40, 2)
    score_matrix = StoredScoreMatrix(check_scores(scores))

    found = pairs_reaching(score_matrix, rows, threshold, price, floor=7, workers=1, progress=Progress()).sorted(90)

    expected = (scores - price >= threshold[:, None]) & (scores >= 7) & (np.arange(40) % 2 == 0)[:, None]
    assert found.keys(90).tolist() == np.flatnonzero(expected).tolist()


def test_pairs_of_some_mentors_and_of_mentees_with_very_low_thresholds() -> None:
    rng = np.random.default_rng(2)
    scores, price, threshold = rng.integers(-3, 50, (40, 90)), rng.integers(0, 30, 90), rng.integers(-20, 40, 40)
    price[:30] += 10**11 + 1
    threshold[::3] = -(10**11)
    mentors = np.flatnonzero(np.arange(90) % 3 > 0)
    score_matrix = StoredScoreMatrix(check_scores(scores))

    found = pairs_reaching(
        score_matrix, np.arange(40), threshold, price, mentors=mentors, floor=0, workers=1, progress=Progress()
    ).sorted(90)

    expected = (scores - price >= threshold[:, None]) & (scores >= 0) & (np.arange(90) % 3 > 0)
    assert found.keys(90).tolist() == np.flatnonzero(expected).tolist()
    assert (found.score == scores[found.mentee, found.mentor]).all()
    assert (found.mentor < 30).any()
