"""Pages that belong to no app: the refused form."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_a_form_without_its_token_is_refused_with_a_way_on() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "amara@north.example"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "This was not sent" in text
    assert f'href="{reverse("home")}"' in text
