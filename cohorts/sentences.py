"""What people read when a constraint of cohorts holds them back."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONSTRAINTS: Mapping[str, str | Promise] = {
    "cohort_ends_after_start": _("The end must come after the start."),
    "cohort_weights_not_all_zero": _("At least one of these must count."),
    "cohort_weights_in_range": _("A weight is at most 1000. Only how the numbers compare matters."),
    "enrolment_once": _("This person already has this role in the cohort."),
    "enrolment_within_capacity": _("This is not available at present."),
    "enrolment_capacity_of_mentors": _("Only a mentor has a capacity."),
    "enrolment_fixed": _("An enrolment keeps its cohort, person and role. Make another one instead."),
    "enrolment_whole": _("This person already has this role in the cohort."),
    "offer_once": _("This role is already offered with the invitation."),
}
