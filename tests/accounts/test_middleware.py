"""Whose session has ended signs in, and is back where they were."""

from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from tests.engagements.views.conftest import MISSING

pytestmark = pytest.mark.django_db
FORM = reverse("matching:shortlist_add", args=[MISSING])
PAGE = "http://testserver/find/?show=14"
BACK = f"{reverse('account_login')}?next={quote('/find/?show=14', safe='')}"


def test_a_form_leads_back_to_the_page_it_stood_on(client: Client) -> None:
    assert client.post(FORM, headers={"referer": PAGE}).headers["Location"] == BACK


@pytest.mark.parametrize("page", ["", "https://elsewhere.example/find/"])
def test_from_elsewhere_it_leads_home(client: Client, page: str) -> None:
    answer = client.post(FORM, headers={"referer": page})
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=%2F"


def test_a_part_of_a_page_sends_the_whole_browser(client: Client) -> None:
    for answer in (
        client.post(FORM, headers={"HX-Request": "true", "HX-Current-URL": PAGE}),
        client.get(reverse("matching:directory"), headers={"HX-Request": "true", "HX-Current-URL": PAGE}),
    ):
        assert answer.status_code == 200
        assert answer.headers["HX-Redirect"] == BACK


def test_a_page_is_still_led_back_to_itself(client: Client) -> None:
    page = reverse("matching:directory")
    assert client.get(page, headers={"referer": PAGE}).headers["Location"] == f"{reverse('account_login')}?next={page}"
