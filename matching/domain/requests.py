"""A mentor is asked, and answers: ask, accept, decline, withdraw, expire, lapse.

Whatever lets a mentee down owes them the next request; it is asked in a transaction of its own, so that a verb locks
only those it is about, and a sweep asks what a crash left over.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from itertools import takewhile
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_of, local_day, today_of
from accounts.models import MentorProfile, User
from cohorts.models import Enrolment
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.subjects import subject_of
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor, next_state
from matching.domain import independence, locks
from matching.domain.alerts import alert_all, settle_automatically
from matching.domain.asking import ask, ask_all_next, ask_next_mentor, mark_let_down
from matching.domain.cards import open_places
from matching.domain.pairings import introduce
from matching.domain.parties import check_acting, part_of
from matching.engine.facts.rules import MENTEE_UNCONFIRMED
from matching.letters import request_is
from matching.models import LiftedDecline, Pairing, Request
from matching.models.alerts import AlertKind
from matching.models.requests import TEXT_LENGTH, DeclineClass
from matching.sentences import NO_PLACE_FREE, hold_line
from matching.states import REQUEST_TRANSITIONS, Fact, RequestState
from outbox.domain.post import cancel, post

__all__ = [
    "accept",
    "ask",
    "ask_all_next",
    "ask_next_mentor",
    "decline",
    "expire_due",
    "lapse",
    "lift_decline",
    "withdraw",
]

SILENT_IN_A_ROW = 3  # requests a mentor lets expire before coordinators are told
# What a mentor did, or let happen. Withdrawn and lapsed requests were others' doing: they neither count nor reset.
ANSWERED_OR_NOT = (RequestState.ACCEPTED, RequestState.DECLINED, RequestState.EXPIRED)


def accept(*, request: Request, user: User, now: datetime) -> Pairing:
    """The mentor accepts: rules and places are looked at again under lock, and the two are introduced.

    Other requests that this makes impossible lapse, and their mentees' next mentors are asked. Raises `NotPermitted`,
    `WrongState`, or `NotIndependent`.
    """
    if part_of(request, user) is not Actor.MENTOR:
        raise NotPermitted
    pairing, let_down = _accept(request.pk, user, now)
    for enrolment_id in let_down:
        ask_next_mentor(enrolment_id=enrolment_id, now=now)
    return pairing


@atomically
def _accept(request_id: UUID, user: User, now: datetime) -> tuple[Pairing, list[UUID]]:
    asked, enrolments, others = _lock_request(request_id, with_others=True)
    mentee, mentor = enrolments[asked.mentee_enrolment_id], enrolments[asked.mentor_enrolment_id]
    target = next_state(REQUEST_TRANSITIONS, "accept", asked.state, Actor.MENTOR)
    _check_nothing_stands_against_it(asked, mentee, mentor, now)
    _move(asked, target, "accept", Actor.MENTOR, user, now)
    _note_answer(asked, now)
    pairing = introduce(request=asked, mentee=mentee, mentor=mentor, actor=Actor.MENTOR, user=user, now=now)
    return pairing, _lapse(_made_impossible(asked, others, mentor), now)


def _check_nothing_stands_against_it(asked: Request, mentee: Enrolment, mentor: Enrolment, now: datetime) -> None:
    """Raise `Refused`, with what the mentor can do, while it is held or no place is free, and `NotIndependent`."""
    if asked.held_for:
        raise Refused(hold_line(asked.held_for, Actor.MENTOR, asked.mentee.name), code="held")
    if not open_places(mentor, MentorProfile.objects.filter(person=mentor.person_id).first(), present=True):
        raise Refused(NO_PLACE_FREE, code="no_place_free")
    try:
        independence.check(mentee=mentee, mentor=mentor, now=now, leave_out=asked.pk, present=True)
    except independence.NotIndependent as refused:
        if refused.code != MENTEE_UNCONFIRMED.key:
            raise
        # The rule speaks to the mentee; and the request is about to be held.
        raise Refused(hold_line(Fact.MENTEE_UNCONFIRMED, Actor.MENTOR, asked.mentee.name), code="held") from refused


def _made_impossible(asked: Request, others: Collection[Request], mentor: Enrolment) -> list[Request]:
    """Requests that cannot be accepted any more: the mentor is full, here or altogether, or the two are now paired."""
    fresh = Enrolment.objects.select_related("person__mentor_profile").get(pk=mentor.pk)
    offer = fresh.person.mentor_profile
    full = offer.open_pairings >= offer.capacity
    full_here = fresh.capacity is not None and fresh.open_pairings >= fresh.capacity
    pair = {asked.mentee_id, asked.mentor_id}
    return [
        other
        for other in others
        if {other.mentee_id, other.mentor_id} == pair
        or (other.mentor_id == asked.mentor_id and (full or (full_here and other.cohort_id == asked.cohort_id)))
    ]


def decline(*, request: Request, user: User, reason_class: str, text: str = "", now: datetime) -> Request:
    """The mentor says no: coordinators see the class, nobody but its writer the text. The next mentor is asked.

    Raises `NotPermitted`, `WrongState`, or `Refused` for a reason that does not exist or a text that is too long.
    """
    if part_of(request, user) is not Actor.MENTOR:
        raise NotPermitted
    if reason_class not in DeclineClass.values:
        raise Refused(_("Choose a reason."), field="reason_class")
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Please shorten this to %(limit)s characters.") % {"limit": TEXT_LENGTH}, field="text")
    declined = _decline(request.pk, user, reason_class, text.strip(), now)
    ask_next_mentor(enrolment_id=declined.mentee_enrolment_id, now=now)
    return declined


@atomically
def _decline(request_id: UUID, user: User, reason_class: str, text: str, now: datetime) -> Request:
    asked, _enrolments, _others = _lock_request(request_id)
    target = next_state(REQUEST_TRANSITIONS, "decline", asked.state, Actor.MENTOR)
    asked.write("decline_text", text)
    asked.decline_class = reason_class
    _move(asked, target, "decline", Actor.MENTOR, user, now)
    _note_answer(asked, now)
    mark_let_down(asked.mentee_enrolment_id, now)
    return asked


def withdraw(*, request: Request, user: User, actor: Actor, ask_next: bool, now: datetime) -> Request:
    """The mentee, or a coordinator, takes the request back; the next mentor is asked only if they say so.

    Raises `NotPermitted` or `WrongState`.
    """
    check_acting(request, user, actor)
    withdrawn = _withdraw(request.pk, user, actor, ask_next, now)
    if ask_next:
        ask_next_mentor(enrolment_id=withdrawn.mentee_enrolment_id, now=now)
    return withdrawn


@atomically
def _withdraw(request_id: UUID, user: User, actor: Actor, ask_next: bool, now: datetime) -> Request:
    asked, _enrolments, _others = _lock_request(request_id)
    _move(asked, next_state(REQUEST_TRANSITIONS, "withdraw", asked.state, actor), "withdraw", actor, user, now)
    post(kind="request_withdrawn", subject=asked, person=asked.mentor, due_at=now)
    if actor is Actor.COORDINATOR:
        post(kind="request_withdrawn", subject=asked, person=asked.mentee, due_at=now)
    if ask_next:
        Enrolment.objects.filter(pk=asked.mentee_enrolment_id).update(next_request_since=now)
    return asked


def expire_due(*, now: datetime) -> int:
    """Expire what was not answered by its deadline and ask the next mentors, those owed from before included.

    The time of what is held stands still.
    """
    due = (
        Request.objects.pending()
        .filter(deadline__lte=now, held_until=None)
        .order_by("deadline")
        .values_list("pk", flat=True)
    )
    expired = for_each(due, partial(_expire, now=now))
    ask_all_next(now=now)
    return expired


@atomically
def _expire(request_id: UUID, now: datetime) -> None:
    asked, _enrolments, _others = _lock_request(request_id)
    if asked.deadline > now or asked.held_until is not None:
        raise WrongState
    _move(asked, next_state(REQUEST_TRANSITIONS, "expire", asked.state, Actor.CLOCK), "expire", Actor.CLOCK, None, now)
    _note_expiry(asked, now)
    post(kind="request_expired", subject=asked, person=asked.mentor, due_at=now)
    if asked.cohort.ends_on < today_of(asked.mentee, now):  # nobody else is asked, so no other letter tells the mentee
        post(kind="request_expired", subject=asked, person=asked.mentee, due_at=now)
    mark_let_down(asked.mentee_enrolment_id, now)


@atomically
def lapse(*, request_ids: Iterable[UUID], now: datetime) -> list[UUID]:
    """What can no longer be accepted lapses; gives the mentee enrolments whose next request is now owed.

    The caller sees to `ask_next_mentor` once this is committed; the sweep does otherwise.
    """
    ids = list(request_ids)
    pointed = Request.objects.filter(pk__in=ids).values_list("mentee_enrolment_id", flat=True)
    locks.enrolments(pointed)
    return _lapse(locks.requests(ids).values(), now)


def _lapse(requests: Iterable[Request], now: datetime) -> list[UUID]:
    """The caller holds the locks. What is no longer pending is left alone.

    The mentor is told here, the mentee with whom is asked next, or that nobody is.
    """
    let_down = []
    for asked in requests:
        if asked.state == RequestState.PENDING:
            target = next_state(REQUEST_TRANSITIONS, "lapse", asked.state, Actor.SYSTEM)
            _move(asked, target, "lapse", Actor.SYSTEM, None, now)
            post(kind="request_lapsed", subject=asked, person=asked.mentor, due_at=now)
            mark_let_down(asked.mentee_enrolment_id, now)
            let_down.append(asked.mentee_enrolment_id)
    return let_down


def _lock_request(
    request_id: UUID, *, with_others: bool = False
) -> tuple[Request, dict[UUID, Enrolment], list[Request]]:
    """A request with all it stands on, locked in order.

    `with_others`, to be accepted: the owners it is judged by, and others that accepting it may make impossible.
    """
    asked = Request.objects.filter(pk=request_id).first()
    if asked is None:
        raise WrongState
    if with_others:
        locks.owners()
    locks.cohort(asked.cohort_id)
    locks.people({asked.mentee_id, asked.mentor_id})
    others = list(_at_stake(asked)) if with_others else []
    enrolments = locks.enrolments(
        {asked.mentee_enrolment_id, asked.mentor_enrolment_id, *(other.mentee_enrolment_id for other in others)}
    )
    held = locks.requests({asked.pk, *(other.pk for other in others)})
    return held.pop(asked.pk), enrolments, list(held.values())


def _at_stake(asked: Request) -> Iterable[Request]:
    """Other waiting requests to the same mentor, and one the other way round."""
    pair = Q(mentee=asked.mentor_id, mentor=asked.mentee_id)
    found: Iterable[Request] = Request.objects.pending().filter(pair | Q(mentor=asked.mentor_id)).exclude(pk=asked.pk)
    return found


def _move(asked: Request, target: str, verb: str, actor: Actor, user: User | None, now: datetime) -> None:
    """Leave pending for good: at most one verb ever succeeds, whoever else forgot to lock."""
    values = {
        "state": target,
        "answered_at": now,
        "decline_class": asked.decline_class,
        "decline_text": asked.decline_text,
        "held_for": "",
        "held_until": None,
    }
    if Request.objects.pending().filter(pk=asked.pk).update(**values) != 1:
        raise WrongState
    asked.state, asked.answered_at, asked.held_for, asked.held_until = target, now, "", None
    cancel(subject_id=asked.pk, reason=request_is(target))
    Event.record(verb=verb, subject=asked, actor=actor, now=now, user=user)


def lift_decline(*, request: Request, user: User, now: datetime) -> LiftedDecline:
    """A coordinator lets the mentee ask again a mentor who declined. Raises `NotPermitted` or `WrongState`."""
    check_acting(request, user, Actor.COORDINATOR)
    if request.state != RequestState.DECLINED:
        raise WrongState
    lifted, made = LiftedDecline.objects.get_or_create(request=request, defaults={"lifted_by": user, "at": now})
    if made:
        Event.record(
            verb="lift_decline",
            subject=request,
            actor=Actor.COORDINATOR,
            now=now,
            user=user,
        )
    return lifted


def _note_expiry(asked: Request, now: datetime) -> None:
    """A request has just expired: at the third in a row, tell the coordinators of every cohort it happened in."""
    lately = Request.objects.filter(mentor=asked.mentor_id, state__in=ANSWERED_OR_NOT).order_by(
        "-answered_at", "-deadline"
    )
    found = list(lately.select_related("mentor_enrolment")[: SILENT_IN_A_ROW + 1])
    silent = list(takewhile(lambda each: each.state == RequestState.EXPIRED, found))
    if len(silent) != SILENT_IN_A_ROW:  # not yet, or told already
        return
    where = calendar_of(asked.mentor)
    days = [local_day(each.deadline, where).isoformat() for each in reversed(silent)]
    places = {each.mentor_enrolment for each in silent}
    alert_all(kind=AlertKind.MENTOR_SILENT, found={subject_of(place): {"days": days} for place in places}, now=now)


def _note_answer(asked: Request, now: datetime) -> None:
    """The mentor has answered: what was told of their silence is over, and counting begins anew."""
    places = Enrolment.objects.filter(person=asked.mentor_id).values_list("pk", flat=True)
    settle_automatically(kind=AlertKind.MENTOR_SILENT, subject_ids=places, now=now)
