"""Families: all organisations under one ultimate owner on a day. One with several owners is of all their families."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import TypeAlias, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Ownership
from common.prepared import prepared

T = TypeVar("T", bound=Hashable)


class Families(dict[UUID, frozenset[UUID]]):
    """From organisation id to the ids of its ultimate owners: the families it is of. Whom nobody owns is its own."""

    def __missing__(self, organisation_id: UUID) -> frozenset[UUID]:
        return frozenset({organisation_id})


Owners: TypeAlias = Mapping[UUID, AbstractSet[UUID]]


def families_on(day: date) -> Families:
    """The families of `day`, in one query over ownership."""
    return _resolve(_owners(_owned(on=day)))


@prepared
def _owned(*, on: date) -> QuerySet[Ownership, tuple[UUID, UUID]]:
    return Ownership.objects.current(on).values_list("child_id", "parent_id")


def _owners(rows: Iterable[tuple[T, T]]) -> dict[T, set[T]]:
    owners: dict[T, set[T]] = defaultdict(set)
    for child, parent in rows:
        owners[child].add(parent)
    return dict(owners)


def _resolve(owners: Owners) -> Families:
    """Every organisation once, after all of its owners. Those of a circle (which saving refuses) are all at its top."""
    families = Families()
    for organisation in {*owners, *set().union(*owners.values())}:
        waiting = [organisation]
        under: set[UUID] = set()
        while waiting:
            at = waiting[-1]
            missing = [each for each in owners.get(at, ()) if each not in families and each not in under]
            if at in families or not missing:
                families.setdefault(at, _families_of(at, owners, families))
                under.discard(waiting.pop())
            else:
                under.add(at)
                waiting += missing
    return families


def _families_of(organisation: UUID, owners: Owners, families: Families) -> frozenset[UUID]:
    """The families of its owners, which are known by now unless it owns itself."""
    above = owners.get(organisation, frozenset())
    if not all(each in families for each in above):
        above = _above(organisation, owners)
        return frozenset(each for each in above if each in _above(each, owners) or each not in owners)
    return frozenset().union(*(families[each] for each in above)) or frozenset({organisation})


def _above(organisation: T, owners: Mapping[T, AbstractSet[T]]) -> set[T]:
    """Its owners, their owners, and so on; itself only where they are a circle."""
    found: set[T] = set()
    waiting = [organisation]
    while waiting:
        new = owners.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return found


def members(families: Families, organisation_id: UUID) -> set[UUID]:
    """Every organisation that is of a family of this one, itself included."""
    own = families[organisation_id]
    return {organisation_id, *own} | {each for each, tops in families.items() if tops & own}


def closes_circle(
    *, child_id: UUID, parent_id: UUID, starts_on: date, ends_on: date | None, besides: UUID | None = None
) -> bool:
    """Whether owning `child` by `parent` in that time would, on any day of it, make somebody own itself.

    The tree only grows on days when an ownership begins, so only those days are looked at. `besides` is the row
    being changed. Ask it under `lock_ownership()`, or two halves of a circle may be saved at once.
    """
    rows = Ownership.objects.overlapping(starts_on, ends_on)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    known = list(rows.values_list("child_id", "parent_id", "starts_on", "ends_on"))
    return would_own_itself(child_id, parent_id, starts_on, ends_on, known)


Owned: TypeAlias = tuple[T, T, date, date | None]  # child, owner, from, until (outside)


def would_own_itself(child: T, parent: T, starts_on: date, ends_on: date | None, known: Iterable[Owned[T]]) -> bool:
    """Whether, beside what is `known`, owning `child` by `parent` in that time would make somebody own itself."""
    rows = [row for row in known if _lasts(row[3], starts_on) and (ends_on is None or row[2] < ends_on)]
    if child not in {parent} | _above(parent, _owners((row[0], row[1]) for row in rows)):
        return False  # not even if all of them held at once
    days = {starts_on} | {begins for _, _, begins, _ in rows if begins > starts_on}
    return any(child in {parent} | _above(parent, _owners_on(rows, day)) for day in days)


def _owners_on(rows: Iterable[Owned[T]], day: date) -> Mapping[T, AbstractSet[T]]:
    return _owners((child, parent) for child, parent, begins, ends in rows if begins <= day and _lasts(ends, day))


def _lasts(ends: date | None, day: date) -> bool:
    return ends is None or ends > day


def lock_ownership() -> None:
    """Let one transaction at a time write ownership, once those who rely on it are through; readers go on."""
    _lock_ownership("SHARE ROW EXCLUSIVE")


def share_ownership() -> None:
    """Rely on ownership as it is until the end of the transaction: whoever would write it waits."""
    _lock_ownership("ROW EXCLUSIVE")


def _lock_ownership(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE accounts_ownership IN {mode} MODE")
