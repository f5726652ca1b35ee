"""What one core and one gigabyte carry, from the pages a second that were measured.

A participant opens 200 pages a month, so about nine on a working day; the worst hour is Monday at nine, when everybody
comes at once. A tenth of all pages are the desk's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

PAGES_A_MONTH, WORKING_DAYS = 200, 21.7
WITHIN_MINUTES = (60, 30, 10)  # everybody's pages of the day are opened within these
# Of a hundred pages that are opened, how many are this one.
MIX = {
    "home of somebody paired": 35,
    "a pairing": 20,
    "suggestions of the large cohort": 10,
    "requests": 8,
    "You": 7,
    "a check-in's form": 5,
    "a request": 3,
    "directory of the large cohort, filtered": 2,
    "desk: first page": 4,
    "desk: list of enrolments": 3,
    "desk: list of pairings": 3,
}


def lines(measured: Mapping[str, float], *, cores: int, workers: Sequence[int]) -> list[str]:
    """The table: `measured` pages a second on so many `cores`, by page; `workers`, the memory of each in bytes."""
    a_core = sum(MIX.values()) / sum(share / measured[name] for name, share in MIX.items()) / cores
    a_day = PAGES_A_MONTH / WORKING_DAYS
    largest = max(workers)
    rows = [f"pages a second a core, mixed: {a_core:.1f}"]
    for minutes in WITHIN_MINUTES:
        carried = a_core * 60 * minutes / a_day
        rows.append(f"participants a core, each with {a_day:.1f} pages within {minutes} minutes: {carried:.0f}")
    rows.append(f"memory of a worker: {largest / 2**20:.0f} MiB, so {2**30 // largest} workers a GiB")
    return [f"CAPACITY {row}" for row in rows]


def memory(process: int) -> list[int]:
    """The bytes that each child of this process holds: its own, and its part of what is shared (PSS)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [_proportional(Path(f"/proc/{child}/smaps_rollup").read_text()) for child in children]


def _proportional(rollup: str) -> int:
    row = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(row.split()[1]) * 1024
