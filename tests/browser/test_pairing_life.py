"""The life of one pairing as two people and an assistant lead it in a browser, from the agreement to the look back.

On a desk by keyboard alone, on a telephone, and on a telephone without JavaScript.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.calendars import today_of
from accounts.models import User
from common.clock import now
from engagements.models import CheckIn, Decision, Goal, Meeting
from matching.models import Pairing
from matching.states import PairingState
from tests import people
from tests.browser.conftest import NARROW, WIDE, Visitor, assert_accessible_by_day_and_night, assert_fits
from tests.engagements import stories
from tests.matching import factories

pytestmark = [pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], Page]
DAY = timedelta(days=1)
HAS_FOCUS = """one => { const on = document.activeElement;
    return one === on || (one.type === "radio" && one.name === on.name); }"""
SKIP, MOST_TABS = "Skip to the page", 90


class Pointer:
    """Somebody with a mouse, or a thumb."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, route: str, pk: object) -> None:
        self.page.goto(reverse(f"engagements:{route}", args=[pk]))

    def field(self, name: str, value: str = "") -> Locator:
        which = f'[name="{name}"][value="{value}"]' if value else f'[name="{name}"]'
        return self.page.locator(f"main {which}").first

    def write(self, name: str, words: str) -> None:
        self.field(name).fill(words)

    def choose(self, name: str, value: str = "") -> None:
        self.field(name, value).check(force=True)

    def press(self, name: str) -> None:
        """A button or link that leads to another page."""
        with self.page.expect_navigation():
            self.act(self.page.get_by_role("main").locator("a, button, summary").filter(has_text=name).first)

    def act(self, control: Locator) -> None:
        control.click()


class Keyboard(Pointer):
    """Somebody who touches nothing but keys."""

    def open(self, route: str, pk: object) -> None:
        super().open(route, pk)
        self.page.keyboard.press("Tab")
        expect(self.page.get_by_role("link", name=SKIP)).to_be_focused()
        self.page.keyboard.press("Enter")

    def reach(self, control: Locator) -> None:
        """Tab until it has the focus, or another one of its group."""
        for _press in range(MOST_TABS):
            if control.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{control} is not reached by Tab on {self.page.url}")

    def write(self, name: str, words: str) -> None:
        self.reach(self.field(name))
        if self.field(name).get_attribute("type") == "date":
            words = "".join(reversed(words.split("-")))  # as it is typed in Great Britain
        self.page.keyboard.type(words)

    def choose(self, name: str, value: str = "") -> None:
        wanted = self.field(name, value)
        self.reach(wanted)
        self.page.keyboard.press("Space")
        for _press in range(5):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"{name} cannot be {value} on {self.page.url}")

    def act(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")


@pytest.fixture
def pairing() -> Pairing:
    """Both have met for the first time and said to go ahead; the mentor has an assistant."""
    today = now().date()
    cohort = factories.cohort(starts_on=today - 30 * DAY, ends_on=today + 200 * DAY, check_in_weeks=4)
    couple = factories.couple(cohort, people.mentee("Amara Diallo"), people.mentor("Tomas Varga"))
    return stories.agreeing(now=now(), mentee=couple[0], mentor=couple[1], at=now())


@pytest.mark.slow(reason="a pairing's whole life, on two screens and without scripts")
@pytest.mark.parametrize(
    ("hand", "width", "scripts"),
    [(Keyboard, WIDE, True), (Pointer, NARROW, True), (Pointer, NARROW, False)],
    ids=["desk-by-keyboard", "telephone", "no-scripts"],
)
def test_a_pairing_lives(
    hand: type[Pointer], width: int, scripts: bool, visitor: Visitor, signed_in: SignIn, pairing: Pairing
) -> None:
    kim = stories.assistant(pairing.mentor, now=now())
    mentee, mentor, assistant = (
        hand(signed_in(visitor.page(width, scripts=scripts), person))
        for person in (pairing.mentee, pairing.mentor, kim.person)
    )

    def sound(*hands: Pointer) -> None:
        """The pairing's page, at this stage of its life."""
        for each in hands:
            each.open("pairing", pairing.pk)
            expect(each.page.get_by_role("heading", level=1)).to_have_count(1)
            if scripts:
                assert_fits(each.page)
                assert_accessible_by_day_and_night(each.page)

    agree(mentee, mentor, pairing)
    meet(mentee, mentor, assistant, pairing)
    work(mentee, mentor, pairing)
    sound(mentee)
    check_in(mentee, pairing)
    take_stock(mentee, mentor, pairing)
    look_back(mentee, mentor, pairing, sound)
    sound(mentee)


def agree(mentee: Pointer, mentor: Pointer, pairing: Pairing) -> None:
    mentee.open("change_agreement", pairing.pk)
    mentee.press("Sign and send")
    mentor.open("agreement", pairing.pk)
    mentor.press("Sign the agreement")
    expect(mentor.page.get_by_text("Signed by both: your pairing has begun.")).to_be_visible()


def meet(mentee: Pointer, mentor: Pointer, assistant: Pointer, pairing: Pairing) -> None:
    """The mentee proposes and the mentor picks; proposes once more, and the mentor's assistant picks."""
    for picks in (mentor, assistant):
        mentee.open("propose_meeting", pairing.pk)
        mentee.choose("times")
        mentee.press("Send them to Tomas")
        expect(mentee.page.get_by_text("Sent. Tomas is asked to pick one.")).to_be_visible()
        meeting = Meeting.objects.get(pairing=pairing, state="proposed")
        if picks is mentor:
            mentor.open("meeting", meeting.pk)
        else:
            assistant.page.goto(reverse("engagements:assisting"))
            expect(assistant.page.get_by_role("main")).to_contain_text("Amara Diallo")
        with picks.page.expect_navigation():
            picks.act(picks.field("starts_at"))
        meeting.refresh_from_db()
        assert meeting.state == "agreed"
    assert meeting.handled is not None
    assert assistant.page.request.get(reverse("engagements:pairing", args=[pairing.pk])).status == 404


def work(mentee: Pointer, mentor: Pointer, pairing: Pairing) -> None:
    """A goal, and a decision with the mentor's view."""
    mentee.open("new_goal", pairing.pk)
    mentee.write("title", "Lead the merged unit.")
    mentee.press("Set the goal")
    assert Goal.objects.get().state == "open"
    mentee.open("new_decision", pairing.pk)
    mentee.write("title", "Sell the mill?")
    mentee.write("confidence_before", "60")
    mentee.write("decide_by", (now().date() + 20 * DAY).isoformat())
    mentee.press("Ask for a view")
    decision = Decision.objects.get()
    mentor.open("decision_view", decision.pk)
    mentor.write("question", "What would you regret?")
    mentor.press("Give my view")
    mentee.open("decision_decide", decision.pk)
    mentee.write("choice", "Keep it for a year.")
    mentee.write("confidence_after", "80")
    mentee.press("Record the decision")
    decision.refresh_from_db()
    assert decision.state == "decided"


def check_in(mentee: Pointer, pairing: Pairing) -> None:
    """The first one is due now."""
    row = CheckIn.objects.get(pairing=pairing, side="mentee", round=1)
    CheckIn.objects.filter(pk=row.pk).update(due_at=now())
    mentee.open("check_in", row.pk)
    for name in ("connection", "clarity", "competency"):
        mentee.choose(name, "4")
    mentee.choose("met", "yes")
    mentee.press("Send the check-in")
    row.refresh_from_db()
    assert (row.state, row.connection, row.met) == ("answered", 4, True)


def take_stock(mentee: Pointer, mentor: Pointer, pairing: Pairing) -> None:
    """Both take stock, and then read each other."""
    row = stories.stock_round(pairing)
    if not row.is_open(today_of(pairing.mentee, now())):
        type(row).objects.filter(pk=row.pk).update(opens_on=now().date())
    for hand, words in ((mentee, "I see early what will go wrong."), (mentor, "People tell you the truth.")):
        hand.open("take_stock", row.pk)
        hand.choose(f"topic_{row.topics[0].hex}", "3")
        hand.write("strengths", words)
        hand.press("Save")
    mentee.open("stock", pairing.pk)
    expect(mentee.page.get_by_text("People tell you the truth.")).to_be_visible()


def look_back(mentee: Pointer, mentor: Pointer, pairing: Pairing, sound: Callable[[Pointer], None]) -> None:
    """The mentee begins the closing; once both have looked back, the pairing is completed."""
    mentee.open("close", pairing.pk)
    mentee.press("Begin the closing")
    sound(mentor)
    mentee.open("review", pairing.pk)
    answers = {"mistakes_avoided": "clearly", "faster": "somewhat", "decisions": "clearly", "goals": "most"}
    for name, value in {**answers, "connection": "5", "clarity": "4", "competency": "4"}.items():
        mentee.choose(name, value)
    mentee.write("takes_away", "To ask before I answer.")
    mentee.choose("shared")
    mentee.choose("again", "yes")
    mentee.press("Send it")
    mentor.open("review", pairing.pk)
    mentor.write("learned", "That I need a mentor, too.")
    mentor.choose("again", "yes")
    mentor.press("Send it, and complete the pairing")
    pairing.refresh_from_db()
    assert pairing.state == PairingState.COMPLETED
    mentor.open("pairing", pairing.pk)
    expect(mentor.page.get_by_text("To ask before I answer.")).to_be_visible()
    expect(mentor.page.get_by_role("link", name=re.compile("I need a mentor, too")).first).to_be_visible()
