"""The one letter of this app: the invitation."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts import tokens
from accounts.models import Invitation
from outbox.kinds import Content, LetterKind, Recipient, absolute_url, render_templates
from outbox.models import Letter


def _invitation(letter: Letter) -> Invitation | None:
    return Invitation.objects.filter(pk=letter.subject_id).select_related("invited_by").first()


def _recipient(letter: Letter) -> Recipient | None:
    invitation = _invitation(letter)
    return Recipient(address=invitation.email, name=invitation.name) if invitation else None


def _render(letter: Letter, recipient: Recipient) -> Content:
    invitation = Invitation.objects.select_related("invited_by").get(pk=letter.subject_id)
    return render_templates(
        "invitation",
        {
            "invitation": invitation,
            "link": absolute_url("accounts:invitation", token=tokens.link_token(invitation.pk, invitation.sends)),
            "code": tokens.typed_code(invitation.pk, invitation.sends),
            "code_page": absolute_url("accounts:invitation_code"),
        },
        recipient,
    )


def _still_due(letter: Letter, now: datetime) -> str | None:
    invitation = _invitation(letter)
    if invitation is None or invitation.revoked_at is not None:
        return _("The invitation was revoked.")
    if invitation.completed_at is not None:
        return _("The invitation was accepted.")
    if letter.occasion != str(invitation.sends):
        return _("The invitation was sent again.")
    return _("The invitation is out of date.") if invitation.expires_at <= now else None


INVITATION = LetterKind(name="invitation", render=_render, still_due=_still_due, contractual=True, recipient=_recipient)
