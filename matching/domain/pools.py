"""A cohort's mentors, prepared once in this process and kept true card by card.

The database says what has changed: triggers keep a log (`PoolChange`). A pool is used as it is while nothing has been
added to the log; otherwise the cards it names are dealt anew, and those that the calendar or an owner's family may
have changed. Only the first question, and a change to very many, prepares everybody.
Rules, weights and waivers are read anew each time.
"""

import gc
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from threading import RLock
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, connection
from django.db.models import Q

from accounts.domain.relations import OrganisationRelations, people_tied_to, relations_on
from accounts.models import Affiliation, Leave, Profile
from cohorts.models import Cohort, Enrolment
from cohorts.models.enrolments import EnrolmentQuerySet
from cohorts.states import Role
from common.clock import now as programme_now
from common.clock import since_boot
from common.dates import day_of
from common.queries import among
from common.zones import known_name, zone_named
from matching.domain.cards import CardBuilder, rules_of, waived_pairs, weights_of
from matching.domain.conflicts import DAYS_A_MONTH
from matching.engine import Funnel, MenteeCard, MentorCard, Pool, funnel, weekly_slots
from matching.engine.facts.rules import SAME_PERSON
from matching.models import PoolChange
from matching.models.changes import Line

log = structlog.get_logger(__name__)

NEEDED = ("person", "state", "capacity", "open_pairings", "person__is_active")
MOST_MENTORS = 60_000  # kept in a process, over all cohorts; about 5 kB each
FEW, MOST_CHANGED = 10, 0.25  # so many, or that share of a pool, are dealt card by card; more go as quickly with all
REMEMBERED = timedelta(days=3)  # how long the log keeps a line
LOOKED_WITHIN = timedelta(days=1)  # who has not looked at the log for longer begins anew, long before lines are gone
DAY = timedelta(days=1)
LOOKED_AGAIN = timedelta(minutes=1)  # at lists that cannot be read: a key that is put right tells no log


@dataclass(frozen=True)
class _Prepared:
    """A pool, what it was made from, and the stretch of time in which the calendar changes nothing.

    horizon         what elder transactions wrote is in the pool, for good
    lines           lines of other transactions that are in the pool, too
    since, until    programme time: a minute, while somebody's private list cannot be read
    looked          when the log was last looked at (boot clock)
    """

    pool: Pool
    horizon: int
    lines: dict[int, Line]
    relations: OrganisationRelations
    lookback_months: int
    since: datetime
    until: datetime
    looked: float

    def is_of_today(self, cohort: Cohort, now: datetime) -> bool:
        """Whether the pool is as it should be unless the log says otherwise."""
        return self.can_be_mended(cohort, now) and now < self.until

    def can_be_mended(self, cohort: Cohort, now: datetime) -> bool:
        """Whether the log and the calendar tell all that may be different."""
        looked = since_boot() - self.looked < LOOKED_WITHIN.total_seconds()
        return looked and self.lookback_months == cohort.lookback_months and self.since <= now


_kept: OrderedDict[UUID, _Prepared] = OrderedDict()
_lock = RLock()  # of what is kept; held for a moment
_making = RLock()  # one pool at a time: who asks for it while it is being made waits for it, and nobody else does


def pool_of(cohort: Cohort, *, now: datetime) -> Pool:
    """The cohort's mentors with its rules, weights and waivers, as all of it stands now."""
    return pool_and_relations(cohort, now=now)[0]


def pool_and_relations(cohort: Cohort, *, now: datetime) -> tuple[Pool, OrganisationRelations]:
    """The same with the relations of organisations, by which other cards may be dealt."""
    current = _current(cohort, now)
    pool = current.pool.with_settings(rules_of(cohort), weights_of(cohort), waived_pairs(cohort, day_of(now)))
    return pool, current.relations


def others(pool: Pool, mentee: MenteeCard, *, as_mentee: bool = False) -> Funnel:
    """Why the others cannot be asked. A mentee who is a mentor there, too, is none of the others.

    `as_mentee`: as they read it themselves, without whom a private list keeps apart from them.
    """
    told = funnel(pool, mentee, as_mentee=as_mentee)
    excluded = dict(told.excluded)
    myself = excluded.pop(SAME_PERSON.public_key, 0)
    return Funnel(told.total - myself, told.fit, excluded)


def forget() -> None:
    """Keep nothing any more."""
    with _lock:
        _kept.clear()


def prune_log() -> None:
    """Keep the log short (once a day)."""
    PoolChange.objects.older_than(REMEMBERED).delete()


def warm() -> None:
    """Prepare the pools of the cohorts of these days, as many as are kept: for a process that begins."""
    now = programme_now()
    try:
        for cohort in Cohort.objects.filter(starts_on__lte=now.date(), ends_on__gte=now.date()).order_by("-starts_on"):
            if _mentors(cohort).count() + _weight() <= MOST_MENTORS:
                _current(cohort, now)
    except DatabaseError:
        log.warning("pools_not_warmed", exc_info=True)  # the first question prepares them, and says what is wrong
    finally:
        connection.close()


def _current(cohort: Cohort, now: datetime) -> _Prepared:
    held, looked = _kept.get(cohort.pk), since_boot()
    if held is not None and held.is_of_today(cohort, now) and PoolChange.objects.since(held.horizon) == held.lines:
        return _keep(cohort, replace(held, looked=looked), instead_of=held)
    with _making:
        held = _kept.get(cohort.pk)
        mended = _mended(held, cohort, now) if held is not None and held.can_be_mended(cohort, now) else None
        return _keep(cohort, mended or _made(cohort, now))


def _keep(cohort: Cohort, made: _Prepared, *, instead_of: _Prepared | None = None) -> _Prepared:
    """Keep it; only `instead_of` what is kept, if that is said: somebody else may have kept a newer one meanwhile."""
    with _lock:
        if instead_of is not None and _kept.get(cohort.pk) is not instead_of:
            return made
        _kept[cohort.pk] = made
        _kept.move_to_end(cohort.pk)
        while len(_kept) > 1 and _weight() > MOST_MENTORS:
            _kept.popitem(last=False)
    return made


def _weight() -> int:
    with _lock:
        return sum(len(each.pool.mentors) for each in _kept.values())


# --- everybody ---


def _made(cohort: Cohort, now: datetime) -> _Prepared:
    # The log is looked at first: what changes while cards are dealt is seen by whoever asks next.
    looked, horizon = since_boot(), PoolChange.objects.horizon()
    lines, relations = PoolChange.objects.since(horizon), relations_on(day_of(now))
    with _kept_from_the_collector():
        pool = Pool(tuple(_built(cohort, _mentors(cohort), relations, now)))
        pool.prepare()
    stretch = _stretch(cohort, pool, now)
    return _Prepared(pool, horizon, lines, relations, cohort.lookback_months, *stretch, looked)


def _mentors(cohort: Cohort) -> EnrolmentQuerySet:
    rows: EnrolmentQuerySet = Enrolment.objects.filter(cohort=cohort, role=Role.MENTOR, person__is_active=True)
    return rows.approved()


def _built(
    cohort: Cohort, mentors: EnrolmentQuerySet, relations: OrganisationRelations, now: datetime
) -> Iterable[MentorCard]:
    rows = list(mentors.select_related("person").only(*NEEDED).order_by("pk"))
    return CardBuilder(cohort, {row.person_id for row in rows}, now=now, relations=relations).mentors(rows).values()


@contextmanager
def _kept_from_the_collector() -> Iterator[None]:
    """A million small things are made to stay: looking for garbage among them would take half of the time, and later
    half a second of some page's. They hold no circles, so a card that is replaced is freed all the same.
    """
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.collect()  # what is garbage by now must not be kept with them
        gc.freeze()
    finally:
        if was_at_work:
            gc.enable()


# --- those who may be different by now ---


def _mended(held: _Prepared, cohort: Cohort, now: datetime) -> _Prepared | None:
    """The pool with every card dealt anew that may differ by now; None when that is as much work as all of them."""
    looked, horizon = since_boot(), PoolChange.objects.horizon()
    lines, relations = PoolChange.objects.since(held.horizon), relations_on(day_of(now))
    # A line that is gone was taken back: the card dealt while it was there is dealt anew as well.
    told = [line for _number, line in held.lines.items() ^ lines.items()]
    if any(line.about_anybody for line in told):
        return None
    people = _named(told) | _kin(held, relations) | _by_the_calendar(held, cohort, now)
    mentors = _mentors(cohort).filter(person__in=among(people))
    if mentors.count() > MOST_CHANGED * len(held.pool.mentors) + FEW:
        return None
    pool = held.pool.with_changes(people, _built(cohort, mentors, relations, now))
    since, until = _stretch(cohort, pool, now)
    return replace(
        held,
        pool=pool,
        horizon=horizon,
        lines={number: line for number, line in lines.items() if line.transaction >= horizon},
        relations=relations,
        since=since,
        until=until,
        looked=looked,
    )


def _named(lines: Iterable[Line]) -> set[UUID]:
    people = {line.person for line in lines if line.person}
    return people | people_tied_to({line.organisation for line in lines if line.organisation})


def _kin(held: _Prepared, relations: OrganisationRelations) -> set[UUID]:
    """Those whose family, or whose family's competitors, are others now."""
    organisations, families = relations.moved(held.relations)
    of_families = [card.id for card in held.pool.mentors if families and (card.families | card.current_ties) & families]
    return people_tied_to(organisations).union(of_families)  # type: ignore[arg-type]  # our ids are UUIDs


def _by_the_calendar(held: _Prepared, cohort: Cohort, now: datetime) -> set[UUID]:
    """Those whose ties, leave or hours the days since may have changed, and whose list may be read again by now; a few
    more do no harm.
    """
    if now < held.until:
        return set()
    first, last = day_of(held.since) - DAY, day_of(now) + DAY
    lookback = timedelta(days=cohort.lookback_months * DAYS_A_MONTH)
    ties = Q(starts_on__range=(first, last)) | Q(ends_on__range=(first, last))
    ties |= Q(ends_on__range=(first - lookback - DAY, last - lookback + DAY))
    leave = Q(starts_on__range=(first, last)) | Q(ends_on__range=(first - DAY, last))
    return {
        *_unreadable(held.pool),
        *Affiliation.objects.filter(ties).order_by().values_list("person_id", flat=True),
        *Leave.objects.filter(leave).order_by().values_list("person_id", flat=True),
        *Profile.objects.filter(zone__in=_changed_zones(held.since, now)).values_list("person_id", flat=True),
    }


def _unreadable(pool: Pool) -> set[UUID]:
    return {card.id for card in pool.mentors if not card.list_readable}  # type: ignore[misc]  # our ids are UUIDs


def _changed_zones(then: datetime, now: datetime) -> list[str]:
    """The zones whose clocks stand otherwise this week than in that one."""
    zones = Profile.objects.order_by().values_list("zone", flat=True).distinct()
    return [zone for zone in zones if _working_days(zone, then) != _working_days(zone, now)]


def _working_days(zone: str, at: datetime) -> int:
    return weekly_slots(known_name(zone), time(), time(), day_of(at), (0, 2, 4, 6))


# --- the calendar ---


def _stretch(cohort: Cohort, pool: Pool, now: datetime) -> tuple[datetime, datetime]:
    """From when until when no day begins: the programme's, or where leave or a tie begins or ends with it."""
    today = day_of(now)
    moments = [_midnight(today, "UTC"), _midnight(today + DAY, "UTC")]
    moments += [now + LOOKED_AGAIN] if _unreadable(pool) else []
    moments += [_midnight(day, *where) for day, *where in _days_that_count(cohort, today - 2 * DAY, today + 2 * DAY)]
    return max(moment for moment in moments if moment <= now), min(moment for moment in moments if moment > now)


def _days_that_count(cohort: Cohort, first: date, last: date) -> Iterator[tuple[Any, ...]]:
    """The days between these on which leave or a tie of a mentor may begin, end or be forgotten, each with zone and
    country. One that changes nothing does no harm.
    """
    forgotten = timedelta(days=ceil(cohort.lookback_months * DAYS_A_MONTH))
    near = Q(starts_on__range=(first, last)) | Q(ends_on__range=(first - DAY, last))
    long_ago = Q(ends_on__range=(first - forgotten, last - forgotten))
    columns = ("starts_on", "ends_on", "person__profile__zone", "person__profile__country")
    theirs = {"person__in": _mentors(cohort).values("person")}
    leave = Leave.objects.filter(near, **theirs).order_by().values_list(*columns)
    ties = Affiliation.objects.filter(near | long_ago, **theirs).order_by().values_list(*columns)
    for starts_on, ends_on, *where in leave.union(ties, all=True):
        ended = (ends_on, ends_on + DAY, ends_on + forgotten) if ends_on and ends_on <= last else ()
        yield from ((day, *where) for day in (starts_on, *ended) if first <= day <= last)


def _midnight(day: date, zone: str | None, country: str | None = None) -> datetime:
    return datetime.combine(day, time(), zone_named(zone or "UTC", country or "")).astimezone(UTC)
