"""Profiles, saved a step at a time. Every function locks the person's own rows and saves all of a step or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.calendars import today_of
from accounts.choices import AffiliationKind
from accounts.domain import people
from accounts.domain.saving import refused_with_words
from accounts.models import Affiliation, Aim, Expertise, Leave, MenteeProfile, MentorProfile, Profile, Topic, User
from accounts.signals import calendar_changed
from common.errors import Refused
from common.models import Event
from common.prepared import prepared
from common.queries import among
from common.transactions import atomically
from common.transitions import Actor
from common.working_days import regions
from common.zones import UTC_NAME, zone_of_country

AIMS = 3
CHALLENGES = 6
TOPICS = 8
LONGEST_LEAVE = timedelta(days=366)
FARTHEST_LEAVE = timedelta(days=2 * 366)


def missing_parts(*, user: User, as_mentor: bool, as_mentee: bool, on: date) -> list[str]:
    """The parts of a profile that matching needs in these roles and that are not filled in, in the order of the form.

    Parts are "position", "times", "ties" (an employment that holds on that day), "offer" and "intake".
    """
    said = {pk: answers for pk, *answers in _said(people=[user.pk], on=on)}
    profile = getattr(user, "profile", None) or Profile()
    return _missing(profile, said.get(user.pk, NOTHING_SAID), as_mentor, as_mentee)


def missing_parts_of(*, people: Collection[UUID], as_mentor: bool, as_mentee: bool, on: date) -> dict[UUID, list[str]]:
    """The same of many people, by person, in two queries; whose profile lacks nothing is left out."""
    profiles = {row.person_id: row for row in Profile.objects.filter(person__in=among(people))}
    said = {pk: answers for pk, *answers in _said(people=people, on=on)}
    found = {
        person: _missing(profiles.get(person) or Profile(), said.get(person, NOTHING_SAID), as_mentor, as_mentee)
        for person in people
    }
    return {person: parts for person, parts in found.items() if parts}


NOTHING_SAID = (False, False, False)


def _missing(profile: Profile, said: Sequence[bool], as_mentor: bool, as_mentee: bool) -> list[str]:
    employed, expert, aims = said
    filled = {
        "position": bool(profile.headline and profile.country and profile.function and profile.seniority),
        "times": bool(profile.languages),
        "ties": employed,
        "offer": not as_mentor or expert,
        "intake": not as_mentee or aims,
    }
    return [part for part, is_filled in filled.items() if not is_filled]


@prepared
def _said(*, people: Collection[UUID], on: date) -> QuerySet[User, tuple[UUID, bool, bool, bool]]:
    """Whether each has said for whom they work on that day, what they know, and what they look for."""
    employments = Affiliation.objects.current(on).counted().filter(person=OuterRef("pk"), kind=AffiliationKind.EMPLOYER)
    expertise, aims = Expertise.objects.filter(mentor=OuterRef("pk")), Aim.objects.filter(mentee=OuterRef("pk"))
    found = User.objects.filter(pk__in=among(people))
    return found.values_list("pk", Exists(employments), Exists(expertise), Exists(aims))


@atomically
def save_profile(*, person: User, values: Mapping[str, Any], now: datetime, name: str | None = None) -> Profile:
    """Set these fields of the common profile (and the person's name). Raises `Refused`.

    The first country sets the zone too, where its clocks agree and no zone has been chosen. A region that is none of
    the country's is left out.
    """
    people.profile_of(person)
    profile = Profile.objects.select_for_update().get(person=person)
    place = (profile.country, profile.region, profile.zone)
    if "zone" in values:
        values = {**values, "zone": people.checked_zone(values["zone"])}
    elif not profile.country and profile.zone == UTC_NAME:  # nobody has said yet in which zone
        values = {**values, "zone": zone_of_country(values.get("country", ""), now.year) or UTC_NAME}
    values = {**values, **_region(profile, values)}
    changed = [field for field, value in values.items() if getattr(profile, field) != value]
    for field, value in values.items():
        setattr(profile, field, value)
    with refused_with_words():
        profile.save(update_fields=list(values))
    if (profile.country, profile.region, profile.zone) != place:
        calendar_changed.send(sender=User, person=person, now=now)
    if name is not None and name != person.name:
        person.name = name
        person.save(update_fields=["name"])
        changed.append("name")
    _note(person, changed, now)
    return profile


def _region(profile: Profile, values: Mapping[str, Any]) -> dict[str, str]:
    """The region as it is to be written with these values: nothing where neither it nor the country is among them."""
    if not {"country", "region"} & values.keys():
        return {}
    known = dict(regions(values.get("country", profile.country)))
    region = values.get("region", profile.region)
    return {"region": region if region in known else ""}


def _note(person: User, fields: Iterable[str], now: datetime) -> None:
    """One line of history with the names of what somebody changed about themselves, never to what."""
    if names := list(fields):
        Event.record(verb="edit_profile", subject=person, actor=Actor.PERSON, now=now, user=person, fields=names)


@atomically
def save_offer(
    *,
    person: User,
    now: datetime,
    about: str | None = None,
    capacity: int | None = None,
    expertise: Sequence[tuple[Topic, int]] | None = None,
    nobody_new: bool | None = None,
) -> None:
    """What a mentor offers: words, places, and topics with their depth. None leaves it as it is. Raises `Refused`.

    Places cannot fall below the open pairings: the row is locked, so that no mentee comes in between. Requests that
    wait are left as they are, whatever is offered from now on.
    """
    if len({topic.pk for topic, _depth in expertise or ()}) != len(expertise or ()):
        raise Refused(_("Name each topic once."), code="twice")
    people.become_mentor(person)
    offer = MentorProfile.objects.select_for_update().get(person=person)
    if capacity is not None and capacity < offer.open_pairings:
        raise Refused(
            ngettext(
                "You have %(count)s open pairing, so it cannot be fewer.",
                "You have %(count)s open pairings, so it cannot be fewer.",
                offer.open_pairings,
            )
            % {"count": offer.open_pairings},
            field="capacity",
            code="open_pairings",
        )
    before = _offered(offer)
    with refused_with_words():
        _set(offer, about=about, capacity=capacity, nobody_new=nobody_new)
        if expertise is not None:
            offer.expertise.all().delete()
            Expertise.objects.bulk_create(
                Expertise(mentor=offer, topic=topic, depth=depth) for topic, depth in expertise
            )
    _note(person, _differing(before, _offered(offer)), now)


def _set(record: Model, **values: Any) -> None:
    """Save these columns of a record that is locked, those that are None left out."""
    said = {name: value for name, value in values.items() if value is not None}
    for name, value in said.items():
        setattr(record, name, value)
    record.save(update_fields=list(said))


def _offered(offer: MentorProfile) -> dict[str, Any]:
    topics = frozenset(Expertise.objects.filter(mentor=offer).values_list("topic_id", "depth"))
    return {
        "about": offer.about,
        "capacity": offer.capacity,
        "nobody_new": offer.nobody_new,
        "expertise": topics,
    }


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [name for name, value in after.items() if before[name] != value]


@dataclass(frozen=True, slots=True)
class AimWords:
    """One aim as written: a topic of the list, and one sentence."""

    topic: Topic
    text: str


@atomically
def save_intake(
    *,
    person: User,
    now: datetime,
    about: str | None = None,
    aims: Sequence[AimWords] | None = None,
    challenges: Sequence[Topic] | None = None,
    industry_preference: str | None = None,
) -> None:
    """What a mentee looks for; the order of `aims` is their rank. None leaves it as it is.

    Raises `Refused` for more than the form offers.
    """
    if len(aims or ()) > AIMS or len(challenges or ()) > CHALLENGES:
        raise Refused(_("That is more than fits. Please keep to what matters most."), code="too_many")
    people.become_mentee(person)
    intake = MenteeProfile.objects.select_for_update().get(person=person)
    before = _answers(intake)
    with refused_with_words():
        _set(intake, about=about, industry_preference=industry_preference)
        if challenges is not None:
            intake.challenges.set(challenges)
        if aims is not None:
            intake.aims.all().delete()
            Aim.objects.bulk_create(
                Aim(mentee=intake, rank=rank, topic=aim.topic, text=aim.text) for rank, aim in enumerate(aims, start=1)
            )
    _note(person, _differing(before, _answers(intake)), now)


def _answers(intake: MenteeProfile) -> dict[str, Any]:
    return {
        "about": intake.about,
        "industry_preference": intake.industry_preference,
        "challenges": frozenset(intake.challenges.values_list("pk", flat=True)),
        "aims": list(Aim.objects.filter(mentee=intake).order_by("rank").values_list("topic_id", "text")),
    }


@atomically
def add_leave(*, person: User, starts_on: date, ends_on: date, now: datetime) -> Leave:
    """Days away, both ends included. Raises `Refused` for days past, out of order, too far off, or noted already."""
    today = today_of(person, now)
    if ends_on < starts_on:
        raise Refused(_("The last day must not come before the first."), field="ends_on", code="order")
    if ends_on < today:
        raise Refused(_("These days have passed."), field="ends_on", code="past")
    if ends_on > today + FARTHEST_LEAVE or ends_on - starts_on > LONGEST_LEAVE:
        raise Refused(_("This day is too far away. Please check the year."), field="ends_on", code="far")
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.leaves.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Refused(_("Some of these days are on your list already."), field="starts_on", code="overlap")
    with refused_with_words():
        leave = Leave.objects.create(person=person, starts_on=starts_on, ends_on=ends_on)
    _note(person, ["leave"], now)
    calendar_changed.send(sender=User, person=person, now=now)
    return leave


@atomically
def remove_leave(*, leave: Leave, now: datetime) -> None:
    """The person is there after all."""
    leave.delete()
    _note(leave.person, ["leave"], now)
    calendar_changed.send(sender=User, person=leave.person, now=now)
