"""What happens inside a pairing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EngagementsConfig(AppConfig):
    name = "engagements"
    verbose_name = _("Inside a pairing")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import (
            account_closed,
            calendar_changed,
            invitation_accepted,
            invitation_closed,
            invitation_described,
        )
        from cohorts.signals import cohort_end_foreseen, cohort_end_moved
        from common.invariants import register as register_invariants
        from engagements import (
            assistant_letters,
            events,
            invariants,
            length_letters,
            letters,
            meeting_letters,
            receivers,
            review_letters,
            stock_letters,
            talk_letters,
        )
        from matching.signals import pairing_changed
        from outbox import kinds, reasons

        register_invariants(invariants.QUERIES)
        events.register()
        kinds.register(
            *letters.KINDS,
            *length_letters.KINDS,
            *meeting_letters.KINDS,
            *assistant_letters.KINDS,
            *review_letters.KINDS,
            *stock_letters.KINDS,
            *talk_letters.KINDS,
        )
        kinds.register_answering(talk_letters.asker_of)
        reasons.register(letters.NotNeeded)
        pairing_changed.connect(receivers.follow_pairing, dispatch_uid="engagements.follow_pairing")
        cohort_end_foreseen.connect(receivers.foresee_end, dispatch_uid="engagements.foresee_end")
        cohort_end_moved.connect(receivers.ask_pairs, dispatch_uid="engagements.ask_pairs")
        calendar_changed.connect(receivers.follow_person, dispatch_uid="engagements.follow_person")
        account_closed.connect(receivers.end_assistants, dispatch_uid="engagements.end_assistants")
        invitation_accepted.connect(receivers.take_up_assisting, dispatch_uid="engagements.take_up_assisting")
        invitation_closed.connect(receivers.withdraw_assisting, dispatch_uid="engagements.withdraw_assisting")
        invitation_described.connect(receivers.describe_assisting, dispatch_uid="engagements.describe_assisting")
