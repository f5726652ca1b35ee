"""The pages of decisions: asked, viewed, decided and looked back on, by two people, and nothing typed lost."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from common.transitions import Actor
from engagements.domain import decisions, meetings
from engagements.models import Decision
from matching.domain import pairings
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.engagements.views.conftest import MISSING, as_missing
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
ASKED = {
    "title": "Sell the mill?",
    "situation": SECRET,
    "options": "Sell\nKeep",
    "leaning": "Keep",
    "confidence_before": "60",
    "decide_by": "2026-03-13",
}
VIEW = {"consequences": "The town will object.", "question": "Who would be relieved?"}
MADE = {"choice": "Keep it for a year.", "confidence_after": "80", "look_back_on": "2026-03-20"}


def words(response):
    return " ".join(response.content.decode().split())


def test_two_who_do_not_meet_before_it_has_to_be_decided_are_asked_to(visit, pairing, decision):
    propose = reverse("engagements:propose_meeting", args=[pairing.pk])
    assert f'href="{propose}"' in words(visit(pairing.mentee, "decision", decision.pk))
    times = [datetime.combine(decision.decide_by - timedelta(days=1), time(11), UTC)]
    meeting = meetings.propose(pairing=pairing, user=pairing.mentee, times=times, minutes=60, now=NOW)
    seen = words(visit(pairing.mentor, "decision", decision.pk))
    assert f'href="{reverse("engagements:meeting", args=[meeting.pk])}"' in seen
    assert "Look at the times offered" in seen
    meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=times[0], now=NOW)
    assert "No meeting is planned" not in words(visit(pairing.mentee, "decision", decision.pk))


@pytest.fixture
def pairing(clock):
    return stories.active()


@pytest.fixture
def decision(pairing):
    return stories.asked(pairing, situation=SECRET)


def test_a_decision_goes_its_way_between_two_people(visit, send, clock, pairing):
    mentee, mentor = pairing.mentee, pairing.mentor
    assert send(mentee, "new_decision", pairing.pk, **ASKED).status_code == 302
    decision = Decision.objects.get()
    assert "asks for your view on a decision" in words(visit(mentor, "pairing", pairing.pk))
    seen = words(visit(mentor, "decision", decision.pk))
    for expected in (
        SECRET,
        "Sell the mill?",
        "60 %",
        "Give my view",
        "Friday 13 March",
        "Propose times for a meeting",
    ):
        assert expected in seen
    send(mentor, "decision_view", decision.pk, **VIEW)
    seen = words(visit(mentee, "decision", decision.pk))
    assert VIEW["consequences"] in seen
    assert VIEW["question"] in seen
    send(mentee, "decision_decide", decision.pk, **MADE)
    assert "80 %, 60 % before" in words(visit(mentor, "decision", decision.pk))
    clock.moment = NOW + timedelta(days=10)
    assert "What came of your decision?" in words(visit(mentee, "pairing", pairing.pk))
    assert "What came of your decision?" not in words(visit(mentor, "pairing", pairing.pk))
    send(mentee, "decision_look_back", decision.pk, outcome="partly", lesson="Too slow.")
    log = words(visit(mentor, "decisions", pairing.pk))
    assert "Partly as hoped" in log
    assert "1 decision is looked back on. That is too few to say anything" in log
    assert "232 232" not in log


def test_from_five_on_the_log_draws_how_sure_and_how_right(visit, pairing):
    for number in range(5):
        row = stories.asked(pairing, title=f"Number {number}")
        said = {"choice": "Yes.", "confidence_after": 90, "look_back_on": stories.END}
        decisions.decide(decision=row, user=pairing.mentee, **said, now=NOW)
        decisions.look_back(decision=row, user=pairing.mentee, outcome="hoped" if number else "not", now=NOW)
    for person in (pairing.mentee, pairing.mentor):
        page = words(visit(person, "decisions", pairing.pk))
        assert '<svg viewBox="-16 -16 232 232" role="img" aria-label="90 per cent sure, 80 per cent as hoped">' in page
        assert "90 % sure on average, 80 % as hoped: about as sure as right" in page
        assert "80–100 %" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("confidence_before", "101"),
        ("confidence_before", ""),
        ("decide_by", "2026-03-01"),
        ("decide_by", ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept(send, pairing, field, value):
    refused = send(pairing.mentee, "new_decision", pairing.pk, **{**ASKED, field: value})
    assert list(refused.context["form"].errors) == [field]
    assert SECRET in words(refused)


def test_a_view_that_came_too_late_is_given_back(send, decision):
    said = {"choice": "Sell.", "confidence_after": 50, "look_back_on": stories.END}
    decisions.decide(decision=decision, user=decision.pairing.mentee, **said, now=NOW)
    late = send(decision.pairing.mentor, "decision_view", decision.pk, **VIEW)
    assert late.status_code == 409
    assert VIEW["consequences"] in words(late)
    decision.refresh_from_db()
    assert decision.consequences is None


def test_two_pages_open_on_one_view_do_not_overwrite_each_other(visit, send, decision):
    mentor = decision.pairing.mentor
    version = visit(mentor, "decision_view", decision.pk).context["form"].version
    send(mentor, "decision_view", decision.pk, version=version, consequences="First words.")
    send(mentor, "decision_view", decision.pk, version=version, question="Second words?")
    found = Decision.objects.select_related("pairing__key").get()
    assert (found.read("consequences"), found.read("question")) == ("First words.", "Second words?")


def test_dropped_it_can_be_asked_about_again(visit, send, decision):
    mentee = decision.pairing.mentee
    send(mentee, "drop_decision", decision.pk)
    assert "Ask about it again" in words(visit(mentee, "decision", decision.pk))
    assert "asks for your view on a decision" not in words(
        visit(decision.pairing.mentor, "pairing", decision.pairing_id)
    )
    send(mentee, "decision_change", decision.pk, **ASKED)
    decision.refresh_from_db()
    assert decision.state == "asked"
    send(decision.pairing.mentor, "drop_decision", decision.pk)
    decision.refresh_from_db()
    assert decision.state == "asked"


def test_a_pairing_that_is_over_is_read_by_both(visit, decision):
    pairing = decision.pairing
    pairings.end_early(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="other", now=NOW)
    for person in (pairing.mentee, pairing.mentor):
        assert SECRET in words(visit(person, "decision", decision.pk))
        assert "Sell the mill?" in words(visit(person, "decisions", pairing.pk))
        for name in ("decision_change", "decision_view", "decision_decide"):
            assert visit(person, name, decision.pk).status_code == 302
    assert visit(pairing.mentee, "new_decision", pairing.pk).status_code == 302


def test_a_foreign_decision_is_a_missing_one(visit, send, decision):
    names = ("decision", "decision_change", "decision_view", "decision_decide", "decision_look_back")
    for stranger in (people.person(), stories.active().mentor):
        for name in names:
            assert as_missing(visit(stranger, name, decision.pk), visit(stranger, name, MISSING), decision.pk, MISSING)
        assert send(stranger, "drop_decision", decision.pk).status_code == 404
    assert reverse("engagements:decision", args=[decision.pk]) in words(
        visit(decision.pairing.mentor, "pairing", decision.pairing_id)
    )
