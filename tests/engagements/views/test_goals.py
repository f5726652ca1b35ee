"""The pages of goals: one click from an aim, one tap in a check-in, and nothing typed lost."""

import pytest
from django.urls import reverse

from accounts.models import Aim
from engagements.domain import goals
from engagements.domain.goals import GoalWords
from engagements.models import Goal, GoalEntry
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.engagements.views.conftest import MISSING, as_missing
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
WORDS = GoalWords("Be heard by my board", why=SECRET, milestones=("Speak with the chair",))
TYPED = {"title": "Lead without shouting", "why": SECRET, "signs": "", "by_when": "2026-09-01", "milestone_2": "Ask"}


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def pairing(clock):
    return stories.active()


@pytest.fixture
def goal(pairing):
    return goals.propose(pairing=pairing, user=pairing.mentee, words=WORDS, now=NOW)


def test_from_an_aim_in_one_click_and_nothing_is_written_until_saved(visit, send, pairing):
    aim = Aim.objects.get(mentee__person=pairing.mentee)
    page = words(visit(pairing.mentee, "pairing", pairing.pk))
    assert f"{reverse('engagements:new_goal', args=[pairing.pk])}?aim={aim.rank}" in page
    form = visit(pairing.mentee, "new_goal", pairing.pk, aim=aim.rank)
    assert form.context["form"]["title"].value() == (aim.text or str(aim.topic))
    assert not Goal.objects.exists()
    sent = send(pairing.mentee, "new_goal", pairing.pk, **TYPED)
    goal = Goal.objects.get()
    assert sent.headers["Location"] == reverse("engagements:goal", args=[goal.pk])
    seen = words(visit(pairing.mentor, "goal", goal.pk))
    for expected in ("Lead without shouting", SECRET, "By 1 September", "0 of 1 done", "set it"):
        assert expected in seen
    assert "Lead without shouting" in words(visit(pairing.mentor, "pairing", pairing.pk))


def test_what_was_typed_survives_a_refusal(send, pairing):
    refused = send(pairing.mentee, "new_goal", pairing.pk, **{**TYPED, "by_when": "soon"})
    assert list(refused.context["form"].errors) == ["by_when"]
    assert SECRET in words(refused)
    stories.complete(pairing)
    too_late = send(pairing.mentee, "new_goal", pairing.pk, **TYPED)
    assert too_late.status_code == 200
    assert SECRET in words(too_late)


def test_the_mentors_proposal_is_the_mentees_next_step(visit, send, pairing):
    send(pairing.mentor, "new_goal", pairing.pk, **TYPED)
    goal = Goal.objects.get()
    assert "proposes a goal to you" in words(visit(pairing.mentee, "pairing", pairing.pk))
    assert "proposes a goal" not in words(visit(pairing.mentor, "pairing", pairing.pk))
    assert "Take it up" in words(visit(pairing.mentee, "goal", goal.pk))
    assert "Take it up" not in words(visit(pairing.mentor, "goal", goal.pk))
    assert send(pairing.mentee, "goal_take_up", goal.pk, line="").status_code == 302
    goal.refresh_from_db()
    assert goal.state == "open"
    assert "proposes a goal to you" not in words(visit(pairing.mentee, "pairing", pairing.pk))


def test_each_act_has_a_page_with_a_line_and_is_undone(visit, send, goal):
    mentee = goal.pairing.mentee
    for act, state, offered in (
        ("keep", "open", "Let it go"),
        ("reach", "reached", "Go on with it"),
        ("reopen", "open", "It is reached"),
        ("let_go", "let_go", "Go on with it"),
    ):
        assert visit(mentee, f"goal_{act}", goal.pk).status_code == 200
        send(mentee, f"goal_{act}", goal.pk, line=f"Why {act}")
        goal.refresh_from_db()
        page = words(visit(mentee, "goal", goal.pk))
        assert goal.state == state
        assert f"Why {act}" in page
        assert offered in page
    assert visit(mentee, "goal_keep", goal.pk).status_code == 302, "not what it may do now"


def test_a_line_that_came_too_late_is_given_back(send, goal):
    goals.act(goal=goal, verb="reach", user=goal.pairing.mentee, now=NOW)
    late = send(goal.pairing.mentor, "goal_note", goal.pk, line=SECRET)
    assert late.status_code == 409
    assert SECRET in words(late)
    again = send(goal.pairing.mentee, "goal_reach", goal.pk, line="")
    assert again.status_code == 302
    assert goal.entries.count() == 2


def test_two_pages_open_on_one_goal_do_not_overwrite_each_other(visit, send, goal):
    mentee = goal.pairing.mentee
    page = visit(mentee, "rewrite_goal", goal.pk).context["form"]
    shown = {name: page[name].value() or "" for name in page.fields} | {"version": page.version}
    assert send(mentee, "rewrite_goal", goal.pk, **{**shown, "why": "Other reasons"}).status_code == 302
    assert send(mentee, "rewrite_goal", goal.pk, **{**shown, "signs": "They ask me"}).status_code == 302
    found = Goal.objects.select_related("pairing__key").get()
    assert (found.read("why"), found.read("signs")) == ("Other reasons", "They ask me")
    contested = send(mentee, "rewrite_goal", goal.pk, **{**shown, "why": "Third reasons"})
    assert "changed elsewhere" in words(contested)
    assert "Third reasons" in words(contested)


def test_milestones_are_ticked_by_their_buttons(visit, send, goal):
    step = goal.milestones.get()
    send(goal.pairing.mentee, "tick", step.pk, done="yes")
    assert "1 of 1 done" in words(visit(goal.pairing.mentor, "goal", goal.pk))
    send(goal.pairing.mentee, "tick", step.pk)
    assert "0 of 1 done" in words(visit(goal.pairing.mentor, "goal", goal.pk))
    send(goal.pairing.mentor, "tick", step.pk, done="yes")
    step.refresh_from_db()
    assert step.done_at is None


def test_a_line_is_corrected_by_its_writer_alone(visit, send, goal):
    send(goal.pairing.mentor, "goal_note", goal.pk, line="Spoke with the chair.")
    entry = GoalEntry.objects.get(act="note")
    assert visit(goal.pairing.mentee, "correct_goal_line", entry.pk).status_code == 404
    form = visit(goal.pairing.mentor, "correct_goal_line", entry.pk).context["form"]
    said = {"version": form.version, "line": "Wrote to the chair."}
    send(goal.pairing.mentor, "correct_goal_line", entry.pk, **said)
    page = words(visit(goal.pairing.mentee, "goal", goal.pk))
    assert "Wrote to the chair." in page
    assert "(line corrected)" in page
    send(goal.pairing.mentor, "correct_goal_line", entry.pk, line="")
    assert not GoalEntry.objects.filter(act="note").exists()


def test_a_check_in_asks_about_each_goal_in_one_tap(visit, send, clock, goal):
    row = stories.check_in(goal.pairing)
    clock.moment = row.due_at
    field = f"goal_{goal.pk.hex}"
    assert f'name="{field}"' in words(visit(row.person, "check_in", row.pk))
    said = {"connection": "4", "clarity": "4", "competency": "4", "met": "yes", "line": ""}
    send(row.person, "check_in", row.pk, **said, **{field: "stuck"})
    assert "said in a check-in: Stuck" in words(visit(goal.pairing.mentor, "goal", goal.pk))
    assert "last said: Stuck" in words(visit(goal.pairing.mentor, "pairing", goal.pairing_id))
    assert "Stuck" in words(visit(row.person, "check_in", row.pk))
    form = visit(row.person, "correct_check_in", row.pk).context["form"]
    assert form[field].value() == "stuck"
    send(row.person, "check_in", row.pk, **said, correct="1", version=form.version, **{field: "on_track"})
    page = words(visit(goal.pairing.mentor, "goal", goal.pk))
    assert "On track" in page
    assert "Stuck" not in page


def test_a_pairing_that_is_over_is_read_by_both(visit, goal):
    pairing = goal.pairing
    aim = Aim.objects.get(mentee__person=pairing.mentee)
    stories.complete(pairing)
    for person in (pairing.mentee, pairing.mentor):
        page = words(visit(person, "pairing", pairing.pk))
        assert WORDS.title in page
        assert (aim.text or str(aim.topic)) in page
        assert "Make it a goal" not in page
        seen = words(visit(person, "goal", goal.pk))
        assert SECRET in seen
        assert "<form" not in seen[seen.index("<h1") : seen.index("Back to the pairing")]
        assert visit(person, "goal_keep", goal.pk).status_code == 302


def test_a_foreign_goal_is_a_missing_one(visit, send, goal):
    entry, step = goal.entries.get(), goal.milestones.get()
    for stranger in (people.person(), stories.active().mentor):
        for name, row in (("goal", goal), ("rewrite_goal", goal), ("goal_keep", goal), ("correct_goal_line", entry)):
            assert as_missing(visit(stranger, name, row.pk), visit(stranger, name, MISSING), row.pk, MISSING)
        foreign = [send(stranger, name, row.pk, line="x") for name, row in (("goal_note", goal), ("tick", step))]
        assert [answer.status_code for answer in foreign] == [404, 404]
