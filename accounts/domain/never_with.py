"""Private lists of people and organisations that somebody never wants to be paired with.

Nothing here tells whether an address is known: an entry is kept, and shown, as it was typed. No history is written.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.conflict_changes import people_changed
from accounts.models import ListEntry, NeverWith, Organisation, User
from accounts.models.private_lists import list_key
from common.content.keys import ContentTampered
from common.errors import Refused
from common.transactions import atomically

logger = logging.getLogger(__name__)

MOST = 100
UNREADABLE = gettext_lazy(
    "Your private list cannot be encrypted at present, so nothing was saved. Please tell your coordinator."
)
UNREADABLE_ELSEWHERE = gettext_lazy(
    "Something that must move along cannot be read at present, so nothing was changed. Whoever runs the site can tell."
)


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
        person = User.objects.filter(email=email).first()
    try:
        entry = NeverWith.objects.put(owner=owner, person=person, email=email, organisation=organisation)
    except ContentTampered as error:
        raise Refused(UNREADABLE, code="key_unreadable") from error
    people_changed({owner.pk}, now=now)
    return entry


@atomically
def remove(*, entry: NeverWith, now: datetime) -> None:
    """Take an entry off its owner's list."""
    owner = entry.owner
    entry.delete()
    people_changed({owner.pk}, now=now)


def recognise(user: User) -> int:
    """Point entries that were typed before this address was known at the person who now has it; how many.

    While the key of lists cannot be read it is left to `recognise_known`.
    """
    try:
        typed = NeverWith.objects.naming(email=user.email).filter(belongs_to=None).exclude(owner=user)
        return typed.update(belongs_to=list_key().user(user.pk)) if typed else 0
    except ContentTampered:
        return 0


def forget(person: User) -> None:
    """Lists name somebody no longer who is erased: entries made from a page go. Addresses stay as they were typed, and
    may come to name whoever has that address next.
    """
    try:
        naming = NeverWith.objects.naming(people=[person.pk])
        naming.filter(belongs_to=None).delete()
        naming.update(belongs_to=None)
    except ContentTampered as error:  # what cannot be read names nobody, and must not keep anybody from being erased
        logger.error("private lists could not be looked through", extra={"why": str(error)})  # noqa: TRY400 - no trace


def recognise_known(entries: Iterable[ListEntry]) -> int:
    """`recognise` for everybody who has an address that is named in these entries and points at nobody yet."""
    typed = {entry.email for entry in entries if entry.email and entry.person_id is None}
    return sum(recognise(user) for user in User.objects.filter(email__in=typed)) if typed else 0


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as its owner reads it: an address as typed, or the name of a person or an organisation."""

    pk: UUID
    name: str
    readable: bool


def list_of(owner: User) -> list[Shown]:
    """The list of `owner` by name, in four queries. What is not there any more has an empty name."""
    entries = owner.never_with.opened()
    people = User.objects.in_bulk([entry.person_id for entry in entries if entry.person_id and not entry.email])
    organisations = Organisation.objects.in_bulk([entry.organisation_id for entry in entries if entry.organisation_id])
    named = people | organisations
    shown = [
        Shown(
            entry.pk,
            entry.email or str(getattr(named.get(entry.person_id or entry.organisation_id), "name", "")),
            entry.readable,
        )
        for entry in entries
    ]
    return sorted(shown, key=lambda entry: (entry.name.casefold(), entry.pk))


def persons_on(owner: User) -> set[UUID]:
    """Those whom somebody put on their list from a page: by name, not by address."""
    return {entry.person_id for entry in owner.never_with.opened() if entry.person_id and not entry.email}


def move(*, organisation: UUID, into: UUID) -> None:
    """Two organisations are one: lists name the other now. Raises `Refused` while nobody can say which lists do."""
    try:
        moving, known = (NeverWith.objects.naming(organisations=[each]) for each in (organisation, into))
        moving.filter(owner__in=known.values("owner")).delete()
        if moving:
            moving.update(named=list_key().organisation(into))
    except ContentTampered as error:
        raise Refused(UNREADABLE_ELSEWHERE, code="key_unreadable") from error
