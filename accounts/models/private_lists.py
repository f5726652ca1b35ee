"""Private lists: whom and what somebody never wants to be paired with, sealed under one key for all lists.

Sealing is deterministic (`common.content.lookup`), so that entries are found by whom they name. Only the owner of an
entry is a plain column.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models.organisations import Organisation
from accounts.models.users import User
from common.content.keys import ContentTampered
from common.content.lookup import LookupCipher
from common.models import ContentKey, UUIDModel
from common.prepared import prepared
from common.queries import among

logger = logging.getLogger(__name__)

LIST_KEY = UUID("6c697374-0000-4000-8000-000000000001")  # the row of `ContentKey` under which all lists are
Sealed: TypeAlias = bytes | memoryview  # as it is written, and as it is read
USER, EMAIL, ORGANISATION = "user", "email", "organisation"
ALREADY_NAMED = _("This entry is already on your list.")


class ListKey:
    """Seals and opens what entries name: "user:<id>", "email:<address>" or "organisation:<id>"."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = LookupCipher(secret, purpose="private lists")

    def user(self, pk: UUID) -> bytes:
        """A person here."""
        return self._cipher.seal(f"{USER}:{pk}")

    def email(self, address: str) -> bytes:
        """An address as `never_with.add` writes it: in lower case."""
        return self._cipher.seal(f"{EMAIL}:{address}")

    def organisation(self, pk: UUID) -> bytes:
        """An organisation."""
        return self._cipher.seal(f"{ORGANISATION}:{pk}")

    def open(self, sealed: Sealed) -> tuple[str, str]:
        """The kind and what it names. Raises `ContentTampered`."""
        kind, _colon, named = self._cipher.unseal(bytes(sealed)).partition(":")
        if kind not in {USER, EMAIL, ORGANISATION}:
            raise ContentTampered("an entry names something of no known kind")
        return kind, named


def list_key(*, make: bool = False) -> ListKey:
    """The key of all lists. Raises `ContentTampered`, also when there is none, unless it is to be made then."""
    row = ContentKey.standing(LIST_KEY) if make else ContentKey.objects.filter(pk=LIST_KEY).first()
    if row is None:
        raise ContentTampered("there is no key of private lists")
    return ListKey(row.reveal())


def _key_in_use() -> ListKey | None:
    """The key, None while nobody keeps a list; in one query. Raises `ContentTampered`."""
    row = ContentKey.objects.filter(pk=LIST_KEY)
    found = (
        NeverWith.objects.order_by()
        .values_list(Subquery(row.values("master")), Subquery(row.values("wrapped")))
        .first()
    )
    if found is None:
        return None
    master, wrapped = found
    if master is None:
        raise ContentTampered("there is no key of private lists")
    return ListKey(ContentKey(pk=LIST_KEY, master=master, wrapped=wrapped).reveal())


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry as the rules and its owner's page know it; one that cannot be read names nobody and is not `readable`.

    An address names `person_id` as well when somebody here has it, or had it when the entry was made.
    """

    pk: UUID
    owner_id: UUID
    readable: bool = True
    person_id: UUID | None = None
    email: str = ""
    organisation_id: UUID | None = None


class NeverWithQuerySet(models.QuerySet["NeverWith"]):
    """Entries of private lists, opened and found by what they name."""

    def opened(self) -> list[ListEntry]:
        """These entries, in two queries. Those that cannot be read are among them, and logged once a call."""
        return _open(list(self.values_list(*_SEALED)))

    def naming(
        self, *, people: Iterable[UUID] = (), email: str = "", organisations: Iterable[UUID] = ()
    ) -> "NeverWithQuerySet":
        """Those that name one of these, in two queries. Raises `ContentTampered` when the key cannot be read."""
        key = _key_in_use()
        if key is None:
            return self.none()
        users = [key.user(pk) for pk in people]
        named = [*users, *map(key.organisation, organisations), *([key.email(email)] if email else [])]
        return self.filter(Q(named__in=named) | Q(belongs_to__in=users)) if users else self.filter(named__in=named)

    def owners_naming(self, organisations: Iterable[UUID]) -> set[UUID]:
        """Whose lists name one of these organisations: everybody with a list, while the key cannot be read."""
        try:
            found = self.naming(organisations=organisations)
        except ContentTampered:
            found = self.all()
        return set(found.values_list("owner_id", flat=True))

    def put(
        self,
        *,
        owner: User,
        person: User | None = None,
        email: str = "",
        organisation: Organisation | None = None,
    ) -> "NeverWith":
        """Keep an entry, once. `person` beside `email` is who has that address. Raises `ContentTampered`."""
        key = list_key(make=True)
        who = None if person is None else key.user(person.pk)
        firm = None if organisation is None else key.organisation(organisation.pk)
        named = key.email(email) if email else who or firm
        entry: NeverWith = self.get_or_create(
            owner=owner, named=named, defaults={"belongs_to": who if email else None}
        )[0]
        return entry


def entries_of(owners: Collection[UUID]) -> list[ListEntry]:
    """What stands on the lists of these people, as `opened()` gives it."""
    return _open(_sealed_of(owners=owners))


_SEALED = ("pk", "owner_id", "named", "belongs_to")
_Row: TypeAlias = tuple[UUID, UUID, Sealed, Sealed | None]


@prepared
def _sealed_of(*, owners: Collection[UUID]) -> "models.QuerySet[NeverWith, _Row]":
    return NeverWith.objects.filter(owner__in=among(owners)).values_list(*_SEALED)


def _open(rows: list[_Row]) -> list[ListEntry]:
    if not rows:
        return []
    try:
        key = list_key()
    except ContentTampered as error:
        logger.error("the key of private lists cannot be read", extra={"why": str(error)})  # noqa: TRY400 - no trace
        return [ListEntry(pk, owner, readable=False) for pk, owner, *_sealed in rows]
    found = [_opened(key, *row) for row in rows]
    if damaged := [str(entry.pk) for entry in found if not entry.readable]:
        logger.error("entries of private lists cannot be read", extra={"entries": damaged})
    return found


def _opened(key: ListKey, pk: UUID, owner: UUID, named: Sealed, belongs_to: Sealed | None) -> ListEntry:
    try:
        kind, what = key.open(named)
        person = UUID(key.open(belongs_to)[1]) if belongs_to is not None else None
        return ListEntry(
            pk,
            owner,
            person_id=UUID(what) if kind == USER else person,
            email=what if kind == EMAIL else "",
            organisation_id=UUID(what) if kind == ORGANISATION else None,
        )
    except (ContentTampered, ValueError):
        return ListEntry(pk, owner, readable=False)


class NeverWith(UUIDModel):
    """An entry of somebody's private list. Nobody but its owner ever reads it, and nothing reveals that it exists.

    A person is named by page or by address. An address is kept as typed and shown as typed, whether or not anybody
    here has it; `belongs_to` is filled in silently when somebody has, or later joins with it.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="never_with")
    named = models.BinaryField(editable=False)
    belongs_to = models.BinaryField(null=True, editable=False)

    objects: ClassVar = NeverWithQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "named"), name="never_with_once", violation_error_message=ALREADY_NAMED
            ),
        )
        indexes = (
            HashIndex(fields=("named",), name="never_with_named"),
            HashIndex(fields=("belongs_to",), name="never_with_belongs_to"),
        )

    def __str__(self) -> str:
        return str(self.pk)
