"""A coordinator brings 300 people in from a spreadsheet: with faults, mended, and by the keyboard alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Invitation, User
from cohorts.domain.imports import verbs
from common.clock import now
from tests import people
from tests.admin.conftest import running
from tests.browser.conftest import (
    DESK,
    NARROW,
    WIDE,
    Visitor,
    assert_accessible_by_day_and_night,
    assert_fits,
    confirmed,
)
from tests.browser.test_journey import sign_in
from tests.cohorts.domain.imports import sheets

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow(reason="300 rows twice, each page wide and narrow by all of axe's rules"),
]


@pytest.fixture
def coordinator(db: None) -> User:
    user = confirmed(people.person("Clara Coordinator", staff=True))
    running("Spring", user)
    people.topic(sheets.TOPIC)
    people.organisation("Nordwind AG")  # so that “Nordwind” has to be asked about
    return user


def looked_at(page: Page) -> None:
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits(page)
        assert_accessible_by_day_and_night(page, **DESK)


def choose(page: Page, folder: Path, content: bytes) -> None:
    """Upload a file from the list, by the keyboard but for the system's own window that picks it."""
    file = folder / "leaders.xlsx"
    file.write_bytes(content)
    page.goto("/coordination/imports/")
    page.locator("#id_people-file").set_input_files(file)
    page.locator("#id_people-file").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What this file would do")).to_be_visible()


def answered(page: Page) -> None:
    """The one question, answered by the keyboard."""
    page.get_by_role("radio", name="Nordwind AG").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Keep these answers").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your answers are kept.")).to_be_visible()


def test_300_rows_with_faults_then_mended(visitor: Visitor, coordinator: User, tmp_path: Path) -> None:
    page = visitor.page()
    sign_in(page, coordinator)
    page.goto("/coordination/imports/")
    looked_at(page)
    choose(page, tmp_path, sheets.with_faults())
    expect(page.get_by_text("2 questions are open.")).to_be_visible()  # the other about “Hollow”
    looked_at(page)
    answered(page)
    page.set_viewport_size({"width": WIDE, "height": 900})
    right = "This may be two days. Write 2019-04-03 or 2019-03-04."
    expect(page.get_by_role("cell", name=right, exact=True)).to_be_visible()
    page.get_by_role("button", name="Discard this file").click()
    expect(page.get_by_text("Discarded: nothing was brought in")).to_be_visible()
    choose(page, tmp_path, sheets.mended())
    answered(page)
    page.get_by_role("button", name="Bring in 300").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is being brought in, all of it or nothing.")).to_be_visible()
    looked_at(page)
    assert verbs.bring_in_all(now=now()) == 1
    expect(page.get_by_text("300 invitations were put into the outbox")).to_be_visible()
    looked_at(page)
    assert Invitation.objects.filter(invited_by=coordinator).count() == 300
