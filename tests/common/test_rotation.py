"""Changing the master key: everything wrapped goes under the new one, in as many goes as it takes."""

import base64
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts.domain import second_factor_secrets
from accounts.models import NeverWith
from common.content import rotation
from common.models import ContentKey
from tests import people
from tests.matching import factories

pytestmark = pytest.mark.django_db
OLD = "test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
NEW = "new:" + base64.b64encode(bytes(range(100, 132))).decode()


@pytest.fixture
def wrapped(settings: Any) -> dict[str, Any]:
    """A request with a note, and a person with all that allauth seals; then a new master key, put first."""
    settings.CONTENT_KEYS = OLD
    asked = factories.request(note="In confidence")
    NeverWith.objects.put(owner=asked.mentee, email="rival@example.org")
    held = [
        Authenticator.objects.create(user=people.person(), type=kind, data=data)
        for kind, data in (
            (Authenticator.Type.TOTP, {"secret": second_factor_secrets.seal("app")}),
            (Authenticator.Type.RECOVERY_CODES, {"seed": second_factor_secrets.seal("seed"), "used_mask": 5}),
            (
                Authenticator.Type.RECOVERY_CODES,
                {"migrated_codes": list(map(second_factor_secrets.seal, "ab"))},
            ),
            (Authenticator.Type.WEBAUTHN, {"name": "A passkey", "credential": {}}),
        )
    ]
    settings.CONTENT_KEYS = f"{NEW},{OLD}"
    return {"asked": asked, "held": held}


def rotate() -> str:
    said = StringIO()
    call_command("rotate_content_keys", stdout=said)
    return said.getvalue()


def test_after_a_rotation_the_old_key_may_go(wrapped: dict[str, Any], settings: Any) -> None:
    said = rotate()
    settings.CONTENT_KEYS = NEW
    wrapped["asked"].refresh_from_db()
    assert type(wrapped["asked"]).objects.get().read("note") == "In confidence"
    app, seed, codes, passkey = (Authenticator.objects.get(pk=each.pk).data for each in wrapped["held"])
    assert second_factor_secrets.unseal(app["secret"]) == "app"
    assert (second_factor_secrets.unseal(seed["seed"]), seed["used_mask"]) == ("seed", 5)
    assert [second_factor_secrets.unseal(each) for each in codes["migrated_codes"]] == ["a", "b"]
    assert passkey == {"name": "A passkey", "credential": {}}
    assert [entry.email for entry in NeverWith.objects.all().opened()] == ["rival@example.org"]
    assert "content keys: 2 put under 'new'" in said
    assert "second-factor secrets: 3 put under 'new'" in said
    assert "the other keys may go" in said


def test_a_second_go_finds_nothing_to_do(wrapped: dict[str, Any]) -> None:
    rotate()
    before = ContentKey.objects.values_list("master", "wrapped")
    assert "content keys: 0 put" in rotate()
    assert list(before) == list(ContentKey.objects.values_list("master", "wrapped"))


def test_broken_off_it_goes_on_with_what_is_left(settings: Any) -> None:
    settings.CONTENT_KEYS = OLD
    for _each in range(3):
        ContentKey.make()
    settings.CONTENT_KEYS = f"{NEW},{OLD}"
    (keys,) = (each for each in rotation.registered() if each.name == "content keys")
    next(rotation.rotate(keys))
    assert ContentKey.objects.filter(master="new").count() == 1
    assert "content keys: 2 put" in rotate()


def test_what_cannot_be_opened_is_named_and_left_as_it_is(wrapped: dict[str, Any]) -> None:
    lost = ContentKey.make()
    ContentKey.objects.filter(pk=lost.pk).update(master="gone")
    with pytest.raises(CommandError, match=str(lost.pk)):
        rotate()
    kept = ContentKey.objects.get(pk=lost.pk)
    assert (kept.master, bytes(kept.wrapped)) == ("gone", bytes(lost.wrapped))
    assert ContentKey.objects.filter(master="new").count() == 2, "the others are put under the new one all the same"
