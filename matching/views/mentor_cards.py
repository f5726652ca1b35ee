"""Mentors as they are drawn on cards and pages: names, facts and reasons, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, F, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, User
from cohorts.models import Enrolment
from cohorts.models.weights import WEIGHT_NAMES
from common import cldr
from common.clock import now
from common.dates import day_in, day_of
from common.prepared import prepared
from common.queries import among
from common.zones import UTC_NAME
from matching.domain.cards import open_places
from matching.engine import Explanation, IndustryPreference, MenteeCard, MentorCard, Part, Weights, shared_half_hours
from matching.models import Request, ShortlistEntry
from matching.states import RequestState
from matching.views import reasons
from matching.views.candidates import Candidates

DAY = timedelta(days=1)
ENOUGH_ANSWERS = 3  # fewer say nothing of how soon a mentor answers


@dataclass(frozen=True)
class Shown:
    """One mentor on a card. `hard_to_meet`: the two share no working hour, or no language."""

    enrolment: Enrolment
    name: str
    role: str
    href: str
    why: str
    lines: list[reasons.Line]
    facts: list[tuple[str, str]]
    hard_to_meet: bool = False
    entry: ShortlistEntry | None = None


def employers_of(people: Iterable[UUID]) -> dict[UUID, str]:
    """Whom these people work for, on the day it is where they are; "" for independent, absent: not said."""
    at = now()
    today = day_of(at)
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in _employments(people=list(people), starts_on=today - DAY, ends_on=today + 2 * DAY):
        if row.holds_on(day_in(row.zone or UTC_NAME, at)):  # type: ignore[attr-defined]  # annotated
            found[row.person_id] += [row.organisation.name] if row.organisation else []
    return {person: ", ".join(names) for person, names in found.items()}


@prepared
def _employments(*, people: Collection[UUID], starts_on: date, ends_on: date) -> QuerySet[Affiliation]:
    rows = Affiliation.objects.overlapping(starts_on, ends_on).counted().filter(kind=AffiliationKind.EMPLOYER)
    return (
        rows.filter(person__in=among(people)).select_related("organisation").annotate(zone=F("person__profile__zone"))
    )


def role_line(person: User, employer: str | None) -> str:
    """ "Chief financial officer, Helix Instruments"; a position that names the employer already stands alone."""
    profile = getattr(person, "profile", None)
    headline = profile.headline if profile else ""
    works_for = _("independent") if employer == "" else employer or ""
    return headline if works_for in headline else ", ".join(filter(None, (headline, works_for)))


def place_line(person: User) -> str:
    """ "Bristol, United Kingdom"."""
    profile = getattr(person, "profile", None)
    if profile is None:
        return ""
    return ", ".join(filter(None, (profile.city, cldr.country_name(profile.country))))


def answer_bands(people: Iterable[UUID]) -> dict[UUID, str]:
    """How soon mentors answer, as a band, for those who have answered three times."""
    return {mentor: _band(took) for mentor, took in _answers(mentors=list(people))}


@prepared
def _answers(*, mentors: Collection[UUID]) -> QuerySet[Request, tuple[UUID, timedelta]]:
    """The time that each takes on average, of those who have answered often enough to tell."""
    answered = Request.objects.filter(
        mentor__in=among(mentors), state__in=(RequestState.ACCEPTED, RequestState.DECLINED), answered_at__isnull=False
    )
    rows = answered.order_by().values("mentor").annotate(times=Count("pk"), took=Avg(F("answered_at") - F("asked_at")))
    found: QuerySet[Request, tuple[UUID, timedelta]] = rows.filter(times__gte=ENOUGH_ANSWERS).values_list(
        "mentor_id", "took"
    )
    return found


def _band(took: timedelta) -> str:
    if took <= timedelta(days=2):
        return _("2 days, as a rule")
    if took <= timedelta(days=4):
        return _("4 days, as a rule")
    return _("a week, as a rule")


def places_line(card: MentorCard, person: User) -> str:
    """ "1 of 3"."""
    offer = getattr(person, "mentor_profile", None)
    return _("%(open)s of %(all)s") % {"open": card.open_places, "all": offer.capacity if offer else card.open_places}


def sought_after_line(mentor: Enrolment) -> str:
    """What to know before asking, where at least as many wait for an answer, in all cohorts, as there are places open;
    else "".
    """
    places, asking = open_places(mentor, mentor.person.mentor_profile), len(_asking(mentor=mentor.person_id))
    if not 0 < places <= asking:
        return ""
    return _(
        "Others have asked %(name)s already, at least as many as there are places open. If they are accepted first, "
        "that counts like a no."
    ) % {"name": mentor.person.get_short_name()}


@prepared
def _asking(*, mentor: UUID) -> QuerySet[Request, tuple[UUID]]:
    return Request.objects.pending().filter(mentor=mentor).order_by().values_list("pk")


def languages_line(card: MentorCard) -> str:
    """The languages' names."""
    return ", ".join(sorted(map(cldr.language_name, card.languages)))


def facts(person: User, mentor: MentorCard, mentee: MenteeCard, band: str | None) -> list[tuple[str, str]]:
    """Named facts of one mentor for this mentee; what was not said, or is not known yet, is left out."""
    said: list[tuple[str, str]] = []
    if mentor.hours is not None and mentee.hours is not None:
        shared = shared_half_hours(mentor.hours, mentee.hours)
        said.append((_("Times you share"), reasons.hours(shared) if shared else _("none")))
    if band:
        said.append((_("Answers within"), band))
    said.append((_("Places open"), places_line(mentor, person)))
    if mentor.languages:
        said.append((_("Languages"), languages_line(mentor)))
    return said


def cards(enrolments: Sequence[Enrolment], explained: Mapping[Any, Explanation], candidates: Candidates) -> list[Shown]:
    """The cards of these mentors, in the order given."""
    people = [row.person_id for row in enrolments]
    employers, bands = employers_of(people), answer_bands(people)
    topics = reasons.topic_names(explained.values())
    entries = {entry.mentor_id: entry for entry in candidates.shortlist}
    shown = []
    for row in enrolments:
        explanation = explained[row.person_id]
        voice = reasons.Voice(row.person.get_short_name(), on=candidates.at.date())
        shown.append(
            Shown(
                enrolment=row,
                name=row.person.name,
                role=role_line(row.person, employers.get(row.person_id)),
                href=reverse("matching:mentor", args=[row.pk]),
                why=reasons.why(explanation, voice, topics),
                lines=reasons.rest(explanation, voice, topics),
                facts=facts(row.person, candidates.of(row.person_id), candidates.card, bands.get(row.person_id)),
                hard_to_meet=explanation.obstacles > 0,
                entry=entries.get(row.pk),
            )
        )
    return shown


def what_counts(weights: Weights, mentee: MenteeCard) -> list[tuple[str, str]]:
    """How much each part of the score counts for this mentee, what counts most first. Those that are the same with
    every mentor are left out: the shortlist, the place in line, and the industry for whoever takes any.
    """
    same = {Part.SHORTLIST, Part.PRIORITY}
    if mentee.industry_preference == IndustryPreference.ANY:
        same.add(Part.INDUSTRY)
    counts = {part: getattr(weights, part.value) for part in Part if part not in same}
    total = sum(counts.values()) or 1
    ranked = sorted((part for part in counts if counts[part]), key=lambda part: -counts[part])
    return [
        (capfirst(WEIGHT_NAMES[part.value]), _("%(percent)d %%") % {"percent": round(100 * counts[part] / total)})
        for part in ranked
    ]
