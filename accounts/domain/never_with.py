"""Private lists of people and organisations that somebody never wants to be paired with.

Nothing here tells whether an address is known: an entry is kept, and shown, as it was typed. No history is written.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.domain.conflict_changes import people_changed
from accounts.models import NeverWith, Organisation, User
from common.errors import Refused
from common.transactions import atomically

MOST = 100


@atomically
def add(
    *,
    owner: User,
    now: datetime,
    person: User | None = None,
    email: str = "",
    organisation: Organisation | None = None,
) -> NeverWith:
    """Put a person (met on a page), an address or an organisation on the list of `owner`; twice changes nothing.

    Give exactly one of the three. Raises `Refused` for oneself, and for a list that has grown out of hand.
    """
    email = email.strip().lower()
    if owner.email == email or owner == person:
        raise Refused(_("This is you."), field="email", code="oneself")
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if owner.never_with.count() >= MOST:
        raise Refused(_("Your list is full. Please talk to your coordinator."), code="full")
    if email:
        known = User.objects.filter(email=email).first()
        entry = NeverWith.objects.get_or_create(owner=owner, email=email, defaults={"person": known})[0]
    else:
        entry = NeverWith.objects.get_or_create(owner=owner, email="", person=person, organisation=organisation)[0]
    people_changed({owner.pk}, now=now)
    return entry


@atomically
def remove(*, entry: NeverWith, now: datetime) -> None:
    """Take an entry off its owner's list."""
    owner = entry.owner
    entry.delete()
    people_changed({owner.pk}, now=now)


def recognise(user: User) -> int:
    """Point entries that were typed before this address was known at the person who now has it; how many."""
    return NeverWith.objects.filter(email=user.email, person=None).exclude(owner=user).update(person=user)
