"""Where a mentee goes from a request that is closed: what is true now, and the one page that leads on."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import Refused
from matching.domain.asking import check_may_ask
from matching.models import Pairing, Request
from matching.states import PairingState


@dataclass(frozen=True, slots=True)
class Onward:
    """A sentence, and the page it leads to, if there is one."""

    sentence: str | Promise
    href: str = ""
    label: str = ""


def onward(closed: Request, now: datetime) -> Onward:
    """Whom the mentee of a closed request may ask now, or why nobody."""
    mentee = closed.mentee_enrolment
    try:
        check_may_ask(mentee, now)
    except Refused as refused:
        return _under_way(closed) or Onward(refused.sentence)
    address = f"{reverse('matching:suggestions')}?{urlencode({'cohort': mentee.cohort_id})}"
    return Onward(_("Nobody is asked for you at present. Choose whom to ask next."), address, _("See who fits"))


def _under_way(closed: Request) -> Onward | None:
    """The request that waits by now, or the pairing that has come of one."""
    of_mentee = {"mentee": closed.mentee_id, "cohort": closed.cohort_id}
    pairing = Pairing.objects.open().filter(**of_mentee).select_related("mentor").first()
    if pairing is not None:
        begun = pairing.state != PairingState.INTRODUCED
        words = _("%(name)s is your mentor by now.") if begun else _("You and %(name)s have been introduced since.")
        sentence = words % {"name": pairing.mentor.name}
        return Onward(sentence, reverse("engagements:pairing", args=[pairing.pk]), _("Go to your pairing"))
    waiting = Request.objects.pending().filter(**of_mentee).select_related("mentor").first()
    if waiting is None:
        return None
    sentence = _("%(name)s has been asked since, and the answer is still open.") % {"name": waiting.mentor.name}
    return Onward(sentence, reverse("matching:request", args=[waiting.pk]), _("Look at that request"))
