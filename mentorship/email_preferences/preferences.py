"""Which letters somebody wants. Those about the state of a request or a pairing stay: the other side counts on them."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from common.transactions import atomically
from outbox.domain import digests, unsubscribe
from outbox.domain.unsubscribe import Subscription
from outbox.kinds import LetterKind, registered

OF_MENTORS = frozenset({"request_asked", "request_waiting", "request_expiring", "request_withdrawn"})
OF_COORDINATORS = frozenset({"coordinator_alert"})
OF_STAFF = frozenset({"letters_late"})
OF_NEWCOMERS = frozenset({"invitation"})


def kinds_for(person: User, *, contractual: bool) -> list[LetterKind]:
    """The kinds of letters that may come to `person`: those that stay, or those that may be stopped."""
    foreign: set[str] = set(OF_NEWCOMERS)
    if not hasattr(person, "mentor_profile"):
        foreign |= OF_MENTORS
    if not person.coordinated_cohorts.exists():
        foreign |= OF_COORDINATORS
    if not person.is_staff:
        foreign |= OF_STAFF
    return [kind for kind in registered().values() if kind.contractual is contractual and kind.name not in foreign]


def wanted(person: User) -> list[str]:
    """The names of the kinds that may be stopped and have not been."""
    stopped = set(person.unsubscriptions.values_list("kind", flat=True))
    return [kind.name for kind in kinds_for(person, contractual=False) if kind.name not in stopped]


@atomically
def choose(*, person: User, kinds: Collection[str], together: bool, now: datetime) -> None:
    """Send these kinds and stop the others; `together`: several things due on one day come as one letter."""
    for kind in kinds_for(person, contractual=False):
        subscription = Subscription(person, (kind,))
        if kind.name in kinds:
            unsubscribe.restart(subscription)
        else:
            unsubscribe.stop(subscription, now=now)
    digests.choose(person=person, together=together)
