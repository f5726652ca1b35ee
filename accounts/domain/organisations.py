"""Organisations: picked from the list, proposed when they are missing, confirmed, added and renamed by coordinators."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.domain.affiliations import save_affiliation
from accounts.domain.conflict_changes import organisation_changed
from accounts.domain.near_names import NearDuplicates, near_names, possible_duplicates
from accounts.domain.other_names import check_until
from accounts.domain.saving import refused_with_words
from accounts.letters import ORGANISATION_REFUSED
from accounts.models import Affiliation, Organisation, OtherName, User
from accounts.models.organisations import OrganisationQuerySet
from accounts.names import identity
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from outbox.domain.post import post


def choosable_by(person: User) -> OrganisationQuerySet:
    """What somebody may pick as an employer: the confirmed ones, and those they proposed themselves."""
    rows: OrganisationQuerySet = Organisation.objects.filter(refused_at__isnull=True)
    return rows.filter(Q(confirmed_at__isnull=False) | Q(proposed_by=person))


@atomically
def propose(*, name: str, industry: str, country: str, user: User, seen: Collection[UUID] = ()) -> Organisation:
    """Add a name that a coordinator must confirm. `seen` are the near duplicates the proposer was shown.

    Raises `NearDuplicates` for near names not yet shown, `Refused` for the very same name in one country and industry.
    """
    name = " ".join(name.split())
    same = Organisation.objects.filter(identity=identity(name), industry=industry, country=country).first()
    if same is not None and same.refused_at and same.proposed_by_id == user.pk:
        raise Refused(
            _("A coordinator has not accepted this name: “%(reason)s” Please write it as they say.")
            % {"reason": same.refusal},
            field="name",
        )
    if same is not None and (same.confirmed_at or same.proposed_by_id == user.pk):
        raise Refused(
            _(
                "%(name)s is on the list already. Please choose it there. If yours is another organisation, add what "
                "tells the two apart to its name, such as its town."
            )
            % {"name": same.described},
            field="name",
        )
    _check_seen(near_names(name, among=choosable_by(user)), seen)
    if same is not None:
        # Somebody else has proposed it: two people of one employer share one row, and learn nothing by it.
        return _proposed_anew(same, user) if same.refused_at else same
    with refused_with_words():
        return Organisation.objects.create(name=name, industry=industry, country=country, proposed_by=user)


def _proposed_anew(row: Organisation, user: User) -> Organisation:
    """Somebody else says that it is there: a coordinator looks once more."""
    row.refused_at, row.refusal, row.proposed_by = None, "", user
    row.save(update_fields=["refused_at", "refusal", "proposed_by"])
    return row


def _check_seen(near: Iterable[Organisation], seen: Collection[UUID]) -> None:
    """Raises `NearDuplicates` unless whoever adds the name has seen all of these."""
    found = list(near)
    if any(each.pk not in seen for each in found):
        raise NearDuplicates(found)


@atomically
def propose_with_tie(
    *,
    person: User,
    name: str,
    industry: str,
    country: str,
    kind: str,
    title: str,
    starts_on: date,
    now: datetime,
    seen: Collection[UUID] = (),
) -> Affiliation:
    """Add a name that is missing, and the tie of `person` to it, both or neither. Raises as `propose` does."""
    organisation = propose(name=name, industry=industry, country=country, user=person, seen=seen)
    organisation_changed(organisation, now=now)  # others may have named it, and been refused
    return save_affiliation(
        person=person, organisation=organisation, kind=kind, title=title, starts_on=starts_on, now=now
    )


@atomically
def add(
    *, name: str, industry: str, country: str, user: User, now: datetime, seen: Collection[UUID] | None = ()
) -> Organisation:
    """A coordinator adds an organisation, which is confirmed by that. `seen` are the near ones they were shown; None:
    whoever calls has asked them.

    Raises `NearDuplicates` for near names and abbreviations not yet shown, `Refused` for one that is there.
    """
    name = " ".join(name.split())
    if seen is not None:
        _check_seen(possible_duplicates(name), seen)
    with refused_with_words():
        made = Organisation.objects.create(name=name, industry=industry, country=country)
    Event.record(verb="add", subject=made, actor=Actor.COORDINATOR, now=now, user=user)
    return confirm(organisation=made, user=user, now=now)


@atomically
def edit(
    *,
    organisation: Organisation,
    name: str,
    industry: str,
    country: str,
    user: User,
    now: datetime,
    former_until: date | None = None,
    seen: Collection[UUID] = (),
) -> Organisation:
    """A coordinator corrects an organisation, or gives it another name. The old name is kept, and found by search.

    `former_until` is the first day on which the old name no longer held; None: it was only written otherwise. Raises
    `NearDuplicates` as `add` does when the name changes, `Refused`.
    """
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    said = {"name": " ".join(name.split()), "industry": industry, "country": country}
    changed = [column for column, value in said.items() if getattr(row, column) != value]
    check_until(former_until, now, field="former_until")
    if "name" in changed:
        _check_seen(possible_duplicates(said["name"], besides=row.pk), seen)
        _keep_name(row, former_until, user, now)
    for column in changed:
        setattr(row, column, said[column])
    with refused_with_words():
        row.save(update_fields=changed)
    if facts := [column for column in changed if column != "name"]:
        Event.record(verb="change", subject=row, actor=Actor.COORDINATOR, now=now, user=user, fields=facts)
    organisation_changed(row, now=now)
    return row


def _keep_name(row: Organisation, until: date | None, user: User, now: datetime) -> None:
    """The name that is about to change is kept, and the history says so."""
    old = OtherName.objects.create(organisation=row, name=row.name, until=until)
    Event.record(verb="rename", subject=old, actor=Actor.COORDINATOR, now=now, user=user)


@atomically
def confirm(*, organisation: Organisation, user: User, now: datetime) -> Organisation:
    """A coordinator vouches for a proposed name, a refused one too: its people become eligible.

    Raises `WrongState` the second time.
    """
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if row.confirmed_at is not None:
        raise WrongState
    row.confirmed_at, row.refused_at, row.refusal = now, None, ""
    row.save(update_fields=["confirmed_at", "refused_at", "refusal"])
    Event.record(verb="confirm", subject=row, actor=Actor.COORDINATOR, now=now, user=user)
    organisation_changed(row, now=now)
    return row


@atomically
def refuse(*, organisation: Organisation, reason: str, user: User, now: datetime) -> Organisation:
    """A coordinator refuses a proposed name: ties to it no longer count, and whoever has one is told why.

    It can be confirmed all the same later. Raises `WrongState` unless it waits to be confirmed.
    """
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if row.confirmed_at is not None or row.refused_at is not None:
        raise WrongState
    row.refused_at, row.refusal = now, reason
    with refused_with_words():
        row.save(update_fields=["refused_at", "refusal"])
    Event.record(verb="refuse", subject=row, actor=Actor.COORDINATOR, now=now, user=user)
    for person in User.objects.filter(affiliations__organisation=row).distinct():
        post(kind=ORGANISATION_REFUSED, subject=row, person=person, occasion=now.isoformat(), due_at=now)
    organisation_changed(row, now=now)
    return row
