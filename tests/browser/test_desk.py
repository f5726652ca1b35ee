"""A coordinator's work at the desk in a browser: alert, enrolment, pause, history.

Wide and narrow, and at every stop by day and by night.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.clock import now
from matching.models import Alert, Pairing
from matching.models.alerts import AlertKind
from matching.states import PairingState
from tests import people
from tests.browser.conftest import (
    DESK,
    NARROW,
    WIDE,
    Visitor,
    assert_accessible_by_day_and_night,
    assert_fits,
    confirmed,
    failing,
)
from tests.browser.test_journey import sign_in
from tests.matching import factories

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow(reason="a coordinator's day in wide and narrow, each stop by all of axe's rules"),
]

DAY = timedelta(days=1)


@dataclass
class Work:
    """What a coordinator finds at the desk, and somebody else's cohort that they never do."""

    coordinator: User
    cohort: Cohort
    pairing: Pairing
    alert: Alert
    waiting: Enrolment
    foreign: Pairing


def running(name: str, coordinator: User) -> Cohort:
    today = now().date()
    return factories.cohort(name, coordinators=(coordinator,), starts_on=today - 30 * DAY, ends_on=today + 300 * DAY)


def paired(cohort: Cohort, mentee: str, mentor: str) -> Pairing:
    return factories.pairing(
        factories.enrolment(cohort, people.mentee(mentee)),
        factories.enrolment(cohort, people.mentor(mentor, capacity=2), Role.MENTOR),
        state=PairingState.ACTIVE,
        at=now() - 20 * DAY,
    )


@pytest.fixture
def work() -> Work:
    coordinator = confirmed(people.person("Clara Whitfield", staff=True))
    cohort = running("Spring programme", coordinator)
    # Names as long as they come: nothing may be pushed off the screen by them.
    pairing = paired(cohort, "Maximiliane von Hohenfels-Achterberg", "Chukwuemeka Oluwaseun-Featherstonehaugh")
    foreign = paired(running("Elsewhere", people.person("Other Person", staff=True)), "Far Away", "Further Still")
    for each in (pairing, foreign):
        Alert.objects.create(
            cohort=each.cohort,
            kind=AlertKind.CHECK_INS_MISSED,
            subject_type="pairing",
            subject_id=each.pk,
            pairing=each,
            raised_at=now() - 2 * DAY,
            facts={"mentor": ["2026-10-01", "2026-10-29"], "last_answer": None},
        )
    waiting = factories.enrolment(cohort, people.mentee("Amara Diallo"), state=EnrolmentState.PENDING)
    return Work(coordinator, cohort, pairing, Alert.objects.get(cohort=cohort), waiting, foreign)


def sound(page: Page) -> None:
    """What every page of the desk must be."""
    expect(page.locator("select.admin-autocomplete:not(.select2-hidden-accessible)")).to_have_count(0)
    expect(page.locator(".select2-selection__rendered:not([aria-label])")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert_fits(page)
    assert_accessible_by_day_and_night(page, **DESK)


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["desk", "telephone"])
def test_settles_approves_pauses_and_finds_it_in_the_history(width: int, visitor: Visitor, work: Work) -> None:
    page = visitor.page(width)
    sign_in(page, work.coordinator)
    settle(page, work)
    approve(page, work)
    pause(page, work)
    look_back(page, work)


def choose(page: Page, label: str, name: str) -> None:
    """Look up `name` in the selector that one types into."""
    page.locator(f"[aria-label='{label}']").click()
    page.locator(".select2-search__field").last.fill(name)
    page.get_by_role("option", name=name).first.click()


@pytest.mark.parametrize(("how", "said"), [("offline", "there is no connection"), ("error", "went wrong on our side")])
def test_what_is_typed_at_the_desk_stays_and_is_sent_by_the_very_button(
    visitor: Visitor, work: Work, how: str, said: str
) -> None:
    """A form with what was looked up, with a choice and with words, through a POST that finds nobody or a 502."""
    page = visitor.page(WIDE)
    sign_in(page, work.coordinator)
    address = reverse("admin:matching_waiver_add")
    visitor.expect_refusal(address)
    page.goto(address)
    choose(page, "Mentee", "Maximiliane")
    choose(page, "Mentor", "Chukwuemeka")
    page.get_by_label("Why").fill("Both boards know of it.")
    lost = failing(page, how)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#unsent")).to_contain_text(said)
    expect(page.get_by_label("Why")).to_have_value("Both boards know of it.")
    expect(page.locator("#select2-id_mentee-container")).to_contain_text("Maximiliane")
    sound(page)
    page.unroute_all()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Try again now").click()
    assert lost
    assert set(lost) == {sent.value.post_data}
    assert "_save=Save" in lost[0]
    expect(page.locator("#unsent")).to_be_hidden()
    expect(page.locator(".errorlist, .messagelist").first).to_be_visible()
    sound(page)


def test_a_refused_form_of_the_desk_keeps_its_selectors_and_an_ended_session_its_words(
    visitor: Visitor, work: Work
) -> None:
    page = visitor.page(WIDE)
    sign_in(page, work.coordinator)
    address = reverse("admin:matching_waiver_add")
    page.goto(address)
    choose(page, "Mentee", "Maximiliane")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    sound(page)  # each selector has been made anew, and has its name
    choose(page, "Mentor", "Chukwuemeka")
    page.get_by_label("Why").fill("Kept through a sign-in.")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(reverse("account_login")))
    sign_in(page, work.coordinator)
    page.goto(address)
    expect(page.get_by_label("Why")).to_have_value("Kept through a sign-in.")
    for field, name in (("mentee", "Maximiliane"), ("mentor", "Chukwuemeka")):
        expect(page.locator(f"#select2-id_{field}-container")).to_contain_text(name)
    expect(page.locator("#unsent")).to_contain_text("It is not sent yet.")


def test_a_note_stays_with_the_alert_it_was_written_for(visitor: Visitor, work: Work) -> None:
    """Whatever fails on the way to the page that asks once more, and on it."""
    page = visitor.page(NARROW)
    sign_in(page, work.coordinator)
    lists = reverse("admin:matching_alert_changelist")
    visitor.expect_refusal(lists)
    page.goto(reverse("admin:matching_alert_change", args=[work.alert.pk]))
    lost = failing(page, "error")
    page.get_by_role("button", name="Settle").click()
    expect(page.locator("#unsent")).to_contain_text("went wrong on our side")
    page.unroute_all()
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_text("nothing more is to be done", exact=False)).to_be_visible()
    assert "action=settle" in lost[0]
    page.get_by_label("Note").fill("Spoke with both of them.")
    failing(page, "error")
    page.get_by_role("button", name="Settle").click()
    expect(page.locator("#unsent")).to_contain_text("went wrong on our side")
    expect(page.get_by_label("Note")).to_have_value("Spoke with both of them.")
    page.unroute_all()
    page.get_by_role("button", name="Try again now").click()
    expect(page.locator(".messagelist")).to_contain_text("Settle")
    work.alert.refresh_from_db()
    assert work.alert.settled_by == work.coordinator


def settle(page: Page, work: Work) -> None:
    """From the first page by the alert to the page that asks once more, and back to a desk with one approval on it."""
    page.goto(reverse("admin:index"))
    waiting = page.get_by_role("region", name="Waiting for you")
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    expect(waiting.get_by_role("link", name="Decide")).to_contain_text("Amara Diallo")
    expect(waiting.get_by_role("link", name=str(work.pairing), exact=True)).to_be_visible()
    sound(page)
    waiting.get_by_role("link", name="Settle").click()
    expect(page.get_by_role("link", name=str(work.pairing))).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("nothing more is to be done", exact=False)).to_be_visible()
    sound(page)
    work.alert.refresh_from_db()
    assert work.alert.settled_at is None
    page.get_by_role("button", name="Settle").click()
    expect(page.locator(".messagelist")).to_contain_text("Settle")
    sound(page)
    work.alert.refresh_from_db()
    assert work.alert.settled_by == work.coordinator
    page.goto(reverse("admin:index"))
    expect(waiting.get_by_role("listitem")).to_have_count(1)
    sound(page)


def approve(page: Page, work: Work) -> None:
    """In the list of enrolments, by its action."""
    page.get_by_role("link", name="Enrolments", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enrolments")
    sound(page)
    page.locator("#result_list tr", has_text="Amara Diallo").get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("approve")
    page.get_by_role("button", name="Go").click()
    expect(page.locator(".chosen")).to_contain_text("Amara Diallo")
    sound(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_contain_text("Amara Diallo")
    work.waiting.refresh_from_db()
    assert work.waiting.state == EnrolmentState.APPROVED
    page.goto(reverse("admin:index"))
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()
    sound(page)


def pause(page: Page, work: Work) -> None:
    """A day that is over is refused beside its field; one to come is taken."""
    page.goto(reverse("admin:matching_pairing_changelist"))
    expect(page.get_by_text(work.foreign.mentee.name)).to_have_count(0)
    sound(page)
    page.get_by_role("link", name=work.pairing.mentee.name).click()
    sound(page)
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Last day of the pause").fill((now() - 9 * DAY).date().isoformat())
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".errorlist")).to_be_visible()
    sound(page)
    page.get_by_label("Last day of the pause").fill((now() + 20 * DAY).date().isoformat())
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".field-state_badge")).to_contain_text("paused")
    work.pairing.refresh_from_db()
    assert work.pairing.state == PairingState.PAUSED


def look_back(page: Page, work: Work) -> None:
    """On the record's own page, and in the history of the cohort."""
    expect(page.locator(".field-history")).to_contain_text("Clara Whitfield paused the pairing of")
    sound(page)
    page.goto(reverse("admin:common_event_changelist"))
    for done in ("settled the alert", "approved that", "paused the pairing of"):
        expect(page.locator("#result_list .field-sentence", has_text=f"Clara Whitfield {done}")).to_have_count(1)
    sound(page)


@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["desk", "telephone"])
def test_forms_empty_lists_and_missing_records(width: int, visitor: Visitor, work: Work) -> None:
    """What is left out is said beside its field; a stranger's record is a missing one."""
    page = visitor.page(width)
    sign_in(page, work.coordinator)
    for model in ("matching_waiver", "cohorts_cohort", "accounts_invitation", "accounts_organisation"):
        page.goto(reverse(f"admin:{model}_add"))
        sound(page)
        page.locator("main form").evaluate("form => form.noValidate = true")
        page.get_by_role("button", name=re.compile("^(Save|Send the invitation)$")).click()
        expect(page.locator(".errorlist").first).to_be_visible()
        sound(page)
    page.goto(reverse("admin:matching_pairing_changelist") + "?q=nobody")
    expect(page.locator("#result_list")).to_have_count(0)
    sound(page)
    page.goto(reverse("admin:accounts_user_change", args=[work.pairing.mentor_id]))
    sound(page)
    page.goto(reverse("admin:matching_pairing_change", args=[work.foreign.pk]))
    expect(page).to_have_url(re.compile(reverse("admin:index") + "$"))
    expect(page.locator(".messagelist")).to_contain_text("Perhaps it was deleted?")
    sound(page)


def test_a_merge_on_a_telephone_says_what_happens_where_one_stands(visitor: Visitor, work: Work) -> None:
    """What is wrong stands below its field, the selector fits the screen, and one stands on what will happen."""
    people.organisation("Unilever")
    double = people.organisation("Unilever plc")
    page = visitor.page(NARROW)
    sign_in(page, work.coordinator)
    page.goto(reverse("admin:accounts_organisation_change", args=[double.pk]))
    page.get_by_role("button", name="Merge into another").click()
    page.get_by_role("button", name="Show what will happen").click()
    wrong, field = page.locator(".errorlist"), page.locator(".select2-selection")
    expect(wrong).to_be_visible()
    assert wrong.bounding_box()["y"] > field.bounding_box()["y"]
    field.click()
    assert_fits(page)
    page.locator(".select2-search__field").last.fill("Unilever")
    page.get_by_role("option", name="Unilever", exact=False).first.click()
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("alert").filter(has_text="What will happen")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Merge into another")).to_be_focused()
