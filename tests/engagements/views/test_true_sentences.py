"""Which claims a pairing's pages may make in which state: walked for both sides, from the introduction to each end."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from common.transitions import Actor
from engagements.domain import lengths
from matching.domain import pairings
from matching.models import Pairing
from tests.engagements import stories
from tests.engagements.stories import END, NOW

pytestmark = pytest.mark.django_db


def paused() -> Pairing:
    pairing = stories.active()
    until = (NOW + timedelta(days=20)).date()
    return pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=until, now=NOW)


def longer() -> Pairing:
    """The mentee has proposed a later end; the mentor is still to answer."""
    pairing = stories.active()
    lengths.propose(pairing=pairing, user=pairing.mentee, planned_end=END + timedelta(days=30), now=NOW)
    pairing.refresh_from_db()
    return pairing


def looked_back_by_one() -> Pairing:
    pairing = stories.closing()
    stories.looked_back(pairing)
    pairing.refresh_from_db()
    return pairing


def stopped(pairing: Pairing) -> Pairing:
    pairings.end_early(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="time", now=NOW)
    pairing.refresh_from_db()
    return pairing


STATES: dict[str, Callable[[], Pairing]] = {
    "introduced": stories.introduced,
    "agreeing": stories.agreeing,
    "active": stories.active,
    "longer": longer,
    "paused": paused,
    "closing": stories.closing,
    "looked back": looked_back_by_one,
    "completed": lambda: stories.complete(stories.closing()),
    "ended before it began": lambda: stopped(stories.introduced()),
    "ended early": lambda: stopped(stories.active()),
}
BEFORE = {"introduced", "agreeing"}
RUNNING = {"active", "longer"}
CLOSING = {"closing", "looked back"}
OVER = {"completed", "ended before it began", "ended early"}

# What is said on the pages of a pairing, and in which states at least one of the two may read it.
CLAIMS: dict[str, set[str]] = {
    "Follows once both of you have said to go ahead.": {"introduced"},
    "Both of you have said to go ahead; one of you writes it now.": {"agreeing"},
    "Signed by both.": RUNNING | CLOSING | {"paused", "completed", "ended early"},
    "None was written.": {"ended before it began"},
    "They begin once both of you have signed the agreement": BEFORE,
    "You were asked for none.": OVER | CLOSING,
    "None has been due yet.": {"paused"},
    "They are set once your pairing has begun.": BEFORE,
    "None was set.": OVER,
    "Set a goal": RUNNING | CLOSING | {"paused"},
    "Propose a goal": RUNNING | CLOSING | {"paused"},
    "They can be described here once your pairing has begun.": BEFORE,
    "None was described here.": OVER,
    "Ask for a view": RUNNING | CLOSING | {"paused"},
    "Nothing stands here yet.": BEFORE | RUNNING | CLOSING | {"paused"},
    "Propose another length": RUNNING | {"paused"},
    "You proposed to end on": {"longer"},
    "proposes to end on": {"longer"},
    "It begins once both of you have signed the agreement.": BEFORE,
    "Both of you are asked then.": RUNNING,
    "Looking back": CLOSING | {"completed"},
    "has looked back already.": {"looked back"},
    "You looked back on": {"looked back", "completed"},
    "Correct what you said": {"looked back"},
}


@pytest.mark.parametrize("state", STATES)
def test_what_is_claimed_is_true_in_this_state(visit, state):
    pairing = STATES[state]()
    said = " ".join(
        " ".join(response.content.decode().split())
        for person in (pairing.mentee, pairing.mentor)
        for page in ("pairing", "stock", "length", "decisions")
        if (response := visit(person, page, pairing.pk)).status_code == 200
    )
    assert {claim for claim in CLAIMS if claim in said} == {claim for claim, true in CLAIMS.items() if state in true}
