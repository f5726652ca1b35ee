"""One look at every pair, in tiles: the best candidates of each mentee, and a bound on all that is left out."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeAlias, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from matching.engine.board import Board, Tile
from matching.engine.columns import mixed
from matching.engine.pairs import Ints, Pairs, joined
from matching.engine.watch import Stage, Watch

Answer = TypeVar("Answer")
Job: TypeAlias = Callable[[Ints, Tile], Answer]

ROWS, COLUMNS = 512, 4096  # a tile of 8 MB stays in the cache of one core
LEAST_SAMPLE = 512


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


def candidates(board: Board, per_mentee: int, *, workers: int, watch: Watch) -> Candidates:
    """Scan all pairs and keep at least about `per_mentee` candidates of every mentee, the best ones."""
    mentees, mentors = board.shape
    cutoff = np.full(mentees, -1, np.int64)

    def scan(rows: Ints, scratch: Tile) -> Pairs:
        least = _sampled_threshold(board, rows, per_mentee, scratch)
        found = joined([_at_least(board, rows, columns, least, scratch) for columns in _columns(mentors)])
        kept, cutoff[rows] = _trimmed(found, rows, least[:, 0].astype(np.int64) - 1, 4 * per_mentee)
        return board.confirmed(kept)

    parts = run(scan, board.order(np.arange(mentees)), mentors, workers=workers, watch=watch, stage=Stage.SCAN)
    pairs = joined([*parts, board.named()])
    return Candidates(pairs.sorted(mentors), cutoff)


def _sampled_threshold(board: Board, rows: Ints, per_mentee: int, scratch: Tile) -> Tile:
    """Give for each row what about `per_mentee` of its mentors score, judged by a sample. Shape (rows, 1)."""
    step = _sample_step(board.shape[1])
    sample = board.tile(rows, slice(0, board.shape[1], step), scratch)
    rank = -(-5 * per_mentee // (4 * step))
    if rank >= sample.shape[1]:
        return np.zeros((len(rows), 1), np.float32)
    sample.partition(sample.shape[1] - rank, axis=1)
    return np.maximum(sample[:, sample.shape[1] - rank, None], 0)


def _sample_step(mentors: int) -> int:
    return max(1, mentors // max(LEAST_SAMPLE, mentors // 12))


def _at_least(board: Board, rows: Ints, columns: slice, least: Tile, scratch: Tile) -> Pairs:
    """Give the pairs of one tile that score `least` or more."""
    tile = board.tile(rows, columns, scratch)
    places = np.flatnonzero(tile >= least)
    row, column = np.divmod(places, tile.shape[1])
    return Pairs(rows[row], columns.start + column, tile.reshape(-1)[places].astype(np.int64))


def _trimmed(found: Pairs, rows: Ints, cutoff: Ints, most: int) -> tuple[Pairs, Ints]:
    """Keep at most `most` pairs of each row, best first, equals at random, and raise the cutoffs to match."""
    if np.bincount(found.mentee, minlength=1).max() <= most:
        return found, cutoff
    chance = mixed(found.mentee.astype(np.uint64) << np.uint64(32) ^ found.mentor.astype(np.uint64))
    order = np.lexsort((chance, -found.score, found.mentee))
    ordered = found.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    best_out = found.take(order[rank == most])
    bound = np.full(rows.max() + 1, -1, np.int64)
    bound[rows] = cutoff
    bound[best_out.mentee] = best_out.score
    return found.take(order[rank < most]), bound[rows]


def attractive(board: Board, rows: Ints, least: Ints, price: Ints, *, floor: int, workers: int, watch: Watch) -> Pairs:
    """Give the allowed pairs of these mentees with score − price ≥ `least` and score ≥ `floor`.

    `least` has shape (n,), `price` shape (m,). Named pairs may be missing. Prices may exceed what 32-bit
    floats hold, so the comparison is made in 64-bit ones, which are exact here too.
    """
    if not len(rows):
        return joined([])
    asked = price.astype(np.float64)

    def look(block: Ints, scratch: Tile) -> Pairs:
        bound, found = least[block, None].astype(np.float64), []
        for columns in _columns(board.shape[1]):
            tile = board.tile(block, columns, scratch)
            places = np.flatnonzero((tile >= bound + asked[columns]) & (tile >= floor))
            row, column = np.divmod(places, tile.shape[1])
            found.append(Pairs(block[row], columns.start + column, tile.reshape(-1)[places].astype(np.int64)))
        return board.confirmed(joined(found))

    parts = run(look, board.order(rows), board.shape[1], workers=workers, watch=watch, stage=Stage.PROVE)
    return joined(parts)


def run(job: "Job[Answer]", rows: Ints, width: int, *, workers: int, watch: Watch, stage: Stage) -> list[Answer]:
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
        watch.at(stage, number / len(blocks))
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


def _columns(mentors: int) -> Sequence[slice]:
    return [slice(start, min(start + COLUMNS, mentors)) for start in range(0, mentors, COLUMNS)]
