"""The mail server of a measurement, in a process of its own: `python -m benchmarks.sink`.

Prints its port; then, for each line it reads, how many letters it took since the line before, and the seconds from
the first to the last of them.
"""

import json
import sys
import time

from tests.sink import Sink


class TimedSink(Sink):
    """Remembers when it took each letter."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        super().__init__(self._note)

    def _note(self, stage: str) -> str:
        if stage == "DOT":
            self.moments.append(time.monotonic())
        return ""


def main() -> None:
    """Serve until the input ends."""
    sink = TimedSink()
    print(sink.port, flush=True)
    for _line in sys.stdin:
        moments, sink.moments = sink.moments, []
        sink.taken.clear()
        seconds = moments[-1] - moments[0] if moments else 0.0
        print(json.dumps({"count": len(moments), "seconds": seconds}), flush=True)
    sink.stop()


if __name__ == "__main__":
    main()
