"""What is counted of pairings, when, and that it is counted once."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from cohorts.models import Cohort
from common.clock import now
from common.models import Event
from engagements.domain import outcome_facts, outcomes
from engagements.domain.outcomes import Waiting
from engagements.models import Agreement, Meeting, Review, Signature, Tally
from engagements.models.reviews import REVIEW_WORDS
from engagements.models.stock import STOCK_WORDS
from engagements.tasks import sweep_outcomes
from matching.models import Pairing
from tests import people
from tests.engagements import ended, stories
from tests.matching import factories
from tests.matching.factories import NOW
from tests.stress.unguarded import drop

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
LATER = NOW + 2 * WEEK
SEALED = (*REVIEW_WORDS, *STOCK_WORDS, "line", "place", "amendments")


def over(number: int, *, of: Cohort | None = None, at: datetime = NOW, **words: Any) -> list[Pairing]:
    return ended.pairings(of or factories.cohort(), [at] * number, **words)


def figures(moment: str = "over") -> dict[str, Any]:
    found: dict[str, Any] = Tally.objects.get(moment=moment).figures
    return found


def tallies(moment: str = "over") -> QuerySet[Tally]:
    return Tally.objects.filter(moment=moment)


def test_six_are_counted_once_nobody_else_is_to_come() -> None:
    made = over(5)
    assert outcomes.sweep(now=LATER) == 0
    more = over(1, of=made[0].cohort)
    assert outcomes.sweep(now=LATER) == 1
    tally = Tally.objects.get()
    assert set(tally.pairings) == {pairing.pk for pairing in (*made, *more)}
    assert outcomes.sweep(now=LATER + 52 * WEEK) == 0
    event = Event.objects.get(verb="count_outcomes")
    assert (event.cohort_id, event.user_id, event.pairing_id) == (made[0].cohort_id, None, None)


def test_the_task_counts_and_nothing_to_count_is_no_error() -> None:
    sweep_outcomes()
    assert not Tally.objects.exists()
    over(6, at=now() - 3 * WEEK)
    sweep_outcomes()
    assert Tally.objects.count() == 1


def test_while_others_go_on_six_wait_and_a_week_passes_first() -> None:
    [one, *_others] = over(6)
    assert outcomes.sweep(now=NOW + WEEK) == 0
    factories.pairing(*factories.couple(one.cohort))
    assert outcomes.sweep(now=LATER) == 0


def test_who_is_counted_with_others_is_not_told_by_a_mentor_of_all_of_them() -> None:
    """Six pairings of five mentors are of five people only."""
    made = over(6)
    found = Waiting(made, more_to_come=0)
    day = date(2026, 6, 1)
    assert outcomes.is_due(found, last=day, today=day)
    made[0].mentor_id = made[1].mentor_id
    assert not outcomes.is_due(found, last=day, today=day)


@pytest.mark.parametrize(
    ("ready", "more", "last", "today", "due"),
    [
        (12, 6, "2026-03-31", "2026-04-01", True),
        (12, 6, "2026-04-01", "2026-06-30", False),
        (12, 6, "2025-12-31", "2026-01-01", True),
        (11, 6, "2026-01-01", "2026-04-01", False),
        (12, 5, "2026-01-01", "2026-04-01", False),
        (6, 0, "2026-04-01", "2026-04-01", True),
    ],
)
def test_each_quarter_once_twelve_wait_and_six_are_left(
    ready: int, more: int, last: str, today: str, due: bool
) -> None:
    found = Waiting(over(ready), more)
    assert outcomes.is_due(found, last=date.fromisoformat(last), today=date.fromisoformat(today)) is due


def test_what_mentees_and_mentors_said() -> None:
    made = over(12)
    for number, pairing in enumerate(made):
        if number < 10:
            ended.looked_back(pairing, faster="no" if number % 2 else "somewhat")
        else:
            ended.looked_back(pairing, state="missed")
        ended.looked_back(pairing, "mentor", state="answered" if number < 6 else "missed")
    outcomes.sweep(now=LATER)
    mentees, mentors = figures()["mentee_reviews"], figures()["mentor_reviews"]
    assert (mentees["asked"], mentees["answered"]) == ([10, 14], [10, 14])
    assert mentees["shares"] == {
        "mistakes_avoided": [67, 100],
        "faster": [33, 67],
        "decisions": [0, 33],
        "connection": [67, 100],
        "clarity": [67, 100],
        "competency": [0, 33],
        "goals": [67, 100],
        "again": [67, 100],
    }
    assert (mentors["asked"], mentors["answered"], mentors["shares"]) == ([10, 14], [6, 9], {"again": [50, 100]})


def test_a_review_that_was_no_longer_asked_for_counts_as_not_asked() -> None:
    for pairing in over(6):
        ended.looked_back(pairing, state="cancelled", **dict.fromkeys(("answered_at",)), **_nothing())
    outcomes.sweep(now=LATER)
    assert figures()["mentee_reviews"]["asked"] is None


def _nothing() -> dict[str, Any]:
    words = ("mistakes_avoided", "faster", "decisions", "goals", "again")
    return {**dict.fromkeys(words, ""), **dict.fromkeys(ended.SCORES)}


def test_check_ins_the_middle_one_and_pairs_of_which_nobody_heard() -> None:
    for number, pairing in enumerate(over(6)):
        for turn in (1, 2, 3):
            ended.checked_in(pairing, turn, missed=number < 2 and turn > 1, connection=5 if turn == 2 else 1)
            ended.checked_in(pairing, turn, "mentor", missed=True)
    outcomes.sweep(now=LATER)
    found = figures()
    assert found["mentee_check_ins"]["shares"] == {"most": [50, 100]}
    assert found["mentor_check_ins"]["shares"] == {"most": [0, 50]}
    assert found["middle"] == {"asked": [6, 9], "answered": None, "shares": {}, "named": []}
    assert found["heard_of"]["shares"] == {"heard_of": [50, 100]}


def test_the_middle_check_in_is_that_of_all_that_came_due() -> None:
    for pairing in over(6):
        for turn in range(1, 6):
            ended.checked_in(pairing, turn, connection=5 if turn == 3 else 1)
    outcomes.sweep(now=LATER)
    assert figures()["middle"]["shares"] == {"connection": [50, 100], "clarity": [50, 100], "competency": [0, 50]}


def test_first_check_ins_are_counted_while_pairings_go_on() -> None:
    """Once each, also when the pairing is over: what was counted at the start is not counted again."""
    made = over(6)
    for pairing in made:
        ended.checked_in(pairing, 1)
    outcomes.sweep(now=LATER)
    assert figures("start")["start"]["answered"] == [6, 9]
    assert "start" not in figures()
    assert {*tallies("start").get().pairings} == {pairing.pk for pairing in made}


def test_a_first_check_in_waits_until_it_can_no_longer_be_corrected() -> None:
    at = NOW
    for pairing in over(6, at=at):
        ended.checked_in(pairing, 1, answered_at=at)
    outcomes.sweep(now=at + WEEK)
    assert not tallies("start").exists()
    outcomes.sweep(now=at + WEEK + timedelta(hours=1))
    assert tallies("start").exists()


def test_endings_name_reasons_that_six_share() -> None:
    one = over(6, state="ended_early", end_class="time")[0]
    over(3, of=one.cohort, state="ended_early", end_class="fit")
    over(6, of=one.cohort)
    outcomes.sweep(now=LATER)
    assert figures()["endings"] == {
        "asked": [15, 19],
        "answered": [15, 19],
        "shares": {"completed": [25, 50]},
        "named": ["time"],
    }


def test_meetings_held_against_agreed() -> None:
    made = over(6)
    for number, pairing in enumerate(made):
        _agreed(pairing)
        for day in range(3 if number < 4 else 1):
            _held(pairing, day)
    outcomes.sweep(now=LATER)
    assert figures()["meetings"]["shares"] == {"as_agreed": [50, 100]}


def _agreed(pairing: Pairing) -> None:
    agreement = Agreement.objects.create(
        pairing=pairing, version=1, check_in_every=4, planned_end=pairing.planned_end,
        written_by_id=pairing.mentee_id, written_at=pairing.activated_at,
    )  # fmt: skip
    for side in ("mentee", "mentor"):
        Signature.objects.create(agreement=agreement, side=side, signed_at=pairing.activated_at)


def _held(pairing: Pairing, day: int) -> None:
    drop("meeting_of_open_pairing")
    at = pairing.introduced_at + timedelta(days=30 * (day + 1))
    Meeting.objects.create(
        pairing=pairing, state="held", held_on=at.date(), noted_by_id=pairing.mentee_id, noted_at=at, changed_at=at
    )


def test_whoever_has_two_pairings_is_one_person() -> None:
    """And says what they said first."""
    first = over(6)
    second = over(6, of=first[0].cohort, mentors=[pairing.mentor_enrolment for pairing in first])
    for pairing in first:
        ended.looked_back(pairing, "mentor", again="yes", asked_at=NOW)
    for pairing in second:
        ended.looked_back(pairing, "mentor", again="no", asked_at=NOW + WEEK)
    outcomes.sweep(now=LATER)
    found = figures()["mentor_reviews"]
    assert (found["asked"], found["shares"]) == ([6, 9], {"again": [50, 100]})


def test_what_changes_later_is_not_counted_again() -> None:
    for pairing in over(6):
        ended.looked_back(pairing)
    outcomes.sweep(now=LATER)
    before = figures()
    Review.objects.update(mistakes_avoided="no")
    outcomes.sweep(now=LATER + WEEK)
    assert figures() == before


def test_as_many_queries_for_many_pairings_as_for_six(django_assert_num_queries: Any) -> None:
    def make(number: int) -> list[Pairing]:
        made = over(number)
        for pairing in made:
            ended.looked_back(pairing)
            ended.checked_in(pairing, 1)
        return made

    few, many = make(6), make(40)
    for rows in (few, many):
        with django_assert_num_queries(6) as asked:
            outcome_facts.of_ended(rows)
        fetched = " ".join(query["sql"] for query in asked.captured_queries)
        assert [name for name in SEALED if f'"{name}"' in fetched] == [], "sealed words are not even fetched"


@pytest.mark.slow(reason="the whole life of six pairings, by the verbs")
def test_the_story_of_a_pairing_is_counted_from_what_its_people_did() -> None:
    """By the verbs: agreement, check-ins, stock, the look back; six pairs who did the same."""
    cohort = factories.cohort()
    for _number in range(6):
        mentee, mentor = factories.couple(cohort, people.mentee(), people.mentor())
        pairing = stories.signed_by_both(mentee=mentee, mentor=mentor)
        stories.stock_taken(pairing)
        row = stories.check_in(pairing)
        stories.answered(row)
        stories.complete(pairing, now=row.due_at + WEEK)
    assert outcomes.sweep(now=NOW + 26 * WEEK) == 2
    assert figures("start")["start"]["shares"]["connection"] == [50, 100]
    found = figures()
    assert found["mentee_reviews"]["shares"]["mistakes_avoided"] == [50, 100]
    assert found["mentee_stock"]["shares"] == {"most": [50, 100]}
    assert found["mentor_stock"]["shares"] == {"most": [0, 50]}
    assert found["heard_of"]["shares"] == {"heard_of": [50, 100]}
