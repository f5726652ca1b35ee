"""This app's letters: the invitation, and those about a change of address, which go to both addresses."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.models import AddressChange, Erasure, Invitation, Organisation
from accounts.signals import gathered, invitation_described
from outbox.kinds import Content, LetterKind, Reader, Recipient, Scope, absolute_url, recipient_for, render_email
from outbox.models import Letter
from outbox.reasons import LetterReason


class NotNeeded(LetterReason):
    """Why a letter of this app is cancelled."""

    INVITATION_REVOKED = "invitation_revoked", _("The invitation was revoked.")
    INVITATION_DECLINED = "invitation_declined", _("The invitation was declined.")
    INVITATION_ACCEPTED = "invitation_accepted", _("The invitation was accepted.")
    INVITATION_SENT_AGAIN = "invitation_sent_again", _("The invitation was sent again.")
    INVITATION_EXPIRED = "invitation_expired", _("The invitation is out of date.")
    ORGANISATION_SETTLED = "organisation_settled", _("The organisation was accepted after all, or the tie taken back.")
    ADDRESS_IN_EFFECT = "address_in_effect", _("The new address is in effect.")
    ADDRESS_CHANGE_UNDONE = "address_change_undone", _("The change of the address was undone.")
    ERASURE_UNDONE = "erasure_undone", _("The account is kept after all.")
    ERASURE_ASKED_AGAIN = "erasure_asked_again", _("It was asked once more to erase the account.")
    ERASURE_OVER = "erasure_over", _("It has been decided whether the account is erased.")
    ADDRESS_CHANGE_OVER = "address_change_over", _("The change of the address is over.")


def _invitation(letter: Letter) -> Invitation | None:
    return Invitation.objects.filter(pk=letter.subject_id).select_related("invited_by").first()


def inviter_of(letter: Letter) -> str:
    """Who reads answers to an invitation: whoever invited, while their account is open; "" for any other letter."""
    invitation = _invitation(letter) if letter.kind == INVITATION.name else None
    by = invitation.invited_by if invitation else None
    return by.email if by and by.is_active else ""


def _recipient(letter: Letter) -> Recipient | None:
    invitation = _invitation(letter)
    return Recipient(invitation.email, invitation.name, settings.LANGUAGE_CODE) if invitation else None


def _render(letter: Letter, recipient: Recipient) -> Content:
    invitation = Invitation.objects.select_related("invited_by").get(pk=letter.subject_id)
    token, code = invitation.secrets()
    return render_email(
        "invitation",
        {
            "invitation": invitation,
            "offers": described(invitation, letter.due_at),
            "action": absolute_url("accounts:invitation", token=token),
            "code": code,
            "code_page": absolute_url("accounts:invitation_code"),
        },
        recipient,
    )


def described(invitation: Invitation, now: datetime) -> list[str]:
    """What an invitation offers, a sentence each."""
    return gathered(invitation_described.send(sender=Invitation, invitation=invitation, now=now))


def _still_due(letter: Letter, now: datetime) -> NotNeeded | None:
    invitation = _invitation(letter)
    if invitation is None or invitation.revoked_at is not None:
        return NotNeeded.INVITATION_REVOKED
    if invitation.completed_at is not None:
        return NotNeeded.INVITATION_ACCEPTED
    if letter.occasion != str(invitation.sends):
        return NotNeeded.INVITATION_SENT_AGAIN
    return NotNeeded.INVITATION_EXPIRED if invitation.expires_at <= now else None


SECOND_FACTOR_RESET = "second_factor_reset"


def _render_reset(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, {"action": absolute_url("mfa_index")}, recipient)


ORGANISATION_REFUSED = "organisation_refused"


def _render_refused(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, {"action": absolute_url("accounts:profile_step", "ties")}, recipient)


def _still_refused(letter: Letter, _now: datetime) -> NotNeeded | None:
    refused = Organisation.objects.filter(pk=letter.subject_id, refused_at__isnull=False)
    kept = refused.filter(affiliations__person=letter.person_id).exists()
    return None if kept else NotNeeded.ORGANISATION_SETTLED


OLD, NEW = "old", "new"  # the occasion of a letter about a change: to which of the two addresses it goes


def _change(letter: Letter) -> AddressChange | None:
    return AddressChange.objects.filter(pk=letter.subject_id).select_related("person__profile").first()


def _one_of_the_two(letter: Letter) -> Recipient | None:
    change = _change(letter)
    if change is None or not change.person.is_active:
        return None
    address = change.old if letter.occasion == OLD else change.new
    return recipient_for(change.person, address)


def _render_change(letter: Letter, recipient: Recipient) -> Content:
    """The old address can undo; the new one is shown the page of the account."""
    change = AddressChange.objects.get(pk=letter.subject_id)
    undo = change.is_waiting and letter.occasion == OLD
    link = absolute_url("accounts:address_undo", token=tokens.address_token(change.pk))
    action = link if undo else absolute_url("account_email")
    return render_email(letter.kind, {"change": change, "undo": undo, "action": action}, recipient)


def _still_waiting(letter: Letter, _now: datetime) -> NotNeeded | None:
    change = _change(letter)
    return None if change is not None and change.is_waiting else NotNeeded.ADDRESS_CHANGE_OVER


CHANGES = (
    LetterKind(
        name="address_changing",
        render=_render_change,
        still_due=_still_waiting,
        scope=Scope.ACCOUNT,
        contractual=True,
        recipient=_one_of_the_two,
        title=_("A new e-mail address was given"),
        urgent=True,
    ),
    LetterKind(
        name="address_changed",
        render=_render_change,
        scope=Scope.ACCOUNT,
        contractual=True,
        recipient=_one_of_the_two,
        title=_("Your e-mail address has changed"),
        urgent=True,
    ),
)
ERASURE_ASKED = "erasure_asked"


def _erasure(letter: Letter) -> Erasure | None:
    found: Erasure | None = (
        Erasure.objects.waiting().filter(pk=letter.subject_id).select_related("person__profile").first()
    )
    return found


def _to_be_erased(letter: Letter) -> Recipient | None:
    """Their account is closed: this is the one e-mail that reaches them all the same."""
    erasure = _erasure(letter)
    return recipient_for(erasure.person, erasure.person.email) if erasure else None


def _render_erasure(letter: Letter, recipient: Recipient) -> Content:
    erasure = Erasure.objects.get(pk=letter.subject_id)
    action = f"{settings.SITE_URL}{erasure.undo_url}"
    return render_email(letter.kind, {"erasure": erasure, "action": action}, recipient)


def _still_to_be_erased(letter: Letter, _now: datetime) -> NotNeeded | None:
    return None if _erasure(letter) else NotNeeded.ERASURE_OVER


ERASURE_UNDONE = "erasure_undone"


def _render_undone(letter: Letter, recipient: Recipient) -> Content:
    """An account that was open is open again; one that was closed before stays so, and its page says no more."""
    erasure = Erasure.objects.get(pk=letter.subject_id)
    action = absolute_url("account_login") if erasure.was_open else f"{settings.SITE_URL}{erasure.undo_url}"
    return render_email(letter.kind, {"erasure": erasure, "action": action}, recipient)


def _kept(letter: Letter) -> Recipient | None:
    """Also whose account was closed before, and is again."""
    erasure = Erasure.objects.select_related("person__profile").get(pk=letter.subject_id)
    return recipient_for(erasure.person, erasure.person.email)


def _still_kept(letter: Letter, _now: datetime) -> NotNeeded | None:
    erased = Erasure.objects.filter(person=letter.person_id, undone_at=None)
    return NotNeeded.ERASURE_ASKED_AGAIN if erased.exists() else None


ERASURES = (
    LetterKind(
        name=ERASURE_UNDONE,
        render=_render_undone,
        still_due=_still_kept,
        scope=Scope.ACCOUNT,
        contractual=True,
        recipient=_kept,
        title=_("Your account is kept after all"),
        urgent=True,
    ),
    LetterKind(
        name=ERASURE_ASKED,
        render=_render_erasure,
        still_due=_still_to_be_erased,
        scope=Scope.ACCOUNT,
        contractual=True,
        recipient=_to_be_erased,
        title=_("Your account will be erased"),
        urgent=True,
    ),
)
SECOND_FACTOR = LetterKind(
    name=SECOND_FACTOR_RESET,
    render=_render_reset,
    scope=Scope.ACCOUNT,
    contractual=True,
    title=_("Your second factor was taken away"),
    urgent=True,
)
REFUSED_ORGANISATION = LetterKind(
    name=ORGANISATION_REFUSED,
    render=_render_refused,
    still_due=_still_refused,
    scope=Scope.ACCOUNT,
    contractual=True,
    title=_("A coordinator could not accept an organisation that you named"),
)
INVITATION = LetterKind(
    name="invitation",
    render=_render,
    still_due=_still_due,
    scope=Scope.INVITATION,
    readers=frozenset({Reader.INVITED}),
    contractual=True,
    recipient=_recipient,
    title=_("Invitations"),
)
