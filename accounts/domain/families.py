"""Families: all organisations under one ultimate parent on a day."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db import connection

from accounts.models import Ownership


class Families(dict[UUID, UUID]):
    """From organisation id to the id of its ultimate parent. One that nobody owns is its own family."""

    def __missing__(self, organisation_id: UUID) -> UUID:
        return organisation_id


def families_on(day: date) -> Families:
    """The families of `day`, in one query over ownership."""
    rows = Ownership.objects.current(day).values_list("child_id", "parent_id")
    return _resolve(dict(rows))


def _resolve(parent_of: Mapping[UUID, UUID]) -> Families:
    """Climb from every organisation to its top, each step once. A circle (which saving refuses) is one family."""
    roots = Families()
    for start in parent_of:
        path: list[UUID] = []
        at = start
        while at in parent_of and at not in roots and at not in path:
            path.append(at)
            at = parent_of[at]
        root = min(path[path.index(at) :]) if at in path else roots[at]
        roots.update(dict.fromkeys(path, root))
        roots.setdefault(root, root)
    return roots


def members(families: Families, organisation_id: UUID) -> set[UUID]:
    """Every organisation of one family, itself included."""
    root = families[organisation_id]
    return {organisation_id, root} | {each for each, top in families.items() if top == root}


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
    days = {starts_on} | {begins for _, _, begins, _ in known if begins > starts_on}
    return any(_reaches(_edges_on(known, day), parent_id, child_id) for day in days)


def _edges_on(rows: Iterable[tuple[UUID, UUID, date, date | None]], day: date) -> dict[UUID, UUID]:
    return {child: parent for child, parent, begins, ends in rows if begins <= day and (ends is None or ends > day)}


def _reaches(parent_of: Mapping[UUID, UUID], start: UUID, goal: UUID) -> bool:
    seen: set[UUID] = set()
    at: UUID | None = start
    while at is not None and at not in seen:
        if at == goal:
            return True
        seen.add(at)
        at = parent_of.get(at)
    return False


def lock_ownership() -> None:
    """Let one transaction at a time write ownership, once those who rely on it are through; readers go on."""
    _lock_ownership("SHARE ROW EXCLUSIVE")


def share_ownership() -> None:
    """Rely on ownership as it is until the end of the transaction: whoever would write it waits."""
    _lock_ownership("ROW EXCLUSIVE")


def _lock_ownership(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE accounts_ownership IN {mode} MODE")
