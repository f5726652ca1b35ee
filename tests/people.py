"""The cast: people and organisations for tests, complete unless a test says otherwise.

Everybody works for an organisation of their own, so that any two are independent until a test ties them together.
Names and addresses are numbered by one counter: no two calls collide, whatever the order of the tests.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from accounts.choices import AffiliationKind, Depth, Function, Industry, IndustryPreference, Seniority
from accounts.models import (
    Affiliation,
    Aim,
    Expertise,
    MenteeProfile,
    MentorProfile,
    Organisation,
    Ownership,
    Profile,
    Topic,
    User,
)

LONG_AGO = date(2015, 1, 1)
PASSWORD = "correct-horse-battery"
_number = count(1)


def organisation(
    name: str | None = None,
    *,
    industry: str = Industry.ENERGY,
    country: str = "GB",
    parent: Organisation | None = None,
    since: date = LONG_AGO,
    confirmed: bool = True,
) -> Organisation:
    """A confirmed organisation; with `parent`, owned by it from `since` on."""
    made = Organisation.objects.create(
        name=name or f"Organisation {next(_number)}",
        industry=industry,
        country=country,
        confirmed_at=datetime(2020, 1, 1, tzinfo=UTC) if confirmed else None,
    )
    if parent is not None:
        Ownership.objects.create(child=made, parent=parent, starts_on=since)
    return made


def topic(name: str | None = None, *, group: str = "Leading", active: bool = True) -> Topic:
    """An entry of the list; the same name gives the same entry."""
    name = name or f"Topic {next(_number)}"
    pk = uuid5(NAMESPACE_OID, name)
    return Topic.objects.get_or_create(name=name, defaults={"pk": pk, "group": group, "active": active})[0]


def affiliation(
    who: User,
    where: Organisation | None,
    *,
    kind: str = AffiliationKind.EMPLOYER,
    since: date = LONG_AGO,
    until: date | None = None,
) -> Affiliation:
    """A tie of `who` to `where` (None: independent), from `since` until the day `until`, which is outside."""
    return Affiliation.objects.create(
        person=who, organisation=where, kind=kind, title="Director", starts_on=since, ends_on=until
    )


def person(
    name: str | None = None,
    *,
    email: str | None = None,
    employer: Organisation | None = None,
    independent: bool = False,
    staff: bool = False,
    password: str | None = PASSWORD,
    **profile: Any,
) -> User:
    """Somebody with a common profile and an employer (a new one unless given); further words go to the profile."""
    number = next(_number)
    user = User.objects.create_user(
        email or f"person{number}@example.org", password, name=name or f"Person {number}", is_staff=staff
    )
    words: dict[str, Any] = {
        "headline": "Chief operating officer",
        "city": "London",
        "country": "GB",
        "zone": "Europe/London",
        "work_starts": time(9),
        "work_ends": time(18),
        "languages": ["en"],
        "function": Function.OPERATIONS,
        "seniority": Seniority.CHIEF,
    }
    Profile.objects.create(person=user, **{**words, **profile})
    affiliation(user, None if independent else employer or organisation())
    return user


def superuser(name: str | None = None) -> User:
    """Somebody who looks after the whole site."""
    made = person(name, staff=True)
    made.is_superuser = True
    made.save(update_fields=["is_superuser"])
    return made


def mentor(
    name: str | None = None, *, topics: Iterable[Topic] | None = None, capacity: int = 1, about: str = "", **words: Any
) -> User:
    """Somebody who offers mentoring: expertise in `topics` (default: "Working with a board"), `capacity` places."""
    user = person(name, **words)
    offer = MentorProfile.objects.create(
        person=user, capacity=capacity, about=about or "Twenty years of leading operations, the last six as a chief."
    )
    for each in [topic("Working with a board")] if topics is None else topics:
        Expertise.objects.create(mentor=offer, topic=each, depth=Depth.LED)
    return user


def mentee(
    name: str | None = None,
    *,
    topics: Iterable[Topic] | None = None,
    challenges: Iterable[Topic] = (),
    industry_preference: str = IndustryPreference.ANY,
    about: str = "",
    **words: Any,
) -> User:
    """Somebody who looks for a mentor: one aim in each of `topics` (default: "Working with a board")."""
    user = person(name, **words)
    intake = MenteeProfile.objects.create(
        person=user,
        about=about or "New in the executive team, and for the first time alone.",
        industry_preference=industry_preference,
    )
    intake.challenges.set(challenges)
    for rank, each in enumerate([topic("Working with a board")] if topics is None else topics, start=1):
        Aim.objects.create(mentee=intake, rank=rank, topic=each, text=f"Become better at: {each.name}.")
    return user


def become_mentee_too(user: User) -> None:
    """Give a mentor a mentee's intake as well: one aim, in "Working with a board"."""
    intake = MenteeProfile.objects.create(person=user, about="I need a mentor, too.")
    Aim.objects.create(mentee=intake, rank=1, topic=topic("Working with a board"), text="Listen better.")
