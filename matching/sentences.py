"""What people read when a rule or a constraint of matching holds them back."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.engine import OTHER

# One sentence for everything that is not told apart: a full mentor, one on leave, one who withdrew, and private lists.
NOT_AVAILABLE = _("This is not available at present.")

RULES: Mapping[str, str | Promise] = {
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

CONSTRAINTS: Mapping[str, str | Promise] = {
    "mentor_within_capacity": NOT_AVAILABLE,
    "shortlist_rank_once": _("Your list has changed since the page was shown. Please look at it again."),
    "shortlist_mentor_once": _("This mentor is already on your list."),
    "shortlist_rank_in_range": _("A list has room for three."),
    "shortlist_fits_enrolments": _("A shortlist joins a mentee and a mentor of the same cohort."),
    "request_one_pending": _("You have already asked somebody, and the answer is still open."),
    "request_not_of_oneself": RULES["same_person"],
    "request_same_employer": RULES["same_employer"],
    "request_same_family": RULES["same_family"],
    "request_fits_mentee": _("A request joins a mentee and a mentor of the same cohort."),
    "request_fits_mentor": _("A request joins a mentee and a mentor of the same cohort."),
    "request_whole": _("This request exists already."),
    "request_people_fixed": _("A request keeps its two people."),
    "pairing_one_open_per_mentee": _("This mentee already has an open pairing in the cohort."),
    "pairing_not_of_oneself": RULES["same_person"],
    "pairing_same_employer": RULES["same_employer"],
    "pairing_same_family": RULES["same_family"],
    "pairing_fits_request": _("A pairing joins the mentee and the mentor of its request."),
    "pairing_once_a_request": _("This request was accepted already."),
    "pairing_people_fixed": _("The two people of a pairing never change."),
    "mentor_has_profile": NOT_AVAILABLE,
    "proposal_once_a_mentee": _("This run has already proposed somebody to this mentee."),
    "unmatched_once": _("This run already says why this mentee has nobody."),
    "chemistry_once_a_side": _("Your answer is already noted."),
    "pause_one_running": _("This pairing is already paused."),
    "waiver_not_of_oneself": _("Nobody can be their own mentor; this cannot be waived."),
    "alert_once_open": _("This is already on the list."),
    "pair_again_once": _("That you would be paired again is already noted."),
    "event_append_only": _("History is not changed."),
}
