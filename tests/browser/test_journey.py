"""The main job as two people do it in a browser: ask, accept, agree, be reminded, answer.

Once on a desk, once on a telephone, and once with JavaScript switched off.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from common.clock import now
from engagements.models import CheckIn
from matching.models import Pairing
from outbox.tasks import deliver
from tests import people
from tests.browser.conftest import NARROW, WIDE, Visitor, assert_accessible_by_day_and_night, assert_fits
from tests.matching import factories

pytestmark = [pytest.mark.django_db(transaction=True)]

NOTE = "I must tell my chair something he will not like."
DAY = timedelta(days=1)


def link_in(letter: Any) -> str:
    """Where the letter's button leads."""
    button = re.search(r'class="act".*?href="([^"]+)"', str(letter.alternatives[0][0]), re.DOTALL)
    assert button, letter.body
    return button[1]


def last_letter_to(user: User) -> Any:
    deliver()
    return [letter for letter in mail.outbox if letter.to == [user.email]][-1]


def sign_in(page: Page, user: User) -> None:
    """By a code, as most people will."""
    page.goto(reverse("account_login"))
    page.locator("#id_email").fill(user.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your e-mails")
    code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", str(last_letter_to(user).body))
    assert code
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sound(page: Page, *, scripts: bool) -> None:
    """What every page of the journey must be, by day and by night; axe itself needs JavaScript."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    if scripts:
        assert_fits(page)
        assert_accessible_by_day_and_night(page)


@pytest.fixture
def pair() -> tuple[User, User]:
    """A mentee and a mentor of one running cohort, nothing between them yet."""
    today = now().date()
    cohort = factories.cohort(starts_on=today - 30 * DAY, ends_on=today + 200 * DAY, check_in_weeks=1)
    mentee, mentor = factories.couple(cohort, people.mentee("Amara Diallo"), people.mentor("Tomas Varga"))
    from tests.browser.conftest import confirmed

    return confirmed(mentee.person), confirmed(mentor.person)


@pytest.mark.slow(
    reason="a pair's whole story, on two screens and without scripts, with the demo's clock moved by weeks"
)
@pytest.mark.parametrize(
    ("width", "scripts"), [(WIDE, True), (NARROW, True), (NARROW, False)], ids=["desk", "telephone", "no-scripts"]
)
def test_asked_accepted_agreed_reminded_answered(
    width: int, scripts: bool, visitor: Visitor, pair: tuple[User, User]
) -> None:
    mentee, mentor = visitor.page(width, scripts=scripts), visitor.page(width, scripts=scripts)
    ask(mentee, *pair, scripts=scripts)
    pairing = accept(mentor, pair[1], scripts=scripts)
    agree(mentee, mentor, pairing, scripts=scripts)
    first = CheckIn.objects.filter(pairing=pairing, side="mentee").order_by("round")[0]
    move_clock(visitor.page(width, scripts=scripts), until=first, scripts=scripts)
    answer(mentee, pair[0], first, scripts=scripts)


def ask(page: Page, mentee: User, mentor: User, *, scripts: bool) -> None:
    """From the suggestions, with reasons, to a request with a note."""
    sign_in(page, mentee)
    page.goto(reverse("matching:suggestions"))
    sound(page, scripts=scripts)
    expect(page.get_by_text("working with a board", exact=False).first).to_be_visible()
    page.get_by_role("link", name=mentor.name).first.click()
    expect(page.get_by_role("heading", name="Why it could fit, and where it may not")).to_be_visible()
    sound(page, scripts=scripts)
    page.get_by_role("link", name="Write your request").click()
    page.get_by_label("Your note to Tomas").fill(NOTE)
    sound(page, scripts=scripts)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("You have asked Tomas Varga.")).to_be_visible()
    sound(page, scripts=scripts)


def accept(page: Page, mentor: User, *, scripts: bool) -> Pairing:
    """By the link in the letter, which asks to sign in first."""
    letter = last_letter_to(mentor)
    assert NOTE not in str(letter.body) + str(letter.alternatives)
    sign_in(page, mentor)
    page.goto(link_in(letter))
    expect(page.get_by_text(NOTE)).to_be_visible()
    sound(page, scripts=scripts)
    page.get_by_text("Accept", exact=True).click()
    sound(page, scripts=scripts)
    page.get_by_role("button", name="Accept and be introduced").click()
    expect(page.get_by_text("You have accepted.")).to_be_visible()
    sound(page, scripts=scripts)
    return Pairing.objects.get()


def agree(mentee: Page, mentor: Page, pairing: Pairing, *, scripts: bool) -> None:
    """Both go ahead, the mentee writes the agreement, the mentor signs it."""
    for page in (mentee, mentor):
        page.goto(reverse("engagements:chemistry", args=[pairing.pk]))
        sound(page, scripts=scripts)
        page.get_by_label("Yes, let us go ahead").check()
        page.get_by_role("button", name="Send my answer").click()
        expect(page).to_have_url(re.compile(rf"{pairing.pk}/$"))  # sent, and led back: no longer the page of the answer
    mentee.goto(reverse("engagements:change_agreement", args=[pairing.pk]))
    sound(mentee, scripts=scripts)
    mentee.locator("main form button[type=submit]").first.click()
    expect(mentee.get_by_text("Sent and signed.")).to_be_visible()
    mentor.goto(reverse("engagements:agreement", args=[pairing.pk]))
    sound(mentor, scripts=scripts)
    mentor.get_by_role("button", name="Sign the agreement").click()
    expect(mentor.get_by_text("Signed by both: your pairing has begun.")).to_be_visible()
    sound(mentor, scripts=scripts)


def move_clock(page: Page, *, until: CheckIn, scripts: bool) -> None:
    """Forward on the demo's mailbox page until the check-in is due, by days in the end: each hour takes its time."""
    while now() < until.due_at:
        page.goto(reverse("demo:mailbox"))
        step = "week" if until.due_at - now() > 7 * DAY else "day"
        page.get_by_role("button", name=re.compile(step, re.IGNORECASE)).first.click(timeout=120_000)
        go_on = page.get_by_role("button", name="Go on")
        while not scripts and go_on.count():
            go_on.click()
        expect(page.locator("#toasts")).to_contain_text("arrived", timeout=120_000)
        expect(page.get_by_role("heading", name="Mailbox of the demo")).to_be_visible(timeout=120_000)


def answer(page: Page, mentee: User, row: CheckIn, *, scripts: bool) -> None:
    """From the reminder's link to the answer."""
    mine = [str(letter.alternatives[0][0]) for letter in mail.outbox if letter.to == [mentee.email]]
    # On that day it may come with others in one e-mail.
    links = [link for letter in mine for link in re.findall(r'href="([^"]+)"', letter) if str(row.pk) in link]
    page.goto(links[0])
    sound(page, scripts=scripts)
    for question in page.locator("main form fieldset").all()[:3]:
        question.get_by_label("4").check(force=True)
    page.get_by_label("Yes").check()
    page.get_by_label("Anything to bring to the next meeting?").fill("The second plant.")
    page.get_by_role("button", name="Send the check-in").click()
    expect(page.get_by_role("button", name="Send the check-in")).to_have_count(0)
    row.refresh_from_db()
    assert row.state == "answered"
    sound(page, scripts=scripts)
