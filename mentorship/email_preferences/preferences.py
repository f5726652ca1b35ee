"""Which letters somebody wants. Those about the state of a request or a pairing stay: the other side counts on them."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import Role
from common.transactions import atomically
from outbox.domain import digests, unsubscribe
from outbox.domain.unsubscribe import Subscription
from outbox.kinds import LetterKind, Reader, registered


def parts_of(person: User) -> set[Reader]:
    """In which parts letters come to `person`. A profile is enough: a place in a cohort may come tomorrow."""
    roles = set(Enrolment.objects.filter(person=person).values_list("role", flat=True))
    held = {
        Reader.ANYBODY: True,
        Reader.MENTEE: Role.MENTEE in roles or hasattr(person, "mentee_profile"),
        Reader.MENTOR: Role.MENTOR in roles or hasattr(person, "mentor_profile"),
        Reader.COORDINATOR: person.coordinated_cohorts.exists(),
        Reader.STAFF: person.is_staff,
        Reader.ASSISTANT: _assists(person),
    }
    return {part for part, is_theirs in held.items() if is_theirs}


def _assists(person: User) -> bool:
    """As it was read with whoever is signed in, or asked now."""
    known: bool | None = getattr(person, "is_assistant", None)
    return person.leaders_assisted.serving().exists() if known is None else known


def kinds_for(person: User, *, contractual: bool) -> list[LetterKind]:
    """The kinds of letters that may come to `person`: those that stay, or those that may be stopped. What they have
    stopped is among these whatever their part now, so that it can be started again.
    """
    parts, stopped = parts_of(person), _stopped(person)
    return [
        kind
        for kind in registered().values()
        if kind.contractual is contractual and (kind.readers & parts or (not contractual and kind.name in stopped))
    ]


def wanted(person: User) -> list[str]:
    """The names of the kinds that may be stopped and have not been."""
    stopped = _stopped(person)
    return [kind.name for kind in kinds_for(person, contractual=False) if kind.name not in stopped]


def _stopped(person: User) -> set[str]:
    return set(person.unsubscriptions.values_list("kind", flat=True))


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
