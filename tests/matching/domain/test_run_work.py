"""A run's way: asked for, made by a worker that sends a heartbeat, cancelled, taken up after its worker was lost."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection

from accounts.models import NeverWith, User
from cohorts.models import Cohort
from cohorts.states import EnrolmentState, Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from matching import tasks
from matching.domain import run_heartbeat, run_work, runs
from matching.domain.run_heartbeat import Work, beat
from matching.domain.run_progress import PHASES, WHOLE, RunProgress
from matching.domain.run_report import RunReport, report_of
from matching.domain.runs import Terms
from matching.engine import CancelledError, CertificateError, Stage, TooLargeError, engine_version
from matching.models import MatchRun, Proposal, Unmatched
from matching.models.runs import NotMade, Phase
from matching.states import RunState
from tests import people
from tests.matching.factories import NOW, cohort, enrolment

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=1)


@pytest.fixture
def clara() -> User:
    return people.person("Clara", staff=True)


@pytest.fixture
def here(clara: User) -> Cohort:
    return peopled(cohort("Spring", coordinators=(clara,)))


def peopled(where: Cohort, mentees: int = 3, mentors: int = 2) -> Cohort:
    for _ in range(mentees):
        enrolment(where)
    for _ in range(mentors):
        enrolment(where, role=Role.MENTOR)
    return where


def queued(here: Cohort, user: User, **terms: bool) -> MatchRun:
    return run_work.queue(cohort=here, user=user, terms=Terms(**terms), now=NOW)


def clock() -> Any:
    return NOW


def make_all() -> int:
    made = 0
    while run_work.make_next(clock=clock):
        made += 1
    return made


def fall_silent() -> None:
    """As if a minute had passed without a word."""
    MatchRun.objects.filter(state=RunState.RUNNING).update(heard_at=LONG_AGO)


def verbs_of(run: MatchRun) -> list[tuple[str, str]]:
    return list(Event.objects.filter(subject_id=run.pk).order_by("id").values_list("verb", "actor"))


def found_of(run: MatchRun) -> tuple[int, int]:
    return run.proposals.count(), run.unmatched.count()


def state_of(run: MatchRun) -> tuple[str, str]:
    run.refresh_from_db()
    return run.state, run.problem


def test_a_worker_makes_it_and_keeps_everything_at_once(here: Cohort, clara: User) -> None:
    run = queued(here, clara, protect_worst_off=True)
    assert (run.state, found_of(run)) == (RunState.QUEUED, (0, 0))
    tasks.make_runs()
    assert state_of(run) == (RunState.PROVEN, "")
    assert (run.mentees, run.matched, found_of(run), run.protect_worst_off) == (3, 2, (2, 1), True)
    assert run.made_by == clara
    assert run.finished_at is not None
    assert verbs_of(run) == [("queue", "coordinator"), ("begin", "system"), ("prove", "system")]
    tasks.make_runs()
    assert found_of(run) == (2, 1)


def test_it_is_refused_to_others_to_nobody_and_to_a_second_one(here: Cohort, clara: User) -> None:
    with pytest.raises(NotPermitted):
        queued(here, people.person(staff=True))
    with pytest.raises(Refused, match="Nobody"):
        queued(cohort(coordinators=(clara,)), clara)
    run = queued(here, clara)
    with pytest.raises(Refused, match="on its way already"):
        queued(here, clara)
    run_work.cancel(run=run, user=clara, now=NOW)
    assert run_work.again(run=run, user=clara, now=NOW).state == RunState.QUEUED


def test_the_rules_of_the_cohort_are_told_before_it_is_made(clara: User) -> None:
    run = queued(peopled(cohort(coordinators=(clara,), spread_load=True)), clara)
    assert run.spread_load


def test_one_at_a_time_in_the_order_asked(here: Cohort, clara: User) -> None:
    second = queued(peopled(cohort(coordinators=(clara,))), clara)
    MatchRun.objects.filter(pk=second.pk).update(made_at=NOW + timedelta(minutes=1))
    first = queued(here, clara)
    assert run_work.begin(now=NOW) == Work(first.pk, 1)
    assert run_work.begin(now=NOW) is None
    assert run_work.is_behind(second)
    assert not run_work.make_next(clock=clock)
    fall_silent()
    assert make_all() == 2
    assert (state_of(first)[0], state_of(second)[0]) == (RunState.PROVEN, RunState.PROVEN)


def test_a_lost_worker_that_comes_back_keeps_nothing(here: Cohort, clara: User) -> None:
    run = queued(here, clara)
    lost = run_work.begin(now=NOW)
    assert lost is not None
    progress = RunProgress()
    found = runs.rows_of(run, runs.compute(cohort=here, terms=Terms(), now=NOW), progress)
    fall_silent()
    assert run_work.is_silent(run)
    taken_up = run_work.begin(now=NOW)
    assert taken_up == Work(run.pk, 2)

    assert not run_work.keep(work=lost, found=found, now=NOW)
    assert not run_work.fail(work=lost, problem=NotMade.BROKE, now=NOW)
    beat(lost, progress)
    assert progress.unwanted
    assert (state_of(run)[0], found_of(run)) == (RunState.RUNNING, (0, 0))
    assert run_work.keep(work=taken_up, found=found, now=NOW)
    assert not run_work.keep(work=taken_up, found=found, now=NOW)
    assert found_of(run) == (2, 1)
    assert [verb for verb, _actor in verbs_of(run)] == ["queue", "begin", "resume", "prove"]


class Killed(BaseException):
    """As if the process had ended there."""


def breaking(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*_given: Any, **_words: Any) -> None:
        raise error

    monkeypatch.setattr(runs, "rows_of", broken)


def test_one_that_takes_its_workers_along_comes_to_nothing_and_can_be_repeated(
    here: Cohort, clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(here, clara)
    with monkeypatch.context() as patched:
        breaking(patched, Killed())
        for _try in range(run_work.MOST_TRIES):
            with pytest.raises(Killed):
                run_work.make_next(clock=clock)
            assert not run_work.make_next(clock=clock)
            fall_silent()
    assert make_all() == 0
    assert (state_of(run), found_of(run)) == ((RunState.FAILED, NotMade.LOST), (0, 0))
    again = run_work.again(run=run, user=clara, now=NOW)
    assert make_all() == 1
    assert (state_of(again)[0], found_of(again)) == (RunState.PROVEN, (2, 1))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (CertificateError("no"), NotMade.NOT_PROVEN),
        (TooLargeError(1, 1), NotMade.TOO_LARGE),
        (RuntimeError("broke"), NotMade.BROKE),
    ],
)
def test_what_goes_wrong_is_a_code(
    error: Exception, problem: NotMade, here: Cohort, clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(here, clara)
    breaking(monkeypatch, error)
    assert make_all() == 1
    assert (state_of(run), found_of(run)) == ((RunState.FAILED, problem), (0, 0))


def test_a_database_that_goes_away_is_a_worker_that_is_lost(
    here: Cohort, clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(here, clara)
    with monkeypatch.context() as patched:
        breaking(patched, OperationalError("gone"))
        assert make_all() == 1
    assert state_of(run)[0] == RunState.RUNNING
    fall_silent()
    assert make_all() == 1
    assert state_of(run)[0] == RunState.PROVEN


def test_nobody_who_looks_any_more_is_a_run_of_nobody(here: Cohort, clara: User) -> None:
    run = queued(here, clara)
    here.enrolments.filter(role=Role.MENTEE).update(state=EnrolmentState.WITHDRAWN)
    assert make_all() == 1
    assert state_of(run) == (RunState.FAILED, NotMade.NOBODY)


def test_cancelled_while_it_waits_or_is_made(here: Cohort, clara: User) -> None:
    run = queued(here, clara)
    work = run_work.begin(now=NOW)
    assert work is not None
    with pytest.raises(NotPermitted):
        run_work.cancel(run=run, user=people.person(staff=True), now=NOW)
    run_work.cancel(run=run, user=clara, now=NOW)
    assert (state_of(run), run.cancelled_by) == ((RunState.FAILED, NotMade.CANCELLED), clara)
    progress = RunProgress()
    beat(work, progress)
    for stopped in (lambda: progress.enter(Phase.PROVE), lambda: progress.engine.update(Stage.SCAN, 0.5)):
        with pytest.raises(CancelledError):
            stopped()
    assert not run_work.keep(work=work, found=runs.Found({}, [], []), now=NOW)
    with pytest.raises(WrongState):
        run_work.cancel(run=run, user=clara, now=NOW)
    assert make_all() == 0


@pytest.mark.django_db(transaction=True)
def test_cancelling_stops_the_worker_at_its_next_beat(
    here: Cohort, clara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The heartbeat has a thread of its own, while the computation waits to be told that nobody wants it."""
    monkeypatch.setattr(run_heartbeat, "EVERY_SECONDS", 0.01)
    run, told = queued(here, clara), []

    def endless(*, progress: RunProgress, **_words: Any) -> None:
        run_work.cancel(run=run, user=clara, now=NOW)
        try:
            while True:
                progress.within(0.5)
        except CancelledError:
            told.append("stopped")
            raise

    monkeypatch.setattr(runs, "compute", endless)
    assert run_work.make_next(clock=clock)
    assert told == ["stopped"]
    assert state_of(run) == (RunState.FAILED, NotMade.CANCELLED)
    assert verbs_of(run)[-1] == ("cancel", "coordinator")


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_it_once(here: Cohort, clara: User) -> None:
    run, made = queued(here, clara), []

    def other() -> None:
        made.append(run_work.make_next(clock=clock))
        connection.close()

    threads = [Thread(target=other) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert True in made
    assert (state_of(run)[0], found_of(run), run.tries) == (RunState.PROVEN, (2, 1), 1)


def test_how_far_it_is_never_goes_back_and_comes_to_the_last_phase() -> None:
    seen: list[tuple[str, int]] = []
    progress = RunProgress(lambda now: seen.append((now.phase, now.done)))
    for phase in PHASES:
        progress.enter(phase)
        for stage in (Stage.PREPARE, Stage.SCAN, Stage.SOLVE, Stage.PROVE, Stage.SCAN, Stage.PROVE, Stage.DONE):
            progress.engine.update(stage, 1.0)
    assert [done for _phase, done in seen] == sorted(done for _phase, done in seen)
    assert seen[-1] == (Phase.KEEP, progress.of)
    assert progress.of == WHOLE * len(PHASES)


# --- the same inputs, the same bytes ---


def written(run: MatchRun) -> tuple[bytes, list[Any], list[Any]]:
    """All that a run found, but for ids and moments."""
    proposals = run.proposals.order_by("mentee").values_list("mentee", "mentor", "score", "reasons")
    unmatched = run.unmatched.order_by("mentee").values_list("mentee", "fit", "excluded", "help", "gain")
    return report_of(run).to_bytes(), list(proposals), list(unmatched)


def test_the_same_inputs_give_the_same_bytes_and_others_another_fingerprint(clara: User) -> None:
    topics = [people.topic(f"Topic {number}") for number in range(4)]
    here = cohort(coordinators=(clara,))
    for number in range(9):
        enrolment(here, people.mentee(topics=topics[number % 4 :]))
    for number in range(6):
        enrolment(here, people.mentor(topics=topics[: number % 4 + 1]), Role.MENTOR)
    first, second = queued(here, clara), None
    make_all()
    second = run_work.again(run=first, user=clara, now=NOW + timedelta(hours=1))
    make_all()
    first, second = (MatchRun.objects.get(pk=each.pk) for each in (first, second))
    assert written(first) == written(second)
    kept = report_of(first)
    assert RunReport.from_data(kept.to_data()) == kept
    assert kept.engine == engine_version()
    proof = kept.certificate
    assert (proof.value, proof.matched, proof.total) == (proof.bound, first.matched, first.total)

    def changed(act: Callable[[], object]) -> bool:
        act()
        return report_of(runs.make(cohort=here, user=None, terms=Terms(), now=NOW)).fingerprint != kept.fingerprint

    assert not changed(lambda: None)
    assert changed(lambda: Cohort.objects.filter(pk=here.pk).update(weight_aims=61) and here.refresh_from_db())
    Cohort.objects.filter(pk=here.pk).update(weight_aims=60)
    here.refresh_from_db()
    assert not changed(lambda: None)
    mentee = here.enrolments.filter(role=Role.MENTEE)[0].person
    assert changed(lambda: NeverWith.objects.put(owner=mentee, person=people.person()))


HASHED = """
from matching.domain.run_inputs import fingerprint
from matching.engine import MenteeCard, MentorCard, Pool
words = frozenset(f"language {number}" for number in range(50))
pool = Pool((MentorCard(id="m", languages=words, expertise=frozenset((word, 1) for word in words)),))
print(fingerprint(pool, [MenteeCard(id="e", languages=words, aims=("a", "b"))], {"spread_load": True}))
"""


def test_a_fingerprint_does_not_depend_on_the_process() -> None:
    """Sets of words come in another order in each process."""
    told = set()
    for seed in ("1", "2"):
        code = f"from django.conf import settings; settings.configure(SECRET_KEY='k')\n{HASHED}"
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        told.add(done.stdout)
    assert len(told) == 1


def test_nothing_is_found_by_a_run_on_its_way(here: Cohort, clara: User) -> None:
    queued(here, clara)
    run_work.begin(now=NOW)
    assert not Proposal.objects.exists()
    assert not Unmatched.objects.exists()
