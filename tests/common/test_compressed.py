"""Pages are compressed for the site itself and for the person's own hand, never across sites."""

import gzip

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked_from", ["same-origin", "none"])
def test_what_the_site_or_the_persons_own_hand_asks_for_is_compressed(client, asked_from):
    plain = client.get(reverse("account_login"))
    packed = client.get(reverse("account_login"), headers={"accept-encoding": "gzip, br", "sec-fetch-site": asked_from})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert "<title>" in gzip.decompress(packed.content).decode()


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {}])
def test_what_another_site_asks_for_is_not(client, headers):
    answer = client.get(reverse("account_login"), headers={"accept-encoding": "gzip", **headers})
    assert "Content-Encoding" not in answer
    assert "Sec-Fetch-Site" in answer["Vary"]


def test_two_answers_to_the_same_question_are_not_of_one_length(client):
    headers = {"accept-encoding": "gzip", "sec-fetch-site": "same-origin"}
    assert len({len(client.get(reverse("account_login"), headers=headers).content) for _ in range(20)}) > 3
