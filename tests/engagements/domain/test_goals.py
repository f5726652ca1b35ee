"""Goals: who may do what, what it leaves behind, and what it does not touch."""

from datetime import date, timedelta

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.models import ContentKey, Event
from common.transitions import Actor
from engagements.domain import check_ins, goals
from engagements.domain.goals import GoalWords
from engagements.models import Goal, GoalEntry
from engagements.models.goals import GoalAct
from engagements.states import GOAL_TRANSITIONS, GoalState
from matching.domain import pairings
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
WORDS = GoalWords(
    "Be heard by my board",
    "Too much is decided without me.",
    "They ask before they decide.",
    date(2026, 9, 1),
    ("Speak with the chair", "Two papers of my own"),
)


@pytest.fixture
def pairing():
    return stories.active()


@pytest.fixture
def goal(pairing):
    return goals.propose(pairing=pairing, user=pairing.mentee, words=WORDS, now=NOW)


def act(goal, verb, user=None, line="", now=NOW):
    return goals.act(goal=goal, verb=verb, user=user or goal.pairing.mentee, line=line, now=now)


def texts(goal):
    return [(step.read("text"), step.done_at is not None) for step in Goal.objects.get(pk=goal.pk).milestones.all()]


def test_acts_are_the_verbs_of_the_table():
    assert set(GOAL_TRANSITIONS) - {"tick"} == set(GoalAct.values) - {"propose", "check_in"}


def test_the_mentees_goal_is_under_way_and_nobody_is_written_to(goal):
    assert goal.state == GoalState.OPEN
    assert [goal.read(name) for name in ("title", "why", "signs")] == [WORDS.title, WORDS.why, WORDS.signs]
    assert texts(goal) == [("Speak with the chair", False), ("Two papers of my own", False)]
    assert not Letter.objects.filter(kind="goal_proposed").exists()
    assert Event.objects.get(verb="propose").user == goal.pairing.mentee


def test_the_mentors_waits_for_the_mentee_who_is_written_to(pairing):
    proposed = goals.propose(pairing=pairing, user=pairing.mentor, words=WORDS, now=NOW)
    letter = Letter.objects.get(kind="goal_proposed")
    assert (proposed.state, letter.person, letter.state) == ("proposed", pairing.mentee, "pending")
    taken = act(proposed, "take_up", line="Yes.")
    assert taken.state == "open"
    letter.refresh_from_db()
    assert (letter.state, letter.reason) == ("cancelled", "goal_settled")
    assert taken.read("title") == WORDS.title


def test_a_proposal_is_withdrawn_and_made_once_more(pairing):
    proposed = goals.propose(pairing=pairing, user=pairing.mentor, words=WORDS, now=NOW)
    assert act(proposed, "withdraw", pairing.mentor).state == "withdrawn"
    again = goals.rewrite(goal=proposed, user=pairing.mentor, words=GoalWords("Smaller"), now=NOW)
    assert (again.state, again.read("title"), texts(again)) == ("proposed", "Smaller", [])
    assert Letter.objects.get(kind="goal_proposed").state == "pending"
    assert act(again, "turn_down").state == "turned_down"
    assert act(again, "take_up").state == "open"


@pytest.mark.parametrize("verb", ["keep", "reach", "let_go", "take_up", "turn_down", "reopen"])
def test_the_goal_is_the_mentees(goal, verb):
    with pytest.raises(NotPermitted):
        act(goal, verb, goal.pairing.mentor)


def test_a_stranger_does_nothing(goal):
    for do in (
        lambda who: act(goal, "note", who, "Moved."),
        lambda who: goals.propose(pairing=goal.pairing, user=who, words=WORDS, now=NOW),
        lambda who: goals.tick(milestone=goal.milestones.first(), user=who, done=True, now=NOW),
        lambda who: goals.correct(entry=goal.entries.first(), user=who, line="x", now=NOW),
    ):
        with pytest.raises(NotPermitted):
            do(people.person())


def test_each_act_leaves_a_line_with_who_and_when(goal):
    both = goal.pairing.mentee, goal.pairing.mentor
    for number, (verb, user) in enumerate(
        [("note", both[0]), ("note", both[1]), ("keep", both[0]), ("reach", both[0]), ("reopen", both[0])]
    ):
        act(goal, verb, user, f"Line {number}", NOW + timedelta(hours=number + 1))
    lines = [(entry.act, entry.by, entry.read("line")) for entry in goal.entries.order_by("at")]
    assert lines == [
        ("propose", both[0], ""),
        ("note", both[0], "Line 0"),
        ("note", both[1], "Line 1"),
        ("keep", both[0], "Line 2"),
        ("reach", both[0], "Line 3"),
        ("reopen", both[0], "Line 4"),
    ]
    assert Event.objects.filter(subject_id=goal.pk).count() == 6


def test_progress_needs_a_line(goal):
    with pytest.raises(Refused) as refused:
        act(goal, "note", line="  ")
    assert refused.value.field == "line"
    assert goal.entries.count() == 1


def test_ones_own_line_is_corrected_and_progress_taken_back(goal):
    act(goal, "note", line="Moved.")
    kept = act(goal, "keep", line="Still so.")
    note, keep = GoalEntry.objects.get(act="note"), GoalEntry.objects.get(act="keep")
    for entry in (note, keep):
        with pytest.raises(NotPermitted):
            goals.correct(entry=entry, user=kept.pairing.mentor, line="Mine", now=NOW)
        goals.correct(entry=entry, user=kept.pairing.mentee, line="", now=NOW)
    assert not GoalEntry.objects.filter(pk=note.pk).exists()
    keep.refresh_from_db()
    assert (keep.read("line"), keep.corrected_at) == ("", NOW)
    with pytest.raises(WrongState):
        goals.correct(entry=note, user=kept.pairing.mentee, line="again", now=NOW)


def test_a_milestone_is_done_and_not_yet_done(goal):
    step = goal.milestones.first()
    for done, verbs in ((True, ["tick"]), (True, ["tick"]), (False, ["tick", "untick"])):
        assert (goals.tick(milestone=step, user=goal.pairing.mentee, done=done, now=NOW).done_at is not None) is done
        assert list(Event.objects.filter(verb__contains="tick").order_by("pk").values_list("verb", flat=True)) == verbs
    with pytest.raises(NotPermitted):
        goals.tick(milestone=step, user=goal.pairing.mentor, done=True, now=NOW)


@pytest.mark.parametrize(
    ("texts_after", "expected"),
    [
        (("B", "A"), [("B", False), ("A", True)]),
        (("New", "A", "B"), [("New", False), ("A", True), ("B", False)]),
        (("A, said better", "B"), [("A, said better", True), ("B", False)]),
        (("B",), [("B", False)]),
        ((), []),
    ],
)
def test_what_is_done_stays_with_its_words_or_its_place(pairing, texts_after, expected):
    goal = goals.propose(pairing=pairing, user=pairing.mentee, words=GoalWords("G", milestones=("A", "B")), now=NOW)
    goals.tick(milestone=goal.milestones.first(), user=pairing.mentee, done=True, now=NOW)
    goals.rewrite(goal=goal, user=pairing.mentee, words=GoalWords("G", milestones=texts_after), now=NOW)
    assert texts(goal) == expected


def test_no_more_goals_than_one_can_follow(pairing):
    for _ in range(goals.MOST_OPEN):
        goals.propose(pairing=pairing, user=pairing.mentor, words=WORDS, now=NOW)
    with pytest.raises(Refused) as refused:
        goals.propose(pairing=pairing, user=pairing.mentee, words=WORDS, now=NOW)
    assert refused.value.code == "too_many"


def test_in_a_pairing_that_is_over_goals_are_read_only(goal):
    pairing, entry, step = goal.pairing, goal.entries.get(), goal.milestones.first()
    pairings.begin_closing(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, now=NOW)
    assert "reach" in goals.verbs_of(Goal.objects.get(pk=goal.pk), pairing.mentee)
    pairing.refresh_from_db()
    stories.complete(pairing)
    assert goals.verbs_of(Goal.objects.get(pk=goal.pk), pairing.mentee) == []
    mentee = pairing.mentee
    for do in (
        lambda: act(goal, "keep"),
        lambda: goals.rewrite(goal=goal, user=mentee, words=WORDS, now=NOW),
        lambda: goals.tick(milestone=step, user=mentee, done=True, now=NOW),
        lambda: goals.correct(entry=entry, user=mentee, line="x", now=NOW),
        lambda: goals.propose(pairing=pairing, user=mentee, words=WORDS, now=NOW),
    ):
        with pytest.raises(WrongState):
            do()


def test_a_check_in_says_how_goals_come_on_and_is_corrected(goal):
    row, pairing = stories.check_in(goal.pairing), goal.pairing
    let_go = goals.propose(pairing=pairing, user=pairing.mentee, words=WORDS, now=NOW)
    act(let_go, "let_go")
    stories.answered(row, standings={goal.pk: "slow", let_go.pk: "stuck"})
    assert goals.said_in(row) == {goal.pk: "slow"}
    entry = goal.entries.get(check_in=row)
    assert (entry.by, entry.act, entry.corrected_at) == (pairing.mentee, "check_in", None)
    later = row.due_at + timedelta(hours=1)
    for standing, said in (("stuck", {goal.pk: "stuck"}), ("", {})):
        check_ins.correct(
            check_in=row, user=pairing.mentee, **stories.ANSWERS, standings={goal.pk: standing}, now=later
        )
        assert goals.said_in(row) == said
    with pytest.raises(WrongState):
        goals.correct(entry=entry, user=pairing.mentee, line="x", now=later)


def test_without_the_key_nothing_can_be_read(goal):
    act(goal, "note", line="Moved.")
    ContentKey.objects.filter(pk=goal.pairing.key_id).delete()
    found = Goal.objects.select_related("pairing__key").get(pk=goal.pk)
    words = [found.read("title"), found.read("why"), found.read("signs")]
    words += [row.read("text") for row in found.milestones.all()] + [row.read("line") for row in found.entries.all()]
    assert set(words) == {""}


def test_words_are_bound_to_their_record_and_field(goal):
    other = goals.propose(pairing=goal.pairing, user=goal.pairing.mentee, words=WORDS, now=NOW)
    Goal.objects.filter(pk=goal.pk).update(title=other.title, why=goal.signs)
    found = Goal.objects.get(pk=goal.pk)
    assert found.words_of("title", instead="") == found.words_of("why", instead="") == ""
    assert found.words_of("signs") == WORDS.signs
