"""A cohort of any size, for measuring: people drawn by a seeded generator from the demo's own words.

They are plausible as a whole (a few large employers and many small ones, groups, competitors, board seats, favourite
topics, office hours around the world), not one by one. None of them can sign in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from accounts.choices import AffiliationKind, Depth, Function, Industry, IndustryPreference, Seniority
from accounts.models import (
    Affiliation,
    Aim,
    Competition,
    Expertise,
    Leave,
    MenteeProfile,
    MentorProfile,
    NeverWith,
    Organisation,
    Ownership,
    Profile,
    Topic,
    User,
)
from accounts.models.private_lists import ListKey, list_key
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from matching.models import ShortlistEntry
from mentorship.demo.seed.mentees import MENTEES
from mentorship.demo.seed.mentors import MENTORS
from mentorship.demo.seed.places import CITIES
from mentorship.demo.seed.topics import TOPICS

MOST_MENTORS, MOST_MENTEES = 25_000, 50_000
NAME = "Large programme"
LONG_AGO = date(2015, 1, 1)
BATCH = 4_000
PEOPLE_AN_ORGANISATION = 12  # on average
OFFERED, CAPACITIES = (4, 8), ((1, 2, 3, 4, 5), (35, 30, 20, 10, 5))

NAMES = [*(words.name for words in MENTORS), *(words.name for words in MENTEES)]
UNUSABLE = make_password(None)
# How often somebody of the crowd …
SPEAKS_ENGLISH, IS_AWAY, IS_INDEPENDENT, HAS_LEFT, HAS_A_LIST, HAS_WISHES = 0.8, 0.03, 0.06, 0.12, 0.02, 0.4
SITS = ((AffiliationKind.BOARD, 0.15), (AffiliationKind.INVESTOR, 0.04), (AffiliationKind.ADVISER, 0.05))

Progress = Callable[[str, int], None]


@dataclass
class _Crowd:
    """Rows drawn so far, by the model they belong to, in an order in which they can be written."""

    chance: Random
    cohort: Cohort
    now: datetime
    organisations: list[Organisation] = field(default_factory=list)
    popularity: list[float] = field(default_factory=list)  # of the organisations, summed up
    lists: ListKey = field(default_factory=partial(list_key, make=True))
    rows: dict[type[Model], list[Any]] = field(default_factory=dict)

    def add(self, row: Model) -> None:
        self.rows.setdefault(type(row), []).append(row)

    def some(self, pool: list[Any], least: int, most: int, weights: list[float] | None = None) -> list[Any]:
        """Different ones, the popular more often."""
        wanted = self.chance.randint(least, min(most, len(pool)))
        found: dict[Any, None] = {}
        while len(found) < wanted:
            found[self.chance.choices(pool, weights)[0]] = None
        return list(found)


def check(mentors: int, mentees: int) -> None:
    """Raise `ValueError` for a number that is negative or too large."""
    for number, most in ((mentors, MOST_MENTORS), (mentees, MOST_MENTEES)):
        if not 0 <= number <= most:
            raise ValueError(f"{number} is not between 0 and {most}")


def write(*, mentors: int, mentees: int, now: datetime, progress: Progress) -> Cohort:
    """Make a cohort with so many of each, looked after by everybody who is a coordinator."""
    crowd = _Crowd(Random(f"{mentors}, {mentees}"), _make_cohort(now), now)  # noqa: S311 - nothing secret
    _draw_organisations(crowd, (mentors + mentees) // PEOPLE_AN_ORGANISATION + 12)
    topics = list(Topic.objects.order_by("name"))
    liking = [1 / (place + 1) ** 0.6 for place in range(len(topics))]
    offers = [_draw_mentor(crowd, number, topics, liking) for number in range(mentors)]
    seekers = [_draw_mentee(crowd, number, topics, liking) for number in range(mentees)]
    _draw_wishes(crowd, seekers, offers)
    _save(crowd, progress)
    return crowd.cohort


def _make_cohort(now: datetime) -> Cohort:
    made = Cohort.objects.create(
        name=NAME,
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=360),
        concern_name="Ana Whitlock, ombudsperson",
        concern_email="concerns@counterpoint.example",
    )
    made.coordinators.set(User.objects.filter(is_staff=True))
    return made


def _draw_organisations(crowd: _Crowd, count: int) -> None:
    chance = crowd.chance
    industries = list(Industry.values)
    for number in range(count):
        city = chance.choice(list(CITIES.values()))
        industry = chance.choices(industries, [1 / (place + 1) ** 0.5 for place in range(len(industries))])[0]
        made = Organisation(
            name=f"Organisation {number:05}", industry=industry, country=city.country, confirmed_at=crowd.now
        )
        crowd.organisations.append(made)
        crowd.popularity.append((crowd.popularity or [0.0])[-1] + 1 / (number + 1) ** 0.8)
        crowd.add(made)
    _draw_groups(crowd, count)
    by_industry: dict[str, list[Organisation]] = {}
    for made in crowd.organisations:
        by_industry.setdefault(made.industry, []).append(made)
    rivals = {
        tuple(sorted(each.pk for each in chance.sample(others, 2)))
        for others in by_industry.values()
        for _ in range(len(others) // 2)
        if len(others) > 1
    }
    for first, second in sorted(rivals):
        crowd.add(Competition(first_id=first, second_id=second))


def _draw_groups(crowd: _Crowd, count: int) -> None:
    """A third of all organisations sit in groups of two to five, the parent first."""
    shuffled = crowd.chance.sample(crowd.organisations, count)
    place = 0
    while place < count // 3:
        size = crowd.chance.randint(2, 5)
        parent, *children = shuffled[place : place + size]
        for child in children:
            crowd.add(Ownership(child=child, parent=parent, starts_on=LONG_AGO))
        place += size


def _draw_person(crowd: _Crowd, role: str, number: int, seniority: int) -> User:
    chance = crowd.chance
    first, last = chance.choice(NAMES).split()[0], chance.choice(NAMES).split()[-1]
    person = User(email=f"{role}.{number:05}@large.example", name=f"{first} {last}", password=UNUSABLE)
    crowd.add(person)
    city, place = chance.choice(list(CITIES.items()))
    starts = chance.choice((7, 8, 8, 9, 9))
    crowd.add(
        Profile(
            person=person,
            headline=str(Seniority(seniority).label),
            city=city,
            country=place.country,
            zone=place.zone,
            work_starts=time(starts),
            work_ends=time(starts + chance.choice((8, 9, 10))),
            languages=sorted({place.language, *(["en"] if chance.random() < SPEAKS_ENGLISH else [])}),
            function=chance.choice(Function.values),
            seniority=seniority,
        )
    )
    _draw_ties(crowd, person)
    if chance.random() < IS_AWAY:
        away = crowd.now.date() + timedelta(days=chance.randint(-10, 60))
        crowd.add(Leave(person=person, starts_on=away, ends_on=away + timedelta(days=14)))
    return person


def _draw_ties(crowd: _Crowd, person: User) -> None:
    """An employer or independence; now and then a board seat, a former employer, a name on the private list."""
    chance = crowd.chance

    def somewhere() -> Organisation:
        return chance.choices(crowd.organisations, cum_weights=crowd.popularity)[0]

    employer = None if chance.random() < IS_INDEPENDENT else somewhere()
    crowd.add(Affiliation(person=person, organisation=employer, kind=AffiliationKind.EMPLOYER, starts_on=LONG_AGO))
    for kind, often in SITS:
        if chance.random() < often:
            crowd.add(Affiliation(person=person, organisation=somewhere(), kind=kind, starts_on=LONG_AGO))
    if chance.random() < HAS_LEFT:
        left = crowd.now.date() - timedelta(days=chance.randint(30, 1500))
        crowd.add(
            Affiliation(
                person=person,
                organisation=somewhere(),
                kind=AffiliationKind.EMPLOYER,
                starts_on=date(2010, 1, 1),
                ends_on=left,
            )
        )
    if chance.random() < HAS_A_LIST:
        crowd.add(NeverWith(owner=person, named=crowd.lists.organisation(somewhere().pk)))


def _draw_mentor(crowd: _Crowd, number: int, topics: list[Topic], liking: list[float]) -> Enrolment:
    chance = crowd.chance
    person = _draw_person(crowd, Role.MENTOR, number, chance.choices(Seniority.values, (3, 14, 38, 30, 15))[0])
    capacity = chance.choices(*CAPACITIES)[0]
    offer = MentorProfile(person=person, capacity=capacity, about="Glad to think along.")
    crowd.add(offer)
    for topic in crowd.some(topics, *OFFERED, liking):
        crowd.add(Expertise(mentor=offer, topic=topic, depth=chance.choices(Depth.values, (30, 45, 25))[0]))
    return _enrol(crowd, person, Role.MENTOR)


def _draw_mentee(crowd: _Crowd, number: int, topics: list[Topic], liking: list[float]) -> Enrolment:
    chance = crowd.chance
    person = _draw_person(crowd, Role.MENTEE, number, chance.choices(Seniority.values, (35, 35, 22, 7, 1))[0])
    wish = chance.choices(IndustryPreference.values, (50, 20, 30))[0]
    intake = MenteeProfile(person=person, about="New in a larger position.", industry_preference=wish)
    crowd.add(intake)
    wanted = crowd.some(topics, 3, 6, liking)
    aims, challenges = wanted[:3], wanted[2:]
    for rank, topic in enumerate(aims[: chance.randint(1, 3)], start=1):
        crowd.add(Aim(mentee=intake, rank=rank, topic=topic, text=TOPICS[topic.group][topic.name][0]))
    for topic in challenges:
        crowd.add(MenteeProfile.challenges.through(menteeprofile_id=person.pk, topic_id=topic.pk))
    return _enrol(crowd, person, Role.MENTEE)


def _enrol(crowd: _Crowd, person: User, role: str) -> Enrolment:
    made = Enrolment(cohort=crowd.cohort, person=person, role=role, state=EnrolmentState.APPROVED)
    crowd.add(made)
    return made


def _draw_wishes(crowd: _Crowd, seekers: list[Enrolment], offers: list[Enrolment]) -> None:
    """Four in ten mentees name up to three mentors; some mentors are named by many."""
    for mentee in seekers if offers else []:
        if crowd.chance.random() < HAS_WISHES:
            named = {offers[int(len(offers) * crowd.chance.random() ** 1.7)].pk: None for _ in range(3)}
            for rank, mentor in enumerate(named, start=1):
                crowd.add(ShortlistEntry(mentee=mentee, mentor_id=mentor, rank=rank))


def _save(crowd: _Crowd, progress: Progress) -> None:
    for model, rows in crowd.rows.items():
        for start in range(0, len(rows), BATCH):
            model._default_manager.bulk_create(rows[start : start + BATCH])  # noqa: SLF001 - Django's public name
            progress(str(model._meta.verbose_name_plural), min(start + BATCH, len(rows)))  # noqa: SLF001 - and this
