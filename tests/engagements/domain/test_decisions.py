"""The decision log: who may do what, whom it tells, and what the calibration says."""

from datetime import date, timedelta

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.models import ContentKey, Event
from common.transitions import Actor
from engagements.domain import calibration, decisions
from engagements.domain.decisions import View
from engagements.models import Decision
from engagements.models.decisions import QUESTION_WORDS, VIEW_WORDS
from matching.domain import pairings
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
CHOICE = {"choice": "Keep it.", "confidence_after": 80, "look_back_on": DAY}


@pytest.fixture
def decision():
    return stories.asked(stories.active(), situation="Nobody buys.", options="Sell\nKeep", leaning="Keep")


def view(decision, user=None, now=NOW, **words):
    said = View(**(words or {"question": "Who would be relieved?"}))
    return decisions.give_view(decision=decision, user=user or decision.pairing.mentor, view=said, now=now)


def decide(decision, user=None, **words):
    return decisions.decide(
        decision=decision, user=user or decision.pairing.mentee, **{**CHOICE, **words}, now=NOW + timedelta(hours=2)
    )


def look_back(decision, outcome="hoped", lesson="It held.", user=None):
    who = user or decision.pairing.mentee
    return decisions.look_back(decision=decision, user=who, outcome=outcome, lesson=lesson, now=NOW)


def change(decision, user=None, now=NOW, **words):
    said = {"title": "Sell it in parts?", "situation": "", "options": "", "leaning": "", "confidence_before": 30}
    question = decisions.Question(**{**said, "decide_by": date(2026, 4, 9), **words})
    return decisions.change(decision=decision, user=user or decision.pairing.mentee, question=question, now=now)


def waiting(kind):
    return list(Letter.objects.filter(kind=kind, state="pending").values_list("person__name", flat=True))


def test_from_the_question_to_what_came_of_it(decision):
    pairing = decision.pairing
    assert waiting("view_asked") == [pairing.mentor.name]
    viewed = view(decision, consequences="The town will object.")
    assert (viewed.state, waiting("view_asked"), waiting("view_given")) == ("viewed", [], [pairing.mentee.name])
    made = decide(viewed)
    assert (made.state, made.confidence_after, waiting("view_given")) == ("decided", 80, [])
    due = Letter.objects.get(kind="outcome_due", state="pending")
    assert due.due_at.date() == DAY
    over = look_back(made)
    assert (over.state, over.outcome, over.read("lesson")) == ("looked_back", "hoped", "It held.")
    assert waiting("outcome_due") == []
    verbs = Event.objects.filter(subject_id=decision.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["ask", "view", "decide", "look_back"]


def test_each_step_is_corrected_by_doing_it_again(decision):
    view(decision)
    assert view(decision, blind_spot="You like her.").read("question") == ""
    assert Letter.objects.filter(kind="view_given").count() == 1
    decide(decision)
    assert decide(decision, choice="Sell it.", look_back_on=DAY + timedelta(days=9)).read("choice") == "Sell it."
    assert [row.due_at.date() for row in Letter.objects.filter(kind="outcome_due", state="pending")] == [
        DAY + timedelta(days=9)
    ]
    look_back(decision)
    assert look_back(decision, "not", "").outcome == "not"


def test_described_anew_it_asks_for_a_view_once_more(decision):
    assert change(decision).asked_at == NOW
    assert Letter.objects.filter(kind="view_asked").count() == 1
    view(decision)
    later = NOW + timedelta(days=2)
    again = change(decision, now=later)
    assert (again.state, again.asked_at, again.read("question")) == ("asked", later, "Who would be relieved?")
    assert (len(waiting("view_asked")), waiting("view_given")) == (1, [])
    decisions.drop(decision=again, user=again.pairing.mentee, now=later)
    assert waiting("view_asked") == []
    assert change(again, now=later + timedelta(days=1)).state == "asked"


@pytest.mark.parametrize(
    "do", [decide, look_back, change, lambda row, user: decisions.drop(decision=row, user=user, now=NOW)]
)
def test_the_decision_is_the_mentees(decision, do):
    for user in (decision.pairing.mentor, people.person()):
        with pytest.raises(NotPermitted):
            do(decision, user=user)


def test_the_view_is_the_mentors(decision):
    for user in (decision.pairing.mentee, people.person()):
        with pytest.raises(NotPermitted):
            view(decision, user)
    question = decisions.Question("Mine?", "", "", "", 50, DAY)
    with pytest.raises(WrongState):
        decisions.ask(pairing=decision.pairing, user=decision.pairing.mentor, question=question, now=NOW)


def test_what_is_refused(decision):
    for field, do in (
        ("consequences", lambda: view(decision, question="  ")),
        ("decide_by", lambda: change(decision, decide_by=NOW.date() - timedelta(days=1))),
        ("look_back_on", lambda: decide(decision, look_back_on=NOW.date() - timedelta(days=1))),
    ):
        with pytest.raises(Refused) as refused:
            do()
        assert refused.value.field == field
    decide(decision)
    for late in (view, change):
        with pytest.raises(WrongState):
            late(decision)
    with pytest.raises(Refused):
        look_back(decision, "perhaps")


def test_no_more_questions_than_anybody_answers():
    pairing = stories.active()
    for _ in range(decisions.MOST_WAITING):
        stories.asked(pairing)
    with pytest.raises(Refused) as refused:
        stories.asked(pairing)
    assert refused.value.code == "too_many"


def test_in_a_pairing_that_is_over_decisions_are_read_only(decision):
    pairing = decision.pairing
    pairings.end_early(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="other", now=NOW)
    assert decisions.verbs_of(Decision.objects.get(), pairing.mentee) == []
    for do in (view, decide, change):
        with pytest.raises(WrongState):
            do(decision)


def test_words_are_sealed_for_their_writer_and_gone_with_the_key(decision):
    view(decision, consequences="The town.", perception="As weakness.", blind_spot="Pride.", question="Who else?")
    decide(decision)
    look_back(decision)
    found = Decision.objects.select_related("pairing__key").get()
    words = (*QUESTION_WORDS, *VIEW_WORDS, "choice", "lesson")
    assert all(found.read(name) for name in words)
    authors = {name: found.content_author(name) for name in words}
    assert {authors[name] for name in VIEW_WORDS} == {str(found.pairing.mentor_id)}
    assert {authors[name] for name in set(words) - set(VIEW_WORDS)} == {str(found.pairing.mentee_id)}
    Decision.objects.update(situation=found.consequences)
    assert Decision.objects.get().words_of("situation", instead="") == ""
    ContentKey.objects.filter(pk=found.pairing.key_id).delete()
    gone = Decision.objects.select_related("pairing__key").get()
    assert {gone.read(name) for name in words} == {""}


def case(sure, outcome):
    return Decision(confidence_after=sure, outcome=outcome)


@pytest.mark.parametrize(
    ("cases", "sure", "hoped", "gap"),
    [
        ([], 0, 0, 0),
        ([(90, "not")] * 5, 90, 0, 90),
        ([(60, "hoped")] * 5, 60, 100, -40),
        ([(80, "hoped")] * 3 + [(80, "partly")] * 2, 80, 80, 0),
        ([(50, "hoped"), (50, "not")], 50, 50, 0),
    ],
)
def test_how_sure_and_how_right(cases, sure, hoped, gap):
    found = calibration.of([case(*each) for each in [*cases, (None, ""), (70, "odd")]])
    assert (found.cases, found.sure, found.hoped, found.gap) == (len(cases), sure, hoped, gap)
    assert found.is_enough is (len(cases) >= 5)


def test_bands_hold_every_case_once():
    found = calibration.of([case(sure, "hoped") for sure in range(101)])
    assert sum(band.cases for band in found.bands) == 101
    assert [(band.low, band.high) for band in found.bands] == list(calibration.BANDS)
