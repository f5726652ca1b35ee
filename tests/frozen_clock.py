"""A programme clock that stands where a test puts it."""

from datetime import datetime

from tests.matching.factories import NOW


class FrozenClock:
    """Where the clock stands."""

    moment: datetime = NOW


def now() -> datetime:
    return FrozenClock.moment
