"""Who should meet."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("The programme")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import (
            account_closed,
            account_closing_foreseen,
            account_erasing_foreseen,
            at_stake,
            calendar_changed,
            conflicts_changed,
        )
        from cohorts.signals import (
            cohort_end_foreseen,
            cohort_end_moved,
            enrolment_withdrawal_foreseen,
            enrolment_withdrawing,
            enrolment_withdrawn,
        )
        from common.invariants import register as register_invariants
        from common.invariants import register_check
        from common.sentences import register as register_sentences
        from common.signals import words_unreadable
        from matching import events, invariants, letters, receivers
        from matching.checks import REFUSED_IN_SQL, invariants_are_held
        from matching.domain.recheck import not_followed
        from outbox import kinds, reasons

        register_sentences(REFUSED_IN_SQL)
        register_invariants(invariants.QUERIES)
        register_check("every_rule_is_followed", not_followed)
        events.register()
        kinds.register(*letters.KINDS)
        reasons.register(letters.NotNeeded)
        checks.register(invariants_are_held, checks.Tags.database)
        conflicts_changed.connect(receivers.recheck_conflicts, dispatch_uid="matching.recheck_conflicts")
        at_stake.connect(receivers.tell_stakes, dispatch_uid="matching.tell_stakes")
        calendar_changed.connect(receivers.follow_calendar, dispatch_uid="matching.follow_calendar")
        words_unreadable.connect(receivers.tell_of_unreadable_words, dispatch_uid="matching.tell_of_unreadable_words")
        account_closed.connect(receivers.tell_the_other_sides, dispatch_uid="matching.tell_the_other_sides")
        account_closing_foreseen.connect(receivers.foresee_closing, dispatch_uid="matching.foresee_closing")
        account_erasing_foreseen.connect(receivers.foresee_erasing, dispatch_uid="matching.foresee_erasing")
        cohort_end_foreseen.connect(receivers.foresee_end, dispatch_uid="matching.foresee_end")
        cohort_end_moved.connect(receivers.follow_end, dispatch_uid="matching.follow_end")
        enrolment_withdrawal_foreseen.connect(receivers.foresee_withdrawal, dispatch_uid="matching.foresee_withdrawal")
        enrolment_withdrawing.connect(receivers.enrolments_to_lock, dispatch_uid="matching.enrolments_to_lock")
        enrolment_withdrawn.connect(receivers.lapse_requests, dispatch_uid="matching.lapse_requests")
