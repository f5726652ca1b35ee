"""What higher apps are told, inside the transaction and with `send()`: a receiver that raises undoes the change."""

from django.dispatch import Signal

# Arguments: enrolment (Enrolment, not yet locked). Sent before a withdrawal takes its locks: each receiver gives ids
# of further enrolments that the withdrawal will touch, so that all are locked at once and in order.
enrolment_withdrawing = Signal()

# Arguments: enrolment (Enrolment), now (aware UTC). Receivers give sentences of what its withdrawal would do to others.
enrolment_withdrawal_foreseen = Signal()

# Arguments: enrolment (Enrolment, locked and withdrawn), now (aware UTC).
enrolment_withdrawn = Signal()

# Arguments: cohort (Cohort), ends_on (date), now (aware UTC). Receivers give sentences of what this last day would do.
cohort_end_foreseen = Signal()

# Arguments: cohort (Cohort, locked, with its new last day), before (date), now (aware UTC).
cohort_end_moved = Signal()
