"""Planning to meet: up to three times are proposed, the other side picks one or proposes others; and calling it off.

Either of the two acts, or their assistant: `user` is who does it, `assistant` as whose assistant.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.assistant_letters import ASKED, TOLD
from engagements.domain.assisting import Acting, acting, letters_to_assistants
from engagements.domain.sides import other_side, people
from engagements.letters import NotNeeded
from engagements.meeting_letters import CANCELLED, INVITATION, PROPOSED
from engagements.models import Assistant, Meeting
from engagements.models.meetings import MOST_TIMES
from engagements.states import MEETING, MEETING_TRANSITIONS, OPEN_MEETING_STATES, MeetingState
from matching.domain import locks
from matching.models import Pairing
from outbox.domain import post as outbox

FURTHEST = timedelta(days=183)
NEWER_OFFER = _("The times have changed since the page was shown. Please look at those that are proposed now.")


@atomically
def propose(
    *,
    pairing: Pairing,
    user: User,
    times: Collection[datetime],
    minutes: int,
    place: str = "",
    place_in_invitation: bool = False,
    assistant: Assistant | None = None,
    now: datetime,
) -> Meeting:
    """Propose one to three times for a meeting to the other side, who is told.

    An assistant says no place. Raises `NotPermitted`, `WrongState` while the pairing rests or is over, `Refused` for
    impossible times and while other times are proposed already.
    """
    locked = locks.pairing(pairing.pk)
    by = acting(locked, user, assistant)
    if locked.state not in MEETING:
        raise WrongState
    if waiting := locked.meetings.filter(state=MeetingState.PROPOSED).first():
        raise _proposed_already(waiting, by)
    meeting = Meeting(pairing=locked, minutes=minutes, changed_at=now)
    if by.assistant is None:
        _write_place(meeting, user, place, in_invitation=place_in_invitation)
    _offer(meeting, by, times, now)
    _record("propose", meeting, by, now)
    return meeting


def _proposed_already(waiting: Meeting, by: Acting) -> Refused:
    if by.assistant:
        return Refused(_("Times for a meeting are proposed already. Please look at those first."), code="proposed")
    if waiting.offered_by_id == by.person.pk:
        return Refused(_("You have proposed times already. Change those, or take them back."), code="proposed")
    return Refused(
        _("The other side has just proposed times. Nothing was sent: please look at theirs first."), code="proposed"
    )


@atomically
def offer_others(
    *,
    meeting: Meeting,
    user: User,
    times: Collection[datetime],
    based_on: int | None = None,
    assistant: Assistant | None = None,
    now: datetime,
) -> Meeting:
    """Propose other times in place of those that wait, or another time for a meeting that is agreed.

    What is agreed stands until the other side picks one of these. `based_on` is the number of the offer that the page
    showed. Raises `NotPermitted`, `WrongState`, and `Refused` for impossible times or when they have changed since.
    """
    by, row = _locked(meeting, user, assistant)
    if based_on is not None and based_on != row.offers:
        raise Refused(NEWER_OFFER, code="newer_offer")
    verb = "reschedule" if row.state == MeetingState.AGREED else "counter"
    row.state = next_state(MEETING_TRANSITIONS, verb, row.state, by.actor)
    if row.has_begun(now):
        raise WrongState
    _offer(row, by, times, now)
    _record(verb, row, by, now)
    return row


@atomically
def accept(
    *, meeting: Meeting, user: User, starts_at: datetime, assistant: Assistant | None = None, now: datetime
) -> Meeting:
    """Pick one of the times the other side proposed; both get an invitation for their calendars.

    Raises `NotPermitted` for the side that proposed them, `WrongState`, and `Refused` for a time that is not, or no
    longer, among them.
    """
    by, row = _locked(meeting, user, assistant)
    row.state = next_state(MEETING_TRANSITIONS, "accept", row.state, by.actor)
    if not row.offered:
        raise WrongState
    if row.offered_by_id == by.person.pk:
        raise NotPermitted
    if starts_at not in row.offered:
        raise Refused(NEWER_OFFER, code="newer_offer")
    if starts_at <= now:
        raise Refused(_("This time has passed. Please pick another one, or propose others."), code="passed")
    row.starts_at, row.handled = starts_at, by.assistant
    _withdraw_offer(row)
    _invite(row, now, by=user)
    _record("accept", row, by, now)
    return row


@atomically
def keep(*, meeting: Meeting, user: User, assistant: Assistant | None = None, now: datetime) -> Meeting:
    """Leave a meeting at the time agreed on: the other times proposed are taken off, by either side.

    Raises `NotPermitted`, `WrongState`.
    """
    by, row = _locked(meeting, user, assistant)
    row.state = next_state(MEETING_TRANSITIONS, "keep", row.state, by.actor)
    if not row.offered:
        raise WrongState
    row.handled = by.assistant
    _withdraw_offer(row)
    row.save()
    _record("keep", row, by, now)
    return row


@atomically
def cancel(*, meeting: Meeting, user: User, assistant: Assistant | None = None, now: datetime) -> Meeting:
    """Call a meeting off, or take a proposal back; calendars are told of what they had been told.

    Raises `NotPermitted`, `WrongState` also once its time has come.
    """
    by, row = _locked(meeting, user, assistant)
    if row.has_begun(now):
        raise WrongState
    row.handled = by.assistant
    _cancel(row, by.actor, now, by)
    return row


def close_open(*, pairing: Pairing, now: datetime) -> None:
    """The pairing rests or is over: what lies ahead is called off, what nobody spoke of has passed."""
    for meeting in pairing.meetings.open().select_for_update(of=("self",)):
        meeting.pairing = pairing
        if meeting.has_begun(now):
            pass_by(meeting, Actor.SYSTEM, now)
        else:
            _cancel(meeting, Actor.SYSTEM, now)


def pass_by(meeting: Meeting, actor: Actor, now: datetime) -> None:
    """Its time is over and neither said whether they met; inside a transaction that holds the pairing."""
    meeting.state = next_state(MEETING_TRANSITIONS, "pass_by", meeting.state, actor)
    _withdraw_offer(meeting)
    meeting.save()
    Event.record(verb="pass_by", subject=meeting, actor=actor, now=now)


def lapse(meeting: Meeting, now: datetime) -> None:
    """All its proposed times have passed unanswered; inside a transaction that holds the pairing."""
    _cancel(meeting, Actor.CLOCK, now)


@atomically
def set_place(*, meeting: Meeting, user: User, place: str, in_invitation: bool, now: datetime) -> Meeting:
    """Say where, or by what link, the two meet. Calendars are told only what is, or was, to stand in the invitation.

    Raises `NotPermitted`, `WrongState`.
    """
    by, row = _locked(meeting, user)
    if row.state not in OPEN_MEETING_STATES or row.has_begun(now):
        raise WrongState
    before = _place_in_calendars(row)
    _write_place(row, user, place, in_invitation=in_invitation)
    if row.state == MeetingState.AGREED and _place_in_calendars(row) != before:
        _invite(row, now, by=user)
    row.save()
    _record("set_place", row, by, now)
    return row


def _place_in_calendars(meeting: Meeting) -> str:
    return meeting.words_of("place", instead="") if meeting.place_in_invitation else ""


def _write_place(meeting: Meeting, user: User, place: str, *, in_invitation: bool) -> None:
    place = place.strip()
    meeting.place_by = user if place else None
    meeting.place_in_invitation = bool(place) and in_invitation
    meeting.write("place", place)


def _locked(meeting: Meeting, user: User, assistant: Assistant | None = None) -> tuple[Acting, Meeting]:
    """In which part `user` acts, and the row, behind the lock of its pairing."""
    pairing = locks.pairing(meeting.pairing_id)
    by = acting(pairing, user, assistant)
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    row.pairing = pairing
    return by, row


def _offer(meeting: Meeting, by: Acting, times: Collection[datetime], now: datetime) -> None:
    offered = sorted(set(times))
    _check_times(meeting, offered, now)
    outbox.cancel(subject_id=meeting.pk, kinds=[PROPOSED, ASKED], reason=NotNeeded.MEETING_TIMES_CHANGED)
    meeting.offered, meeting.offered_by, meeting.offers = offered, by.person, meeting.offers + 1
    meeting.handled = by.assistant
    meeting.save()
    asked, occasion = dict(people(meeting.pairing))[other_side(by.side)], str(meeting.offers)
    to_assistants = letters_to_assistants(ASKED, meeting, [asked], occasion=occasion, without=by.user, now=now)
    outbox.post_all([outbox.NewLetter(PROPOSED, meeting, asked, now, occasion), *to_assistants])


def _check_times(meeting: Meeting, offered: list[datetime], now: datetime) -> None:
    if not 1 <= len(offered) <= MOST_TIMES:
        raise Refused(_("Please propose one to three times."), field="times", code="how_many")
    if offered[0] <= now:
        raise Refused(_("One of these times has passed already."), field="times", code="past")
    if offered[-1] > now + FURTHEST:
        raise Refused(_("Please propose times within half a year."), field="times", code="far")
    length = timedelta(minutes=meeting.minutes)
    agreed = meeting.pairing.meetings.filter(state=MeetingState.AGREED).exclude(pk=meeting.pk)
    for other in agreed.filter(starts_at__gt=offered[0] - timedelta(hours=4), starts_at__lt=offered[-1] + length):
        begins, ends = other.span()
        if any(at < ends and begins < at + length for at in offered):
            raise Refused(_("You two have agreed to meet at one of these times already."), field="times", code="twice")


def _withdraw_offer(meeting: Meeting) -> None:
    """Nobody is asked to pick any more; not saved."""
    meeting.offered, meeting.offered_by = [], None
    outbox.cancel(subject_id=meeting.pk, kinds=[PROPOSED, ASKED], reason=NotNeeded.MEETING_TIMES_CHANGED)


def _invite(meeting: Meeting, now: datetime, *, by: User) -> None:
    """Tell the calendars of both where it stands now, in place of what still waits to be told."""
    _tell_calendars(INVITATION, meeting, now, by=by)


def _tell_calendars(kind: str, meeting: Meeting, now: datetime, *, by: User | None) -> None:
    outbox.cancel(subject_id=meeting.pk, kinds=[INVITATION, TOLD], reason=NotNeeded.MEETING_CHANGED)
    meeting.sequence, meeting.changed_at = meeting.sequence + 1, now
    meeting.save()
    occasion, both = str(meeting.sequence), [person for _side, person in people(meeting.pairing)]
    to_both = [outbox.NewLetter(kind, meeting, person, now, occasion) for person in both]
    to_assistants = letters_to_assistants(TOLD, meeting, both, occasion=occasion, without=by, now=now)
    outbox.post_all([*to_both, *to_assistants])


def _cancel(meeting: Meeting, actor: Actor, now: datetime, by: Acting | None = None) -> None:
    was_agreed = meeting.state == MeetingState.AGREED
    meeting.state = next_state(MEETING_TRANSITIONS, "cancel", meeting.state, actor)
    _withdraw_offer(meeting)
    meeting.save()
    if was_agreed:
        _tell_calendars(CANCELLED, meeting, now, by=by.user if by else None)
    if by:
        _record("cancel", meeting, by, now)
    else:
        Event.record(verb="cancel", subject=meeting, actor=actor, now=now)


def _record(verb: str, meeting: Meeting, by: Acting, now: datetime) -> None:
    Event.record(verb=verb, subject=meeting, actor=by.actor, now=now, user=by.user, fields=by.fields())
