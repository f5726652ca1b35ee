"""What may have brought people into conflicts of interest: collected in a transaction, and told once before it commits.

Whoever changes a tie or a private list says whose; whoever changes how organisations stand to each other says so before
the first write. `conflicts_changed` then names the people whom all of it together may concern.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from accounts.domain.families import lock_ownership
from accounts.domain.relations import OrganisationRelations, people_concerned, people_tied_to, relations_on
from accounts.models import Organisation
from accounts.signals import conflicts_changed
from common.dates import day_of
from common.transactions import before_commit


@dataclass
class _Changes:
    """Of one transaction. `before`: how organisations stood to each other when it first changed that."""

    now: datetime
    people: set[UUID] = field(default_factory=set)
    organisations: set[UUID] = field(default_factory=set)
    before: OrganisationRelations | None = None


def people_changed(people: Iterable[UUID], *, now: datetime) -> None:
    """Ties or private lists of these people have changed."""
    _changes(now).people.update(people)


def organisation_changed(organisation: Organisation, *, now: datetime) -> None:
    """Something about the organisation itself has changed, as that its name is confirmed."""
    _changes(now).organisations.add(organisation.pk)


def relations_changing(*, now: datetime) -> None:
    """Owners or competitors are about to change: nobody else changes them until the end of the transaction."""
    lock_ownership()
    changes = _changes(now)
    if changes.before is None:
        changes.before = relations_on(day_of(now))


def _changes(now: datetime) -> _Changes:
    found = before_commit(_tell, start=partial(_Changes, now))
    found.now = max(found.now, now)
    return found


def _tell(changes: _Changes) -> None:
    people = changes.people | people_tied_to(changes.organisations)
    if changes.before is not None:
        today = day_of(changes.now)
        people |= people_concerned(changes.before, relations_on(today), on=today)
    conflicts_changed.send(sender=_Changes, people=frozenset(people), now=changes.now)
