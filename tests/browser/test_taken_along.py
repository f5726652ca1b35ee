"""What leaves the desk: a list as a file by one click, and a sponsor's sheet that prints on one page of A4."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from common.clock import now
from common.models import Event
from engagements.domain import outcomes
from tests import people
from tests.browser.conftest import Visitor
from tests.engagements import ended
from tests.matching import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_list_is_downloaded_and_the_sheet_is_one_page(visitor: Visitor, signed_in: Any) -> None:
    coordinator, at = people.person("Clara Coordinator", staff=True), now() - timedelta(days=30)
    cohort = factories.cohort("Spring", coordinators=(coordinator,))
    for pairing in ended.pairings(cohort, [at] * 12):
        for side in ("mentee", "mentor"):
            ended.looked_back(pairing, side)
        for turn in (1, 2, 3):
            ended.checked_in(pairing, turn)
    outcomes.sweep(now=now())
    page = signed_in(visitor.page(), coordinator)

    page.goto(reverse("admin:matching_pairing_changelist"))
    with page.expect_download() as file:
        page.get_by_role("button", name="Download for Excel").click()
    assert len(list(load_workbook(BytesIO(file.value.path().read_bytes())).active.iter_rows())) == 13
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("download_csv")
    with page.expect_download() as file:
        page.get_by_role("button", name="Go").click()
    assert file.value.suggested_filename.startswith("pairings-")
    assert Event.objects.filter(verb="export").count() == 2  # each once, though the page asks by script first

    page.goto(reverse("admin:outcomes_report", args=[cohort.pk]))
    expect(page.get_by_role("heading", level=2)).to_have_count(5)
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "12mm"))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
