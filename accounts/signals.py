"""What higher apps are told, inside the transaction and with `send()`: a receiver that raises undoes the change."""

from django.dispatch import Signal

# Arguments: person (User) or organisation (Organisation), the other one None; now (aware UTC).
# A tie, an ownership, a competition or a private list has changed.
conflicts_changed = Signal()

# Arguments: invitation (Invitation), user (User), now (aware UTC).
invitation_accepted = Signal()

# Arguments: person (User), now (aware UTC). The zone or country of a person has changed, or the days they are away.
calendar_changed = Signal()
