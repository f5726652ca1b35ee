"""Workers and coordinators killed in the middle of a run or of its publishing: what is left behind each time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.timezone import now as server_now

from accounts.models import User
from cohorts.models import Cohort
from cohorts.states import Role
from common import invariants
from common.models import Event
from matching.domain import publishing, run_work
from matching.domain.runs import Terms
from matching.models import MatchRun, Request
from matching.states import RunState
from outbox.models import Letter
from tests import people
from tests.killed import killed, steps_of
from tests.matching.factories import NOW, cohort, enrolment

Moment = int | float  # a step, or so many seconds


@dataclass
class Tally:
    """What came of it.

    halves      what was half-done, lost or doubled, by the moment of the kill
    """

    kills: int = 0
    steps: int = 0
    halves: list[str] = field(default_factory=list)

    def count(self, moment: Moment, faults: Iterable[str]) -> None:
        """One more kill, and what was wrong after it."""
        self.kills += 1
        self.halves += [f"{moment}: {fault}" for fault in faults]


def peopled(user: User, mentees: int, mentors: int) -> Cohort:
    """A cohort of so many."""
    here = cohort(coordinators=(user,))
    for _ in range(mentees):
        enrolment(here)
    for _ in range(mentors):
        enrolment(here, role=Role.MENTOR)
    return here


def make_one() -> None:
    """What a worker does."""
    run_work.make_next(clock=lambda: NOW)


def runs_killed(user: User, moments: Iterable[Moment], *, people: tuple[int, int], whole: bool = True) -> Tally:
    """A run whose worker is killed at each of these moments, and taken up again by the next. One that was made before
    its worker was killed is followed by another.
    """
    here, tally = peopled(user, *people), Tally()
    run = run_work.queue(cohort=here, user=user, terms=Terms(), now=NOW)
    for moment in moments:
        _a_minute_later()
        if _kill(make_one, moment, whole):
            tally.count(moment, _faults(people))
        run.refresh_from_db()
        if run.state == RunState.PROVEN:
            run = run_work.again(run=run, user=user, now=NOW)
    _a_minute_later()
    tally.steps = steps_of(make_one)
    tally.halves += [f"at last: {fault}" for fault in _faults(people)]
    tally.halves += [f"at last: {each}" for each in MatchRun.objects.exclude(state=RunState.PROVEN)]
    return tally


def _kill(act: object, moment: Moment, whole: bool) -> bool:
    words = {"step": moment} if isinstance(moment, int) else {"seconds": moment}
    return killed(act, whole=whole, **words)


def _a_minute_later() -> None:
    """Whoever was at a run has been silent for long; it is forgiven, so that it can be killed any number of times."""
    MatchRun.objects.filter(state=RunState.RUNNING).update(heard_at=server_now() - timedelta(hours=1), tries=1)


def _faults(people: tuple[int, int]) -> list[str]:
    """What must not be, after a kill: a run with half of what it found, or with none of it, or twice."""
    found = [*invariants.broken(NOW.date())]
    mentees, mentors = people
    for run in MatchRun.objects.filter(state__in=(RunState.PROVEN, RunState.PUBLISHED)):
        if (run.mentees, run.matched) != (mentees, min(mentees, mentors)):
            found.append("a run that is not whole")
        if Event.objects.filter(subject_id=run.pk, verb="prove").count() != 1:
            found.append("a run that was made twice, or never")
    return found


def publishings_killed(user: User, moments: Iterable[Moment], *, pairs: int, whole: bool = True) -> Tally:
    """A run whose publishing is killed at each of these moments, and tried again. One that was whole before the kill is
    followed by one of another cohort.
    """
    tally, run = Tally(), _to_publish(user, pairs)
    for moment in moments:
        if not _kill(lambda run=run: publishing.publish(run=run, user=user, now=NOW), moment, whole):
            run = _to_publish(user, pairs)
            continue
        tally.count(moment, _faults_of(run, pairs))
        if MatchRun.objects.get(pk=run.pk).state == RunState.PUBLISHED or not whole:
            run = _to_publish(user, pairs)
    tally.steps = steps_of(lambda: publishing.publish(run=run, user=user, now=NOW))
    tally.halves += [f"at last: {fault}" for fault in _faults_of(run, pairs)]
    if MatchRun.objects.get(pk=run.pk).state != RunState.PUBLISHED:
        tally.halves.append("at last: not published")
    return tally


def _to_publish(user: User, pairs: int) -> MatchRun:
    run_work.queue(cohort=peopled(user, pairs, pairs), user=user, terms=Terms(), now=NOW)
    make_one()
    return MatchRun.objects.latest("kept_at")


def _faults_of(run: MatchRun, pairs: int) -> list[str]:
    """What must not be, after a kill: requests, e-mails or history of a part, or of none though it is published."""
    found = [*invariants.broken(NOW.date())]
    asked = Request.objects.filter(proposal__run=run)
    letters = Letter.objects.filter(cohort_id=run.cohort_id, kind="request_proposed")
    published = Event.objects.filter(subject_id=run.pk, verb="publish")
    state = MatchRun.objects.get(pk=run.pk).state
    expected = (pairs, pairs, 1) if state == RunState.PUBLISHED else (0, 0, 0)
    counted = (asked.count(), letters.count(), published.count())
    if counted != expected or Request.objects.filter(cohort=run.cohort_id).count() != expected[0]:
        found.append(f"{state}, with requests, e-mails, events: {counted}")
    return found


def coordinator() -> User:
    """Who asks and publishes."""
    return people.person("Clara", staff=True)
