"""Profiles begun for who is invited and has no account yet: kept with the invitation, theirs once they join."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.choices import AffiliationKind, Depth
from accounts.domain.affiliations import save_affiliation
from accounts.models import Expertise, Invitation, Organisation, PreparedProfile, Topic, User
from accounts.models.people import Profile
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor

KEPT_AFTER = timedelta(days=60)  # an invitation went out of date: whoever sends it again later prepares anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is known of somebody; what is empty is not known."""

    organisation: Organisation | None = None
    title: str = ""
    since: date | None = None
    function: str = ""
    seniority: int | None = None
    country: str = ""
    city: str = ""
    zone: str = ""
    languages: tuple[str, ...] = ()
    capacity: int | None = None
    expertise: tuple[Topic, ...] = ()
    challenges: tuple[Topic, ...] = ()

    def said(self) -> dict[str, Any]:
        """What is known, by field."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value not in (None, "", ())}


TOPICS = ("expertise", "challenges")
OF_PROFILE = ("function", "seniority", "country", "city", "languages")


def of_all(invitations: Iterable[UUID]) -> dict[UUID, PreparedProfile]:
    """What is prepared for these invitations, with its topics, in three queries."""
    rows = PreparedProfile.objects.filter(pk__in=list(invitations)).prefetch_related(*TOPICS)
    return {row.pk: row for row in rows}


def differing(row: PreparedProfile | None, wanted: Prepared) -> list[str]:
    """The fields of which something else is known now than was prepared; what is not known any more stays."""
    return [name for name, value in wanted.said().items() if row is None or _kept(row, name) != _comparable(value)]


def _kept(row: PreparedProfile, name: str) -> Any:
    if name == "organisation":
        return row.organisation_id
    value = getattr(row, name)
    return frozenset(value.all()) if name in TOPICS else _comparable(value)


def _comparable(value: Any) -> Any:
    if isinstance(value, Organisation):
        return value.pk
    return frozenset(value) if isinstance(value, list | tuple) else value


def prepare_all(wanted: Sequence[tuple[Invitation, Prepared]]) -> None:
    """Keep a profile with each of these invitations, which have just been made. In as many queries as for one."""
    known = [(invitation, each) for invitation, each in wanted if each.said()]
    rows = [
        PreparedProfile(
            invitation=invitation,
            **{name: _stored(value) for name, value in each.said().items() if name not in TOPICS},
        )
        for invitation, each in known
    ]
    PreparedProfile.objects.bulk_create(rows)
    for name in TOPICS:
        through: Any = getattr(PreparedProfile, name).through
        through.objects.bulk_create(
            through(preparedprofile_id=invitation.pk, topic_id=topic.pk)
            for invitation, each in known
            for topic in getattr(each, name)
        )


def _stored(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@atomically
def prepare(*, invitation: Invitation, wanted: Prepared, name: str, user: User, now: datetime) -> None:
    """Correct what is prepared for somebody who has not answered yet, and their name. No e-mail tells of it."""
    row, _made = PreparedProfile.objects.get_or_create(invitation=invitation)
    changed = differing(row, wanted)
    said = wanted.said()
    columns = [each for each in changed if each not in TOPICS]
    for each in columns:
        setattr(row, each, _stored(said[each]))
    row.save(update_fields=columns)
    for each in TOPICS:
        if each in changed:
            getattr(row, each).set(said[each])
    if name != invitation.name:
        invitation.name = name
        invitation.save(update_fields=["name"])
        changed.append("name")
    if changed:
        Event.record(
            verb="prepare", subject=invitation, actor=Actor.COORDINATOR, now=now, user=user, fields=sorted(changed)
        )


def prepared_for(invitation: Invitation) -> PreparedProfile | None:
    """What is prepared, if anything is."""
    return PreparedProfile.objects.filter(pk=invitation.pk).first()


def take_up(*, invitation: Invitation, person: User, now: datetime) -> None:
    """What was prepared becomes the profile of who has just joined, who sees and changes it on the next pages.

    The zone is the one they chose when they joined; capacity and topics only count in the roles they have.
    """
    row = of_all([invitation.pk]).get(invitation.pk)
    if row is None:
        return
    taken = [*_take_profile(row, person), *_take_roles(row, person)]
    if row.organisation is not None and row.organisation.refused_at is None:
        save_affiliation(
            person=person,
            organisation=row.organisation,
            kind=AffiliationKind.EMPLOYER,
            title=row.title,
            starts_on=row.since or now.date(),
            user=invitation.invited_by,
            now=now,
        )
    if taken:
        who = invitation.invited_by
        actor = Actor.COORDINATOR if who else Actor.SYSTEM
        Event.record(verb="take_up_prepared", subject=person, actor=actor, now=now, user=who, fields=sorted(taken))
    forget([invitation.pk])


def _take_profile(row: PreparedProfile, person: User) -> list[str]:
    values: Mapping[str, Any] = {"headline": row.title, **{name: getattr(row, name) for name in OF_PROFILE}}
    known = {name: value for name, value in values.items() if value}
    Profile.objects.filter(person=person).update(**known)
    return list(known)


def _take_roles(row: PreparedProfile, person: User) -> list[str]:
    taken = []
    if hasattr(person, "mentor_profile"):
        offer = person.mentor_profile
        if row.capacity is not None:
            offer.capacity = row.capacity
            offer.save(update_fields=["capacity"])
            taken.append("capacity")
        topics = [Expertise(mentor=offer, topic=topic, depth=Depth.LED) for topic in row.expertise.all()]
        taken += ["expertise"] if Expertise.objects.bulk_create(topics) else []
    if hasattr(person, "mentee_profile") and row.challenges.all():
        person.mentee_profile.challenges.set(row.challenges.all())
        taken.append("challenges")
    return taken


def forget(invitations: Iterable[UUID]) -> int:
    """What was prepared for these is gone; for how many."""
    return PreparedProfile.objects.filter(pk__in=list(invitations)).delete()[1].get("accounts.PreparedProfile", 0)


@atomically
def clear(*, now: datetime) -> int:
    """What was prepared for invitations that nobody answered is gone, two months after they went out of date."""
    old = PreparedProfile.objects.filter(invitation__expires_at__lte=now - KEPT_AFTER)
    return forget(old.values_list("pk", flat=True))
