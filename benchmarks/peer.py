"""Solve with another package, as often as asked: `python peer.py NAME FILE`, one line read for each answer.

Runs in an environment of its own with that package alone. FILE holds `scores` (n × m, negative: not allowed) and
`places`. Each answer is a line of JSON: CPU seconds, matched, total, and the memory taken, MB.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np


def scipy(scores: Any, places: Any) -> Any:
    """The Hungarian method in C++, seats laid out; the table is prepared before the clock starts."""
    from scipy.optimize import linear_sum_assignment

    seats = np.repeat(np.arange(len(places)), places)
    bonus = len(scores) * 1_000_000 + 1
    laid_out = np.empty((len(scores), len(seats)))
    for start in range(0, len(scores), 256):
        part = scores[start : start + 256][:, seats]
        laid_out[start : start + 256] = np.where(part >= 0, -part - float(bonus), 0)

    def solve() -> Any:
        # Costs, not gains: for gains it would copy the whole table first.
        rows, columns = linear_sum_assignment(laid_out)
        return [(row, seats[column]) for row, column in zip(rows, columns, strict=True)]

    return solve, laid_out.nbytes


def mentor_match(scores: Any, places: Any) -> Any:
    """mentor-match: a mentor for each place, and a bonus that makes its answer optimal."""
    # By name, for its package is called as ours is.
    mentee_type, mentor_type = import_module("matching.mentee").Mentee, import_module("matching.mentor").Mentor
    process_data, rules = import_module("matching.process").process_data, import_module("matching.rules.rule")
    table, bonus = scores.tolist(), len(scores) * 1_000_000 + 1
    seats = np.repeat(np.arange(len(places)), places).tolist()

    class Score(rules.Rule):  # type: ignore[misc,name-defined]
        def evaluate(self, match: Any) -> bool:
            return True

        def apply(self, match: Any) -> int:
            return int(bonus + table[match.mentee.row][match.mentor.column])

    def solve() -> Any:
        mentees = [mentee_type(grade=1, email=f"e{row}") for row in range(len(table))]
        mentors = [mentor_type(grade=1, email=f"r{number}") for number in range(len(seats))]
        for row, mentee in enumerate(mentees):
            mentee.row = row
        for mentor, column in zip(mentors, seats, strict=True):
            mentor.column = column
        barred = rules.Disqualify(lambda match: table[match.mentee.row][match.mentor.column] < 0)
        process_data(mentors, mentees, [[Score(), barred]])
        return [(mentee.row, mentee.mentors[0].column) for mentee in mentees if mentee.mentors]

    return solve, 0


def matching(scores: Any, places: Any) -> Any:
    """matching: the hospital–resident problem, both sides ranking by the same score."""
    game = import_module("matching.games").HospitalResident

    def solve() -> Any:
        residents = {
            f"e{row}": [f"r{column}" for column in np.argsort(-own, kind="stable") if own[column] >= 0]
            for row, own in enumerate(scores)
            if (own >= 0).any()
        }
        hospitals = {
            f"r{column}": [f"e{row}" for row in np.argsort(-own, kind="stable") if own[row] >= 0]
            for column, own in enumerate(scores.T)
            if (own >= 0).any()
        }
        capacity = {name: int(places[int(name[1:])]) for name in hospitals}
        found = game.create_from_dictionaries(residents, hospitals, capacity).solve()
        return [(int(mentee.name[1:]), int(mentor.name[1:])) for mentor, mentees in found.items() for mentee in mentees]

    return solve, 0


def main(name: str, file: str) -> None:
    """Answer each line of the input."""
    with np.load(file) as data:
        scores, places = data["scores"], data["places"]
    solve, held = {"scipy": scipy, "mentor-match": mentor_match, "matching": matching}[name](scores, places)
    for _ in sys.stdin:
        before, began = resident(), time.process_time()
        pairs = solve()
        spent, extra = time.process_time() - began, peak() - before + held / 2**20
        got = [int(scores[row, column]) for row, column in pairs if scores[row, column] >= 0]
        print(json.dumps({"seconds": spent, "matched": len(got), "total": sum(got), "extra": extra}), flush=True)


def resident() -> float:
    """Give the memory in use, MB, and let the peak start from here (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def peak() -> float:
    """Give the most memory in use, MB, since then."""
    return _memory("VmHWM")


def _memory(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
