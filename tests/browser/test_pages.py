"""Every page, wide and narrow, by day and by night: accessible, nothing sideways, no complaint, light to load."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from accounts import tokens
from accounts.domain import addresses, erasing, invitations
from accounts.models import User
from cohorts.models import Cohort
from common.clock import now
from mentorship.demo.models import DeliveredLetter
from outbox.domain import unsubscribe
from outbox.domain.post import post
from outbox.kinds import registered
from outbox.tasks import deliver
from tests import people
from tests.browser.conftest import (
    HEIGHT,
    NARROW,
    NARROWEST,
    WIDE,
    ZOOMED,
    Visitor,
    assert_accessible_by_day_and_night,
    assert_fits,
    confirmed,
)
from tests.engagements import stories
from tests.matching import factories

pytestmark = [pytest.mark.django_db(transaction=True)]

FIRST_VIEW = 70 * 1024
SignIn = Callable[[Page, User], Page]

PUBLIC = [
    "home",
    "account_login",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_signup",
    "account_inactive",
    "styleguide",
    "demo:mailbox",
]
# What test_every_page does not reach, and what is still empty for somebody who has just joined.
OWN = [
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_list_webauthn",
    "home",
    "accounts:profile",
    "accounts:invitation_code",
    "matching:suggestions",
    "matching:inbox",
    "engagements:pairings",
]
WRONG = [
    ("/no-such-page/", 404),
    ("/wrong/forbidden/", 403),
    ("/wrong/stale-form/", 403),
    ("/wrong/too-fast/", 429),
    ("/wrong/broken/", 500),
]


def look_at(visitor: Visitor, path: str, prepare: Callable[[Page], Page], status: int = 200, **options: Any) -> None:
    """Open `path` at each width, by day and by night, and check it; nothing reaches aside when narrowest, or zoomed."""
    if status != 200:
        visitor.expect_refusal(path)
    page = prepare(visitor.page())
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status
        assert page.url == visitor.site + path
        check(page, **options)
    for width in (NARROWEST, ZOOMED):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert_fits(page)


def check(page: Page, **options: Any) -> None:
    """One main heading, room enough, and accessible in both colour schemes."""
    assert page.locator("h1").count() == 1
    assert_fits(page)
    assert_accessible_by_day_and_night(page, **options)


def nobody(page: Page) -> Page:
    return page


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page(name: str, visitor: Visitor) -> None:
    look_at(visitor, reverse(name), nobody)


@pytest.mark.parametrize("name", OWN)
def test_page_of_ones_own(name: str, visitor: Visitor, signed_in: SignIn) -> None:
    user = people.mentee()
    look_at(visitor, reverse(name), lambda page: signed_in(page, user))


def test_a_step_saves_itself(visitor: Visitor, signed_in: SignIn) -> None:
    user = people.person()
    page = signed_in(visitor.page(NARROW), user)
    page.goto(reverse("accounts:profile_step", args=["position"]))
    page.get_by_label("City").fill("Toledo")
    page.get_by_label("City").press("Tab")
    expect(page.locator("#saved")).to_have_text("Saved.")
    user.profile.refresh_from_db()
    assert user.profile.city == "Toledo"


@pytest.mark.parametrize(("name", "side"), [("review", "mentee"), ("review", "mentor"), ("mentor_too", "mentor")])
def test_page_of_looking_back(name: str, side: str, visitor: Visitor, signed_in: SignIn) -> None:
    here = running()
    mentee, mentor = factories.couple(here)
    pairing = stories.closing(mentee=mentee, mentor=mentor, now=now(), terms={"planned_end": here.ends_on})
    path = reverse(f"engagements:{name}", args=[pairing.pk])
    look_at(visitor, path, lambda page: signed_in(page, getattr(pairing, side)))


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("pairing", "introduced"),
        ("chemistry", "introduced"),
        ("pairing", "active"),
        ("agreement", "active"),
        ("pause", "active"),
        ("close", "active"),
        ("end", "active"),
        ("resume", "paused"),
        ("pairing", "completed"),
    ],
)
def test_page_of_a_pairing(name: str, state: str, visitor: Visitor, signed_in: SignIn) -> None:
    pairing = factories.pairing(*factories.couple(running()), state=state, at=now())
    path = reverse(f"engagements:{name}", args=[pairing.pk])
    look_at(visitor, path, lambda page: signed_in(page, pairing.mentor))


@pytest.mark.parametrize("name", ["request", "decline"])
def test_page_of_a_request(name: str, visitor: Visitor, signed_in: SignIn) -> None:
    asked = factories.request(*factories.couple(running()), at=now(), note="A word in confidence.")
    path = reverse(f"matching:{name}", args=[asked.pk])
    look_at(visitor, path, lambda page: signed_in(page, asked.mentor))


def by_invitation() -> str:
    invitation = invitations.invite(email="new@example.org", name="New Person", user=None, now=now())
    return reverse("accounts:invitation", args=[tokens.link_token(invitation.pk, invitation.sends)])


def by_unsubscribing() -> str:
    return urlsplit(unsubscribe.link(people.mentee().pk, registered()["check_in_due"])).path


def by_a_new_address() -> str:
    change = addresses.begin(user=confirmed(people.mentee()), new="new@example.org", now=now())
    return reverse("accounts:address_undo", args=[tokens.address_token(change.pk)])


def by_an_erasure() -> str:
    user = people.mentee()
    return erasing.begin(person=user, user=user, now=now()).undo_url


@pytest.mark.parametrize("opened", [by_invitation, by_unsubscribing, by_a_new_address, by_an_erasure])
def test_page_that_a_letter_leads_to(opened: Callable[[], str], visitor: Visitor) -> None:
    look_at(visitor, opened(), nobody)


def test_page_for_a_new_password(visitor: Visitor) -> None:
    """The link keeps its secret in the session, and leads on to an address without it."""
    user = confirmed(people.mentee())
    whose, secret = user_pk_to_url_str(user), default_token_generator.make_token(user)

    def by_the_link(page: Page) -> Page:
        page.goto(reverse("account_reset_password_from_key", args=[whose, secret]))
        return page

    look_at(visitor, reverse("account_reset_password_from_key", args=[whose, "set-password"]), by_the_link)


def test_letter_of_the_demo(visitor: Visitor, settings: Any) -> None:
    settings.EMAIL_BACKEND = "mentorship.demo.mail.MailboxBackend"
    asked = factories.request(*factories.couple(running()), at=now())
    post(kind="request_asked", subject=asked, person=asked.mentor, due_at=now())
    deliver()
    # The e-mail stands in a sandbox without scripts, where axe cannot ask anything.
    look_at(visitor, reverse("demo:letter", args=[DeliveredLetter.objects.get().pk]), nobody, iframes=False)


def test_page_for_a_first_password(visitor: Visitor, signed_in: SignIn) -> None:
    user = people.mentee()
    user.set_unusable_password()
    user.save()
    look_at(visitor, reverse("account_set_password"), lambda page: signed_in(page, user))


def running() -> Cohort:
    """A cohort that has begun."""
    today = now().date()
    return factories.cohort(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=200))


@pytest.mark.parametrize(("path", "status"), WRONG)
@pytest.mark.urls("tests.browser.error_urls")
def test_page_that_says_what_went_wrong(path: str, status: int, visitor: Visitor) -> None:
    look_at(visitor, path, nobody, status)


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_reauthenticate",
    ],
)
def test_page_of_the_second_factor(name: str, visitor: Visitor, signed_in: SignIn) -> None:
    user = people.mentee()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
    RecoveryCodes.activate(user)
    look_at(visitor, reverse(name), lambda page: signed_in(page, user))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_code_page(width: int, visitor: Visitor) -> None:
    page = visitor.page(width)
    page.goto(reverse("account_login"))
    page.get_by_label("Your e-mail address").first.fill("nobody@example.org")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your e-mails")
    check(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    check(page)


def weight(visitor: Visitor, page: Page, path: str) -> int:
    """Bytes of a first view as a server sends them, compressed; pictures are left out."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(path, wait_until="load")
    own = [answer for answer in answers if answer.request.resource_type in {"document", "stylesheet", "script", "font"}]
    assert len(own) >= 3
    assert all(answer.url.startswith(visitor.site) for answer in own)
    return sum(len(gzip.compress(answer.body(), 9)) for answer in own)


def test_first_views_are_light(visitor: Visitor, signed_in: SignIn) -> None:
    assert weight(visitor, visitor.page(), "/") <= FIRST_VIEW
    assert weight(visitor, signed_in(visitor.page(), people.mentee()), "/") <= FIRST_VIEW
