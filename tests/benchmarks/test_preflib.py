from pathlib import Path

import numpy as np
import pytest

from benchmarks.preflib import Bids, FormatError, main, read, solve
from matching.engine.facts.score import MAX_SCORE

FILE = """# FILE NAME: made-up.cat
# TITLE: Bids that nobody made
# DATA TYPE: cat
# NUMBER ALTERNATIVES: 4
# NUMBER VOTERS: 4
# NUMBER UNIQUE PREFERENCES: 3
# NUMBER CATEGORIES: 3
# CATEGORY NAME 1: Yes
# CATEGORY NAME 2: Maybe
# CATEGORY NAME 3: No
# ALTERNATIVE NAME 1: Boards
# ALTERNATIVE NAME 2: Growth
# ALTERNATIVE NAME 3: Crisis
# ALTERNATIVE NAME 4: Exit
2: {1,2},3,4
1: 1, {}, {2, 3}
1: {}, {1}, {}
"""


def test_bids_are_read_as_the_format_says() -> None:
    bids = read(FILE)

    assert bids.categories == ("Yes", "Maybe", "No")
    assert bids.alternatives[3] == "Exit"
    assert bids.chosen.tolist() == [[0, 0, 1, 2], [0, 0, 1, 2], [0, 2, 2, -1], [1, -1, -1, -1]]
    half = MAX_SCORE // 2
    assert bids.scores().tolist() == [
        [MAX_SCORE, MAX_SCORE, half, -1],
        [MAX_SCORE, MAX_SCORE, half, -1],
        [MAX_SCORE, -1, -1, -1],
        [half, -1, -1, -1],
    ]


def test_bids_are_solved_and_scipy_agrees() -> None:
    assert solve(read(FILE), 1) == (3, MAX_SCORE + MAX_SCORE + MAX_SCORE // 2)
    assert solve(read(FILE), 2) == (4, 3 * MAX_SCORE + MAX_SCORE // 2)
    rng = np.random.default_rng(1)
    for _ in range(20):
        solve(Bids(("yes", "maybe", "no"), tuple("abcdefg"), rng.integers(-1, 3, (20, 7))))


def test_the_command_says_what_came_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bids.cat"
    file.write_text(FILE)

    main(str(file), 2)

    assert "4 voters, 4 alternatives, 3 categories" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("# NUMBER VOTERS: 4\n", "", "number of voters"),
        ("# NUMBER VOTERS: 4\n", "# NUMBER VOTERS: 5\n", "5 voters, the lines hold 4"),
        ("2: {1,2},3,4", "2: {1,2},3", "line 15: 2 categories instead of 3"),
        ("2: {1,2},3,4", "2: {1,2},2,4", "line 15: an alternative is in two"),
        ("2: {1,2},3,4", "2: {1,2},3,9", "line 15: there is no such alternative"),
        ("2: {1,2},3,4", "2: {1,2,3,4", "line 15: cannot read"),
    ],
)
def test_what_cannot_be_read_names_the_line(old: str, new: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read(FILE.replace(old, new))
