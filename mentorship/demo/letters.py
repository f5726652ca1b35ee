"""Why the demo cancels letters."""

from django.utils.translation import gettext_lazy as _

from outbox.reasons import LetterReason


class NotNeeded(LetterReason):
    """Letters that were due before anybody could read them."""

    BEFORE_THE_DEMO = "before_the_demo", _("It is from before this demo began.")
