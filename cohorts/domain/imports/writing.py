"""Carrying a plan out, through the same domain functions as one by one at the desk. Nothing here commits."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from uuid import UUID

from accounts.domain import organisations, other_names, ownership, prepared
from accounts.domain.prepared import Prepared
from accounts.models import Invitation, Organisation, User
from cohorts.domain import offers
from cohorts.domain.imports.organisations import Brought, Key, Place
from cohorts.domain.imports.people import Invited
from cohorts.domain.imports.plans import Outcome, Plan
from cohorts.domain.offers import NewOffer
from cohorts.models import Cohort
from cohorts.states import Role

Progress = Callable[[int, int], None]
TELL_EVERY = 50
AT_ONCE = 250  # people who are invited by one statement


def write_people(*, plan: Plan, cohort: Cohort, user: User, now: datetime, progress: Progress) -> None:
    """Invite whom the plan invites, with what is known of them, and correct what was prepared for others."""
    acting: list[Invited] = [row.does for row in plan.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)]
    for does in acting:
        if does.invitation is not None:
            prepared.prepare(invitation=does.invitation, wanted=does.known, name=does.name, user=user, now=now)
    people: dict[str, list[Invited]] = {}
    for does in acting:
        if does.invitation is None:
            people.setdefault(does.email, []).append(does)
    for first in range(0, len(people), AT_ONCE):
        progress(first, len(people))
        _invite([*people.values()][first : first + AT_ONCE], cohort, user, now)


def _invite(people: Sequence[Sequence[Invited]], cohort: Cohort, user: User, now: datetime) -> None:
    """Invite these, each with one row for each role."""
    offered = [NewOffer(rows[0].email, rows[0].name, tuple(Role(row.role) for row in rows)) for rows in people]
    made = offers.offer_all(offered=offered, cohort=cohort, user=user, now=now)
    emails = [each.email for each in offered]
    accounts = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    known = {
        invitation: reduce(_joined, (row.known for row in rows))
        for invitation, rows in zip(made, people, strict=True)
        if invitation.email not in accounts
    }
    _prepare(known, user, now)


def _joined(one: Prepared, other: Prepared) -> Prepared:
    """What both of somebody's rows say."""
    return Prepared(**{**one.said(), **other.said()})


def _prepare(wanted: dict[Invitation, Prepared], user: User, now: datetime) -> None:
    """Keep what is known: at once for all whom nothing was prepared for before."""
    before = prepared.of_all(invitation.pk for invitation in wanted)
    prepared.prepare_all([(invitation, known) for invitation, known in wanted.items() if invitation.pk not in before])
    for invitation, known in wanted.items():
        if invitation.pk in before:
            prepared.prepare(invitation=invitation, wanted=known, name=invitation.name, user=user, now=now)


def write_organisations(*, plan: Plan, user: User, now: datetime, progress: Progress) -> None:
    """Add the organisations first, then their names, owners and competitors."""
    acting: list[Brought] = [row.does for row in plan.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED)]
    made: dict[Key, Organisation] = {}
    for number, does in enumerate(acting, start=1):
        if does.adds:
            made[does.place.key] = organisations.add(
                name=does.place.name, industry=does.industry, country=does.country, user=user, now=now, seen=None
            )
        if number % TELL_EVERY == 0:
            progress(number, 2 * len(acting))
    for number, does in enumerate(acting, start=1):
        _link(does, made, user, now)
        if number % TELL_EVERY == 0:
            progress(len(acting) + number, 2 * len(acting))


def _link(does: Brought, made: dict[Key, Organisation], user: User, now: datetime) -> None:
    own = _organisation(does.place, made)
    for name, until in does.names:
        other_names.add_name(organisation=own, name=name, until=until, user=user, now=now)
    if does.owner is not None:
        ownership.save_ownership(
            child=own,
            parent=_organisation(does.owner.of, made),
            starts_on=does.owner.starts_on,
            ends_on=does.owner.ends_on,
            ownership=does.owner.ownership,
            user=user,
            now=now,
        )
    for rival in does.competitors:
        ownership.declare_competitors(one=own, other=_organisation(rival, made), user=user, now=now)


def _organisation(place: Place, made: dict[Key, Organisation]) -> Organisation:
    found = place.organisation or made.get(place.key)
    if found is None:
        found = Organisation.objects.get(pk=UUID(str(place.key)))
    return found
