"""How allauth behaves here: sign-up by invitation, a profile for everybody, second-factor secrets sealed."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import account_letters
from accounts.domain import addresses, people
from accounts.models import User
from common.clock import now
from common.content.keys import ContentTampered, Wrapped, unwrap, wrap
from common.errors import Refused
from outbox.kinds import Recipient, language_of

SECOND_FACTOR = "accounts:second-factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Open sign-up only where the setting says so; letters in our words and look."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether anybody may join."""
        return not settings.INVITATION_ONLY

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Somebody who signs up gets a profile, as somebody invited does."""
        saved: User = super().save_user(request, user, form, commit)
        if commit:
            people.welcome(user=saved)
        return saved

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A first address is proven and done; one that takes another's place comes into effect a day later."""
        user = email_address.user
        if not EmailAddress.objects.filter(user=user, verified=True).exclude(email=email_address.email).exists():
            return bool(super().confirm_email(request, email_address))
        try:
            addresses.begin(user=user, new=email_address.email, now=now())
        except Refused as refused:
            messages.error(request, str(refused))
            return False
        messages.success(request, _("The address is proven. It takes effect in a day; both addresses are told."))
        return True

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMultiAlternatives:
        """One of allauth's letters, times in the zone of the person at the screen, words in the language of whose
        address it is; where it is nobody's, in that of the screen, too.
        """
        owner = context.get("user") or User.objects.filter(email__iexact=email).select_related("profile").first()
        language = language_of(owner) if owner else get_language()
        recipient = Recipient(email, name="", language=language, zone=timezone.get_current_timezone_name())
        content = account_letters.render(template_prefix, context, recipient)
        message = EmailMultiAlternatives(content.subject, content.text, self.get_from_email(), [email], headers=headers)
        message.attach_alternative(content.html, "text/html")
        return message


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Second-factor secrets are kept under the content master key: a copy of the database opens no account."""

    def encrypt(self, text: str) -> str:
        """The secret as "master key id:base64"."""
        wrapped = wrap(text.encode(), bound_to=SECOND_FACTOR)
        return f"{wrapped.master}:{base64.b64encode(wrapped.blob).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises `ContentTampered` when it was forged or its master key is gone."""
        master, _colon, encoded = encrypted_text.partition(":")
        try:
            blob = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise ContentTampered("a second-factor secret cannot be read") from error
        return unwrap(Wrapped(master, blob), bound_to=SECOND_FACTOR).decode()
