"""How allauth behaves here: sign-up by invitation, a profile for everybody, second-factor secrets sealed."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.domain import account_emails, addresses, erasing, people, second_factor_secrets
from accounts.models import Erasure, User
from accounts.signed_in import signed_in_just_now
from common.clock import now
from common.errors import Refused
from outbox.kinds import Recipient, language_of

PASSWORD, PASSKEY = "reauthenticate", "mfa_reauthenticate:webauthn"
UNKNOWN = "account/email/unknown_account"
RESEND = "resend"  # what the button of the page that asks for a code sends as `action`


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Open sign-up only where the setting says so; letters in our words and look."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # Said of passwords, of codes asked for and of codes typed: it must be true of all of them.
        "too_many_login_attempts": gettext_lazy(
            "There were many tries in a short time, for this address or from this connection. Wait a few minutes, then "
            "try once more."
        ),
    }

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

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted together: the client before our own proxies, as far as they tell."""
        try:
            found: str = super().get_client_ip(request)
        except (ImproperlyConfigured, PermissionDenied):
            found = str(request.META.get("REMOTE_ADDR", ""))
        return found

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """By the strongest means a person has: a passkey, then the app; a password only where there is neither."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if len(ways) > 1:
            ways = [way for way in ways if way["id"] != PASSWORD]
        return sorted(ways, key=lambda way: way["id"] != PASSKEY)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """As allauth decides; who has no password and no factor to confirm with signs in anew, unless they just did."""
        required: bool = super().is_reauthentication_required(app=app, **more)
        has_means = bool(self.get_reauthentication_methods(self.request.user))
        if required and not has_means and not signed_in_just_now(self.request):
            raise ImmediateHttpResponse(_sign_in_anew(self.request))
        return required

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Whoever signs in to an account that is about to be erased sees so, and can keep it."""
        erasure = Erasure.objects.waiting_for(user)
        answer: HttpResponse = redirect(erasure.undo_url) if erasure else super().respond_user_inactive(request, user)
        return answer

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put one of allauth's letters into the outbox, times in the zone of the person at the screen, words in the
        language of whose address it is; where it is nobody's, in that of the screen, too.
        """
        owner = context.get("user") or User.objects.filter(email__iexact=email).select_related("profile").first()
        if template_prefix == UNKNOWN and owner and (erasure := Erasure.objects.waiting_for(owner)):
            erasing.tell(erasure, now())
            return
        language = language_of(owner) if owner else get_language()
        recipient = Recipient(email, name="", language=language, zone=timezone.get_current_timezone_name())
        ours = {name: _under_site_url(value) if name.endswith("_url") else value for name, value in context.items()}
        account_emails.post_email(
            occasion=template_prefix,
            context=ours,
            recipient=recipient,
            person=owner,
            session=getattr(self.request, "session", {}),
            again=getattr(self.request, "POST", {}).get("action") == RESEND,
            now=now(),
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell `user` of a change, also at an address that is no longer theirs."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)


def _under_site_url(link: str) -> str:
    """allauth makes links of what the browser said to have asked, port included; ours begin with SITE_URL."""
    return f"{settings.SITE_URL}{urlsplit(link)._replace(scheme='', netloc='').geturl()}"


def _sign_in_anew(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, _("Please sign in once more: what you were about to do changes how you sign in."))
    return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': request.path})}")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Second-factor secrets are kept under the content master key: a copy of the database opens no account."""

    def encrypt(self, text: str) -> str:
        """The secret as it is kept."""
        return second_factor_secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises `ContentTampered` when it was forged or its master key is gone."""
        return second_factor_secrets.unseal(encrypted_text)
