"""What happens inside a pairing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementsConfig(AppConfig):
    name = "engagements"
    verbose_name = _("Inside a pairing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import calendar_changed
        from common.invariants import register as register_invariants
        from engagements import events, invariants, letters, meeting_letters, receivers, review_letters
        from matching.signals import pairing_changed
        from outbox import kinds, reasons

        register_invariants(invariants.QUERIES)
        events.register()
        kinds.register(*letters.KINDS, *meeting_letters.KINDS, *review_letters.KINDS)
        reasons.register(letters.NotNeeded)
        pairing_changed.connect(receivers.follow_pairing, dispatch_uid="engagements.follow_pairing")
        calendar_changed.connect(receivers.follow_person, dispatch_uid="engagements.follow_person")
