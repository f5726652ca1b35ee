"""What the pages of goals, decisions, taking stock, reviews, scores and assistants claim in each state of a pairing.

One pair goes from its beginning to its end, so that each state is looked at once; the table beside
`test_true_sentences.py`, whose pairings are empty.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common.transitions import Actor
from engagements.domain import assistants, decisions, goals
from engagements.models import Assistant
from matching.domain import pairings
from matching.models import Pairing
from tests.engagements import stories
from tests.engagements.stories import END, NOW

pytestmark = pytest.mark.django_db

RUNNING, WRITING, ALL = {"active"}, {"active", "paused", "closing"}, {"active", "paused", "closing", "over"}
OVER = {"over"}
CLAIMS: dict[str, set[str]] = {
    "It is yours to take up, or not.": WRITING,
    "takes it up, or not.": WRITING,
    "A goal that you proposed.": ALL,
    "Under way": WRITING,
    "Under way when your pairing ended": OVER,
    "Proposed, and not taken up before your pairing ended": OVER,
    "How does it stand?": WRITING,
    "Go on with it": WRITING,
    "Propose it once more": WRITING,
    "Reached, let go or not taken up": ALL,
    "Waits for a view": WRITING,
    "Without a view when your pairing ended": OVER,
    "As they were left": OVER,
    "due by 1 April": WRITING,
    "look back on 11 December": WRITING,
    "Record what you decided": WRITING,
    "Give my view": WRITING,
    "None can be planned at present.": {"paused"},
    "None can be planned any more.": OVER,
    "reads it once they have, too, or when this round is over.": WRITING,
    "has answered; you read it once you have, too, or when this round is over.": WRITING,
    "Open until Monday 23 March": WRITING,
    "Correct what you said": WRITING,
    "did not answer.": OVER,
    "You did not answer.": OVER,
    "If both of you agree, you and": WRITING,
    "Offer to share my scores": WRITING,
    "The pairing is over: no check-ins follow that could be shared.": OVER,
    "Looking back takes under five minutes, and may be corrected until then.": {"closing"},
    "Your pairing ends once both of you have looked back": {"closing"},
}


def full() -> tuple[Pairing, list[tuple[str, object]]]:
    """An active pairing with a goal and a decision in every state, and stock taken by one; and all its pages."""
    pairing = stories.active()
    mentee, mentor = pairing.mentee, pairing.mentor
    by = {"reach": mentee, "let_go": mentee, "turn_down": mentor, "withdraw": mentor, "": mentor}
    pages: list[tuple[str, object]] = [("goal", _goal(pairing, mentee, "Mine"))]
    for verb, writer in by.items():
        goal = _goal(pairing, writer, f"Goal {verb}")
        if verb:
            actor = mentor if verb == "withdraw" else mentee
            goals.act(goal=goal, verb=verb, user=actor, now=NOW)
        pages.append(("goal", goal))
    asked, viewed, decided = (stories.asked(pairing, title=f"Decision {number}") for number in range(3))
    decisions.give_view(decision=viewed, user=mentor, view=decisions.View(question="And then?"), now=NOW)
    said = {"choice": "Sold.", "confidence_after": 70, "look_back_on": END}
    decisions.decide(decision=decided, user=mentee, **said, now=NOW)
    pages += [("decision", each) for each in (asked, viewed, decided)]
    stories.stock_taken(pairing)
    pages += [(name, pairing) for name in ("pairing", "decisions", "stock", "shared_scores", "review")]
    return pairing, pages


def _goal(pairing, writer, title):
    return goals.propose(pairing=pairing, user=writer, words=goals.GoalWords(title), now=NOW)


def to_state(pairing: Pairing, state: str) -> None:
    """On to the next: paused, resumed and closing, over."""
    pairing.refresh_from_db()
    mentor = {"pairing": pairing, "user": pairing.mentor, "actor": Actor.MENTOR, "now": NOW}
    if state == "paused":
        pairings.pause(**mentor, until=(NOW + timedelta(days=5)).date())
    elif state == "closing":
        resumed = pairings.resume(**mentor)
        pairings.begin_closing(**{**mentor, "pairing": resumed})
    elif state == "over":
        pairings.end_early(**mentor, end_class="time")


def test_what_is_claimed_of_what_a_pair_wrote_is_true_in_each_state(visit):
    pairing, pages = full()
    for state in ("active", "paused", "closing", "over"):
        to_state(pairing, state)
        answers = [
            visit(who, name, what.pk) for who in (pairing.mentee, pairing.mentor) for name, what in pages if what.pk
        ]
        said = " ".join(" ".join(each.content.decode().split()) for each in answers if each.status_code == 200)
        found = {claim for claim in CLAIMS if claim in said}
        if state == "over":
            found -= {"Under way"}  # the beginning of another claim
        assert found == {claim for claim, true in CLAIMS.items() if state in true}, state


def test_once_both_have_taken_stock_each_reads_the_other_and_nobody_waits(visit):
    pairing = stories.active()
    stories.stock_taken(pairing)
    stories.stock_taken(pairing, "mentor", mark=1)
    for who in (pairing.mentee, pairing.mentor):
        text = visit(who, "stock", pairing.pk).content.decode()
        assert "or when this round is over" not in text
        assert "Where you differ" in text
        assert "Correct what you said" in text
        assert "both of you answered" in visit(who, "pairing", pairing.pk).content.decode()


def test_the_second_to_look_back_reads_that_it_completes(visit):
    pairing = stories.closing()
    stories.looked_back(pairing)
    text = visit(pairing.mentor, "review", pairing.pk).content.decode()
    assert "When you send this, your pairing is completed" in text
    assert "You may correct it until" not in text
    assert "When you send this" not in visit(pairing.mentee, "review", pairing.pk).content.decode()


ASSISTANT = {
    "The invitation is open until": {"invited"},
    "Send it again": {"invited"},
    "Handles your meeting times since": {"serving", "unwritten"},
    "as well.": {"serving"},
    "E-mails about them do not go to Kim Lee.": {"unwritten"},
    "go to you alone": set(),  # there may be another assistant, who is written to
    "Invite an assistant": {"over"},
    "Invite somebody else": {"invited", "serving", "unwritten"},
}


def states_of_an_assistant(leader):
    """An assistant from the invitation to the end, named at each step."""
    row = assistants.invite(leader=leader, email="kim@lee.example", name="Kim Lee", now=NOW)
    yield "invited"
    assistants.end(assistant=row, user=leader, now=NOW)
    row = stories.assistant(leader)
    yield "serving"
    assistants.choose_emails(assistant=row, user=leader, emails=False, now=NOW)
    yield "unwritten"
    assistants.end(assistant=row, user=leader, now=NOW)
    yield "over"


def test_what_is_claimed_of_an_assistant_is_true_in_each_state(client, clock):
    leader = stories.active().mentee
    for state in states_of_an_assistant(leader):
        client.force_login(leader)
        said = " ".join(client.get(reverse("engagements:assistants")).content.decode().split())
        assert {claim for claim in ASSISTANT if claim in said} == {
            claim for claim, true in ASSISTANT.items() if state in true
        }, state


def test_an_assistant_reads_of_nobody_once_it_is_over(clock):
    leader = stories.active().mentee
    row = stories.assistant(leader)
    desk = Client()
    desk.force_login(row.person)
    assert "You propose, pick, move and call off for the leaders named here." in _page(desk)
    assistants.end(assistant=Assistant.objects.get(pk=row.pk), user=leader, now=NOW)
    assert "You handle nobody’s meeting times at present." in _page(desk)


def _page(desk):
    return desk.get(reverse("engagements:assisting")).content.decode()
