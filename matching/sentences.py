"""What people read when a rule of independence holds them back."""

from django.utils.translation import gettext_lazy as _

from common.sentences import NOT_AVAILABLE
from matching.engine import OTHER

RULES = {
    "same_person": _("You cannot be your own mentor."),
    "mentee_unconfirmed": _(
        "Say where you work first. A new organisation’s name has to be confirmed by a coordinator "
        "before anybody is asked."
    ),
    "same_employer": _("You both work for the same organisation. A mentor always comes from another one."),
    "same_family": _("Your organisations belong to the same group. A mentor always comes from outside it."),
    "competitors": _("Your organisations are competitors, so this programme does not pair you."),
    "current_tie": _("One of you sits on the board of the other’s organisation, invests in it or advises it."),
    "former_employer": _("One of you worked for the other’s organisation until not long ago."),
    "reverse_pairing": _("You are paired already, with the roles the other way round."),
    "already_paired": _("You are paired already."),
    "declined": _("This mentor has declined in this cohort."),
    "paired_before": _("You were paired before. It takes both of you to ask for each other again."),
    OTHER: NOT_AVAILABLE,
}
