"""What higher apps are told: sent with `send()` inside the transaction, so a receiver that raises undoes the step."""

from django.dispatch import Signal

# pairing: the record as it now stands; verb: "introduce" or one of PAIRING_TRANSITIONS; now: programme time.
pairing_changed = Signal()
