"""Who people are."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and organisations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register sentences and letters, and listen to changed addresses."""
        from accounts import letters, receivers
        from accounts.sentences import sentences
        from common.sentences import register as register_sentences
        from outbox.kinds import register as register_letters

        register_sentences(sentences())
        register_letters(letters.INVITATION, *letters.CHANGES)
        receivers.connect()
