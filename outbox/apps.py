"""Letters that must go out."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("The record")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.content import rotation
        from outbox import events, kinds, letters, reasons
        from outbox.domain.enclosures import ENCLOSURES

        events.register()
        kinds.register(*letters.KINDS)
        reasons.register(reasons.NotNeeded, reasons.NotDelivered)
        rotation.register(ENCLOSURES)
