"""Zones that this machine does not know, sealed second factors, open sign-up."""

from typing import Any

import pytest
from allauth.account.signals import email_changed
from allauth.core import context
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.adapter import SecondFactorAdapter
from accounts.models import NeverWith, Profile, User
from common.clock import now
from common.content.keys import ContentTampered
from outbox.domain.delivery import deliver_due
from tests import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe", "a\x00b", "x" * 64])
def test_a_zone_that_nobody_knows_breaks_no_page(client: Client, zone: str) -> None:
    if "\x00" not in zone:
        client.force_login(people.person(zone=zone))
        assert client.get(reverse("accounts:profile")).status_code == 200


def test_second_factor_secrets_are_sealed() -> None:
    adapter = SecondFactorAdapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    for forged in (sealed[:-8] + "AAAAAAA=", "gone:" + sealed.partition(":")[2], "JBSWY3DPEHPK3PXP", "test:%%"):
        with pytest.raises(ContentTampered):
            adapter.decrypt(forged)


def test_open_sign_up_gives_a_profile(client: Client, settings: Any) -> None:
    settings.INVITATION_ONLY = False
    said = {"email": "open@example.org", "password1": "a long password 7", "password2": "a long password 7"}
    client.post(reverse("account_signup"), said)
    assert Profile.objects.get().person == User.objects.get(email="open@example.org")


def test_a_changed_address_is_told_to_the_new_one_too_and_recognised() -> None:
    user, owner = people.person(email="fresh@example.org"), people.person()
    NeverWith.objects.put(owner=owner, email="fresh@example.org")
    address = user.emailaddress_set.create(email="fresh@example.org", verified=True, primary=True)
    request = RequestFactory().get("/")
    request.user = user
    with context.request_context(request):
        email_changed.send(
            sender=type(address), request=request, user=user, from_email_address=None, to_email_address=address
        )
    assert [entry.person_id for entry in owner.never_with.opened()] == [user.pk]
    deliver_due(now())
    assert [message.to for message in mail.outbox] == [["fresh@example.org"]]
