"""The shortlist side by side: what sets two or three mentors apart, row by row."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from common.clock import now
from matching.views import mentor_cards, reasons
from matching.views.candidates import Candidates
from matching.views.mentor_cards import Shown
from matching.views.seeking import seeker
from matching.views.shortlist import FEWEST_TO_COMPARE


@dataclass(frozen=True, slots=True)
class Column:
    """One mentor: the card, and why it could fit and where it may not."""

    card: Shown
    good: list[reasons.Line]
    against: list[reasons.Line]


@login_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Those of the shortlist who can be asked now; the shortlist itself when they are fewer than two."""
    found = seeker(request)
    if found is None or not found.may_look:
        return redirect("matching:suggestions")
    candidates = Candidates(found.enrolment, now())
    columns = _columns(candidates)
    if len(columns) < FEWEST_TO_COMPARE:
        return redirect("matching:shortlist")
    context = {
        "mentee": found.enrolment,
        "columns": columns,
        "facts": rows_of(column.card for column in columns),
        "free": not (candidates.waiting or candidates.pairing),
    }
    return render(request, "matching/shortlist/compare.html", context)


def rows_of(cards: Iterable[Shown]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Facts by their name, each with (mentor's name, value) in the order of `cards`; "–" where nothing was said."""
    said = [(card.name, dict(card.facts)) for card in cards]
    names = list(dict.fromkeys(name for _who, facts in said for name in facts))
    return [(name, [(who, facts.get(name, "–")) for who, facts in said]) for name in names]


def _columns(candidates: Candidates) -> list[Column]:
    enrolments = [entry.mentor for entry in candidates.shortlist if candidates.may_ask(entry.mentor.person_id)]
    explained = {row.person_id: candidates.explain(row.person_id) for row in enrolments}
    topics = reasons.topic_names(explained.values())
    columns = []
    for card in mentor_cards.cards(enrolments, explained, candidates):
        person = card.enrolment.person
        lines = reasons.lines(
            explained[person.pk], reasons.Voice(person.get_short_name(), on=candidates.at.date()), topics
        )
        good, against = [[line for line in lines if line.against == side] for side in (False, True)]
        columns.append(Column(card, good, against))
    return columns
