"""What a person reads when one of this app's constraints holds somebody back."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "agreement_version_once": _("The other side has just written a new version. Please read that one first."),
    "agreement_cadence_in_range": _(
        "One to four conversations a month, and check-ins one to thirteen weeks or months apart."
    ),
    "agreement_day_goes_with_months": _("A day of the month goes with check-ins by the month."),
    "signature_once_a_side": _("Your signature is already there."),
    "check_in_once": _("This check-in is already planned."),
    "check_in_answer_fits_state": _("Please answer all three questions from 1 to 5, and say whether you have met."),
    "check_in_put_off_twice_at_most": _("This check-in has been put off twice already."),
    "meeting_once_a_day": _("This meeting is noted already."),
}
