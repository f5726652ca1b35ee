"""What higher apps are told, inside the transaction and with `send()`: a receiver that raises undoes the change."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import Signal

# Arguments: people (frozenset of ids), now (aware UTC). Sent once by a transaction that has changed ties, ownership,
# competitions or private lists, just before it commits: the people of whom something else may hold now.
conflicts_changed = Signal()

# Arguments: invitation (Invitation), user (User), now (aware UTC). Receivers give sentences of what has come of it.
invitation_accepted = Signal()

# Arguments: invitation (Invitation), user (User or None), now (aware UTC). It opens nothing any more, and was not
# accepted: revoked by `user`, declined by whoever has the link, or withdrawn by the system.
invitation_closed = Signal()

# Arguments: invitation (Invitation), now (aware UTC). Receivers give sentences of what the invitation offers.
invitation_described = Signal()

# Arguments: person (User), now (aware UTC). Receivers give sentences, by the id of a record, of where each thing stands
# in which others wait for this person or are paired with them: what a change makes of it is told before it is made.
at_stake = Signal()

# Arguments: person (User), now (aware UTC). The zone or country of a person has changed, or the days they are away.
calendar_changed = Signal()

# Arguments: person (User), role ("mentor" or "mentee"), now (aware UTC). Somebody could take the part, or gives it up
# again. Receivers of the first give whether somebody who agrees to it sees it now.
part_wanted = Signal()
part_given_up = Signal()

# Arguments: person (User), role. Receivers give whether somebody has agreed to the part: then it is not given up here.
part_held = Signal()

# Arguments: person (User), now (aware UTC). Receivers give sentences of what closing the account would do to others.
account_closing_foreseen = Signal()

# Arguments: person (User), until (aware UTC), now (aware UTC). Receivers give sentences of what erasing the account
# would do to others: at once, and at `until`.
account_erasing_foreseen = Signal()

# Arguments: person (User), now (aware UTC). The account of a person has been closed.
account_closed = Signal()


def gathered(answers: Iterable[tuple[Any, Iterable[object] | None]]) -> list[str]:
    """The sentences that the receivers of a signal gave, in one list."""
    return [str(sentence) for _receiver, sentences in answers for sentence in sentences or ()]
