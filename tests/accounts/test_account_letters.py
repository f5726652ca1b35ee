"""Letters an account sends about itself: each of allauth's occasions has words, our layout and a plain subject."""

from pathlib import Path
from urllib.parse import urlsplit

import allauth
import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.account_letters import ERASED, LETTERS, render
from common.clock import now
from outbox.domain.delivery import deliver_due
from outbox.kinds import Recipient
from tests import people
from tests.emails import assert_says_the_same

CONTEXT = {
    "code": "BCDF-GHJK",
    "password_reset_url": "https://programme.example/reset/",
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "timestamp": timezone.now(),
    "user_agent": "A browser",
}


def occasions() -> list[str]:
    """Every letter the installed allauth can send for an account and its second factor."""
    root = Path(allauth.__file__).parent / "templates"
    found = [path for app in ("account", "mfa") for path in (root / app / "email").glob("*_subject.txt")]
    return sorted(str(path.relative_to(root)).removesuffix("_subject.txt") for path in found)


def test_every_occasion_has_words() -> None:
    assert {*occasions(), ERASED} == set(LETTERS)


@pytest.mark.parametrize("occasion", sorted(LETTERS))
def test_a_letter_is_whole(occasion: str) -> None:
    content = render(
        occasion, CONTEXT, Recipient(address="a@example.org", name="", language="en-gb", zone="Europe/Madrid")
    )
    assert content.subject
    assert "mentor" not in content.subject.lower()
    assert "\n" not in content.subject
    for body in (content.text, content.html):
        assert str(LETTERS[occasion].heading) in body
        assert "%(" not in body
        assert "{{" not in body
    shape = LETTERS[occasion].shape
    assert ("BCDF-GHJK" in content.text) is (shape == "code")
    assert ("/reset/" in content.text) is (shape == "link")
    assert "style=" in content.html
    assert_says_the_same(content)


@pytest.mark.django_db
def test_a_forgotten_password_is_renewed_by_the_link(client: Client) -> None:
    user = people.mentee()
    client.post(reverse("account_reset_password"), {"email": user.email}, headers={"host": "testserver:4444"})
    deliver_due(now())
    letter = mail.outbox[-1]
    link = next(word for word in str(letter.body).split() if "/password/reset/key/" in word)
    assert link.startswith(f"{settings.SITE_URL}/")
    page = client.get(urlsplit(link).path, follow=True)
    said = {"password1": "four quiet words here", "password2": "four quiet words here"}
    done = client.post(page.redirect_chain[-1][0], said)
    assert done.headers["Location"] == reverse("account_reset_password_from_key_done")
    user.refresh_from_db()
    assert user.check_password("four quiet words here")
    assert "This link has been used" in Client().get(urlsplit(link).path, follow=True).content.decode()
