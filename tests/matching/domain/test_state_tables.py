"""Every verb from every state by every actor: what the table allows goes through, everything else is refused."""

from copy import deepcopy
from datetime import date, timedelta
from itertools import product

import pytest

from cohorts.domain import enrolments
from cohorts.states import ENROLMENT_TRANSITIONS, EnrolmentState, Role
from common.errors import Refused
from common.models import Event
from common.transitions import Actor
from matching.domain import pairings, publishing, requests, run_heartbeat, run_work, runs, taking_up
from matching.models import ChemistryAnswer, MatchRun, Pairing, Pause, Request
from matching.models.pairings import EndClass
from matching.states import (
    PAIRING_TRANSITIONS,
    REQUEST_TRANSITIONS,
    RUN_TRANSITIONS,
    RUNS_WITHOUT_RESULT,
    PairingState,
    RequestState,
    RunState,
)
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request, signed

pytestmark = pytest.mark.django_db
LATER = NOW.replace(year=2027)
# Nobody can call these in another part.
BY_ITSELF = {"activate": Actor.SYSTEM, "expire": Actor.CLOCK, "lapse": Actor.SYSTEM}


CALLED = {"approve": enrolments.approve, "withdraw": enrolments.withdraw_enrolment}


def walk(table, states):
    return [
        (verb, state, actor)
        for verb, state, actor in product(table, states, Actor)
        if actor is BY_ITSELF.get(verb, actor)
    ]


@pytest.fixture(scope="module")
def kept_couple(module_db):
    """A mentee and a mentor of a cohort that has a coordinator."""
    return couple(cohort(coordinators=(people.person(),)))


@pytest.fixture
def two(kept_couple):
    """The same two, untouched by other tests."""
    return deepcopy(kept_couple)


def _person(record, actor):
    return {
        Actor.MENTEE: lambda: record.mentee,
        Actor.MENTOR: lambda: record.mentor,
        Actor.COORDINATOR: record.cohort.coordinators.get,
    }.get(actor, lambda: None)()


def _pairing_verb(verb, made, actor):
    user = _person(made, actor)
    words = {"pairing": made, "now": NOW}
    by = {**words, "user": user, "actor": actor}
    return {
        "answer_chemistry": lambda: pairings.answer_chemistry(**words, user=user or people.person(), go_ahead=True),
        "activate": lambda: pairings.activate(**words, planned_end=date(2026, 11, 1)),
        "pause": lambda: pairings.pause(**by, until=date(2026, 4, 1)),
        "resume": lambda: pairings.resume(**by),
        "begin_closing": lambda: pairings.begin_closing(**by),
        "complete": lambda: pairings.complete(**by),
        "end_early": lambda: pairings.end_early(**by, end_class="time"),
        "take_up_again": lambda: taking_up.take_up_again(**by),
    }[verb]


@pytest.mark.parametrize(("verb", "state", "actor"), walk(PAIRING_TRANSITIONS, PairingState.values))
def test_pairings(two, verb, state, actor):
    made = pairing(*two, state=state)
    if verb == "activate":
        for side in Role.values:
            ChemistryAnswer.objects.create(pairing=made, side=side, go_ahead=True, at=NOW)
        signed(made)
    if verb == "take_up_again":
        Pairing.objects.filter(pk=made.pk).update(end_class=EndClass.CHEMISTRY)
    if verb == "complete":  # the thirty days are over
        Pairing.objects.filter(pk=made.pk).update(closing_since=NOW - timedelta(days=30))
    if state == PairingState.PAUSED:
        Pause.objects.create(pairing=made, since=NOW, until=date(2026, 4, 1))
    row = PAIRING_TRANSITIONS[verb]
    call = _pairing_verb(verb, made, actor)
    if state in row.sources and actor in row.actors:
        assert call().state == row.target
        assert Pairing.objects.get(pk=made.pk).state == row.target
    else:
        with pytest.raises(Refused):
            call()
        assert Pairing.objects.get(pk=made.pk).state == state


def _request_verb(verb, asked, actor):
    user = _person(asked, actor)
    anybody = user or people.person()
    return {
        "accept": lambda: requests.accept(request=asked, user=anybody, now=NOW),
        "decline": lambda: requests.decline(request=asked, user=anybody, reason_class="time", now=NOW),
        "withdraw": lambda: requests.withdraw(request=asked, user=user, actor=actor, ask_next=False, now=NOW),
        "expire": lambda: requests.expire_due(now=LATER),
        "lapse": lambda: requests.lapse(request_ids=[asked.pk], now=NOW),
    }[verb]


@pytest.mark.parametrize(("verb", "state", "actor"), walk(REQUEST_TRANSITIONS, RequestState.values))
def test_requests(two, verb, state, actor):
    asked = request(*two, state=state)
    row = REQUEST_TRANSITIONS[verb]
    call = _request_verb(verb, asked, actor)
    if state in row.sources and actor in row.actors:
        call()
        assert Request.objects.get(pk=asked.pk).state == row.target
        return
    if verb in BY_ITSELF:
        call()
    else:
        with pytest.raises(Refused):
            call()
    assert Request.objects.get(pk=asked.pk).state == state


def run_in(state, of):
    """A run in this state, with a proposal that is still to be published where there is a result."""
    if state in RUNS_WITHOUT_RESULT:
        over = {"finished_at": NOW, "problem": "broke"} if state == RunState.FAILED else {}
        return MatchRun.objects.create(cohort=of, made_at=NOW, state=state, tries=1, heard_at=NOW, **over)
    run = runs.make(cohort=of, user=None, terms=runs.Terms(), now=NOW)
    MatchRun.objects.filter(pk=run.pk).update(state=state, published_at=NOW if state == "published" else None)
    return run


def by_a_worker(verb, run):
    """What a worker does of its own accord, where the state allows it."""
    work = run_heartbeat.Work(run.pk, 1)
    if verb in ("begin", "resume"):
        run_work.begin(now=NOW)
    elif verb == "fail":
        run_work.fail(work=work, problem="broke", now=NOW)
    else:
        run_work.keep(work=work, found=runs.Found({}, [], []), now=NOW)


@pytest.mark.parametrize(("verb", "state"), list(product(RUN_TRANSITIONS, RunState.values)))
@pytest.mark.parametrize("acting", [True, False])
def test_runs(kept_couple, verb, state, acting):
    (coordinator,) = kept_couple[0].cohort.coordinators.all()
    run = run_in(state, kept_couple[0].cohort)
    row = RUN_TRANSITIONS[verb]
    may = state in row.sources
    if row.actors == {Actor.SYSTEM}:
        by_a_worker(verb, run)
        assert Event.objects.filter(subject_id=run.pk, verb=verb).exists() == may
        assert MatchRun.objects.get(pk=run.pk).state == row.target or not may
        return
    do = getattr(run_work if verb == "cancel" else publishing, verb)
    assert row.actors == {Actor.COORDINATOR}
    if acting and may:
        do(run=run, user=coordinator, now=NOW)
        assert MatchRun.objects.get(pk=run.pk).state == row.target
    else:
        with pytest.raises(Refused):
            do(run=run, user=coordinator if acting else kept_couple[0].person, now=NOW)
        assert MatchRun.objects.get(pk=run.pk).state == state


@pytest.mark.parametrize(
    ("verb", "state", "role", "actor"),
    list(product(CALLED, EnrolmentState.values, Role.values, (*Role.values, "coordinator", "stranger"))),
)
def test_enrolments(verb, state, role, actor):
    coordinator = people.person()
    row = enrolment(cohort(coordinators=(coordinator,)), role=role, state=state)
    user = {role: row.person, "coordinator": coordinator}.get(actor) or people.person()
    call = CALLED[verb]
    table = ENROLMENT_TRANSITIONS[verb]
    acting = actor in {role, "coordinator"} and actor in {each.value for each in table.actors}
    if state in table.sources and acting:
        assert call(enrolment=row, user=user, now=NOW).state == table.target
    else:
        with pytest.raises(Refused):
            call(enrolment=row, user=user, now=NOW)
        row.refresh_from_db()
        assert row.state == state


@pytest.mark.parametrize("state", EnrolmentState.values)
@pytest.mark.parametrize("role", Role.values)
def test_who_was_invited_joins_from_any_state(state, role):
    row = enrolment(cohort(), role=role, state=state)
    joined = enrolments.join(cohort=row.cohort, person=row.person, role=role, now=NOW)
    assert (joined.pk, joined.state) == (row.pk, ENROLMENT_TRANSITIONS["join"].target)
    assert Actor(role) in ENROLMENT_TRANSITIONS["join"].actors
    assert {*CALLED, "join"} == set(ENROLMENT_TRANSITIONS)
