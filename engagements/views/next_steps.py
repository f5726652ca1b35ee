"""What a pairing asks of one of the two now."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.states import Role
from common.dates import long_day, moment, short_day
from engagements.domain.pairing_status import PairingStatus
from engagements.models import CheckIn, Meeting
from engagements.states import CheckInStatus
from engagements.views.closing import begun_line, ends_line
from matching.states import PairingState
from matching.views.onward import onward


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do, or to wait for when `act` is empty. The smaller `rank`, the sooner to be done. `other_act` is
    what may be done as well.
    """

    rank: int
    title: str
    text: str
    kicker: str = ""
    icon: str = "clock"
    act: str = ""
    url: str = ""
    other_act: str = ""
    other_url: str = ""


def of_pairing(status: PairingStatus, now: datetime) -> Iterator[NextStep]:
    """What a pairing asks of this side now."""
    if not status.other.is_active and status.pairing.is_open:
        yield _left_alone(status)
        return
    waiting = [*_waiting(status, now), *_meetings(status, now)]
    match status.pairing.state:
        case PairingState.INTRODUCED:
            yield _introduced(status, now)
        case PairingState.ACTIVE:
            yield from _ahead(status, now, idle=not any(step.act for step in waiting))
        case PairingState.PAUSED:
            yield _paused(status)
        case PairingState.CLOSING:
            yield _closing(status) if status.review_to_write else _looked_back(status)
    yield from waiting


def after_the_end(status: PairingStatus, now: datetime) -> NextStep | None:
    """Where a mentee goes on whose pairing did not reach its planned end; None for anybody else."""
    if status.side != Role.MENTEE or status.pairing.state != PairingState.ENDED_EARLY:
        return None
    found = onward(status.pairing.request, now)
    title, icon = _("What comes next"), "magnifying-glass"
    return NextStep(rank=50, icon=icon, title=title, text=str(found.sentence), act=str(found.label), url=found.href)


def _waiting(status: PairingStatus, now: datetime) -> Iterator[NextStep]:
    """What waits for this side alone."""
    if status.length_to_answer is not None:
        yield _length(status, status.length_to_answer)
    if status.due is not None:
        yield _check_in(status, status.due, now)
    yield from _of_content(status)


def _of_content(status: PairingStatus) -> Iterator[NextStep]:
    """Goals, decisions and stock that wait for this side."""
    if status.goal_to_take_up is not None:
        yield _goal(status, status.goal_to_take_up)
    if status.decision_to_view is not None:
        yield _view(status, status.decision_to_view)
    if status.decision_to_look_back_on is not None:
        yield _look_back(status.decision_to_look_back_on)
    if status.stock_to_take is not None:
        yield _stock(status, status.stock_to_take)


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


def _length(status: PairingStatus, proposed_end: date) -> NextStep:
    return NextStep(
        rank=3,
        icon="calendar-days",
        kicker=_("Planned until %(day)s") % {"day": long_day(status.pairing.planned_end)},
        title=_("End on %(day)s instead?") % {"day": long_day(proposed_end)},
        text=_("Another length of your pairing with %(name)s is proposed. Nothing moves unless both of you agree.")
        % {"name": status.other.get_short_name()},
        act=_("Answer"),
        url=_page("length", status),
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
    by = _("Decision due by %(day)s") % {"day": long_day(status.view_by)} if status.view_by else ""
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


def _stock(status: PairingStatus, stock_round: UUID) -> NextStep:
    until = _("Open until %(day)s · five minutes") % {"day": long_day(status.stock_until)} if status.stock_until else ""
    mine = _("Strengths and challenges, as you see them. You and %(name)s read each other once both have answered.")
    theirs = _("Their strengths and challenges, as you see them. You read each other once both have answered.")
    return NextStep(
        rank=11,
        icon="pencil-square",
        kicker=until,
        title=_("Take stock with %(name)s") % {"name": status.other.get_short_name()},
        text=(mine if status.side == Role.MENTEE else theirs) % {"name": status.other.get_short_name()},
        act=_("Take stock"),
        url=reverse("engagements:take_stock", args=[stock_round]),
    )


def _meetings(status: PairingStatus, now: datetime) -> Iterator[NextStep]:
    """Times to pick from, and meetings of which nobody has said yet whether they took place."""
    name = {"name": status.other.get_short_name()}
    for meeting in status.meetings:
        url = reverse("engagements:meeting", args=[meeting.pk])
        if meeting.times_ahead(now) and meeting.offered_by_id != status.me.pk:
            yield NextStep(
                rank=1,
                icon="calendar-days",
                kicker=_("%(name)s asks for another time") % name if meeting.starts_at else _("A time to meet"),
                title=_("Pick a time to speak with %(name)s") % name,
                text=_("Choose the one that suits you, or propose others."),
                act=_("Look at the times"),
                url=url,
            )
        elif meeting.ends_at is not None and meeting.ends_at <= now:
            yield NextStep(
                rank=5,
                icon="calendar-days",
                kicker=long_day(meeting.starts_at or now),
                title=_("Did you and %(name)s meet?") % name,
                text=_("One click. Both of you see what is noted, and either may correct it."),
                act=_("Note whether you met"),
                url=reverse("engagements:meeting_outcome", args=[meeting.pk]),
            )


def _agreed(status: PairingStatus, now: datetime) -> Meeting | None:
    """The next meeting that is agreed and lies ahead."""
    return next((each for each in status.meetings if each.starts_at and not each.has_begun(now)), None)


def _introduced(status: PairingStatus, now: datetime) -> NextStep:
    if status.both_go_ahead:
        return _agreement(status)
    name = status.other.get_short_name()
    if status.chemistry is None:
        return _first_conversation(status, now)
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


def _first_conversation(status: PairingStatus, now: datetime) -> NextStep:
    """Propose times for it while none are, then wait for it. Whether to go ahead can be said at any time."""
    name = {"name": status.other.get_short_name()}
    answer = {"other_act": _("Say whether to go ahead"), "other_url": _page("chemistry", status)}
    text = _(
        "Half an hour is enough, and it commits neither of you. Afterwards each of you says "
        "privately whether to go ahead; only the joint result is told."
    )
    if agreed := _agreed(status, now):
        return NextStep(
            rank=20,
            icon="calendar-days",
            kicker=_("Your first conversation"),
            title=_("You speak with %(name)s: %(when)s") % {**name, "when": moment(agreed.starts_at or now)},
            text=text,
            **answer,
        )
    if any(meeting.times_ahead(now) for meeting in status.meetings):
        return NextStep(
            rank=20,
            icon="calendar-days",
            kicker=_("Your first conversation"),
            title=_("Times for a first conversation with %(name)s are proposed") % name,
            text=text,
            **answer,
        )
    introduced = NextStep(
        rank=4,
        icon="chat-bubble-left-right",
        kicker=_("Introduced on %(day)s") % {"day": short_day(status.pairing.introduced_at)},
        title=_("Meet %(name)s for a first conversation") % name,
        text=text,
        act=_("Propose times"),
        url=_page("propose_meeting", status),
        **answer,
    )
    if status.meetings:  # one was agreed, and its time has come
        return replace(introduced, act=answer["other_act"], url=answer["other_url"], other_act="", other_url="")
    return introduced


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
        text=_("No check-in is due. It resumes automatically on the day after, or whenever one of you resumes it."),
        url=_page("pairing", status),
    )


def _closing(status: PairingStatus) -> NextStep:
    return NextStep(
        rank=6,
        icon="flag",
        kicker=_("Closing · five minutes"),
        title=_("Look back on the pairing with %(name)s") % {"name": status.other.get_short_name()},
        text=f"{begun_line(status)} {ends_line(status)}",
        act=_("Look back"),
        url=_page("review", status),
    )


def _looked_back(status: PairingStatus) -> NextStep:
    return NextStep(
        rank=31,
        icon="flag",
        kicker=_("Closing"),
        title=_("You have looked back; %(name)s is asked to") % {"name": status.other.get_short_name()},
        text=ends_line(status),
        other_act=_("Correct what you said"),
        other_url=_page("review", status),
    )


def _ahead(status: PairingStatus, now: datetime, *, idle: bool) -> Iterator[NextStep]:
    """The next conversation, if one is agreed on; else that nothing is due, while nothing waits (`idle`)."""
    if agreed := _agreed(status, now):
        yield NextStep(
            rank=40,
            icon="calendar-days",
            kicker=_("Nothing is due until then") if idle else _("Agreed"),
            title=_("You speak with %(name)s: %(when)s")
            % {"name": status.other.get_short_name(), "when": moment(agreed.starts_at or now)},
            text=_("To move it, or to call it off, open it."),
            url=reverse("engagements:meeting", args=[agreed.pk]),
        )
    elif idle:
        yield _all_done(status)


def _all_done(status: PairingStatus) -> NextStep:
    name, coming = {"name": status.other.get_short_name()}, status.coming
    kicker = _("Next check-in on %(day)s") % {"day": long_day(coming.due_at)} if coming else ""
    return NextStep(
        rank=40,
        icon="check-circle",
        kicker=kicker,
        title=_("Nothing is due with %(name)s") % name,
        text=_("Speak when you both want to; %(name)s reads %(address)s.") % {**name, "address": status.other.email},
        url=_page("pairing", status),
        other_act="" if status.meetings else _("Propose a time to meet"),
        other_url="" if status.meetings else _page("propose_meeting", status),
    )


def _page(name: str, status: PairingStatus) -> str:
    return reverse(f"engagements:{name}", args=[status.pairing.pk])
