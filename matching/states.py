"""What may happen to a request, a pairing and a match run: the only place that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.state_guards import StateGuard
from common.transitions import Actor, transition

MENTEE, MENTOR, COORDINATOR = Actor.MENTEE, Actor.MENTOR, Actor.COORDINATOR
CLOCK, SYSTEM = Actor.CLOCK, Actor.SYSTEM


class RequestState(models.TextChoices):
    """A mentor has been asked."""

    PENDING = "pending", _("waiting for an answer")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    LAPSED = "lapsed", _("lapsed")


class PairingState(models.TextChoices):
    """The one-to-one relationship."""

    INTRODUCED = "introduced", _("introduced")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    CLOSING = "closing", _("closing")
    COMPLETED = "completed", _("completed")
    ENDED_EARLY = "ended_early", _("ended early")


class RunState(models.TextChoices):
    """A match run: on its way, proven, or come to nothing."""

    QUEUED = "queued", _("waits to begin")
    RUNNING = "running", _("being made")
    FAILED = "failed", _("not made")
    PROVEN = "proven", _("not published")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")


RUNS_ON_THEIR_WAY = (RunState.QUEUED, RunState.RUNNING)
RUNS_WITHOUT_RESULT = (*RUNS_ON_THEIR_WAY, RunState.FAILED)
OPEN_PAIRING_STATES = (
    PairingState.INTRODUCED,
    PairingState.ACTIVE,
    PairingState.PAUSED,
    PairingState.CLOSING,
)

REQUEST_TRANSITIONS = {
    "accept": transition(RequestState.PENDING, RequestState.ACCEPTED, MENTOR),
    "decline": transition(RequestState.PENDING, RequestState.DECLINED, MENTOR),
    "withdraw": transition(RequestState.PENDING, RequestState.WITHDRAWN, {MENTEE, COORDINATOR}),
    "expire": transition(RequestState.PENDING, RequestState.EXPIRED, CLOCK),
    "lapse": transition(RequestState.PENDING, RequestState.LAPSED, SYSTEM),
}

PAIRING_TRANSITIONS = {
    "answer_chemistry": transition(PairingState.INTRODUCED, PairingState.INTRODUCED, {MENTEE, MENTOR}),
    "activate": transition(PairingState.INTRODUCED, PairingState.ACTIVE, SYSTEM),
    "pause": transition(PairingState.ACTIVE, PairingState.PAUSED, {MENTEE, MENTOR, COORDINATOR}),
    "resume": transition(PairingState.PAUSED, PairingState.ACTIVE, {MENTEE, MENTOR, COORDINATOR, CLOCK}),
    "begin_closing": transition(PairingState.ACTIVE, PairingState.CLOSING, {MENTEE, MENTOR, COORDINATOR, CLOCK}),
    # By the second of the two reviews, or thirty days after the closing began: nobody closes it for the other.
    "complete": transition(PairingState.CLOSING, PairingState.COMPLETED, {SYSTEM, CLOCK}),
    # After a no to the first conversation, before anything was agreed.
    "take_up_again": transition(PairingState.ENDED_EARLY, PairingState.INTRODUCED, COORDINATOR),
    "end_early": transition(OPEN_PAIRING_STATES, PairingState.ENDED_EARLY, {MENTEE, MENTOR, COORDINATOR}),
}

RUN_TRANSITIONS = {
    "begin": transition(RunState.QUEUED, RunState.RUNNING, SYSTEM),
    # By another worker, after the one that was at it was lost.
    "resume": transition(RunState.RUNNING, RunState.RUNNING, SYSTEM),
    "prove": transition(RunState.RUNNING, RunState.PROVEN, SYSTEM),
    "fail": transition(RunState.RUNNING, RunState.FAILED, SYSTEM),
    "cancel": transition(RUNS_ON_THEIR_WAY, RunState.FAILED, COORDINATOR),
    # Once more for proposals that were not chosen the first time.
    "publish": transition({RunState.PROVEN, RunState.PUBLISHED}, RunState.PUBLISHED, COORDINATOR),
    "discard": transition(RunState.PROVEN, RunState.DISCARDED, COORDINATOR),
    "keep": transition(RunState.DISCARDED, RunState.PROVEN, COORDINATOR),
}

# The same in the database.
REQUEST_GUARD = StateGuard("request", "matching_request", tuple(RequestState.values), REQUEST_TRANSITIONS)
PAIRING_GUARD = StateGuard("pairing", "matching_pairing", tuple(PairingState.values), PAIRING_TRANSITIONS)
RUN_GUARD = StateGuard("match_run", "matching_matchrun", tuple(RunState.values), RUN_TRANSITIONS)


class Fact(models.TextChoices):
    """What may come to stand against a request while it waits. The worst comes first: it decides."""

    CONFLICT = "conflict", _("a rule keeps the two apart")
    LEFT = "left", _("one of the two has left the cohort")
    DEACTIVATED = "deactivated", _("an account is closed")
    PLACES_TAKEN = "places_taken", _("the mentor has accepted others")
    MENTEE_WITHOUT_EMPLOYER = "mentee_no_employer", _("the mentee has no employer at present")
    MENTOR_WITHOUT_EMPLOYER = "mentor_no_employer", _("the mentor has no employer at present")
    MENTEE_UNCONFIRMED = "mentee_unconfirmed", _("the mentee’s employer is to be confirmed")
    MENTOR_UNCONFIRMED = "mentor_unconfirmed", _("the mentor’s employer is to be confirmed")
    AWAY = "away", _("the mentor is away")
    PLACES_LOWERED = "places_lowered", _("the mentor has lowered the number of places")
    NOBODY_NEW = "nobody_new", _("the mentor takes nobody new")


class Effect(StrEnum):
    """What a waiting request does.

    LAPSES          it is over
    HELD            it cannot be accepted and its time stands still; it lapses when that lasts too long
    DEADLINE_MOVES  it may be answered, and the deadline moves past the days away
    WAITS           it may be answered, and its time runs
    """

    LAPSES = "lapses"
    HELD = "held"
    DEADLINE_MOVES = "deadline moves"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a fact does to a waiting request, and who is told of it by e-mail."""

    effect: Effect
    told: frozenset[Actor]


NOBODY, BOTH = frozenset[Actor](), frozenset({MENTEE, MENTOR})

WAITING_REQUESTS: Mapping[Fact, Consequence] = {
    Fact.CONFLICT: Consequence(Effect.LAPSES, BOTH),
    Fact.LEFT: Consequence(Effect.LAPSES, BOTH),
    Fact.DEACTIVATED: Consequence(Effect.LAPSES, BOTH),
    Fact.PLACES_TAKEN: Consequence(Effect.LAPSES, BOTH),
    Fact.MENTEE_WITHOUT_EMPLOYER: Consequence(Effect.HELD, BOTH),
    Fact.MENTOR_WITHOUT_EMPLOYER: Consequence(Effect.HELD, BOTH),
    Fact.MENTEE_UNCONFIRMED: Consequence(Effect.HELD, BOTH),
    Fact.MENTOR_UNCONFIRMED: Consequence(Effect.HELD, BOTH),
    Fact.AWAY: Consequence(Effect.DEADLINE_MOVES, frozenset({MENTEE})),
    Fact.PLACES_LOWERED: Consequence(Effect.WAITS, NOBODY),
    Fact.NOBODY_NEW: Consequence(Effect.WAITS, NOBODY),
}
