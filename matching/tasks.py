"""What the clock asks for. The database says what is due; running twice does no harm."""

import structlog
from celery import shared_task

from common.clock import now as programme_now
from matching.domain import damage, pairings, pools, recheck, requests, run_work

log = structlog.get_logger(__name__)


@shared_task(name=run_work.MAKE_RUNS)
def make_runs() -> None:
    """Make the match runs that were asked for, one after the other, also those whose worker was lost."""
    made = 0
    while run_work.make_next(clock=programme_now):
        made += 1
    if made:
        log.info("runs_made", made=made)


@shared_task(name="matching.tasks.sweep_requests")
def sweep_requests() -> None:
    """Expire what was not answered in time, end what was held for too long, and ask the next mentors that are owed."""
    now = programme_now()
    recheck.end_holds(now=now)
    expired = requests.expire_due(now=now)
    if expired:
        log.info("requests_expired", expired=expired)


@shared_task(name="matching.tasks.sweep_pairings")
def sweep_pairings() -> None:
    """Resume, begin to close, complete, and alert about introductions that came to nothing so far."""
    now = programme_now()
    resumed = pairings.resume_due(now=now)
    closed = pairings.sweep_closing(now=now)
    pairings.sweep_introduced(now=now)
    if resumed or closed:
        log.info("pairings_swept", resumed=resumed, closed=closed)


@shared_task(name="matching.tasks.sweep_independence")
def sweep_independence() -> None:
    """Look again at everybody: ties and ownership that begin or end today change nothing until somebody looks."""
    now = programme_now()
    damage.watch_zones(now=now)
    damage.watch_lists(now=now)
    recheck.recheck(now=now)
    pools.prune_log()
