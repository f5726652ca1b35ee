"""By keyboard alone: a mentee asks, a mentor accepts, both agree, a check-in is answered, a coordinator approves.

Every control on the way must show that it has the focus.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from cohorts.models import Cohort
from cohorts.states import EnrolmentState, Role
from common.clock import now
from engagements.models import CheckIn
from matching.domain import runs
from matching.models import Pairing, Request
from matching.states import PairingState
from tests import people
from tests.browser.conftest import DESK, NARROW, WIDE, Visitor, assert_accessible_by_day_and_night, assert_fits
from tests.matching import factories

pytestmark = [pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], Page]


def running(*coordinators: User) -> Cohort:
    today = now().date()
    dates = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=200)}
    return factories.cohort(coordinators=coordinators, **dates)


@pytest.fixture
def pair() -> tuple[User, User]:
    """A mentee and the only mentor there is."""
    mentee, mentor = factories.couple(running(), people.mentee("Amara Diallo"), people.mentor("Ruth Adeyemi"))
    return mentee.person, mentor.person


def test_a_mentee_asks(visitor: Visitor, signed_in: SignIn, pair: tuple[User, User]) -> None:
    page = signed_in(visitor.page(), pair[0])
    page.goto(reverse("home"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    press_through_to(page, "Find a mentor")
    press_through_to(page, "Ruth Adeyemi")
    press_through_to(page, "Write your request")
    tab_to(page, "Your note to Ruth")
    page.keyboard.type("I must tell my chair something he will not like.")
    press_through_to(page, "Send the request")
    expect(page.get_by_text("You have asked Ruth Adeyemi.")).to_be_visible()
    assert Request.objects.get().mentee == pair[0]


def test_a_mentor_looks_thinks_again_and_accepts(visitor: Visitor, signed_in: SignIn, pair: tuple[User, User]) -> None:
    asked = factories.request(pair[0].enrolments.get(), pair[1].enrolments.get(), at=now())
    page = signed_in(visitor.page(), pair[1])
    page.goto(reverse("home"))
    press_through_to(page, "Read the request")
    tab_to(page, "Accept")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Accept and be introduced")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have accepted.")).to_be_visible()
    assert Pairing.objects.get().request == asked


def test_a_pair_goes_ahead_agrees_and_answers(visitor: Visitor, signed_in: SignIn) -> None:
    pairing = factories.pairing(*factories.couple(running()), at=now())
    mentee, mentor = signed_in(visitor.page(), pairing.mentee), signed_in(visitor.page(), pairing.mentor)
    for page in (mentee, mentor):
        page.goto(reverse("engagements:pairing", args=[pairing.pk]))
        press_through_to(page, "Say whether to go ahead")
        tab_to(page, "Yes, let us go ahead")
        page.keyboard.press("Space")
        press_through_to(page, "Send my answer")
    press_through_to(mentor, "Write the agreement")
    press_through_to(mentor, "Sign and send")
    mentee.goto(reverse("home"))
    press_through_to(mentee, "Read and sign")
    press_through_to(mentee, "Sign the agreement")
    expect(mentee.get_by_text("Signed by both: your pairing has begun.")).to_be_visible()


def test_a_check_in_is_answered(visitor: Visitor, signed_in: SignIn) -> None:
    pairing = factories.pairing(*factories.couple(running()), state=PairingState.ACTIVE, at=now())
    due = CheckIn.objects.create(
        pairing=pairing, side="mentee", person=pairing.mentee, round=1, day=now().date(), due_at=now()
    )
    page = signed_in(visitor.page(), pairing.mentee)
    page.goto(reverse("home"))
    press_through_to(page, "Start the check-in")
    for _question in range(3):
        tab_to(page, "1")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
    tab_to(page, "Yes")
    page.keyboard.press("Space")
    press_through_to(page, "Send the check-in")
    due.refresh_from_db()
    assert (due.state, due.connection, due.clarity, due.competency, due.met) == ("answered", 2, 2, 2, True)


def test_a_coordinator_approves(visitor: Visitor, signed_in: SignIn) -> None:
    coordinator = people.person("Clara Whitfield", staff=True)
    waiting = factories.enrolment(running(coordinator), role=Role.MENTEE, state=EnrolmentState.PENDING)
    page = signed_in(visitor.page(WIDE), coordinator)
    page.goto(reverse("admin:cohorts_enrolment_changelist"))
    press_through_to(page, waiting.person.name)
    press_through_to(page, "Approve")
    press_through_to(page, "Approve")
    waiting.refresh_from_db()
    assert waiting.state == EnrolmentState.APPROVED


@pytest.mark.slow(reason="three pages of the desk, wide and narrow, each by all of axe's rules by day and by night")
@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["desk", "telephone"])
def test_a_coordinator_publishes_a_run(visitor: Visitor, signed_in: SignIn, width: int) -> None:
    coordinator = people.person("Clara Whitfield", staff=True)
    here = running(coordinator)
    for _ in range(2):
        factories.couple(here)
    run = runs.make(cohort=here, user=coordinator, terms=runs.Terms(), now=now())
    page = signed_in(visitor.page(width), coordinator)
    page.goto(reverse("admin:matching_matchrun_changelist"))
    press_through_to(page, here.name)
    press_through_to(page, "Publish")
    expect(page.get_by_text("2 proposals become requests")).to_be_visible()
    sound(page)
    assert not Request.objects.exists()
    press_through_to(page, "Publish")
    expect(page.get_by_text("Published: 2 requests are made; 0 proposals are held back.")).to_be_visible()
    sound(page)
    assert Request.objects.filter(proposal__run=run).count() == 2
    press_through_to(page, "Waiting for the mentor")
    listed = page.locator("#result_list")
    expect(listed.get_by_role("link", name="waiting for the mentor’s answer")).to_have_count(2)
    sound(page)


def sound(page: Page) -> None:
    assert_fits(page)
    assert_accessible_by_day_and_night(page, **DESK)


def press_through_to(page: Page, name: str) -> None:
    """Tab to the control of this name, press Enter, and wait for the page it leads to."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
    """Tab from control to control until the one whose name begins so."""
    for _press in range(80):
        page.keyboard.press("Tab")
        on = page.evaluate(
            """() => { const at = document.activeElement, style = getComputedStyle(at);
                const box = at.closest(".choice") ?? at.closest("label") ?? at, around = getComputedStyle(box);
                const names = [at.labels?.[0], document.getElementById(at.getAttribute("aria-labelledby")), at];
                const name = names.find(Boolean).textContent.trim() || at.value || "";
                const shows = (one) => one.outlineStyle !== "none" || one.boxShadow !== "none";
                const inside = at === window.before;  // a date's own parts, which the browser draws
                window.before = at;
                return { name, ring: inside || shows(style) || shows(around) }; }"""
        )
        assert on["ring"], f"{on['name']} does not show the focus"
        if on["name"].startswith(name):
            return
    raise AssertionError(f"{name} is not reached by Tab on {page.url}")


def test_every_part_of_a_time_shows_where_one_is(visitor: Visitor, signed_in: SignIn) -> None:
    """Hours, minutes, and the button that opens the clock, which leaves the field itself without the focus."""
    page = signed_in(visitor.page(WIDE), people.mentor("Max Mentor"))
    page.goto(reverse("accounts:profile_step", args=["times"]))
    page.get_by_label("Working hours from").focus()
    assert_each_part_shows(page)


def test_every_part_of_a_moment_shows_where_one_is(visitor: Visitor, signed_in: SignIn) -> None:
    """A day with a time, where the two propose to meet."""
    pairing = factories.pairing(*factories.couple(running()), at=now())
    page = signed_in(visitor.page(WIDE), pairing.mentee)
    page.goto(reverse("engagements:propose_meeting", args=[pairing.pk]))
    page.locator("input[type=datetime-local]").first.focus()
    assert_each_part_shows(page)


def assert_each_part_shows(page: Page) -> None:
    """Through all parts of the field that has the focus."""
    seen, field = [], page.evaluate("document.activeElement.name")
    while page.evaluate("document.activeElement.name") == field:
        seen.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        page.keyboard.press("Tab")
    assert len(seen) > 1
    assert set(seen) == {"solid"}


def test_leave_that_moves_a_request_says_so_where_one_stands(
    visitor: Visitor, signed_in: SignIn, pair: tuple[User, User]
) -> None:
    """The page comes back with what the change does to others: one stands on that, and the next press confirms."""
    asked = factories.request(pair[0].enrolments.get(), pair[1].enrolments.get(), at=now())
    page = signed_in(visitor.page(), pair[1])
    page.goto(reverse("accounts:leave"))
    visitor.expect_refusal(reverse("accounts:leave"))
    for label, day in (("First day away", now()), ("Last day away", now() + timedelta(days=6))):
        page.get_by_label(label).fill(day.date().isoformat())
    tab_to(page, "Add")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text=f"The request to mentor {pair[0].name}")).to_be_focused()
    press_through_to(page, "Add it all the same")
    before = asked.deadline
    asked.refresh_from_db()
    assert asked.deadline > before
