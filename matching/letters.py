"""This app's letters: what each says, and whether it still holds. None carries aims, notes or reasons."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.calendars import today_of
from accounts.models import MentorProfile
from cohorts import letters as cohort_letters
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.transitions import Actor
from matching.models import Alert, ChemistryAnswer, Pairing, Request, ShortlistEntry
from matching.sentences import hold_line
from matching.states import OPEN_PAIRING_STATES, PairingState, RequestState
from outbox.kinds import (
    PAIR,
    Content,
    Item,
    LetterKind,
    Reader,
    Recipient,
    Scope,
    absolute_url,
    always_due,
    render_email,
    render_item,
)
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason

StillDue = Callable[[Letter, datetime], LetterReason | None]


class NotNeeded(LetterReason):
    """Why a letter of this app is cancelled. Those about a state are named after it."""

    REQUEST_ACCEPTED = "request_accepted", _("The request was accepted.")
    REQUEST_DECLINED = "request_declined", _("The request was declined.")
    REQUEST_WITHDRAWN = "request_withdrawn", _("The request was withdrawn.")
    REQUEST_EXPIRED = "request_expired", _("The request has expired.")
    REQUEST_LAPSED = "request_lapsed", _("The request has lapsed.")
    REQUEST_HELD = "request_held", _("The request is held.")
    REQUEST_MOVED_SINCE = "request_moved_since", _("The time of the request has changed again.")
    REQUEST_GONE = "request_gone", _("The request is no longer on record.")
    NEVER_ANNOUNCED = "never_announced", _("The recipient had not been told of the request.")
    REQUEST_PAST_DEADLINE = "request_past_deadline", _("The time to answer is over.")
    ASKED_SINCE = "asked_since", _("Somebody was asked since.")
    PAIRED_SINCE = "paired_since", _("A mentor was found since.")
    PAIRING_INTRODUCED = "pairing_introduced", _("The pairing has not begun.")
    PAIRING_ACTIVE = "pairing_active", _("The pairing is active.")
    PAIRING_PAUSED = "pairing_paused", _("The pairing rests.")
    PAIRING_CLOSING = "pairing_closing", _("The pairing comes to its close.")
    PAIRING_COMPLETED = "pairing_completed", _("The pairing is completed.")
    PAIRING_ENDED_EARLY = "pairing_ended_early", _("The pairing ended early.")
    END_MOVED_SINCE = "end_moved_since", _("The planned end has been moved again.")
    PAIRING_GONE = "pairing_gone", _("The pairing is no longer on record.")
    ACCOUNT_OPEN = "account_open", _("The account is open again.")
    ALERT_SETTLED = "alert_settled", _("The alert is settled.")
    ALERT_OVER = "alert_over", _("What the alert was about is over.")


def request_is(state: str | None) -> NotNeeded:
    """That a request is in this state, as a reason; None: it is gone. Raises `ValueError` for one that waits."""
    return NotNeeded(f"request_{state or 'gone'}")


def pairing_is(state: str | None) -> NotNeeded:
    """That a pairing is in this state, as a reason; None: it is gone."""
    return NotNeeded(f"pairing_{state or 'gone'}")


def _while_pairing_is(*states: str) -> StillDue:
    """The letter holds while its pairing is in one of these states."""

    def still_due(letter: Letter, _now: datetime) -> LetterReason | None:
        state = Pairing.objects.filter(pk=letter.subject_id).values_list("state", flat=True).first()
        return None if state in states else pairing_is(state)

    return still_due


def end_named(pairing: Pairing, now: datetime) -> str:
    """Names the planned end that a letter tells of, and when it was moved there."""
    return f"{pairing.planned_end:%Y%m%d} {now:%Y%m%dT%H%M%S}"


def _while_it_ends_then(letter: Letter, now: datetime) -> LetterReason | None:
    pairing = Pairing.objects.filter(pk=letter.subject_id).first()
    if pairing is not None and not letter.occasion.startswith(f"{pairing.planned_end:%Y%m%d} "):
        return NotNeeded.END_MOVED_SINCE
    return _while_pairing_is(PairingState.INTRODUCED)(letter, now)


def _while_an_account_is_closed(letter: Letter, now: datetime) -> LetterReason | None:
    pairing = Pairing.objects.filter(pk=letter.subject_id).select_related("mentee", "mentor").first()
    if pairing is not None and pairing.mentee.is_active and pairing.mentor.is_active:
        return NotNeeded.ACCOUNT_OPEN
    return _while_pairing_is(*OPEN_PAIRING_STATES)(letter, now)


def _shortlist_still_empty(letter: Letter, _now: datetime) -> LetterReason | None:
    enrolment = Enrolment.objects.filter(pk=letter.subject_id, state=EnrolmentState.APPROVED).first()
    if enrolment is None:
        return cohort_letters.NotNeeded.ENROLMENT_WITHDRAWN
    if Request.objects.pending().filter(mentee_enrolment=enrolment).exists():
        return NotNeeded.ASKED_SINCE
    paired = Pairing.objects.open().filter(mentee_enrolment=enrolment)
    return NotNeeded.PAIRED_SINCE if paired.exists() else None


def _still_open(letter: Letter, _now: datetime) -> LetterReason | None:
    return None if Alert.objects.open().filter(pk=letter.subject_id).exists() else NotNeeded.ALERT_SETTLED


def _request_words(letter: Letter) -> dict[str, Any]:
    request = Request.objects.select_related("mentee", "mentor", "cohort").get(pk=letter.subject_id)
    mine = letter.person_id == request.mentee_id
    other = request.mentor if mine else request.mentee
    return {
        "other": other,
        "mine": mine,
        "with_note": request.note is not None,
        "proposed": request.proposed,
        "by_hand": request.by_hand,
        "cohort": request.cohort,
        "cohort_over": request.cohort.ends_on < today_of(request.mentee, letter.due_at),
        "nobody_new": MentorProfile.objects.filter(person=request.mentor_id, nobody_new=True).exists(),
        "deadline": request.deadline,
        "held_until": request.held_until,
        "went_on": _went_on(request, letter),
        "hold_line": hold_line(request.held_for, Actor.MENTEE if mine else Actor.MENTOR, other.get_short_name()),
        "action": absolute_url("matching:request", request.pk),
    }


def _went_on(request: Request, letter: Letter) -> bool:
    """Whether the letter tells that it goes on after it was held; otherwise days of leave have moved its time."""
    return request.resumed_at is not None and letter.occasion == request.occasion(request.resumed_at)


OPENS = {"pairing_closing": "engagements:review"}  # the page that a letter about a pairing opens, unless its own


def _pairing_words(letter: Letter) -> dict[str, Any]:
    pairing = Pairing.objects.select_related("mentee", "mentor", "cohort").get(pk=letter.subject_id)
    rest = pairing.pauses.first()
    side = Role.MENTEE if letter.person_id == pairing.mentee_id else Role.MENTOR
    return {
        "other": pairing.mentor if letter.person_id == pairing.mentee_id else pairing.mentee,
        "pairing": pairing,
        "mentored": letter.person_id == pairing.mentee_id,
        "begun_by": _closing_begun_by(pairing),
        "closes_at": pairing.closes_at,
        "until": rest.until if rest else None,
        "said_yes": ChemistryAnswer.objects.filter(pairing=pairing, go_ahead=True, side=side).exists(),
        "action": absolute_url(OPENS.get(letter.kind, "engagements:pairing"), pairing.pk),
    }


def _closing_begun_by(pairing: Pairing) -> str:
    """Who began the closing: "planned", "one" of the two, or "coordinator"."""
    if pairing.closing_by_id is None:
        return "planned"
    return "one" if pairing.closing_by_id in (pairing.mentee_id, pairing.mentor_id) else "coordinator"


def _renders(words: Callable[[Letter], dict[str, Any]]) -> Callable[[Letter, Recipient], Content]:
    return lambda letter, recipient: render_email(letter.kind, words(letter), recipient)


def _item(words: Callable[[Letter], dict[str, Any]]) -> Callable[[Letter, Recipient], Item]:
    return lambda letter, recipient: render_item(letter.kind, words(letter), recipient)


_render_request, _render_pairing = _renders(_request_words), _renders(_pairing_words)


def _render_shortlist_empty(letter: Letter, recipient: Recipient) -> Content:
    enrolment = Enrolment.objects.select_related("cohort").get(pk=letter.subject_id)
    last = enrolment.requests_made.order_by("-asked_at").first()
    context = {
        "cohort": enrolment.cohort,
        "listed": ShortlistEntry.objects.filter(mentee=enrolment).exists(),
        "first_in_line": enrolment.priority_since is not None,
        "proposed": last is not None and last.proposed,
        "met": last is not None and last.state == RequestState.ACCEPTED,  # it went as far as a first conversation
        "action": absolute_url("matching:suggestions"),
    }
    return render_email(letter.kind, context, recipient)


def _alert_words(letter: Letter) -> dict[str, Any]:
    alert = Alert.objects.select_related("cohort", "pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {
        "alert": alert,
        "about": alert.subject_name(),
        "cohort": alert.cohort,
        "action": absolute_url("admin:matching_alert_change", alert.pk),
    }


def _was_announced(letter: Letter, _now: datetime) -> LetterReason | None:
    """A mentor hears that a request was taken back only if they may have heard of it by e-mail."""
    asked = Letter.objects.filter(kind="request_asked", subject_id=letter.subject_id, person_id=letter.person_id)
    states = set(asked.values_list("state", "doubts"))
    return NotNeeded.NEVER_ANNOUNCED if states and states <= {(LetterState.CANCELLED, 0)} else None


def _still_open_to_answer(letter: Letter, now: datetime) -> LetterReason | None:
    """Whether it waits and there is time left: what was late itself must not ask for what is over."""
    request = Request.objects.filter(pk=letter.subject_id).first()
    if request is None or request.state != RequestState.PENDING:
        return request_is(request.state if request else None)
    if request.held_for:
        return NotNeeded.REQUEST_HELD
    return None if now < request.deadline else NotNeeded.REQUEST_PAST_DEADLINE


def _still_waits_until_then(letter: Letter, now: datetime) -> LetterReason | None:
    """Whether it waits, and until the time this letter was written about."""
    request = Request.objects.filter(pk=letter.subject_id).first()
    if request is None or request.state != RequestState.PENDING:
        return request_is(request.state if request else None)
    if not letter.occasion.startswith(request.time_named):
        return NotNeeded.REQUEST_MOVED_SINCE
    return _was_announced(letter, now)


def _about_pairing(name: str, title: str | Promise, *states: str, readers: frozenset[Reader] = PAIR) -> LetterKind:
    """What is always told of a pairing that is in one of these states."""
    return LetterKind(
        name,
        _render_pairing,
        _while_pairing_is(*states),
        scope=Scope.PAIRING,
        readers=readers,
        contractual=True,
        title=title,
    )


KINDS = (
    LetterKind(
        "request_asked",
        _render_request,
        _still_open_to_answer,
        scope=Scope.COHORT,
        readers=frozenset({Reader.MENTOR}),
        contractual=True,
        title=_("You are asked to be somebody’s mentor"),
        item=_item(_request_words),
        one_a_day=True,
    ),
    LetterKind(
        "request_waiting",
        _render_request,
        _still_open_to_answer,
        scope=Scope.COHORT,
        readers=frozenset({Reader.MENTOR}),
        title=_("Reminders that a request is waiting"),
        item=_item(_request_words),
    ),
    LetterKind(
        "request_expiring",
        _render_request,
        _still_open_to_answer,
        scope=Scope.COHORT,
        readers=frozenset({Reader.MENTEE}),
        title=_("Notes that a request closes within a day"),
        item=_item(_request_words),
    ),
    LetterKind(
        "request_moved_on",
        _render_request,
        _still_open_to_answer,
        scope=Scope.COHORT,
        readers=frozenset({Reader.MENTEE}),
        contractual=True,
        title=_("We have asked the next mentor on your shortlist"),
    ),
    LetterKind(
        "request_proposed",
        _render_request,
        _still_open_to_answer,
        scope=Scope.COHORT,
        readers=frozenset({Reader.MENTEE}),
        contractual=True,
        title=_("The programme has asked a mentor for you"),
    ),
    LetterKind(
        "request_withdrawn",
        _render_request,
        _was_announced,
        scope=Scope.COHORT,
        readers=PAIR,
        contractual=True,
        title=_("A request to you has been withdrawn"),
    ),
    LetterKind(
        "request_expired",
        _render_request,
        always_due,
        scope=Scope.COHORT,
        readers=PAIR,
        contractual=True,
        title=_("A request has closed without an answer"),
    ),
    LetterKind(
        "request_rescheduled",
        _render_request,
        _still_waits_until_then,
        scope=Scope.COHORT,
        readers=PAIR,
        contractual=True,
        title=_("The time for a request has changed"),
        item=_item(_request_words),
    ),
    LetterKind(
        "request_lapsed",
        _render_request,
        _was_announced,
        scope=Scope.COHORT,
        readers=PAIR,
        contractual=True,
        title=_("A request can no longer be accepted"),
        item=_item(_request_words),
    ),
    LetterKind(
        "shortlist_empty",
        _render_shortlist_empty,
        _shortlist_still_empty,
        scope=Scope.COHORT,
        readers=frozenset({Reader.MENTEE}),
        contractual=True,
        title=_("Nobody is left on your shortlist"),
    ),
    _about_pairing(
        "request_accepted", _("A mentor has accepted"), PairingState.INTRODUCED, readers=frozenset({Reader.MENTEE})
    ),
    LetterKind(
        "introduced_idle",
        _render_pairing,
        _while_pairing_is(PairingState.INTRODUCED),
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Reminders that a first conversation is waiting"),
        item=_item(_pairing_words),
    ),
    _about_pairing("chemistry_agreed", _("Both of you said to go ahead"), PairingState.INTRODUCED),
    _about_pairing("pairing_paused", _("Your pairing rests"), PairingState.PAUSED),
    _about_pairing("pairing_resumed", _("Your pairing goes on"), PairingState.ACTIVE),
    LetterKind(
        "pairing_end_moved",
        _render_pairing,
        _while_it_ends_then,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("The planned end of your pairing has moved"),
    ),
    _about_pairing("pairing_closing", _("Your pairing comes to its close"), PairingState.CLOSING),
    _about_pairing("pairing_taken_up", _("Your pairing is taken up again"), PairingState.INTRODUCED),
    _about_pairing("pairing_ended", _("Your pairing has ended"), PairingState.ENDED_EARLY),
    _about_pairing("pairing_completed", _("Your pairing is completed: thank you"), PairingState.COMPLETED),
    _about_pairing("partner_erased", _("Your pairing has ended, since an account is gone"), PairingState.ENDED_EARLY),
    LetterKind(
        "partner_account_closed",
        _render_pairing,
        _while_an_account_is_closed,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("The account of the other person in your pairing is closed"),
    ),
    LetterKind(
        "coordinator_alert",
        _renders(_alert_words),
        _still_open,
        scope=Scope.COHORT,
        readers=frozenset({Reader.COORDINATOR}),
        title=_("Alerts about your cohorts"),
        item=_item(_alert_words),
        one_a_day=True,
    ),
)
