"""What may happen to a check-in. Due and overdue are computed from the clock, never stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.state_guards import StateGuard
from common.transitions import Actor, transition
from matching.states import PairingState

# In these, a check-in that is due is asked for; a resting pairing asks for nothing.
ASKING = (PairingState.ACTIVE, PairingState.CLOSING)


class CheckInState(models.TextChoices):
    """A short scheduled report by one side for one round."""

    SCHEDULED = "scheduled", _("scheduled")
    ANSWERED = "answered", _("answered")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


class CheckInStatus(models.TextChoices):
    """The stored states, and what the clock and a snooze make of a scheduled one."""

    SCHEDULED = "scheduled", _("planned")
    SNOOZED = "snoozed", _("put off")
    DUE = "due", _("due")
    OVERDUE = "overdue", _("overdue")
    ANSWERED = "answered", _("answered")
    MISSED = "missed", _("missed")
    CANCELLED = "cancelled", _("cancelled")


CHECK_IN_TRANSITIONS = {
    "answer": transition(CheckInState.SCHEDULED, CheckInState.ANSWERED, {Actor.MENTEE, Actor.MENTOR}),
    "correct": transition(CheckInState.ANSWERED, CheckInState.ANSWERED, {Actor.MENTEE, Actor.MENTOR}),
    "snooze": transition(CheckInState.SCHEDULED, CheckInState.SCHEDULED, {Actor.MENTEE, Actor.MENTOR}),
    "miss": transition(CheckInState.SCHEDULED, CheckInState.MISSED, Actor.CLOCK),
    "cancel": transition(CheckInState.SCHEDULED, CheckInState.CANCELLED, Actor.SYSTEM),
}
# The same in the database.
CHECK_IN_GUARD = StateGuard("check_in", "engagements_checkin", tuple(CheckInState.values), CHECK_IN_TRANSITIONS)
