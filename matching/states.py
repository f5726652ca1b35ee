"""What may happen to a request and a pairing: the only place that says so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.steps import Actor, step

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


OPEN_PAIRING_STATES = (
    PairingState.INTRODUCED,
    PairingState.ACTIVE,
    PairingState.PAUSED,
    PairingState.CLOSING,
)

REQUEST_STEPS = {
    "accept": step(RequestState.PENDING, RequestState.ACCEPTED, MENTOR),
    "decline": step(RequestState.PENDING, RequestState.DECLINED, MENTOR),
    "withdraw": step(RequestState.PENDING, RequestState.WITHDRAWN, {MENTEE, COORDINATOR}),
    "expire": step(RequestState.PENDING, RequestState.EXPIRED, CLOCK),
    "lapse": step(RequestState.PENDING, RequestState.LAPSED, SYSTEM),
}

PAIRING_STEPS = {
    "answer_chemistry": step(PairingState.INTRODUCED, PairingState.INTRODUCED, {MENTEE, MENTOR}),
    "activate": step(PairingState.INTRODUCED, PairingState.ACTIVE, SYSTEM),
    "pause": step(PairingState.ACTIVE, PairingState.PAUSED, {MENTEE, MENTOR, COORDINATOR}),
    "resume": step(PairingState.PAUSED, PairingState.ACTIVE, {MENTEE, MENTOR, COORDINATOR, CLOCK}),
    "begin_closing": step(PairingState.ACTIVE, PairingState.CLOSING, {MENTEE, MENTOR, COORDINATOR, CLOCK}),
    "complete": step(PairingState.CLOSING, PairingState.COMPLETED, {MENTEE, MENTOR, COORDINATOR, CLOCK}),
    "end_early": step(OPEN_PAIRING_STATES, PairingState.ENDED_EARLY, {MENTEE, MENTOR, COORDINATOR}),
}
