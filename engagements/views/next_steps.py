"""What a pairing asks of one of the two now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from common.dates import long_day, short_day
from engagements.domain.pairing_status import PairingStatus
from engagements.models import CheckIn
from engagements.states import CheckInStatus
from matching.states import PairingState


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do, or to wait for when `act` is empty. The smaller `rank`, the sooner to be done."""

    rank: int
    title: str
    text: str
    kicker: str = ""
    icon: str = "clock"
    act: str = ""
    url: str = ""


def of_pairing(status: PairingStatus, now: datetime) -> Iterator[NextStep]:
    """What a pairing asks of this side now."""
    if not status.other.is_active and status.pairing.is_open:
        yield _left_alone(status)
        return
    match status.pairing.state:
        case PairingState.INTRODUCED:
            yield _introduced(status)
        case PairingState.ACTIVE if status.due is None:
            yield _all_done(status)
        case PairingState.PAUSED:
            yield _paused(status)
        case PairingState.CLOSING:
            yield _closing(status)
    if status.due is not None:
        yield _check_in(status, status.due, now)
    if status.goal_to_take_up is not None:
        yield _goal(status, status.goal_to_take_up)
    if status.decision_to_view is not None:
        yield _view(status, status.decision_to_view)
    if status.decision_to_look_back_on is not None:
        yield _look_back(status.decision_to_look_back_on)


def _left_alone(status: PairingStatus) -> NextStep:
    return NextStep(
        rank=9,
        icon="user",
        title=_("The account of %(name)s is closed") % {"name": status.other.get_full_name()},
        text=_(
            "They cannot sign in or be written to at present; your coordinators know. You may end the pairing on its "
            "page whenever you like, or wait until a coordinator has spoken with you."
        ),
        url=_page("pairing", status),
    )


def _check_in(status: PairingStatus, check_in: CheckIn, now: datetime) -> NextStep:
    late = check_in.status(now) == CheckInStatus.OVERDUE
    kicker = _("Was due %(day)s · two minutes") if late else _("Due %(day)s · two minutes")
    return NextStep(
        rank=0 if late else 2,
        kicker=kicker % {"day": long_day(check_in.due_at)},
        title=_("Say how it is going with %(name)s") % {"name": status.other.get_short_name()},
        text=_("Three questions. %(name)s answers them too. Your coordinator sees only that you answered.")
        % {"name": status.other.get_short_name()},
        act=_("Start the check-in"),
        url=reverse("engagements:check_in", args=[check_in.pk]),
    )


def _goal(status: PairingStatus, goal: UUID) -> NextStep:
    name = {"name": status.other.get_short_name()}
    return NextStep(
        rank=7,
        icon="flag",
        kicker=_("One minute"),
        title=_("%(name)s proposes a goal to you") % name,
        text=_("It is yours to take up, to take up in other words, or not to. Your coordinators read none of it."),
        act=_("Read the goal"),
        url=reverse("engagements:goal", args=[goal]),
    )


def _view(status: PairingStatus, decision: UUID) -> NextStep:
    by = _("To be decided by %(day)s") % {"day": long_day(status.view_by)} if status.view_by else ""
    return NextStep(
        rank=1,
        icon="chat-bubble-left-right",
        kicker=by,
        title=_("%(name)s asks for your view on a decision") % {"name": status.other.get_short_name()},
        text=_("What may follow, how it may be perceived, what may be overlooked. A few sentences are enough."),
        act=_("Read it"),
        url=reverse("engagements:decision", args=[decision]),
    )


def _look_back(decision: UUID) -> NextStep:
    return NextStep(
        rank=10,
        icon="check",
        kicker=_("One tap and a line"),
        title=_("What came of your decision?"),
        text=_("You chose this day to look back on it. That is how you learn how right you are, and how sure."),
        act=_("Look back"),
        url=reverse("engagements:decision", args=[decision]),
    )


def _introduced(status: PairingStatus) -> NextStep:
    if status.both_go_ahead:
        return _agreement(status)
    name = status.other.get_short_name()
    if status.chemistry is None:
        return NextStep(
            rank=4,
            icon="chat-bubble-left-right",
            kicker=_("Introduced on %(day)s") % {"day": short_day(status.pairing.introduced_at)},
            title=_("Meet %(name)s for a first conversation") % {"name": name},
            text=_(
                "Half an hour is enough, and it commits neither of you. Afterwards each of you says "
                "privately whether to go ahead; only the joint result is told."
            ),
            act=_("Say whether to go ahead"),
            url=_page("chemistry", status),
        )
    return NextStep(
        rank=21,
        title=_("You said to go ahead with %(name)s") % {"name": name},
        text=_(
            "You both hear the joint result once %(name)s has answered too. Nothing to do for you until then; if it "
            "was not meant, you can change your answer until then."
        )
        % {"name": name},
        url=_page("chemistry", status),
    )


def _agreement(status: PairingStatus) -> NextStep:
    name = {"name": status.other.get_short_name()}
    url = _page("agreement", status)
    icon = "pencil-square"
    if status.agreement is None:
        return NextStep(
            rank=5,
            icon=icon,
            kicker=_("You both said yes"),
            title=_("Agree how you and %(name)s will work") % name,
            text=_("How often you speak, until when, and whatever else matters. One of you writes, both sign."),
            act=_("Write the agreement"),
            url=url,
        )
    if not status.i_signed:
        return NextStep(
            rank=3,
            icon=icon,
            kicker=_("Signed by %(name)s") % name if status.other_signed else "",
            title=_("Read the agreement, and sign it"),
            text=_("Once both of you have signed the same version, your pairing begins."),
            act=_("Read and sign"),
            url=url,
        )
    return NextStep(
        rank=22,
        icon=icon,
        title=_("You have signed; %(name)s has still to sign") % name,
        text=_("Your pairing begins with the second signature. %(name)s has been written to.") % name,
        url=url,
    )


def _paused(status: PairingStatus) -> NextStep:
    pause = next((pause for pause in status.pairing.pauses.all() if pause.resumed_at is None), None)
    until = _("Until %(day)s") % {"day": long_day(pause.until)} if pause else ""
    return NextStep(
        rank=30,
        icon="pause",
        kicker=until,
        title=_("Your pairing with %(name)s is resting") % {"name": status.other.get_short_name()},
        text=_("Nothing is due. It resumes automatically on the day after, or whenever one of you resumes it."),
        url=_page("pairing", status),
    )


def _closing(status: PairingStatus) -> NextStep:
    return NextStep(
        rank=6,
        icon="flag",
        kicker=_("Closing"),
        title=_("Bring it to a good end with %(name)s") % {"name": status.other.get_short_name()},
        text=_("Meet once more, look back, and say what you take with you. Then complete the pairing."),
        act=_("Complete the pairing"),
        url=_page("complete", status),
    )


def _all_done(status: PairingStatus) -> NextStep:
    name = {"name": status.other.get_short_name()}
    coming = status.coming
    kicker = _("Next check-in on %(day)s") % {"day": long_day(coming.due_at)} if coming else ""
    return NextStep(
        rank=40,
        icon="check-circle",
        kicker=kicker,
        title=_("Nothing is due with %(name)s") % name,
        text=_("Speak when you both want to; %(name)s reads %(address)s.") % {**name, "address": status.other.email},
        url=_page("pairing", status),
    )


def _page(name: str, status: PairingStatus) -> str:
    return reverse(f"engagements:{name}", args=[status.pairing.pk])
