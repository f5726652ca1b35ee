"""What the clock asks for. The database says what is due; running twice does no harm."""

import structlog
from celery import shared_task

from accounts.domain import quiet_days
from common.clock import now
from engagements.domain import check_in_silence, lengths, meeting_outcomes, outcomes

log = structlog.get_logger(__name__)


@shared_task(name="engagements.tasks.sweep_check_ins")
def sweep_check_ins() -> None:
    """Keep quiet days quiet, mark what was missed, tell coordinators, and bring check-ins to where people are now.

    Meetings of which nobody spoke pass as well, and lengths that were proposed and not agreed to in time.
    """
    moment = now()
    quiet_days.sweep(now=moment)
    meeting_outcomes.sweep(now=moment)
    lengths.sweep(now=moment)
    missed = check_in_silence.sweep(now=moment)
    if missed:
        log.info("check_ins_missed", pairings=missed)


@shared_task(name="engagements.tasks.sweep_outcomes")
def sweep_outcomes() -> None:
    """Count what came of pairings, in cohorts where enough wait to be counted."""
    if made := outcomes.sweep(now=now()):
        log.info("outcomes_counted", tallies=made)
