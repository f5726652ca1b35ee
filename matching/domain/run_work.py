"""A run's way: asked for, made by a worker, cancelled, made once more; kept whole or not at all.

A worker computes outside any transaction, for minutes where thousands take part, and keeps what it found in one. While
it works it sends a heartbeat. A run that has not been heard of for a minute has lost its worker: the next one begins
anew, with a higher number, and the lost one, should it come back, keeps nothing. One run is made at a time, so that
the other workers are there for e-mails.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort
from cohorts.permissions import coordinates
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, next_state
from common.workers import wake
from matching.domain import runs
from matching.domain.run_heartbeat import LOST_AFTER, Heartbeat, Work
from matching.domain.runs import Found, Terms
from matching.engine import CancelledError, CertificateError, TooLargeError
from matching.models import MatchRun
from matching.models.runs import NotMade, Phase
from matching.states import RUN_TRANSITIONS, RUNS_ON_THEIR_WAY, RunState

logger = logging.getLogger(__name__)

MAKE_RUNS = "matching.tasks.make_runs"
MOST_TRIES = 3


# --- what coordinators do ---


@atomically
def queue(*, cohort: Cohort, user: User, terms: Terms, now: datetime) -> MatchRun:
    """Ask for a run; a worker makes it.

    Raises `NotPermitted` for somebody who does not coordinate the cohort, `Refused` when nobody looks for a mentor or
    a run of the cohort is on its way.
    """
    if not coordinates(user, cohort):
        raise NotPermitted
    if MatchRun.objects.filter(cohort=cohort, state__in=RUNS_ON_THEIR_WAY).exists():
        raise Refused(
            _("A match run of this cohort is on its way already. Wait for it, or cancel it."),
            field="cohort",
            code="on_its_way",
        )
    if not runs.seekers(cohort).exists():
        raise runs.nobody_looks()
    terms = runs.resolved(terms, cohort)
    run = MatchRun(cohort=cohort, made_at=now, made_by=user, protect_worst_off=terms.protect_worst_off)
    run.spread_load = terms.spread_load
    run.save(force_insert=True)
    Event.record(verb="queue", subject=run, actor=Actor.COORDINATOR, now=now, user=user)
    transaction.on_commit(_wake)
    return run


def again(*, run: MatchRun, user: User, now: datetime) -> MatchRun:
    """A new run on the terms of this one. Raises as `queue`."""
    return queue(cohort=run.cohort, user=user, terms=_terms(run), now=now)


@atomically
def cancel(*, run: MatchRun, user: User, now: datetime) -> MatchRun:
    """It is not made: whoever is at it notices within seconds. Raises `NotPermitted`, or `WrongState` once it is."""
    if not coordinates(user, run.cohort):
        raise NotPermitted
    held: MatchRun = MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    held.state = next_state(RUN_TRANSITIONS, "cancel", held.state, Actor.COORDINATOR)
    held.problem, held.cancelled_by, held.finished_at = NotMade.CANCELLED, user, now
    held.save(update_fields=["state", "problem", "cancelled_by", "finished_at"])
    Event.record(verb="cancel", subject=held, actor=Actor.COORDINATOR, now=now, user=user)
    return held


def is_silent(run: MatchRun) -> bool:
    """Whether a run that is being made has lost its worker, as far as one can tell."""
    return MatchRun.objects.filter(_SILENT, pk=run.pk, state=RunState.RUNNING).exists()


def is_behind(run: MatchRun) -> bool:
    """Whether a run waits because another one is being made."""
    return run.state == RunState.QUEUED and MatchRun.objects.filter(state=RunState.RUNNING).exists()


def _wake() -> None:
    wake(MAKE_RUNS)


def _terms(run: MatchRun) -> Terms:
    return Terms(run.protect_worst_off, run.spread_load)


# --- what a worker does ---

_SILENT = Q(heard_at__lt=Now() - LOST_AFTER)
Clock = Callable[[], datetime]


def make_next(*, clock: Clock) -> bool:
    """Make the run whose turn it is, or that has lost its worker; False when there is none to take up."""
    work = begin(now=clock())
    if work is None:
        return False
    try:
        _make(work, clock)
    except CancelledError:
        logger.info("a match run was cancelled, or is in other hands", extra={"run": str(work.run_id)})
    except DatabaseError:  # nobody can say what has failed: it is silent from now on, and taken up again
        logger.exception("a match run broke off", extra={"run": str(work.run_id)})
    except Exception as error:
        logger.exception("a match run could not be made", extra={"run": str(work.run_id)})
        fail(work=work, problem=_problem(error), now=clock())
    return True


def _make(work: Work, clock: Clock) -> None:
    run = MatchRun.objects.select_related("cohort").get(pk=work.run_id)
    with Heartbeat(work) as heartbeat:
        outcome = runs.compute(cohort=run.cohort, terms=_terms(run), now=run.made_at, progress=heartbeat.progress)
        found = runs.rows_of(run, outcome, heartbeat.progress) if outcome.cards else None
    if found is None:
        fail(work=work, problem=NotMade.NOBODY, now=clock())
    else:
        keep(work=work, found=found, now=clock())


def _problem(error: Exception) -> NotMade:
    if isinstance(error, CertificateError):
        return NotMade.NOT_PROVEN
    return NotMade.TOO_LARGE if isinstance(error, TooLargeError) else NotMade.BROKE


@atomically
def begin(*, now: datetime) -> Work | None:
    """Take up a run that has lost its worker, or else the first that waits; None while another one is being made.

    The try is counted before it is made, so that one which takes its worker along every time comes to an end.
    """
    rows = MatchRun.objects.filter(state__in=RUNS_ON_THEIR_WAY).select_for_update(no_key=True)
    held = list(rows.order_by("made_at", "pk"))
    silent = set(MatchRun.objects.filter(_SILENT, state=RunState.RUNNING).values_list("pk", flat=True))
    for run in (each for each in held if each.state == RunState.RUNNING):
        if run.pk not in silent:
            return None
        if run.tries < MOST_TRIES:
            return _take(run, "resume", now)
        _fail(run, NotMade.LOST, now)
    waiting = [each for each in held if each.state == RunState.QUEUED]
    return _take(waiting[0], "begin", now) if waiting else None


def _take(run: MatchRun, verb: str, now: datetime) -> Work:
    target = next_state(RUN_TRANSITIONS, verb, run.state, Actor.SYSTEM)
    run.tries += 1
    begun: dict[str, Any] = {"phase": Phase.READ, "done": 0, "of": 0, "heard_at": Now(), "kept_at": Now()}
    MatchRun.objects.filter(pk=run.pk).update(state=target, tries=run.tries, made_at=now, **begun)
    Event.record(verb=verb, subject=run, actor=Actor.SYSTEM, now=now)
    return Work(run.pk, run.tries)


@atomically
def keep(*, work: Work, found: Found, now: datetime) -> bool:
    """Keep what was found, all of it or nothing; False when the run is no longer this worker's."""
    run = work.mine().select_for_update(no_key=True).first()
    if run is None:
        return False
    next_state(RUN_TRANSITIONS, "prove", run.state, Actor.SYSTEM)
    runs.write(run, found, now)
    Event.record(verb="prove", subject=run, actor=Actor.SYSTEM, now=now)
    return True


@atomically
def fail(*, work: Work, problem: NotMade, now: datetime) -> bool:
    """The run comes to nothing; False when it is no longer this worker's."""
    run = work.mine().select_for_update(no_key=True).first()
    if run is not None:
        _fail(run, problem, now)
    return run is not None


def _fail(run: MatchRun, problem: NotMade, now: datetime) -> None:
    run.state = next_state(RUN_TRANSITIONS, "fail", run.state, Actor.SYSTEM)
    run.problem, run.finished_at = problem, now
    run.save(update_fields=["state", "problem", "finished_at"])
    Event.record(verb="fail", subject=run, actor=Actor.SYSTEM, now=now)
