"""Who people are."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and organisations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register letters, and listen to changed addresses."""
        from accounts import account_letters, events, letters, receivers
        from accounts.domain.second_factor_secrets import SECOND_FACTORS
        from accounts.invariants import QUERIES
        from common import invariants
        from common.content import rotation
        from outbox import kinds, reasons

        events.register()
        kinds.register(
            letters.INVITATION,
            letters.SECOND_FACTOR,
            letters.REFUSED_ORGANISATION,
            *letters.ERASURES,
            *letters.CHANGES,
            *account_letters.KINDS,
        )
        kinds.register_answering(letters.inviter_of)
        reasons.register(letters.NotNeeded)
        invariants.register(QUERIES)
        rotation.register(SECOND_FACTORS)
        receivers.connect()
