"""Who takes part: cohorts, enrolments, and the roles that invitations offer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortsConfig(AppConfig):
    name = "cohorts"
    verbose_name = _("Cohorts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import invitation_accepted
        from cohorts import events, letters, receivers
        from outbox import kinds, reasons

        events.register()
        kinds.register(*letters.KINDS)
        kinds.register_answering(letters.coordinator_of)
        reasons.register(letters.NotNeeded)
        invitation_accepted.connect(receivers.enrol_invited, dispatch_uid="cohorts.enrol_invited")
