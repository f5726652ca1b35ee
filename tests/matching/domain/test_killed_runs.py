"""SIGKILL in the middle of a run, and of its publishing. Many more: `python -m benchmarks.runs --kills 200`."""

import pytest

from tests.matching.killed_runs import coordinator, publishings_killed, runs_killed

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = (7, 5)
STEPS_OF_A_RUN, WRITING_A_RUN = (2, 5, 20, 41, 42, 43, 44, 45), range(41, 45)
STEPS_OF_A_PUBLISHING, WRITING_A_PUBLISHING = (5, 20, 38, 40, 49, 52, 54), range(39, 54, 4)


def test_a_run_is_kept_whole_or_not_at_all_and_made_once() -> None:
    tally = runs_killed(coordinator(), STEPS_OF_A_RUN, people=PEOPLE)
    assert tally.kills >= 6
    assert tally.halves == []


def test_a_publishing_is_whole_or_not_at_all() -> None:
    tally = publishings_killed(coordinator(), STEPS_OF_A_PUBLISHING, pairs=5)
    assert tally.kills >= 5
    assert tally.halves == []


def test_without_their_transactions_half_would_be_kept_and_half_would_be_out() -> None:
    """The control: the same kills find out what is written piece by piece."""
    user = coordinator()
    tally = runs_killed(user, WRITING_A_RUN, people=PEOPLE, whole=False)
    assert any("a_run_is_kept_whole" in each for each in tally.halves)
    assert publishings_killed(user, WRITING_A_PUBLISHING, pairs=5, whole=False).halves
