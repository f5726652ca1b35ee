"""A sceptical reader of the demo's suggestions: the order is one that the cards themselves explain."""

from dataclasses import replace
from itertools import pairwise

import pytest

from accounts.models import Topic
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.clock import now
from matching.engine import Explanation, explain
from matching.views import mentor_cards
from matching.views.candidates import Candidates
from matching.views.mentor_cards import Shown

MENTEES = 20


def offers(candidates: Candidates, told: Explanation, topic: object) -> bool:
    return topic in dict(candidates.of(told.mentor).expertise)


def drawn(candidates: Candidates, told: list[Explanation]) -> list[Shown]:
    rows = Enrolment.objects.filter(cohort=candidates.mentee.cohort, role=Role.MENTOR)
    by_person = {row.person_id: row for row in rows.select_related("person__profile", "person__mentor_profile")}
    by_mentor = {each.mentor: each for each in told}
    return mentor_cards.cards([by_person[each.mentor] for each in told], by_mentor, candidates)


def read(card: Shown) -> str:
    """All that a card says of the fit, without whom it says it of."""
    times = dict(card.facts).get("Times you share", "")
    said = [card.why, *(f"{line.against} {line.text} {line.detail}" for line in card.lines), times]
    return "\n".join(said).replace(card.enrolment.person.get_short_name(), "…")


def check_who_comes_first(candidates: Candidates, everybody: list[Explanation]) -> None:
    obstacles = [each.obstacles for each in everybody]
    assert obstacles == sorted(obstacles), "who shares no hour or no language comes after everybody who does"
    first_aim = candidates.card.aims[0]
    easy = [each for each in everybody if not each.obstacles]
    offering = [each for each in easy if offers(candidates, each, first_aim)]
    for each in easy[: min(3, len(offering))]:
        assert offers(candidates, each, first_aim), "the first aim comes before all others"


def check_the_first_aim_decides_between_equals(candidates: Candidates, best: Explanation) -> None:
    card, first_aim = candidates.of(best.mentor), candidates.card.aims[0]
    without = frozenset(held for held in card.expertise if held[0] != first_aim) | {("another topic", 3)}
    with_it, twin = (replace(card, expertise=held) for held in (without | {(first_aim, 1)}, without))
    assert (
        explain(candidates.pool, candidates.card, with_it).score > explain(candidates.pool, candidates.card, twin).score
    )


def check_cards_explain(candidates: Candidates, told: list[Explanation], topics: dict[object, str]) -> None:
    cards = drawn(candidates, told)
    first_aim = candidates.card.aims[0]
    for each, card in zip(told, cards, strict=True):
        against = [line.text for line in card.lines if line.against]
        missing = f"Does not offer {topics[first_aim]}, your first aim"
        assert (missing in against) != offers(candidates, each, first_aim)
        assert card.hard_to_meet == (each.obstacles > 0)
        none = dict(card.facts)["Times you share"] == "none"
        assert ("Your working hours do not overlap" in against) == none
    for (one, upper), (other, lower) in pairwise(zip(told, cards, strict=True)):
        assert (one.obstacles, -one.score) <= (other.obstacles, -other.score)
        assert read(upper) != read(lower) or one.score == other.score, "who is ranked differently reads differently"


@pytest.mark.usefixtures("demo")
def test_the_order_explains_itself_to_twenty_mentees() -> None:
    topics: dict[object, str] = dict(Topic.objects.values_list("pk", "name"))
    mentees = Enrolment.objects.filter(role=Role.MENTEE, state=EnrolmentState.APPROVED).select_related("cohort")
    seen_apart = 0
    for mentee in mentees.order_by("person__name", "pk")[:MENTEES]:
        candidates = Candidates(mentee, now())
        everybody = candidates.best(1000)
        check_who_comes_first(candidates, everybody)
        check_the_first_aim_decides_between_equals(candidates, everybody[0])
        check_cards_explain(candidates, everybody, topics)
        seen_apart += any(each.obstacles for each in everybody)
    assert seen_apart > MENTEES / 4, "the world holds people who share no hours"
