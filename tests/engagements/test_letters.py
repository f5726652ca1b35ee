"""What the letters say and when they hold. None of them carries anything that was said."""

from datetime import timedelta

import pytest

from engagements.domain import agreements, check_in_planning, decisions, goals
from engagements.letters import KINDS
from engagements.models import CheckIn, Decision, Goal
from outbox.kinds import person_of, registered
from outbox.models import Letter
from tests.emails import assert_says_the_same
from tests.engagements import stories
from tests.engagements.stories import END, SECRET, TERMS
from tests.matching.factories import NOW
from tests.stress.unguarded import drop

pytestmark = pytest.mark.django_db
BY_NAME = {kind.name: kind for kind in KINDS}

PAGES = {
    **dict.fromkeys(("check_in_due", "check_in_overdue", "check_in_last"), "/check-ins/"),
    "goal_proposed": "/goals/",
    **dict.fromkeys(("view_asked", "view_given", "outcome_due"), "/decisions/"),
}


def letter(kind, subject, person):
    return Letter.objects.get(kind=kind, subject_id=subject.pk, person=person)


def rendered(row):
    recipient = person_of(row)
    assert recipient is not None
    return BY_NAME[row.kind].render(row, recipient)


def due(row, now):
    return BY_NAME[row.kind].still_due(row, now)


def test_all_kinds_are_registered():
    assert {"check_in_due", "check_in_overdue", "check_in_last", "agreement_waiting", "pairing_active"} <= set(
        registered()
    )


def test_only_reminders_may_be_unsubscribed_from():
    assert {kind.name for kind in KINDS if not kind.contractual} == {
        "check_in_due",
        "check_in_overdue",
        "check_in_last",
        "goal_proposed",
        "view_asked",
        "view_given",
        "outcome_due",
    }


@pytest.fixture
def told():
    """A pairing in which everything that may be said was said, and one letter of every kind about it."""
    pairing = stories.agreeing()
    agreement = agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, amendments=SECRET, now=NOW)
    waiting = letter("agreement_waiting", agreement, pairing.mentor)
    agreements.sign(agreement=agreement, user=pairing.mentor, now=NOW)
    stories.answered(stories.check_in(pairing, "mentor"), line=SECRET)
    row = stories.check_in(pairing)
    goal = goals.propose(pairing=pairing, user=pairing.mentor, words=goals.GoalWords(SECRET), now=NOW)
    asked, viewed, decided = (stories.asked(pairing, title=SECRET) for _ in range(3))
    for each in (viewed, decided):
        view = decisions.View(question=SECRET)
        decisions.give_view(decision=each, user=pairing.mentor, view=view, now=NOW)
    said = {"choice": SECRET, "confidence_after": 70, "look_back_on": END}
    decisions.decide(decision=decided, user=pairing.mentee, **said, now=NOW)
    return pairing, [
        waiting,
        letter("pairing_active", pairing, pairing.mentee),
        letter("check_in_due", row, pairing.mentee),
        letter("check_in_overdue", row, pairing.mentee),
        letter("check_in_last", row, pairing.mentee),
        letter("goal_proposed", goal, pairing.mentee),
        letter("view_asked", asked, pairing.mentor),
        letter("view_given", viewed, pairing.mentee),
        letter("outcome_due", decided, pairing.mentee),
    ]


def test_letters_say_nothing_that_was_said_and_open_one_page(told, settings):
    pairing, letters = told
    assert {row.kind for row in letters} == set(BY_NAME)
    for row in letters:
        content = rendered(row)
        assert_says_the_same(content)
        for words in (content.subject, content.text, content.html):
            assert SECRET not in words
        assert len(content.subject) < 60
        assert pairing.mentor.name not in content.subject
        assert pairing.mentee.name not in content.subject
        path = PAGES.get(row.kind, f"/pairings/{pairing.pk}/")
        assert f"{settings.SITE_URL}{path}" in content.text
        assert content.text.count(settings.SITE_URL) == 1
        assert content.html.count("<a ") == 1
        assert "{" not in content.text
        assert "  " not in content.subject


def test_a_reminder_names_the_day_in_the_readers_zone(told):
    pairing, letters = told
    profile = pairing.mentee.profile
    profile.zone = "Pacific/Auckland"
    profile.save()
    CheckIn.objects.filter(pk=letters[2].subject_id).update(due_at="2026-04-07T20:00Z")
    fresh = Letter.objects.get(pk=letters[2].pk)
    assert "Wednesday 8 April" in rendered(fresh).text


def test_an_active_pairing_without_room_for_a_check_in_promises_none(told):
    pairing, letters = told
    pairing.check_ins.all().delete()
    assert "first check-in" not in rendered(letters[1]).text


def test_a_reminder_holds_until_answered(told):
    _pairing, letters = told
    row = CheckIn.objects.get(pk=letters[2].subject_id)
    for reminder in letters[2:5]:
        assert due(reminder, row.due_at) is None
    stories.answered(row)
    for reminder in letters[2:5]:
        assert due(reminder, row.due_at) == "check_in_answered"


def test_a_reminder_falls_away_when_the_next_round_begins(told):
    pairing, letters = told
    next_due = stories.check_in(pairing, round=2).due_at
    assert due(letters[3], next_due - timedelta(minutes=1)) is None
    assert due(letters[3], next_due) == "check_in_overtaken"


@pytest.mark.parametrize("state", ["paused", "completed", "ended_early"])
def test_nothing_is_asked_of_a_pairing_at_rest(told, state):
    pairing, letters = told
    for guard in ("pairing_transition", "pairing_pause_runs"):
        drop(guard)
    pairing.state = state
    pairing.ended_at = NOW if state in {"completed", "ended_early"} else None
    pairing.save()
    assert [due(row, NOW) for row in letters[1:5]] == [f"pairing_{state}"] * 4
    assert {due(row, NOW) for row in letters[5:]} == {None if state == "paused" else f"pairing_{state}"}


def test_a_reminder_of_something_gone(told):
    pairing, letters = told
    for guard in ("agreement_kept", "signature_kept"):
        drop(guard)
    pairing.check_ins.all().delete()
    pairing.agreements.all().delete()
    assert due(letters[2], NOW) == "check_in_gone"
    assert due(letters[0], NOW) == "agreement_gone"
    Goal.objects.all().delete()
    Decision.objects.all().delete()
    assert due(letters[5], NOW) == "goal_gone"
    assert {due(row, NOW) for row in letters[6:]} == {"decision_gone"}
    letters[1].subject_id = letters[0].pk
    assert due(letters[1], NOW) == "pairing_gone"


def test_an_agreement_waits_until_it_is_signed_or_replaced():
    pairing = stories.agreeing()
    first = agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    waiting = letter("agreement_waiting", first, pairing.mentor)
    assert due(waiting, NOW) is None
    waiting.person = pairing.mentee
    assert due(waiting, NOW) == "agreement_signed"
    waiting.person = pairing.mentor
    second = agreements.propose(pairing=pairing, user=pairing.mentor, **TERMS, now=NOW)
    assert due(waiting, NOW) == "agreement_replaced"
    agreements.sign(agreement=second, user=pairing.mentee, now=NOW)
    assert due(waiting, NOW) == "pairing_active"


def test_cancelled_check_ins_remind_nobody(told):
    pairing, letters = told
    check_in_planning.cancel_all(pairing=pairing, now=NOW)
    assert due(letters[2], NOW) == "check_in_cancelled"


def test_letters_about_a_decision_hold_as_long_as_its_state(told):
    pairing, letters = told
    asked, given, look_back = letters[6:]
    assert [due(row, NOW) for row in letters[6:]] == [None] * 3
    said = {"choice": "Sell.", "confidence_after": 60}
    rows = {row.kind: Decision.objects.get(pk=row.subject_id) for row in letters[6:]}
    decisions.drop(decision=rows["view_asked"], user=pairing.mentee, now=NOW)
    decisions.decide(decision=rows["view_given"], user=pairing.mentee, **said, look_back_on=END, now=NOW)
    later = END + timedelta(days=3)
    decisions.decide(decision=rows["outcome_due"], user=pairing.mentee, **said, look_back_on=later, now=NOW)
    assert [due(row, NOW) for row in (asked, given, look_back)] == ["decision_moved_on"] * 3
