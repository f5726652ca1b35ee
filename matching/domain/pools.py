"""A cohort's mentors, prepared once and kept in this process until something they are made of has changed.

The database says whether it has: triggers keep a log (`PoolChange`), and a pool is used only while the log about
its mentors reads as it did when the pool was made. Rules, weights and waivers are read anew each time.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Leave
from matching.domain.cards import Dealer, day_of, rules_of, waived_pairs
from matching.engine import Funnel, MenteeCard, Pool, funnel
from matching.engine.rules import SAME_PERSON
from matching.models import Cohort, Enrolment, PoolChange
from matching.models.cohorts import Role
from matching.querysets import EnrolmentQuerySet
from matching.ties import among

NEEDED = ("person", "state", "capacity", "open_pairings", "person__is_active")
MOST_MENTORS = 60_000  # kept in a process, over all cohorts; about 5 kB each


@dataclass(frozen=True)
class _Prepared:
    """A pool, and when it holds: while the log's stamp and the look-back are these, and nobody's leave changes."""

    pool: Pool
    stamp: tuple[object, ...]
    lookback_months: int
    made: datetime
    until: datetime

    def holds(self, stamp: tuple[object, ...], cohort: Cohort, now: datetime) -> bool:
        return self.stamp == stamp and self.lookback_months == cohort.lookback_months and self.made <= now < self.until


_kept: OrderedDict[UUID, _Prepared] = OrderedDict()
_lock = Lock()


def pool_of(cohort: Cohort, *, now: datetime) -> Pool:
    """The cohort's mentors with its rules, weights and waivers, as all of it stands now."""
    return _prepared(cohort, now).pool.under(rules_of(cohort), cohort.weights, waived_pairs(cohort, day_of(now)))


def others(pool: Pool, mentee: MenteeCard) -> Funnel:
    """Why the others cannot be asked. A mentee who is a mentor there, too, is none of the others."""
    told = funnel(pool, mentee)
    excluded = dict(told.excluded)
    myself = excluded.pop(SAME_PERSON.public_key, 0)
    return Funnel(told.total - myself, told.fit, excluded)


def forget() -> None:
    """Keep nothing any more."""
    with _lock:
        _kept.clear()


@transaction.atomic
def begin_log_anew() -> None:
    """Keep the log short (once a day): every pool is prepared anew once."""
    PoolChange.objects.prune()


def _prepared(cohort: Cohort, now: datetime) -> _Prepared:
    # The stamp is read first: what changes while the pool is being made is seen by whoever asks next.
    stamp = PoolChange.objects.stamp(_mentors(cohort).values("person"))
    held = _kept.get(cohort.pk)
    if held is not None and held.holds(stamp, cohort, now):
        return held
    made = _prepare(cohort, stamp, now)
    with _lock:
        _kept[cohort.pk] = made
        _kept.move_to_end(cohort.pk)
        while len(_kept) > 1 and sum(len(each.pool.mentors) for each in _kept.values()) > MOST_MENTORS:
            _kept.popitem(last=False)
    return made


def _prepare(cohort: Cohort, stamp: tuple[object, ...], now: datetime) -> _Prepared:
    rows = list(_mentors(cohort).approved().select_related("person").only(*NEEDED).order_by("pk"))
    people = {row.person_id for row in rows}
    dealer = Dealer(cohort, people, now=now)
    pool = Pool(tuple(dealer.mentors(rows).values()))
    pool.prepare()
    return _Prepared(pool, stamp, cohort.lookback_months, now, _until(dealer, people, now))


def _mentors(cohort: Cohort) -> EnrolmentQuerySet:
    rows: EnrolmentQuerySet = Enrolment.objects.filter(cohort=cohort, role=Role.MENTOR)
    return rows


def _until(dealer: Dealer, people: set[UUID], now: datetime) -> datetime:
    """When the next day begins: that of ties and working hours, or where somebody goes on leave or comes back."""
    moments = [_midnight(day_of(now) + timedelta(days=1), "UTC")]
    ahead = Leave.objects.filter(person__in=among(people), ends_on__gte=day_of(now) - timedelta(days=1))
    for leave in ahead.filter(starts_on__lte=day_of(now) + timedelta(days=2)):
        zone = dealer.zone_of(leave.person_id)
        moments += [_midnight(leave.starts_on, zone), _midnight(leave.ends_on + timedelta(days=1), zone)]
    return min(moment for moment in moments if moment > now)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
