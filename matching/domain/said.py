"""What people have said of themselves, as the engine takes it.

The engine refuses what is no value of its vocabulary. A row that holds one all the same (a restore, an older version)
must not stop the match of all others: it counts as if its person had not said it.
"""

import logging
from collections.abc import Iterable
from datetime import date
from typing import Any

from common.working_days import working_week
from common.zones import known_name
from matching.engine import IndustryPreference, weekly_slots
from matching.engine.facts.cards import DEPTHS

logger = logging.getLogger(__name__)


def preference(value: str) -> IndustryPreference:
    """From which industry a mentor may come."""
    try:
        return IndustryPreference(value)
    except ValueError:
        _log("industry_preference", value)
        return IndustryPreference.ANY


def depth(value: int) -> int:
    """How well a topic is known."""
    if value in DEPTHS:
        return value
    _log("depth", value)
    return DEPTHS[0]


def languages(values: Iterable[Any]) -> frozenset[str]:
    """The languages somebody speaks."""
    return frozenset(each for each in values if isinstance(each, str))


def hours(profile: Any, today: date) -> int | None:
    """The working week of the person's country, at the person's hours; None for hours of no length."""
    starts, ends = (at.replace(second=0, microsecond=0) for at in (profile.work_starts, profile.work_ends))
    if starts == ends:
        _log("work_ends", ends)
        return None
    days = working_week(profile.country, today.year)
    return weekly_slots(known_name(profile.zone, profile.country), starts, ends, today, days)


def _log(field: str, value: object) -> None:
    logger.error("a value counts as not said", extra={"field": field, "value": str(value)})
