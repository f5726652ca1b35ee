"""One look at every pair, in tiles: the best candidates of each mentee, and a bound on all that is left out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeAlias, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from matching.engine.arrays import Ints
from matching.engine.facts.hashes import scrambled
from matching.engine.progress import Progress, Stage
from matching.engine.solver.pairs import Pairs, concatenated
from matching.engine.solver.score_matrix import ScoreMatrix, Tile

Answer = TypeVar("Answer")
Job: TypeAlias = Callable[[Ints, Tile], Answer]

ROWS, COLUMNS = 512, 4096  # a tile of 8 MB stays in the cache of one core
LEAST_SAMPLE = 512
DEAREST, SOON_OUTBID = 1 << 23, 1 << 22
FOR_EVER = 1 << 62


@dataclass(frozen=True, eq=False)
class Candidates:
    """The allowed `pairs` looked at, by mentee then mentor, and for each mentee a bound on the rest.

    cutoff      no allowed pair left out scores more; −1 when none is left out. Shape (n,)
    """

    pairs: Pairs
    cutoff: Ints

    def above(self, floor: int) -> "Candidates":
        """Give the candidates that score `floor` or more; what scores less counts as not allowed."""
        return Candidates(self.pairs.take(self.pairs.score >= floor), np.where(self.cutoff < floor, -1, self.cutoff))


def candidates(score_matrix: ScoreMatrix, per_mentee: int, *, workers: int, progress: Progress) -> Candidates:
    """Scan all pairs and keep at least about `per_mentee` candidates of every mentee, the best ones."""
    mentees, mentors = score_matrix.shape
    cutoff = np.full(mentees, -1, np.int64)

    def scan(rows: Ints, scratch: Tile) -> Pairs:
        step = _sample_step(mentors)
        sample = score_matrix.tile(rows, slice(0, mentors, step), scratch)
        least = _threshold(sample, -(-5 * per_mentee // (4 * step)))
        if sample.shape[1] == mentors <= COLUMNS:
            found = _at_least(sample, rows, slice(0, mentors), least)
        else:
            tiles = ((score_matrix.tile(rows, columns, scratch), columns) for columns in _columns(mentors))
            found = concatenated([_at_least(tile, rows, columns, least) for tile, columns in tiles])
        kept, cutoff[rows] = _trimmed(found, rows, least[:, 0].astype(np.int64) - 1, 4 * per_mentee)
        return score_matrix.confirmed(kept)

    parts = run(
        scan, score_matrix.order(np.arange(mentees)), mentors, workers=workers, progress=progress, stage=Stage.SCAN
    )
    pairs = concatenated([*parts, score_matrix.named()])
    return Candidates(pairs.sorted(mentors), cutoff)


def _threshold(sample: Tile, rank: int) -> Tile:
    """Give for each row of a sample of its mentors the score of the one at this rank. Shape (rows, 1)."""
    if rank >= sample.shape[1]:
        return np.zeros((len(sample), 1), np.float32)
    place = sample.shape[1] - rank
    return np.maximum(np.partition(sample, place, axis=1)[:, place, None], 0)


def _sample_step(mentors: int) -> int:
    return max(1, mentors // max(LEAST_SAMPLE, mentors // 12))


def _at_least(tile: Tile, rows: Ints, columns: slice, least: Tile) -> Pairs:
    """Give the pairs of one tile that score `least` or more."""
    places = np.flatnonzero(tile >= least)
    row, column = np.divmod(places, tile.shape[1])
    return Pairs(rows[row], columns.start + column, tile.reshape(-1)[places].astype(np.int64))


def _trimmed(found: Pairs, rows: Ints, cutoff: Ints, most: int) -> tuple[Pairs, Ints]:
    """Keep at most `most` pairs of each row, best first, equals at random, and raise the cutoffs to match."""
    if np.bincount(found.mentee, minlength=1).max() <= most:
        return found, cutoff
    chance = scrambled(found.mentee.astype(np.uint64) << np.uint64(32) ^ found.mentor.astype(np.uint64))
    order = np.lexsort((chance, -found.score, found.mentee))
    ordered = found.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    best_out = found.take(order[rank == most])
    bound = np.full(rows.max() + 1, -1, np.int64)
    bound[rows] = cutoff
    bound[best_out.mentee] = best_out.score
    return found.take(order[rank < most]), bound[rows]


def pairs_reaching(
    score_matrix: ScoreMatrix,
    rows: Ints,
    least: Ints,
    price: Ints,
    *,
    mentors: Ints | None = None,
    floor: int,
    workers: int,
    progress: Progress,
) -> Pairs:
    """Give the allowed pairs of these mentees with score − price ≥ `least` and score ≥ `floor`.

    `least` has shape (n,), `price` shape (m,); `mentors` are those to look at, if not all. Named pairs may be
    missing. Whole numbers to 2²⁴ are exact in 32-bit floats: so are score − price and `least` of nearly everybody,
    with prices cut at 2²³. A price that high puts a pair below −2²³ + 10⁶ < −2²², so cutting changes nothing for
    whoever's `least` is above that. The few others, who would go to any price, are compared in 64-bit floats.
    """
    eager = least[rows] <= -SOON_OUTBID
    width = score_matrix.shape[1] if mentors is None else len(mentors)
    pieces = _columns(width) if mentors is None else [mentors[piece] for piece in _columns(width)]

    def search(some: Ints, number: type[np.floating[Any]], dearest: int) -> list[Pairs]:
        asked, bound = np.minimum(price, dearest).astype(number), least.astype(number)

        def look(block: Ints, scratch: Tile) -> Pairs:
            found = [
                _worth(
                    score_matrix.tile(block, columns, scratch), bound[block], asked[columns], (block, columns), floor
                )
                for columns in pieces
            ]
            return score_matrix.confirmed(concatenated(found))

        return run(look, score_matrix.order(some), width, workers=workers, progress=progress, stage=Stage.PROVE)

    return concatenated([*search(rows[~eager], np.float32, DEAREST), *search(rows[eager], np.float64, FOR_EVER)])


def _worth(tile: Tile, least: Any, price: Any, where: tuple[Ints, slice | Ints], floor: int) -> Pairs:
    """Give the pairs of one tile with score − price ≥ `least` and score ≥ `floor`. The tile is used up."""
    worth = np.subtract(tile, price, out=tile if price.dtype == tile.dtype else None)
    places = np.flatnonzero(worth >= least[:, None])
    row, column = np.divmod(places, tile.shape[1])
    score = (worth.reshape(-1)[places] + price[column]).astype(np.int64)
    found = Pairs(where[0][row], _numbers(where[1], column), score)
    return found.take(score >= floor)


def run(job: "Job[Answer]", rows: Ints, width: int, *, workers: int, progress: Progress, stage: Stage) -> list[Answer]:
    """Do the job for blocks of rows, in threads when there are several, each with scratch of its own."""
    blocks = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
    threads = min(workers, len(blocks))
    scratches: SimpleQueue[Tile] = SimpleQueue()
    for _ in range(max(threads, 1)):
        scratches.put(
            np.empty((min(ROWS, len(rows)), max(min(width, COLUMNS), -(-width // _sample_step(width)))), np.float32)
        )

    def one(numbered: tuple[int, Ints]) -> Answer:
        number, block = numbered
        progress.update(stage, number / len(blocks))
        scratch = scratches.get()
        try:
            return job(block, scratch)
        finally:
            scratches.put(scratch)

    if threads <= 1:
        return [one(numbered) for numbered in enumerate(blocks)]
    # The blocks share the cores out already: a product inside one must not do so again.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, enumerate(blocks)))


def _columns(mentors: int) -> list[slice]:
    """Give all columns in pieces as wide as a tile."""
    return [slice(start, min(start + COLUMNS, mentors)) for start in range(0, mentors, COLUMNS)]


def _numbers(columns: slice | Ints, place: Ints) -> Ints:
    """Give the numbers of the mentors at these places of a piece."""
    return columns.start + place if isinstance(columns, slice) else columns[place]
