"""Where a page's time goes: the processor time that the site's own processes and PostgreSQL's spend on it.

It is what a page costs whatever else the machine does, unlike pages a second.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
OWN_AND_ENDED = slice(11, 15)  # of /proc/PID/stat behind the name, proc(5): its own and its ended children's


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of a processor: of the web server with its workers, and of PostgreSQL."""

    web: float
    database: float

    @classmethod
    def so_far(cls, web: int, database: int) -> Self:
        """By the processes that have these ids, and all that they started."""
        return cls(_with_children(web), _with_children(database))

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.web - other.web, self.database - other.database)


def _with_children(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except FileNotFoundError:
        return 0.0  # it has ended, and is counted with its parent
    own = sum(map(int, fields[OWN_AND_ENDED])) / TICKS
    return own + sum(_with_children(int(child)) for child in children)
