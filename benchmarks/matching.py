"""Measure the engine beside its peers, one row a claim: `python -m benchmarks.matching [--largest 20000]`.

Every row reads `RATIO name value demand`. All times are CPU seconds of one thread on either side, so other work
on the machine counts little; the two sides take turns, and the least of several runs counts. The peers are
installed into environments of their own under var/benchmarks.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

PINNED = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
HOME = Path(__file__).resolve().parent.parent / "var" / "benchmarks"
PEERS = {
    "scipy": ["scipy==1.17.1", "numpy==2.4.6"],
    "mentor-match": ["mentor-match==7.0.1", "munkres==3.0.0", "numpy==2.4.6"],
    "matching": ["matching==1.4.3", "numpy==2.4.6"],
}
SIZES = (1000, 5000, 10_000, 20_000, 50_000)
SCIPY_DEMANDS = {1000: 1.1, 5000: 0.30, 10_000: 0.16, 20_000: 0.13}
WHOLE_MEMORY = 1000  # MB


def main() -> None:
    """Measure everything, smallest first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--largest", type=int, default=20_000, help="the most mentees given to scipy (20000 takes minutes)"
    )
    parser.add_argument("--ours-largest", type=int, default=50_000, help="the most mentees given to the engine")
    wanted = parser.parse_args()
    print(
        f"{platform.machine()}, {_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True
    )
    _small()
    alone = _beside_scipy(wanted.largest)
    times = _growth([size for size in SIZES if size <= wanted.ours_largest], alone)
    if len(times) > 1:
        smallest, largest = min(times), max(times)
        slope = math.log(times[largest] / times[smallest]) / math.log(largest / smallest)
        ratio(f"growth of time with n, {smallest} to {largest}: exponent", slope, "<=1.7")
    _scan()
    _decline()
    _pin()


def ratio(name: str, value: float, demand: str) -> None:
    """Print one row."""
    print(f"RATIO {name!r} {value:.4g} {demand}", flush=True)


# --- the rows ---


def _small() -> None:
    from benchmarks.people import random_cohort

    for size, demand, repeats in ((200, 50, 25), (1000, 300, 1)):
        people = random_cohort(size, size // 2)
        with _peer("mentor-match", people) as peer:
            ours, theirs = _take_turns(partial(_once, people), peer, repeats)
        _same(ours, theirs)
        ratio(f"{size}x{size // 2} mentor-match time / ours", theirs["seconds"] / ours["seconds"], f">={demand}")
    scarce = random_cohort(200, 100, competitors=30, places=1.0)
    with _peer("matching", scarce) as peer:
        ours, theirs = _take_turns(partial(_once, scarce), peer, 25)
    ratio("200x100 matching (hospital-resident) time / ours", theirs["seconds"] / ours["seconds"], ">=4")
    ratio("200x100 more people matched than matching", ours["matched"] - theirs["matched"], ">=1")


def _beside_scipy(largest: int) -> dict[int, float]:
    from benchmarks.people import random_cohort

    alone = {}
    for size, demand in SCIPY_DEMANDS.items():
        if size > largest:
            print(f"# {size} was left out: --largest is {largest}", flush=True)
            continue
        people, repeats = random_cohort(size, size // 2), {1000: 9, 5000: 3}.get(size, 1)
        with _peer("scipy", people) as peer:
            ours, theirs = _take_turns(partial(_once, people), peer, repeats)
        _same(ours, theirs)
        alone[size] = ours["seconds"]
        print(f"# {size}: {ours['seconds']:.3f} s, scipy {theirs['seconds']:.3f} s", flush=True)
        ratio(
            f"{size}x{size // 2} people to optimum / scipy's solve alone",
            ours["seconds"] / theirs["seconds"],
            f"<={demand}",
        )
        if size == 10_000:
            ratio("10000x5000 extra memory / scipy's", _child(size)["extra"] / theirs["extra"], "<=0.125")
    return alone


def _growth(sizes: list[int], known: dict[int, float]) -> dict[int, float]:
    times = {}
    for size in sizes:
        if size in known:
            times[size] = known[size]
            continue
        found = _child(size)
        times[size] = found["seconds"]
        print(f"# {size}: {found['seconds']:.2f} s, {found['peak']:.0f} MB, {found['matched']} matched", flush=True)
        if size == SIZES[-1]:
            ratio(
                f"{size}x{size // 2} peak memory, MB, certified anew from all pairs", found["peak"], f"<={WHOLE_MEMORY}"
            )
    return times


def _scan() -> None:
    import numpy as np

    from benchmarks.people import random_cohort
    from matching.engine import Progress, Weights
    from matching.engine.solver.scan import TILE_COLUMNS, TILE_ROWS, scan_candidates
    from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix

    score_matrix = ComputedScoreMatrix(random_cohort(10_000, 5000), Weights())
    rows, out = score_matrix.locality_order(np.arange(10_000)), np.empty((TILE_ROWS, TILE_COLUMNS), np.float32)

    def product() -> None:
        # The same tiles: what none of a tile's mentees has is not multiplied by the scan either.
        for start in range(0, len(rows), TILE_ROWS):
            left = score_matrix.features.mentees[rows[start : start + TILE_ROWS]]
            used = np.flatnonzero(left.any(axis=0))
            one, other = left[:, used], score_matrix.features.mentors[used]
            for column in range(0, other.shape[1], TILE_COLUMNS):
                right = other[:, column : column + TILE_COLUMNS]
                tile = out.reshape(-1)[: len(one) * right.shape[1]].reshape(len(one), right.shape[1])
                np.matmul(one, right, out=tile)

    scans = [
        (_timed(lambda: scan_candidates(score_matrix, 48, workers=1, progress=Progress())), _timed(product))
        for _ in range(5)
    ]
    ratio("10000x5000 scan / its own matrix product", min(a for a, _ in scans) / min(b for _, b in scans), "<=3")


def _decline() -> None:
    import numpy as np

    from benchmarks.people import random_cohort
    from matching.engine import Weights, match_columns
    from matching.engine.solver.flow import solve
    from matching.engine.solver.incremental import IncrementalOptimum

    people = random_cohort(10_000, 5000)
    found = match_columns(people, Weights(), workers=1)
    pairs, places = found.proven.candidates.pairs, people.mentors.places
    anew = min(_timed(lambda: solve(pairs, 10_000, places)) for _ in range(3))
    live = IncrementalOptimum(pairs, found.proven.optimum, places)
    declines = np.random.default_rng(1).choice(10_000, 200, replace=False).tolist()
    spent = [_timed(partial(live.forbid, mentee, live.mentor_of[mentee])) for mentee in declines]
    ratio(
        "10000x5000 a decline (median of 200) / solving its candidates anew", float(np.median(spent)) / anew, "<=0.02"
    )


def _pin() -> None:
    """What a pin does, as a review board asks: the best answer and those that move few, beside a new solve."""
    import numpy as np

    from benchmarks.people import random_cohort
    from matching.engine import LiveMatch, Pin, Weights, match_columns

    people = random_cohort(10_000, 5000)
    anew = min(_timed(lambda: match_columns(people, Weights(), workers=1).certificate()) for _ in range(3))
    found = match_columns(people, Weights(), workers=1)
    live, picked = LiveMatch(found), np.random.default_rng(1)
    mentees, mentors = found.cohort.mentees.ids, found.cohort.mentors.ids
    spent: list[float] = []
    while len(spent) < 200:
        row, column = int(picked.integers(10_000)), int(picked.integers(5000))
        if live.scores([row], [column])[0] >= 0:
            pin = Pin(mentees[row], mentors[column])
            spent.append(_timed(partial(live.answers, [pin], found.mentor_of, about=[pin.mentee])))
    ratio("10000x5000 a pin, each way (median of 200) / a new proven solve", float(np.median(spent)) / anew, "<=0.02")


# --- the means ---


def _once(people: Any) -> dict[str, Any]:
    from matching.engine import Weights, match_columns

    began = time.process_time()
    found = match_columns(people, Weights(), workers=1)
    return {"seconds": time.process_time() - began, "matched": found.matched, "total": found.total}


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _take_turns(ours: Callable[[], dict[str, Any]], peer: Callable[[], dict[str, Any]], repeats: int) -> Any:
    """Give the quickest answer of either side."""
    answers = [(ours(), peer()) for _ in range(repeats)]
    return tuple(min(side, key=lambda answer: answer["seconds"]) for side in zip(*answers, strict=True))


def _same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    if (ours["matched"], ours["total"]) != (theirs["matched"], theirs["total"]):
        sys.exit(f"The answers differ: {ours}, {theirs}")


@contextmanager
def _peer(name: str, people: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """Give a function that has the peer solve once more, in its own environment."""
    python = _environment(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.npz"
        _write_table(people, file)
        command = [str(python), "-P", str(Path(__file__).with_name("peer.py")), name, str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_env()) as process:
            asking, answers = process.stdin, process.stdout
            if asking is None or answers is None:
                raise RuntimeError("the peer has no pipes")

            def once() -> dict[str, Any]:
                asking.write("\n")
                asking.flush()
                answer: dict[str, Any] = json.loads(answers.readline())
                return answer

            yield once
            asking.close()


def _write_table(people: Any, file: Path) -> None:
    import numpy as np

    from matching.engine import Weights
    from matching.engine.solver.pairs import Pairs
    from matching.engine.whole_cohort.score_matrix import ComputedScoreMatrix

    score_matrix = ComputedScoreMatrix(people, Weights())
    scores = np.full(score_matrix.shape, -1, np.int32)
    for start in range(0, score_matrix.shape[0], 256):
        rows, columns = np.indices((min(256, score_matrix.shape[0] - start), score_matrix.shape[1]))
        tile = score_matrix.tile(rows[:, 0] + start, slice(0, score_matrix.shape[1]), np.empty(rows.shape, np.float32))
        allowed = score_matrix.allowed_pairs(
            Pairs(start + rows.ravel(), columns.ravel(), tile.ravel().astype(np.int64))
        )
        scores[allowed.mentee, allowed.mentor] = allowed.score
    np.savez(file, scores=scores, places=people.mentors.places)


def _environment(name: str) -> Path:
    home = HOME / name
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-qqq", *PEERS[name]], check=True)
        (home / "ready").touch()
    return python


def _env() -> dict[str, str]:
    return {**{key: value for key, value in os.environ.items() if key != "PYTHONPATH"}, **PINNED}


def _child(size: int) -> dict[str, Any]:
    """Measure in a process of its own, for its memory."""
    command = [sys.executable, "-m", "benchmarks.matching", "--child", str(size)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def _as_child(size: int) -> None:
    from benchmarks.peer import peak, resident
    from benchmarks.people import random_cohort
    from matching.engine import Weights, match_columns

    people = random_cohort(size, size // 2)
    before, began = resident(), time.process_time()
    found = match_columns(people, Weights(), workers=1)
    spent, extra = time.process_time() - began, peak() - before
    found.certificate()
    answer = {"seconds": spent, "extra": extra, "peak": peak(), "matched": found.matched, "total": found.total}
    print(json.dumps(answer))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in PINNED.items()):
        os.execve(
            sys.executable, [sys.executable, "-m", "benchmarks.matching", *sys.argv[1:]], {**os.environ, **PINNED}
        )
    if sys.argv[1:2] == ["--child"]:
        _as_child(int(sys.argv[2]))
    else:
        main()
