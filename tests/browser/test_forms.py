"""What is typed stays: through an invalid field, a lost connection, an error, a link at once, an ended session."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Dialog, Page, expect

from accounts.models import User
from cohorts.states import Role
from common.clock import now
from common.transitions import Actor
from engagements.domain import check_ins, goals
from engagements.models import CheckIn
from matching.domain import pairings
from matching.models import ShortlistEntry
from matching.states import PairingState
from tests import people
from tests.browser.conftest import NARROW, WIDE, Visitor, assert_accessible_by_day_and_night, assert_fits, failing
from tests.engagements import stories
from tests.matching import factories

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[Page, User], Page]


def step(slug: str) -> str:
    return reverse("accounts:profile_step", args=[slug])


@pytest.fixture
def mentor() -> User:
    return people.mentor("Max Mentor", capacity=2, topics=[people.topic("Boards"), people.topic("Crises")])


def test_saved_is_true_and_what_is_not_saved_is_said(visitor: Visitor, signed_in: SignIn, mentor: User) -> None:
    page = signed_in(visitor.page(NARROW), mentor)
    page.goto(step("offer"))
    about, places, line = (
        page.get_by_label("In your own words"),
        page.get_by_label("How many mentees"),
        page.locator("#saved"),
    )
    about.fill("I ask more than I answer.")
    about.press("Tab")
    expect(line).to_have_text("Saved.")
    places.fill("13")
    expect(line).to_have_text("")
    places.press("Tab")
    expect(line).to_contain_text("Not saved yet: How many mentees at a time.")
    expect(places).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#unsaved-capacity")).to_be_visible()
    assert "unsaved-capacity" in (places.get_attribute("aria-describedby") or "")
    places.fill("3")
    places.press("Tab")
    expect(line).to_have_text("Saved.")
    expect(page.locator(".invalid-feedback")).to_have_count(0)
    # A second change is compared with what this very page has saved, not with what it showed at first.
    about.fill("I listen.")
    page.get_by_role("link", name="You", exact=True).first.click()  # at once: it is sent first
    expect(page).to_have_url(re.compile(f"{reverse('accounts:profile')}$"))
    mentor.mentor_profile.refresh_from_db()
    assert (mentor.mentor_profile.about, mentor.mentor_profile.capacity) == ("I listen.", 3)


@pytest.mark.parametrize("how", ["offline", "error"])
def test_a_page_stays_says_so_and_repeats_the_very_button(
    visitor: Visitor, signed_in: SignIn, mentor: User, how: str
) -> None:
    page = signed_in(visitor.page(NARROW), mentor)
    visitor.expect_refusal(step("offer"))
    page.goto(step("offer"))
    sent = failing(page, how)
    page.get_by_label("In your own words").fill("Kept.")
    page.get_by_role("button", name="Save and leave").click()
    bar = page.locator("#unsent")
    expect(bar).to_contain_text("there is no connection" if how == "offline" else "something went wrong on our side")
    expect(page.get_by_label("In your own words")).to_have_value("Kept.")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("document.querySelector('.wordmark').click()")
    expect(bar).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again now").click()
    expect(page).to_have_url(re.compile(f"{reverse('accounts:profile')}$"))  # "leave", not "go on"
    assert asked == ["beforeunload"]
    assert [each for each in sent if "about=Kept." in each and "close=1" in each]
    mentor.mentor_profile.refresh_from_db()
    assert mentor.mentor_profile.about == "Kept."


def test_a_page_tries_again_by_itself(visitor: Visitor, signed_in: SignIn, mentor: User) -> None:
    page = signed_in(visitor.page(NARROW), mentor)
    visitor.expect_refusal(step("offer"))
    page.goto(step("offer"))
    failing(page, "error", by_hand=False)
    page.get_by_label("In your own words").fill("Kept.")
    page.get_by_role("button", name="Save and leave").click()
    expect(page.locator("#unsent")).to_contain_text("something went wrong on our side")
    page.unroute_all()
    expect(page).to_have_url(re.compile(f"{reverse('accounts:profile')}$"))
    mentor.mentor_profile.refresh_from_db()
    assert mentor.mentor_profile.about == "Kept."


def test_what_was_typed_survives_a_sign_in_but_never_another_account(
    visitor: Visitor, signed_in: SignIn, mentor: User
) -> None:
    page = signed_in(visitor.page(), mentor)
    title = reverse("accounts:affiliation_title", args=[mentor.affiliations.get().pk])
    for again in (mentor, people.mentee("Somebody Else"), mentor):
        signed_in(page, mentor)
        page.goto(title)
        page.get_by_label("Title").fill("Chair of the board")
        Session.objects.all().delete()
        page.get_by_role("button", name="Save").click()
        expect(page).to_have_url(re.compile(reverse("account_login")))
        assert "Chair" in page.evaluate("sessionStorage.getItem('typed')")
        assert page.evaluate("localStorage.length") == 0
        signed_in(page, again)
        page.goto(reverse("home"))
        if again != mentor:
            assert page.evaluate("sessionStorage.getItem('typed')") is None
            continue
        page.goto(title)
        expect(page.get_by_label("Title")).to_have_value("Chair of the board")
        expect(page.locator("#unsent")).to_contain_text("It is not sent yet.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Your title is changed.")
    assert page.evaluate("sessionStorage.getItem('typed')") is None


def test_a_page_that_is_older_than_a_sign_in_is_sent_by_the_same_person_only(
    visitor: Visitor, signed_in: SignIn, mentor: User
) -> None:
    page = signed_in(visitor.page(), mentor)
    title = reverse("accounts:affiliation_title", args=[mentor.affiliations.get().pk])
    visitor.expect_refusal(title)
    page.goto(title)
    page.context.clear_cookies(name="csrftoken")
    page.get_by_label("Title").fill("Chair")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Your title is changed.")

    page.goto(title)
    page.context.clear_cookies(name="csrftoken")
    signed_in(page, people.mentee("Somebody Else"))
    page.evaluate("history.replaceState(null, '', '/you/')")  # a page that both may open
    page.get_by_label("Title").fill("Not mine")
    page.evaluate("document.querySelector('#main form').setAttribute('action', '/you/leave/')")
    visitor.expect_refusal("/you/leave/")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#unsent")).to_contain_text("somebody else has signed in")
    expect(page.get_by_label("Title")).to_have_value("Not mine")
    page.on("dialog", lambda dialog: dialog.accept())


def test_characters_left_are_counted_and_nothing_is_cut(visitor: Visitor, signed_in: SignIn, mentor: User) -> None:
    page = signed_in(visitor.page(NARROW), mentor)
    page.goto(step("offer"))
    about = page.get_by_label("In your own words")
    expect(page.locator("#id_about_left")).to_contain_text("Characters left:")
    about.fill("x" * 1195 + "\n" * 14 + "x")
    expect(page.locator("#id_about_left")).to_have_text("Characters too many: 10")
    about.press("Tab")
    expect(page.locator("#saved")).to_contain_text("Not saved yet: In your own words.")
    assert len(about.input_value()) == 1210
    page.on("dialog", lambda dialog: dialog.accept())


def test_a_check_in_and_a_goal_are_kept_as_they_are_typed(visitor: Visitor, signed_in: SignIn) -> None:
    """Through a link, another page and a page opened anew, without a question; until they are sent."""
    at = now()
    pairing = factories.pairing(*factories.couple(), state=PairingState.ACTIVE, at=at)
    check_in = CheckIn.objects.create(
        pairing=pairing, side="mentee", person=pairing.mentee, round=1, day=at.date(), due_at=at - timedelta(hours=1)
    )
    page = signed_in(visitor.page(NARROW), pairing.mentee)
    asked: list[Dialog] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog)
        dialog.accept()

    page.on("dialog", leave)
    form, goal = reverse("engagements:check_in", args=[check_in.pk]), reverse("engagements:new_goal", args=[pairing.pk])
    page.goto(form)
    page.locator("input[name=clarity][value='2']").check(force=True)
    page.get_by_label("Anything to bring").fill("The budget.")
    page.get_by_role("link", name="I would like to talk to somebody").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("talk to somebody")
    page.goto(goal)
    page.get_by_label("Goal").first.fill("Speak last.")
    page.get_by_role("link", name="Pairings").first.click()
    page.goto(form)
    expect(page.get_by_label("Anything to bring")).to_have_value("The budget.")
    expect(page.locator("input[name=clarity][value='2']")).to_be_checked()
    expect(page.locator("#unsent")).to_contain_text("What you typed here is back. It is not sent yet.")
    for name, mark in (("connection", 4), ("competency", 3)):
        page.locator(f"input[name={name}][value='{mark}']").press("Space")
    page.locator("input[name=met][value=yes]").press("Space")
    page.get_by_role("button", name="Send the check-in").click()
    expect(page.locator("#toasts")).to_contain_text("Your check-in is in.")
    page.goto(goal)
    expect(page.get_by_label("Goal").first).to_have_value("Speak last.")
    page.get_by_role("button", name="Set the goal").click()
    expect(page.locator("#toasts")).not_to_be_empty()
    page.goto(goal)
    expect(page.get_by_label("Goal").first).to_have_value("")
    page.get_by_label("Goal").first.fill("Speak first.")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(re.compile(reverse("engagements:pairing", args=[pairing.pk])))
    assert page.evaluate("sessionStorage.getItem('typed')") is None
    check_in.refresh_from_db()
    assert (check_in.clarity, check_in.words_of("line")) == (2, "The budget.")
    assert asked == []


@pytest.mark.slow(reason="seven pages in two widths, by day and by night")
def test_whatever_has_a_long_text_is_kept_as_it_is_typed(visitor: Visitor, signed_in: SignIn) -> None:
    pairing = factories.pairing(*factories.couple(), state=PairingState.ACTIVE, at=now())
    goal = goals.propose(pairing=pairing, user=pairing.mentee, words=goals.GoalWords("A team of my own"), now=now())
    page = signed_in(visitor.page(NARROW), pairing.mentee)
    places = (
        reverse("engagements:notes", args=[pairing.pk]),
        reverse("engagements:end", args=[pairing.pk]),
        reverse("engagements:goal", args=[goal.pk]),
        reverse("engagements:goal_let_go", args=[goal.pk]),
    )
    for place in places:
        page.goto(place)
        area = page.locator("main form textarea").first
        area.fill("Typed on a train.")
        page.reload()
        expect(area).to_have_value("Typed on a train.")
        expect(page.locator("#unsent")).to_contain_text("What you typed here is back. It is not sent yet.")
    page.goto(reverse("engagements:end", args=[pairing.pk]))
    page.get_by_role("link", name="Leave it as it is").click()
    page.goto(reverse("engagements:end", args=[pairing.pk]))
    expect(page.locator("main form textarea")).to_have_value("")  # a link that cancels throws it away


@pytest.mark.parametrize("answered", [False, True])
def test_looking_back_is_a_short_page_on_a_phone(visitor: Visitor, signed_in: SignIn, answered: bool) -> None:
    active = factories.pairing(*factories.couple(), state=PairingState.ACTIVE, at=now())
    pairing = pairings.begin_closing(pairing=active, user=active.mentor, actor=Actor.MENTOR, now=now())
    if answered:
        stories.looked_back(pairing, "mentor", now=now())
    page = signed_in(visitor.page(NARROW), pairing.mentee)
    page.goto(reverse("engagements:review", args=[pairing.pk]))
    expect(page.get_by_text("Characters left")).to_be_hidden()
    page.locator("textarea").fill("Patience.")
    expect(page.get_by_text("Characters left")).to_be_visible()
    page.locator("textarea").fill("")
    assert page.evaluate("document.documentElement.scrollHeight") < 1900
    assert_fits(page)


def test_the_pages_of_corrections_and_notes(visitor: Visitor, signed_in: SignIn) -> None:
    at = now()
    today = at.date()
    cohort = factories.cohort(starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=300))
    mentee, mentor = factories.couple(cohort)
    pairing = factories.pairing(mentee, mentor, state=PairingState.ACTIVE, at=at)
    check_in = CheckIn.objects.create(
        pairing=pairing, side="mentee", person=mentee.person, round=1, day=today, due_at=at - timedelta(hours=1)
    )
    words = {"connection": 4, "clarity": 5, "competency": 3, "met": True, "line": "Bring the budget."}
    check_ins.answer(check_in=check_in, user=mentee.person, now=at, **words)
    wanted = factories.enrolment(cohort, people.mentor("Ruth Adeyemi"), Role.MENTOR)
    entry = ShortlistEntry.objects.create(mentee=mentee, mentor=wanted, rank=1)
    tie = people.affiliation(mentee.person, people.organisation(), kind="board", until=today + timedelta(days=31))
    for name, pk in (
        ("engagements:check_in", check_in.pk),
        ("engagements:correct_check_in", check_in.pk),
        ("matching:shortlist", None),
        ("matching:shortlist_note", entry.pk),
        ("accounts:affiliation_prolong", tie.pk),
        ("accounts:affiliation_take_back", tie.pk),
        ("accounts:profile", None),
    ):
        for width in (WIDE, NARROW):
            page = signed_in(visitor.page(width), mentee.person)
            page.goto(reverse(name, args=[pk] if pk else []))
            assert page.locator("h1").count() == 1, name
            assert_fits(page)
        assert_accessible_by_day_and_night(page)
