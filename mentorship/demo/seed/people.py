"""Writes organisations, topics, mentors and mentees. Rows are written in bulk: nothing here has a history yet."""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.choices import AffiliationKind, Depth
from accounts.domain import ownership
from accounts.models import (
    Affiliation,
    Aim,
    Expertise,
    Leave,
    MenteeProfile,
    MentorProfile,
    Organisation,
    Profile,
    Topic,
    User,
)
from mentorship.demo.seed.mentees import MENTEES, MenteeWords
from mentorship.demo.seed.mentors import MENTORS, MentorWords
from mentorship.demo.seed.places import ACQUIRED, CITIES, ORGANISATIONS, OWNERS, RIVALS
from mentorship.demo.seed.topics import TOPICS

LONG_AGO = date(2008, 1, 1)
ACQUIRED_BEFORE = timedelta(weeks=8)
COORDINATORS = (("Miriam Castle", "miriam.castle"), ("Jonathan Abara", "jonathan.abara"))


def demo_password() -> str:
    """What everybody in the demo signs in with."""
    return os.environ.get("DEMO_PASSWORD", "counterpoint-demo")


def slug(words: str) -> str:
    """Latin letters only, for addresses: "Emre Yıldız" gives "emre.yildiz"."""
    plain = unicodedata.normalize("NFKD", words.lower().replace("ı", "i").replace("ø", "o").replace("ł", "l"))
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " * (letter in " -") for letter in plain)
    return ".".join(kept.split())


def address(name: str, employer: str) -> str:
    """An address that can never exist: under .example."""
    host = slug(employer).replace(".", "-") or "independent"
    return f"{slug(name)}@{host}.example"


def write_organisations(*, now: datetime) -> dict[str, Organisation]:
    """Organisations with owners, rivals and one acquisition, by their short names."""
    made = {
        short: Organisation(name=name, industry=industry, country=country, confirmed_at=now)
        for short, (name, industry, country) in ORGANISATIONS.items()
    }
    Organisation.objects.bulk_create(made.values())
    for child, parent in OWNERS:
        ownership.save_ownership(child=made[child], parent=made[parent], starts_on=LONG_AGO, user=None, now=now)
    sold, before, after = (made[short] for short in ACQUIRED)
    day = now.date() - ACQUIRED_BEFORE
    ownership.save_ownership(child=sold, parent=before, starts_on=LONG_AGO, ends_on=day, user=None, now=now)
    ownership.save_ownership(child=sold, parent=after, starts_on=day, user=None, now=now)
    for one, other in RIVALS:
        ownership.declare_competitors(one=made[one], other=made[other], user=None, now=now)
    return made


def write_topics() -> dict[str, Topic]:
    """The list, by name."""
    rows = [Topic(name=name, group=group) for group, names in TOPICS.items() for name in names]
    Topic.objects.bulk_create(rows)
    return {topic.name: topic for topic in rows}


def write_coordinators(*, now: datetime) -> list[User]:
    """Two coordinators, who take part in nothing."""
    people = [(name, f"{mailbox}@counterpoint.example") for name, mailbox in COORDINATORS]
    made = _write_users(people, now=now, staff=True)
    Profile.objects.bulk_create(
        Profile(person=user, headline="Programme coordinator", city="London", country="GB", zone="Europe/London")
        for user in made
    )
    return made


def write_mentors(places: dict[str, Organisation], topics: dict[str, Topic], *, now: datetime) -> list[User]:
    """The mentors with what they offer, in the order of their list."""
    users = _write_users([(each.name, address(each.name, each.employer)) for each in MENTORS], now=now)
    _write_profiles(users, MENTORS)
    _write_ties(users, MENTORS, places, now)
    offers = [
        MentorProfile(person=user, about=each.about, capacity=each.places)
        for user, each in zip(users, MENTORS, strict=True)
    ]
    MentorProfile.objects.bulk_create(offers)
    Expertise.objects.bulk_create(
        Expertise(mentor=offer, topic=topics[name], depth=_depth(place))
        for offer, each in zip(offers, MENTORS, strict=True)
        for place, name in enumerate(each.topics)
    )
    away = now.date() + timedelta(days=2)
    Leave.objects.create(person=users[-1], starts_on=away, ends_on=away + timedelta(days=20))
    return users


def write_mentees(places: dict[str, Organisation], topics: dict[str, Topic], *, now: datetime) -> list[User]:
    """The mentees with what they look for, in the order of their list."""
    users = _write_users([(each.name, address(each.name, each.employer)) for each in MENTEES], now=now)
    _write_profiles(users, MENTEES)
    _write_ties(users, MENTEES, places, now)
    intakes = [
        MenteeProfile(person=user, about=each.about, industry_preference=each.wish)
        for user, each in zip(users, MENTEES, strict=True)
    ]
    MenteeProfile.objects.bulk_create(intakes)
    sentences = {name: ways for group in TOPICS.values() for name, ways in group.items()}
    Aim.objects.bulk_create(
        Aim(mentee=intake, rank=rank, topic=topics[name], text=sentences[name][number % 2])
        for number, (intake, each) in enumerate(zip(intakes, MENTEES, strict=True))
        for rank, name in enumerate(each.aims, start=1)
    )
    for intake, each in zip(intakes, MENTEES, strict=True):
        intake.challenges.set([topics[each.aims[-1]]])
    return users


def _depth(place: int) -> int:
    return (Depth.OFTEN, Depth.LED, Depth.LED, Depth.KNOWS)[min(place, 3)]


def _write_users(people: Iterable[tuple[str, str]], *, now: datetime, staff: bool = False) -> list[User]:
    # One hash for all: hashing a hundred times would take longer than everything else.
    password = make_password(demo_password())
    joined = now - timedelta(days=200)
    rows = [
        User(name=name, email=email, password=password, is_staff=staff, date_joined=joined) for name, email in people
    ]
    User.objects.bulk_create(rows)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in rows
    )
    return rows


def _write_profiles(users: list[User], words: Sequence[MentorWords | MenteeWords]) -> None:
    Profile.objects.bulk_create(
        Profile(
            person=user,
            headline=each.headline,
            city=each.city,
            country=CITIES[each.city].country,
            zone=CITIES[each.city].zone,
            work_starts=time(8 + number % 2, 30 * (number % 2)),
            work_ends=time(17 + number % 3),
            languages=sorted({"en", CITIES[each.city].language}),
            function=each.function,
            seniority=each.seniority,
        )
        for number, (user, each) in enumerate(zip(users, words, strict=True))
    )


def _write_ties(
    users: list[User],
    words: Sequence[MentorWords | MenteeWords],
    places: dict[str, Organisation],
    now: datetime,
) -> None:
    rows = []
    for number, (user, each) in enumerate(zip(users, words, strict=True)):
        since = date(now.year - 2 - number % 9, 1 + number % 12, 1)
        rows.append(
            Affiliation(
                person=user,
                organisation=places.get(each.employer),
                kind=AffiliationKind.EMPLOYER,
                title=each.headline.split(",")[0] if each.employer else "",
                starts_on=since,
            )
        )
        former = getattr(each, "former", "")
        if former:
            rows.append(
                Affiliation(person=user, organisation=places[former], starts_on=LONG_AGO, ends_on=since, title="")
            )
    Affiliation.objects.bulk_create(rows)
