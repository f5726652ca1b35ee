"""A passkey, from adding it to signing in with nothing else, on Chromium's virtual authenticator."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from tests import people
from tests.browser.conftest import NARROW, Visitor, assert_accessible

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def device(visitor: Visitor) -> Page:
    """A phone that recognises its owner. WebAuthn needs a name, so the server is `localhost` here."""
    visitor.site = visitor.site.replace("127.0.0.1", "localhost")
    page = visitor.page(NARROW)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return page


def test_a_passkey_is_added_and_signs_in_alone(device: Page, signed_in: Callable[[Page, User], Page]) -> None:
    user = people.mentee()
    signed_in(device, user)
    device.goto(reverse("mfa_add_webauthn"))
    device.get_by_label("A name for it").fill("Telephone")
    device.get_by_role("button", name="Add the passkey").click()
    expect(device.get_by_text("Your passkey is ready.")).to_be_visible()
    assert Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN).wrap().is_passwordless

    device.goto(reverse("mfa_list_webauthn"))
    expect(device.get_by_role("cell", name="Telephone").first).to_be_visible()
    device.get_by_role("button", name="Sign out").click()
    expect(device.get_by_role("link", name="Sign in").first).to_be_visible()

    device.goto(reverse("account_login"))
    device.get_by_role("button", name="Sign in with a passkey").click()
    expect(device.get_by_role("button", name="Sign out")).to_be_visible()
    assert Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN).last_used_at is not None


def test_a_device_that_does_not_know_its_owner_is_told_apart(device: Page) -> None:
    device.goto(reverse("account_login"))
    device.get_by_role("button", name="Sign in with a passkey").click()
    expect(device.get_by_text("The passkey was not used.")).to_be_visible()


def test_a_passkey_is_renamed_and_removed(device: Page, signed_in: Callable[[Page, User], Page]) -> None:
    user = people.mentee()
    signed_in(device, user)
    device.goto(reverse("mfa_add_webauthn"))
    device.get_by_role("button", name="Add the passkey").click()
    expect(device.get_by_text("Your passkey is ready.")).to_be_visible()

    device.goto(reverse("mfa_list_webauthn"))
    assert_accessible(device)
    device.get_by_role("link", name="Rename").click()
    assert_accessible(device)
    device.get_by_label("Name").fill("Work laptop")
    device.get_by_role("button", name="Save").click()
    device.get_by_role("link", name="Remove Work laptop").click()
    expect(device.get_by_role("heading", level=1)).to_have_text("Remove “Work laptop”?")
    assert_accessible(device)
    device.get_by_role("button", name="Remove it").click()
    expect(device.get_by_text("The passkey is removed.")).to_be_visible()
    assert not Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
