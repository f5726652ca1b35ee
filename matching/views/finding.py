"""Finding a mentor: ranked suggestions, everybody who can be asked, and one mentor's page."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.calendars import today_of
from accounts.models import Affiliation
from cohorts.models import Enrolment
from cohorts.states import Role
from common.clock import now
from common.prepared import prepared
from common.queries import among
from matching.domain.earlier_ties import earlier_ties
from matching.engine.facts.cards import Id
from matching.filters import MentorFilter
from matching.sentences import COHORT_OVER, RULES, paired_line
from matching.views import earlier_ties as earlier
from matching.views import mentor_cards, reasons
from matching.views.candidates import Candidates
from matching.views.seeking import Seeker, mentor_and_seeker, seeker
from matching.views.shortlist import around

FIRST, MORE, PAGE = 4, 10, 12


@login_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """The best first; ten more at a time (`?show=`)."""
    found = seeker(request)
    if found is None or not found.may_look:
        return render(request, "matching/find/closed.html", {"found": found})
    candidates = Candidates(found.enrolment, now())
    count = _count(request.GET.get("show"))
    explained = {each.mentor: each for each in candidates.best(count)}
    rows: dict[Id, Enrolment] = {
        row.person_id: row for row in _mentors(cohort=found.enrolment.cohort_id, people=explained)
    }
    ranked = [rows[person] for person in explained if person in rows]
    context = {
        **_around(found, candidates),
        "cards": mentor_cards.cards(ranked, explained, candidates),
        "aims": candidates.card.aims,
        "shown": len(ranked),
        "what_counts": mentor_cards.what_counts(candidates.pool.weights, candidates.card),
        "more": count + MORE if count < candidates.funnel.fit else None,
    }
    return render(request, "matching/find/suggestions.html", context)


@login_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Everybody who can be asked, by name, narrowed by filters; only the list when that is what is to be replaced."""
    found = seeker(request)
    if found is None or not found.may_look:
        return render(request, "matching/find/closed.html", {"found": found})
    candidates = Candidates(found.enrolment, now())
    everybody = Enrolment.objects.filter(cohort=found.enrolment.cohort_id, role=Role.MENTOR)
    narrowed = MentorFilter(
        request.GET,
        everybody.order_by("person__name", "pk"),
        mentee=candidates.card,
        mentors=candidates.pool.columns,
        askable=candidates.allowed,
    )
    page = narrowed.pages(PAGE).get_page(request.GET.get("page"))
    explained = {person: candidates.explain(person) for person in page}
    rows = {row.person_id: row for row in _mentors(cohort=found.enrolment.cohort_id, people=explained)}
    context = {
        **_around(found, candidates),
        "filter": narrowed,
        "page": page,
        "cards": mentor_cards.cards([rows[person] for person in page if person in rows], explained, candidates),
    }
    in_place = request.htmx.target == "found"  # type: ignore[attr-defined]  # set by django-htmx
    return render(request, "matching/find/_found.html" if in_place else "matching/find/directory.html", context)


@login_required
@require_safe
def mentor(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who this is, why they could help and where not, and how to ask."""
    them, mentee = mentor_and_seeker(request, pk)
    candidates = Candidates(mentee, now())
    card = candidates.of(them.person_id)
    explanation = candidates.explain(them.person_id)
    person = them.person
    voice = reasons.Voice(person.get_short_name(), on=candidates.at.date())
    topics = reasons.topic_names([explanation])
    band = mentor_cards.answer_bands([person.pk]).get(person.pk, _("too few answers yet to say"))
    employers = mentor_cards.employers_of([person.pk, mentee.person_id])
    excluded = explanation.excluded_by
    return render(
        request,
        "matching/find/mentor.html",
        {
            "mentor": them,
            "person": person,
            "role": mentor_cards.role_line(person, employers.get(person.pk)),
            "place": mentor_cards.place_line(person),
            "why": "" if excluded else reasons.why(explanation, voice, topics),
            "reasons": reasons.lines(explanation, voice, topics),
            "no_tie": reasons.no_tie(explanation),
            "earlier": earlier.told(
                earlier_ties(mentee.person, person, now=candidates.at, relations=candidates.relations), mentee.person
            ),
            "own": employers.get(mentee.person_id, ""),
            "lookback": mentee.cohort.lookback_months,
            "facts": mentor_cards.facts(person, card, candidates.card, band),
            "places": mentor_cards.places_line(card, person),
            "sought_after": mentor_cards.sought_after_line(them),
            "expertise": person.mentor_profile.expertise.select_related("topic"),
            "ties": _ties(them),
            "refusal": RULES[excluded.public_key].refusal if excluded else "",
            "asked": candidates.waiting if candidates.waiting and candidates.waiting.mentor_id == person.pk else None,
            "waiting": candidates.waiting,
            "pairing": candidates.pairing,
            "paired": _paired(candidates),
            "over": COHORT_OVER if mentee.cohort.ends_on < today_of(mentee.person, candidates.at) else "",
            "listed": mentee.shortlist.filter(mentor=them).first(),
            "days": mentee.cohort.answer_days,
        },
    )


def _paired(candidates: Candidates) -> str:
    """Why nobody else can be asked beside the pairing there is; "" without one."""
    pairing = candidates.pairing
    return paired_line(pairing.state, pairing.mentor.name) if pairing else ""


def _ties(them: Enrolment) -> Any:
    """What somebody has done and does, latest first: ties that have begun."""
    begun = Affiliation.objects.filter(person=them.person, starts_on__lte=today_of(them.person, now()))
    return begun.select_related("organisation").order_by("-starts_on", "pk")


@prepared
def _mentors(*, cohort: UUID, people: Collection[Id]) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(cohort=cohort, role=Role.MENTOR, person__in=among(people))
    return rows.select_related("person__profile", "person__mentor_profile")


def _count(said: str | None) -> int:
    """How many to show: at first four, then as asked, within reason."""
    return min(max(int(said), FIRST), 500) if said is not None and said.isascii() and said.isdigit() else FIRST


def _around(found: Seeker, candidates: Candidates) -> dict[str, Any]:
    """What stands beside the list: the request that waits, the shortlist, why others cannot be asked."""
    return {
        **around(candidates),
        "mentee": found.enrolment,
        "choices": found.choices if len(found.choices) > 1 else [],
        "fit": candidates.funnel.fit,
        "others": candidates.funnel.total - candidates.funnel.fit,
        "excluded": reasons.excluded(candidates.funnel),
    }
