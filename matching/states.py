"""What may happen to a request and a pairing: the only place that says so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    "complete": transition(PairingState.CLOSING, PairingState.COMPLETED, {MENTEE, MENTOR, COORDINATOR, CLOCK}),
    "end_early": transition(OPEN_PAIRING_STATES, PairingState.ENDED_EARLY, {MENTEE, MENTOR, COORDINATOR}),
}
