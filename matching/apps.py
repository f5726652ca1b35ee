"""Who should meet."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
    verbose_name = _("The programme")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.signals import invitation_accepted, ties_changed
        from common.sentences import register
        from matching import letters, receivers, sentences
        from matching.checks import triggers_exist
        from outbox import kinds

        register(sentences.CONSTRAINTS)
        kinds.register(*letters.KINDS)
        checks.register(triggers_exist, checks.Tags.database)
        ties_changed.connect(receivers.recheck_ties, dispatch_uid="matching.recheck_ties")
        invitation_accepted.connect(receivers.enrol_invited, dispatch_uid="matching.enrol_invited")
