"""Who takes part: cohorts, enrolments, and the roles that invitations offer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortsConfig(AppConfig):
    name = "cohorts"
    verbose_name = _("Cohorts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import invitation_accepted, part_given_up, part_held, part_wanted
        from cohorts import events, letters, receivers
        from outbox import kinds, reasons

        events.register()
        kinds.register(*letters.KINDS)
        kinds.register_answering(letters.coordinator_of)
        reasons.register(letters.NotNeeded)
        invitation_accepted.connect(receivers.enrol_invited, dispatch_uid="cohorts.enrol_invited")
        part_wanted.connect(receivers.ask_for_part, dispatch_uid="cohorts.ask_for_part")
        part_given_up.connect(receivers.take_back_part, dispatch_uid="cohorts.take_back_part")
        part_held.connect(receivers.holds_part, dispatch_uid="cohorts.holds_part")
