"""The engine's board of a run, kept in this process: made when first asked for, and anew once people have changed.

What it says follows from the people and from the decisions in their order, so every process says the same.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any
from uuid import UUID

from django.db.models import Count, Max

from cohorts.models import Enrolment
from common.dates import day_of
from common.queries import among
from matching.domain.cards import CardBuilder, rules_of, waived_pairs
from matching.domain.pools import pool_of
from matching.domain.promised import without_promised
from matching.domain.run_changes import changed_people, place_in_log
from matching.domain.run_report import weights_of
from matching.domain.runs import seekers
from matching.engine import LiveMatch, MenteeCard, Pool, Weights, match
from matching.models import MatchRun, Proposal, Request, Unmatched

MOST_KEPT = 3  # boards; one of 10,000 mentees takes some hundred megabytes


@dataclass(frozen=True)
class Live:
    """A run's people as they were read at `place` in the log, with the optimum for them.

    settled     rules, waivers and waiting requests by then: they are not in the log
    """

    board: LiveMatch
    pool: Pool
    cards: dict[UUID, MenteeCard]
    place: dict[str, Any]
    at: datetime
    settled: tuple[Any, ...]

    def holds(self, run: MatchRun, now: datetime) -> bool:
        """Whether nobody of the cohort has changed since."""
        return self.settled == _settled(run, now) and not changed_people(run.cohort_id, self.place, self.at)


_kept: OrderedDict[UUID, Live] = OrderedDict()
_lock = RLock()  # one question at a time: the engine's board is changed while it answers


@contextmanager
def live(run: MatchRun, *, now: datetime) -> Iterator[Live]:
    """The board of a run, for oneself."""
    with _lock:
        held = _kept.get(run.pk)
        if held is None or not held.holds(run, now):
            held = _kept[run.pk] = _made(run, now)
        _kept.move_to_end(run.pk)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
        yield held


def forget() -> None:
    """Keep nothing any more."""
    with _lock:
        _kept.clear()


def _made(run: MatchRun, now: datetime) -> Live:
    place, settled = place_in_log(), _settled(run, now)
    pool = without_promised(pool_of(run.cohort, now=now), run.cohort)
    pool = pool.with_settings(pool.rules, Weights(**weights_of(run)), pool.waived)
    cards = cards_of(run, now=now)
    people = tuple(cards.values())
    found = match(pool, people, protect_worst_off=run.protect_worst_off, spread_load=run.spread_load)
    return Live(LiveMatch(found), pool, cards, place, now, settled)


def cards_of(run: MatchRun, *, now: datetime, only: set[UUID] | None = None) -> dict[UUID, MenteeCard]:
    """The cards of a run's mentees who still look for a mentor; of these people alone, if that is said."""
    rows = (model.objects.filter(run=run).values_list("mentee_enrolment", flat=True) for model in (Proposal, Unmatched))
    found = Enrolment.objects.filter(pk__in=among(pk for each in rows for pk in each))
    enrolments = [row for row in seekers(run.cohort) & found if only is None or row.person_id in only]
    return CardBuilder(run.cohort, {row.person_id for row in enrolments}, now=now).mentees(enrolments)


def _settled(run: MatchRun, now: datetime) -> tuple[Any, ...]:
    waiting = Request.objects.pending().filter(cohort=run.cohort_id).order_by()
    asked = waiting.aggregate(number=Count("pk"), last=Max("asked_at"))
    today = day_of(now)
    rules = rules_of(run.cohort), run.cohort.lookback_months, waived_pairs(run.cohort, today)
    return (*rules, today, asked["number"], asked["last"])
