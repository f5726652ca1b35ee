"""Invitations: who may use them, how long, how often."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import letters, tokens
from accounts.domain import invitations
from accounts.models import Invitation, User
from accounts.signals import invitation_accepted
from common.errors import Refused, WrongState
from outbox.kinds import Recipient, registered
from outbox.models import Letter, LetterState
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=14)


def invite(email: str = "New@Example.org") -> Invitation:
    return invitations.invite(email=email, name="New Person", user=people.person(staff=True), now=NOW)


def token(invitation: Invitation) -> str:
    return tokens.link_token(invitation.pk, invitation.sends)


def code(invitation: Invitation) -> str:
    return tokens.typed_code(invitation.pk, invitation.sends)


def test_only_digests_are_stored_and_one_letter_waits() -> None:
    made = invite()
    row = Invitation.objects.filter(pk=made.pk).values().get()
    assert row["email"] == "new@example.org"
    assert token(made) not in str(row)
    assert code(made) not in str(row)
    letter = Letter.objects.get(subject_id=made.pk)
    assert (letter.kind, letter.invitation_id, letter.occasion) == ("invitation", made.pk, "1")


def test_the_letter_has_the_link_and_the_code_and_goes_to_the_invited_address() -> None:
    made = invite()
    letter, kind = Letter.objects.get(subject_id=made.pk), registered()["invitation"]
    recipient = kind.recipient(letter)
    assert recipient == Recipient("new@example.org", "New Person", "en-gb")
    content = kind.render(letter, recipient)
    for body in (content.text, content.html):
        assert f"/invitation/{token(made)}/" in body
        assert code(made) in body
    assert "New Person" not in content.subject
    assert kind.still_due(letter, NOW) is None


@pytest.mark.parametrize("kept", [True, False])
def test_an_invitation_that_waited_while_the_key_was_changed_leaves_with_a_live_link(settings: Any, kept: bool) -> None:
    made = invite()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if kept else []
    settings.SECRET_KEY = "quite another key"
    letter, kind = Letter.objects.get(subject_id=made.pk), registered()["invitation"]
    body = kind.render(letter, kind.recipient(letter)).text
    sent = re.search(r"/invitation/([0-9a-f]{64})/", body)[1]
    printed = re.search(r"[2-9B-Z]{4}-[2-9B-Z]{4}", body)[0]
    assert invitations.find(token=sent, now=NOW) == made
    assert invitations.find_by_code(email=made.email, code=printed, now=NOW) == made
    assert invitations.join(token=sent, name="New Person", zone="Asia/Calcutta", now=NOW).profile.zone == "Asia/Kolkata"


def test_a_link_and_a_code_sent_before_the_key_was_changed_hold_while_it_is_kept(settings: Any) -> None:
    made = invite()
    sent, printed, before = token(made), code(made), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "quite another key", [before]
    assert invitations.find(token=sent, now=NOW) == made
    assert invitations.find_by_code(email=made.email, code=printed, now=NOW) == made
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(invitations.NotOpen):
        invitations.find(token=sent, now=NOW)


def test_nobody_joins_in_a_zone_that_is_none() -> None:
    made = invite()
    with pytest.raises(Refused) as refused:
        invitations.join(token=token(made), name="New Person", zone="Europe/Nowhere", now=NOW)
    assert refused.value.field == "zone"


def test_why_a_letter_is_no_longer_due() -> None:
    made = invite()
    letter, kind = Letter.objects.get(subject_id=made.pk), letters.INVITATION
    assert kind.still_due(letter, LATER) == "invitation_expired"
    invitations.resend(invitation=made, user=None, now=NOW)
    assert kind.still_due(letter, NOW) == "invitation_sent_again"
    again = Letter.objects.get(subject_id=made.pk, occasion="2")
    made.refresh_from_db()
    invitations.join(token=token(made), name="New", zone="UTC", now=NOW)
    assert kind.still_due(again, NOW) == "invitation_accepted"
    other = invite("other@example.org")
    invitations.revoke(invitation=other, user=None, now=NOW)
    letter = Letter.objects.get(subject_id=other.pk)
    assert (letter.state, letter.reason) == (LetterState.CANCELLED, "invitation_revoked")
    assert kind.still_due(letter, NOW) == "invitation_revoked"
    Invitation.objects.filter(pk=other.pk).delete()
    assert kind.recipient(letter) is None


def test_one_open_invitation_an_address_by_one_coordinator() -> None:
    inviter = people.person(staff=True)
    made = invitations.invite(email="new@example.org", name="New", user=inviter, now=NOW)
    with pytest.raises(Refused) as refused:
        invitations.invite(email="NEW@example.org ", name="New", user=inviter, now=NOW)
    assert refused.value.field == "email"
    other = invite()  # another coordinator is told nothing of it
    assert invitations.find(token=token(other), now=NOW) == other
    assert invitations.find_by_code(email=made.email, code=code(made), now=NOW) == made
    assert invitations.find_by_code(email=made.email, code=code(other), now=NOW) == other
    later = invitations.invite(email="new@example.org", name="New", user=inviter, now=LATER)  # the first is out of date
    made.refresh_from_db()
    assert (made.revoked_at, later.revoked_at) == (LATER, None)


def test_sending_again_makes_everything_new_and_the_old_link_dead() -> None:
    made = invite()
    old_token, old_code = token(made), code(made)
    again = invitations.resend(invitation=made, user=None, now=LATER)
    assert again.expires_at == LATER + timedelta(days=14)
    for dead in (
        lambda: invitations.find(token=old_token, now=LATER),
        lambda: invitations.find_by_code(email=made.email, code=old_code, now=LATER),
    ):
        with pytest.raises(invitations.NotOpen):
            dead()
    assert invitations.find(token=token(again), now=LATER) == made
    states = dict(Letter.objects.filter(subject_id=made.pk).values_list("occasion", "state"))
    assert states == {"1": LetterState.CANCELLED, "2": LetterState.PENDING}


def test_fourteen_days_to_the_second() -> None:
    made = invite()
    assert invitations.find(token=token(made), now=LATER - timedelta(seconds=1)) == made
    with pytest.raises(invitations.NotOpen):
        invitations.find(token=token(made), now=LATER)
    with pytest.raises(invitations.NotOpen):
        invitations.join(token=token(made), name="Late", zone="UTC", now=LATER)
    assert not User.objects.filter(email=made.email).exists()


def test_joining_makes_a_complete_person_and_works_once() -> None:
    made, told = invite(), []

    def listen(sender: object, **said: Any) -> None:
        told.append((said["invitation"], said["user"], said["now"]))

    invitation_accepted.connect(listen)
    try:
        user = invitations.join(
            token=token(made), name="New P", zone="Asia/Tokyo", password="a long password 7", now=NOW
        )
    finally:
        invitation_accepted.disconnect(listen)
    assert told == [(made, user, NOW)]
    assert (user.email, user.profile.zone, user.check_password("a long password 7")) == (
        "new@example.org",
        "Asia/Tokyo",
        True,
    )
    assert user.emailaddress_set.get().verified
    with pytest.raises(invitations.NotOpen):
        invitations.join(token=token(made), name="Twice", zone="UTC", now=NOW)
    for verb in (invitations.resend, invitations.revoke):
        with pytest.raises(WrongState):
            verb(invitation=made, user=None, now=NOW)


def test_only_the_invited_account_accepts() -> None:
    known = people.person(email="new@example.org")
    made = invite()
    assert invitations.account_of(made) == known
    with pytest.raises(Refused, match="another address"):
        invitations.accept(token=token(made), user=people.person(), now=NOW)
    invitations.accept(token=token(made), user=known, now=NOW)
    assert Invitation.objects.get(pk=made.pk).completed_by == known


def test_a_code_is_forgiving_about_spelling_and_wrong_ones_close_nothing() -> None:
    made = invite()
    assert invitations.find_by_code(email="NEW@example.org", code=f" {code(made).lower()} ", now=NOW) == made
    for _ in range(30):
        with pytest.raises(invitations.NotOpen):
            invitations.find_by_code(email=made.email, code="BCDF-BCDF", now=NOW)
    assert invitations.find_by_code(email=made.email, code=code(made), now=NOW) == made
    assert invitations.find(token=token(made), now=NOW) == made
    with pytest.raises(invitations.NotOpen):
        invitations.find_by_code(email="never@example.org", code=code(made), now=NOW)
