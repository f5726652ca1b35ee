"""Who takes part: cohorts, enrolments, and the roles that invitations offer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortsConfig(AppConfig):
    name = "cohorts"
    verbose_name = _("Cohorts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import (
            account_closing_foreseen,
            account_erasing_foreseen,
            invitation_accepted,
            invitation_described,
            part_given_up,
            part_held,
            part_wanted,
        )
        from cohorts import events, letters, receivers
        from cohorts.domain.imports.contents import SHEETS
        from common.content import rotation
        from outbox import kinds, reasons

        events.register()
        rotation.register(SHEETS)
        kinds.register(*letters.KINDS)
        kinds.register_answering(letters.coordinator_of)
        reasons.register(letters.NotNeeded)
        invitation_accepted.connect(receivers.take_up_offers, dispatch_uid="cohorts.take_up_offers")
        account_closing_foreseen.connect(receivers.name_cohorts_left_alone, dispatch_uid="cohorts.left_alone")
        account_erasing_foreseen.connect(receivers.name_cohorts_left_alone, dispatch_uid="cohorts.erasing_left_alone")
        account_erasing_foreseen.connect(receivers.name_cohorts_with_this_contact, dispatch_uid="cohorts.this_contact")
        invitation_described.connect(receivers.describe_offers, dispatch_uid="cohorts.describe_offers")
        part_wanted.connect(receivers.ask_for_part, dispatch_uid="cohorts.ask_for_part")
        part_given_up.connect(receivers.take_back_part, dispatch_uid="cohorts.take_back_part")
        part_held.connect(receivers.holds_part, dispatch_uid="cohorts.holds_part")
