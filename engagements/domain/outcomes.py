"""What came of a cohort's pairings: counted in tallies of six people and more, each once and for good.

A report only shows tallies. Since none ever changes and no pairing stands in two of one moment, nothing can be learned
from two reports, two days, or a part and its whole (decision 40).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from cohorts.domain import locks
from cohorts.models import Cohort
from cohorts.states import Role
from common.models import Event
from common.sweeps import for_each
from common.transitions import Actor
from engagements.domain import outcome_facts
from engagements.domain.shown_figures import FEWEST, Figures
from engagements.models import CheckIn, Tally, TallyMoment
from engagements.states import CheckInState
from matching.models import Pairing
from matching.states import PairingState

OVER = (PairingState.COMPLETED, PairingState.ENDED_EARLY)
SETTLED_AFTER = timedelta(days=7)  # by then, what the two may put right of the last days is put right
ENOUGH = 12  # in the middle of a cohort: a larger tally says more
QUARTER = 3  # months


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pairings that are ready to be counted, and whether others will be."""

    ready: Collection[Pairing]
    more_to_come: int


def sweep(*, now: datetime) -> int:
    """Count in each cohort what is due to be counted; how many tallies were made."""
    before = Tally.objects.count()
    for_each(
        Cohort.objects.filter(pairings__isnull=False).distinct().values_list("pk", flat=True), partial(_count, now)
    )
    return Tally.objects.count() - before


def _count(now: datetime, cohort_id: UUID) -> None:
    """The cohort is held meanwhile, so that nobody counts the same pairings beside us."""
    cohort = locks.cohort_alone(cohort_id)
    for moment, waiting in ((TallyMoment.START, _starts), (TallyMoment.OVER, _ended)):
        tallies = list(Tally.objects.filter(cohort=cohort, moment=moment))
        counted = {pk for tally in tallies for pk in tally.pairings}
        found = waiting(cohort, counted, now)
        last = max([tally.counted_at.date() for tally in tallies], default=cohort.starts_on)
        if is_due(found, last=last, today=now.date()):
            _write(cohort, moment, found.ready, now)


def _write(cohort: Cohort, moment: TallyMoment, pairings: Collection[Pairing], now: datetime) -> None:
    count = outcome_facts.of_starts if moment == TallyMoment.START else outcome_facts.of_ended
    figures = {name: each.as_json() for name, each in count(pairings).items()}
    ids = sorted(pairing.pk for pairing in pairings)
    Tally.objects.create(cohort=cohort, moment=moment, counted_at=now, pairings=ids, figures=figures)
    Event.record(verb="count_outcomes", subject=cohort, actor=Actor.CLOCK, now=now)


def is_due(found: Waiting, *, last: date, today: date) -> bool:
    """Whether these are counted now: six people of each side, once nobody else is to come; before that, twelve pairings
    in a new quarter of the year, if those to come are enough for a tally of their own. What anybody said plays no part.
    """
    sides = ({pairing.mentee_id for pairing in found.ready}, {pairing.mentor_id for pairing in found.ready})
    if min(map(len, sides)) < FEWEST:
        return False
    if not found.more_to_come:
        return True
    quarter = date(today.year, today.month - (today.month - 1) % QUARTER, 1)
    return len(found.ready) >= ENOUGH and found.more_to_come >= FEWEST and last < quarter


def _starts(cohort: Cohort, counted: Collection[UUID], now: datetime) -> Waiting:
    """Pairings whose mentee's first check-in is answered, and can no longer be corrected, or was missed."""
    first = CheckIn.objects.filter(pairing=OuterRef("pk"), side=Role.MENTEE, round=1)
    settled = Q(state=CheckInState.MISSED) | Q(state=CheckInState.ANSWERED, answered_at__lt=now - SETTLED_AFTER)
    rows = Pairing.objects.filter(cohort=cohort).exclude(pk__in=counted)
    ready = list(rows.filter(Exists(first.filter(settled))))
    coming = rows.open().exclude(pk__in=[pairing.pk for pairing in ready])
    return Waiting(ready, coming.count() if ready else 0)


def _ended(cohort: Cohort, counted: Collection[UUID], now: datetime) -> Waiting:
    rows = Pairing.objects.filter(cohort=cohort).exclude(pk__in=counted)
    ready = list(rows.filter(state__in=OVER, ended_at__lt=now - SETTLED_AFTER))
    return Waiting(ready, rows.exclude(pk__in=[pairing.pk for pairing in ready]).count() if ready else 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """One tally as it is read."""

    moment: TallyMoment
    counted_at: datetime
    figures: Mapping[str, Figures]


def of_cohort(cohort: Cohort) -> list[Counted]:
    """All that was counted of a cohort, in order."""
    return [
        Counted(
            TallyMoment(tally.moment),
            tally.counted_at,
            {name: Figures.from_json(kept) for name, kept in tally.figures.items()},
        )
        for tally in Tally.objects.filter(cohort=cohort).defer("pairings")
    ]
