"""A scan reads the score matrix tile by tile and keeps the pairs that matter.

`scan_candidates` keeps the best pairs of each mentee, with a bound on those pruned. `pairs_reaching` finds the pairs
whose net score (score − price of the mentor) reaches a threshold.
"""

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

BlockResult = TypeVar("BlockResult")
BlockJob: TypeAlias = Callable[[Ints, Tile], BlockResult]

TILE_ROWS, TILE_COLUMNS = 512, 4096  # a tile of 8 MB stays in the cache of one core
MIN_SAMPLE = 512  # mentors
PRICE_CAP = 1 << 23  # see `pairs_reaching`
LOWEST_CAPPED_THRESHOLD = -(1 << 22)
NO_PRICE_CAP = 1 << 62


@dataclass(frozen=True, eq=False)
class Candidates:
    """The allowed pairs that were kept, sorted by mentee, then mentor, and for each mentee a bound on those pruned.

    cutoff      no allowed pair that was pruned scores more; −1 when none was. Shape (n,)
    """

    pairs: Pairs
    cutoff: Ints

    def above(self, floor: int) -> "Candidates":
        """Give the candidates that score `floor` or more, when pairs that score less are not allowed."""
        return Candidates(self.pairs.take(self.pairs.score >= floor), np.where(self.cutoff < floor, -1, self.cutoff))


def scan_candidates(score_matrix: ScoreMatrix, per_mentee: int, *, workers: int, progress: Progress) -> Candidates:
    """Scan all pairs and keep the best of every mentee: about `per_mentee` or more, 4 · `per_mentee` at most.

    `workers`: threads. Raises CancelledError when `progress` says so.
    """
    mentee_count, mentor_count = score_matrix.shape
    cutoff = np.full(mentee_count, -1, np.int64)

    def scan_block(rows: Ints, scratch: Tile) -> Pairs:
        # A sample of the mentors gives a threshold that about 5/4 · per_mentee of all mentors reach.
        step = _sample_step(mentor_count)
        sample = score_matrix.tile(rows, slice(0, mentor_count, step), scratch)
        threshold = _score_at_rank(sample, -(-5 * per_mentee // (4 * step)))
        if sample.shape[1] == mentor_count <= TILE_COLUMNS:
            found = _pairs_at_least(sample, rows, slice(0, mentor_count), threshold)
        else:
            tiles = ((score_matrix.tile(rows, columns, scratch), columns) for columns in _column_blocks(mentor_count))
            found = concatenated([_pairs_at_least(tile, rows, columns, threshold) for tile, columns in tiles])
        kept, cutoff[rows] = _pruned(found, rows, threshold[:, 0].astype(np.int64) - 1, 4 * per_mentee)
        return score_matrix.allowed_pairs(kept)

    rows = score_matrix.locality_order(np.arange(mentee_count))
    parts = run_in_blocks(scan_block, rows, mentor_count, workers=workers, progress=progress, stage=Stage.SCAN)
    pairs = concatenated([*parts, score_matrix.lifted_pairs()])
    return Candidates(pairs.sorted(mentor_count), cutoff)


def _score_at_rank(sample: Tile, rank: int) -> Tile:
    """Give the score at this rank, from the highest, in each row of the sample; 0 at least. Shape (rows, 1)."""
    if rank >= sample.shape[1]:
        return np.zeros((len(sample), 1), np.float32)
    position = sample.shape[1] - rank
    return np.maximum(np.partition(sample, position, axis=1)[:, position, None], 0)


def _sample_step(mentor_count: int) -> int:
    return max(1, mentor_count // max(MIN_SAMPLE, mentor_count // 12))


def _pairs_at_least(tile: Tile, rows: Ints, columns: slice, threshold: Tile) -> Pairs:
    """Give the pairs of one tile that score `threshold` or more."""
    positions = np.flatnonzero(tile >= threshold)
    row, column = np.divmod(positions, tile.shape[1])
    return Pairs(rows[row], columns.start + column, tile.reshape(-1)[positions].astype(np.int64))


def _pruned(found: Pairs, rows: Ints, cutoff: Ints, limit: int) -> tuple[Pairs, Ints]:
    """Keep the best pairs of each row, `limit` at most, and raise the cutoffs to match. Equals in random order."""
    if np.bincount(found.mentee, minlength=1).max() <= limit:
        return found, cutoff
    random_key = scrambled(found.mentee.astype(np.uint64) << np.uint64(32) ^ found.mentor.astype(np.uint64))
    order = np.lexsort((random_key, -found.score, found.mentee))
    ordered = found.mentee[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    best_pruned = found.take(order[rank == limit])
    cutoff_of = np.full(rows.max() + 1, -1, np.int64)
    cutoff_of[rows] = cutoff
    cutoff_of[best_pruned.mentee] = best_pruned.score
    return found.take(order[rank < limit]), cutoff_of[rows]


def pairs_reaching(
    score_matrix: ScoreMatrix,
    rows: Ints,
    threshold: Ints,
    price: Ints,
    *,
    mentors: Ints | None = None,
    floor: int,
    workers: int,
    progress: Progress,
) -> Pairs:
    """Give the allowed pairs of the mentees `rows` with score − price ≥ threshold and score ≥ floor.

    threshold   shape (n,)
    price       of each mentor. Shape (m,)
    mentors     scan these mentors only; None: all
    workers     threads

    Lifted pairs may be missing. Raises CancelledError when `progress` says so.

    32-bit floats hold integers to 2²⁴ exactly, hence net scores and thresholds when prices are capped at 2²³. Capping
    changes nothing for a threshold above −2²²: a pair with a capped price is below −2²³ + 10⁶ < −2²² either way. The
    few mentees with a lower threshold are compared in 64-bit floats without a cap.
    """
    uncapped = threshold[rows] <= LOWEST_CAPPED_THRESHOLD
    width = score_matrix.shape[1] if mentors is None else len(mentors)
    column_blocks = _column_blocks(width) if mentors is None else [mentors[block] for block in _column_blocks(width)]

    def search(mentees: Ints, dtype: type[np.floating[Any]], price_cap: int) -> list[Pairs]:
        capped, least = np.minimum(price, price_cap).astype(dtype), threshold.astype(dtype)

        def scan_block(block: Ints, scratch: Tile) -> Pairs:
            found = []
            for columns in column_blocks:
                tile = score_matrix.tile(block, columns, scratch)
                found.append(_pairs_in_tile(tile, block, columns, least[block], capped[columns], floor))
            return score_matrix.allowed_pairs(concatenated(found))

        ordered = score_matrix.locality_order(mentees)
        return run_in_blocks(scan_block, ordered, width, workers=workers, progress=progress, stage=Stage.PROVE)

    capped_parts = search(rows[~uncapped], np.float32, PRICE_CAP)
    return concatenated([*capped_parts, *search(rows[uncapped], np.float64, NO_PRICE_CAP)])


def _pairs_in_tile(tile: Tile, rows: Ints, columns: slice | Ints, threshold: Any, price: Any, floor: int) -> Pairs:
    """Give the pairs of one tile with score − price ≥ threshold and score ≥ floor. May overwrite the tile."""
    net_score = np.subtract(tile, price, out=tile if price.dtype == tile.dtype else None)
    positions = np.flatnonzero(net_score >= threshold[:, None])
    row, column = np.divmod(positions, tile.shape[1])
    score = (net_score.reshape(-1)[positions] + price[column]).astype(np.int64)
    mentor = columns.start + column if isinstance(columns, slice) else columns[column]
    found = Pairs(rows[row], mentor, score)
    return found.take(score >= floor)


def run_in_blocks(
    job: "BlockJob[BlockResult]", rows: Ints, width: int, *, workers: int, progress: Progress, stage: Stage
) -> list[BlockResult]:
    """Run the job on blocks of TILE_ROWS rows, each with scratch memory; in threads when there are several blocks.

    width       how many columns the job reads
    """
    blocks = [rows[start : start + TILE_ROWS] for start in range(0, len(rows), TILE_ROWS)]
    threads = min(workers, len(blocks))
    scratch_shape = min(TILE_ROWS, len(rows)), max(min(width, TILE_COLUMNS), -(-width // _sample_step(width)))
    free_scratch: SimpleQueue[Tile] = SimpleQueue()
    for _ in range(max(threads, 1)):
        free_scratch.put(np.empty(scratch_shape, np.float32))

    def run_block(numbered: tuple[int, Ints]) -> BlockResult:
        number, block = numbered
        progress.update(stage, number / len(blocks))
        scratch = free_scratch.get()
        try:
            return job(block, scratch)
        finally:
            free_scratch.put(scratch)

    if threads <= 1:
        return [run_block(numbered) for numbered in enumerate(blocks)]
    # The blocks share the cores already: a matrix product inside one must not start threads of its own.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as executor:
        return list(executor.map(run_block, enumerate(blocks)))


def _column_blocks(mentor_count: int) -> list[slice]:
    """Give all columns in blocks as wide as a tile."""
    return [slice(start, min(start + TILE_COLUMNS, mentor_count)) for start in range(0, mentor_count, TILE_COLUMNS)]
