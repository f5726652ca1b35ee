"""What a pairing asks of one of the two now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from common.dates import long_day, short_day
from engagements.domain.standing import Standing
from engagements.models import CheckIn
from engagements.states import CheckInStatus
from matching.states import PairingState


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do, or to wait for when `act` is empty. The smaller `rank`, the sooner to be done."""

    rank: int
    title: str
    text: str
    kicker: str = ""
    icon: str = "clock"
    act: str = ""
    url: str = ""


def of_pairing(standing: Standing, now: datetime) -> Iterator[Need]:
    """What a pairing asks of this side now."""
    match standing.pairing.state:
        case PairingState.INTRODUCED:
            yield _introduced(standing)
        case PairingState.ACTIVE if standing.due is None:
            yield _all_done(standing)
        case PairingState.PAUSED:
            yield _paused(standing)
        case PairingState.CLOSING:
            yield _closing(standing)
    if standing.due is not None:
        yield _check_in(standing, standing.due, now)


def _check_in(standing: Standing, check_in: CheckIn, now: datetime) -> Need:
    late = check_in.status(now) == CheckInStatus.OVERDUE
    kicker = _("Was due %(day)s · two minutes") if late else _("Due %(day)s · two minutes")
    return Need(
        rank=0 if late else 2,
        kicker=kicker % {"day": long_day(check_in.due_at)},
        title=_("Say how it is going with %(name)s") % {"name": standing.other.get_short_name()},
        text=_("Three questions. %(name)s answers them too. Your coordinator sees only that you answered.")
        % {"name": standing.other.get_short_name()},
        act=_("Start the check-in"),
        url=reverse("engagements:check_in", args=[check_in.pk]),
    )


def _introduced(standing: Standing) -> Need:
    if standing.both_go_ahead:
        return _agreement(standing)
    name = standing.other.get_short_name()
    if standing.chemistry is None:
        return Need(
            rank=4,
            icon="chat-bubble-left-right",
            kicker=_("Introduced on %(day)s") % {"day": short_day(standing.pairing.introduced_at)},
            title=_("Meet %(name)s for a first conversation") % {"name": name},
            text=_(
                "Half an hour is enough, and it commits neither of you. Afterwards each of you says "
                "privately whether to go ahead; only the joint result is told."
            ),
            act=_("Say whether to go ahead"),
            url=_page("chemistry", standing),
        )
    return Need(
        rank=21,
        title=_("You said to go ahead with %(name)s") % {"name": name},
        text=_("You both hear the joint result once %(name)s has answered too. Nothing to do for you until then.")
        % {"name": name},
    )


def _agreement(standing: Standing) -> Need:
    name = {"name": standing.other.get_short_name()}
    url = _page("agreement", standing)
    icon = "pencil-square"
    if standing.agreement is None:
        return Need(
            rank=5,
            icon=icon,
            kicker=_("You both said yes"),
            title=_("Agree how you and %(name)s will work") % name,
            text=_("How often you speak, until when, and whatever else matters. One of you writes, both sign."),
            act=_("Write the agreement"),
            url=url,
        )
    if not standing.i_signed:
        return Need(
            rank=3,
            icon=icon,
            kicker=_("Signed by %(name)s") % name if standing.other_signed else "",
            title=_("Read the agreement, and sign it"),
            text=_("Once both of you have signed the same version, your pairing begins."),
            act=_("Read and sign"),
            url=url,
        )
    return Need(
        rank=22,
        icon=icon,
        title=_("You have signed; %(name)s has still to sign") % name,
        text=_("Your pairing begins with the second signature. %(name)s has been written to.") % name,
        url=url,
    )


def _paused(standing: Standing) -> Need:
    pause = next((pause for pause in standing.pairing.pauses.all() if pause.resumed_at is None), None)
    until = _("Until %(day)s") % {"day": long_day(pause.until)} if pause else ""
    return Need(
        rank=30,
        icon="pause",
        kicker=until,
        title=_("Your pairing with %(name)s is resting") % {"name": standing.other.get_short_name()},
        text=_("Nothing is due. It resumes by itself on the day after, or whenever one of you resumes it."),
        url=_page("pairing", standing),
    )


def _closing(standing: Standing) -> Need:
    return Need(
        rank=6,
        icon="flag",
        kicker=_("Closing"),
        title=_("Bring it to a good end with %(name)s") % {"name": standing.other.get_short_name()},
        text=_("Meet once more, look back, and say what you take with you. Then complete the pairing."),
        act=_("Complete the pairing"),
        url=_page("complete", standing),
    )


def _all_done(standing: Standing) -> Need:
    name = {"name": standing.other.get_short_name()}
    coming = standing.coming
    kicker = _("Next check-in on %(day)s") % {"day": long_day(coming.due_at)} if coming else ""
    return Need(
        rank=40,
        icon="check-circle",
        kicker=kicker,
        title=_("Nothing is due with %(name)s") % name,
        text=_("Speak when you both want to; %(name)s’s contact details are on the pairing’s page.") % name,
        url=_page("pairing", standing),
    )


def _page(name: str, standing: Standing) -> str:
    return reverse(f"engagements:{name}", args=[standing.pairing.pk])
