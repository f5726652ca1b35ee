"""Letters that must go out."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("The record")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from outbox import events, kinds, letters, reasons

        events.register()
        kinds.register(*letters.KINDS)
        reasons.register(reasons.NotNeeded, reasons.NotDelivered)
