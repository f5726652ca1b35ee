"""The pairing and its states: from the first conversation to the end."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.calendars import DAY, MORNING, after_working_days, calendar_of, today_of
from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import Role
from common.dates import day_of
from common.errors import Refused, WrongState
from common.models import Event
from common.subjects import subject_of
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor, next_state
from matching.domain import independence, locks
from matching.domain.alerts import alert, alert_all, settle_automatically
from matching.domain.asking import ask_next_mentor, mark_let_down
from matching.domain.parties import check_acting, part_of
from matching.letters import pairing_is
from matching.models import ChemistryAnswer, PairAgain, Pairing, Pause, Request
from matching.models.alerts import SUBJECT_TYPES, AlertKind
from matching.models.pairings import CLOSING_TIME, EndClass
from matching.models.requests import TEXT_LENGTH
from matching.signals import pairing_changed
from matching.states import PAIRING_TRANSITIONS, PairingState
from outbox.domain.post import cancel, post

LONGEST_PAUSE = timedelta(days=183)
PAIRING_ALERTS = [kind for kind, subject_type in SUBJECT_TYPES.items() if subject_type == "pairing"]
IDLE_REMINDERS = (5, 10)  # working days after the introduction, where each of the two is
IDLE_ALERT = 15
BOTH = ("mentee__profile", "mentor__profile")


def introduce(
    *, request: Request, mentee: Enrolment, mentor: Enrolment, actor: Actor, user: User, now: datetime
) -> Pairing:
    """Make the pairing of a request just accepted, with its letters. The caller holds the locks and has checked."""
    flagged = independence.flagged(mentee=mentee, mentor=mentor, now=now)
    pairing = Pairing.objects.create(
        request=request,
        cohort=request.cohort,
        mentee_enrolment=mentee,
        mentor_enrolment=mentor,
        mentee=request.mentee,
        mentor=request.mentor,
        introduced_at=now,
        planned_end=request.cohort.ends_on,
        key=request.key,
    )
    Enrolment.objects.filter(pk=mentee.pk).update(priority_since=None, next_request_since=None)
    _record(pairing, "introduce", actor, now, user)
    _post_introduction(pairing, now)
    if flagged:
        alert(
            kind=AlertKind.COMPETITORS,
            subject=pairing,
            facts={"rules": [rule.public_key for rule in flagged]},
            now=now,
        )
    pairing_changed.send(sender=Pairing, pairing=pairing, verb="introduce", now=now)
    return pairing


def _post_introduction(pairing: Pairing, now: datetime) -> None:
    post(kind="request_accepted", subject=pairing, person=pairing.mentee, due_at=now)
    remind_of_beginning(pairing, now)


def remind_of_beginning(pairing: Pairing, now: datetime, again: str = "") -> None:
    """The e-mails to both while it has not begun. `again` names the time it was taken up again, if it was."""
    for person in (pairing.mentee, pairing.mentor):
        for days in IDLE_REMINDERS:
            due_at = after_working_days(now, days, MORNING, calendar_of(person))
            post(kind="introduced_idle", subject=pairing, person=person, due_at=due_at, occasion=f"{days}{again}")


def answer_chemistry(*, pairing: Pairing, user: User, go_ahead: bool, now: datetime) -> Pairing:
    """One side's private answer after the first conversation. A no ends the pairing without fault.

    The other side learns only that it does not go on, and no row says who said so. A yes may become a no until both
    have said it, for then both have been told. Raises `NotPermitted`, `WrongState`.
    """
    actor = part_of(pairing, user)
    answered = _answer_chemistry(pairing.pk, user, actor, go_ahead, now)
    if not go_ahead:
        ask_next_mentor(enrolment_id=answered.mentee_enrolment_id, now=now)
    return answered


@atomically
def _answer_chemistry(pairing_id: UUID, user: User, actor: Actor, go_ahead: bool, now: datetime) -> Pairing:
    pairing = lock_all(pairing_id)
    next_state(PAIRING_TRANSITIONS, "answer_chemistry", pairing.state, actor)
    if not go_ahead and _both_agree(pairing):
        raise WrongState
    _record(pairing, "answer_chemistry", Actor.SYSTEM, now, None)  # history is for ever: it does not say whose it was
    if go_ahead:
        ChemistryAnswer.objects.update_or_create(
            pairing=pairing, side=actor.value, defaults={"go_ahead": True, "at": now}
        )
        _tell_when_both_agree(pairing, now)
        return pairing
    # A no is not kept, nor a yes beside it: the one who had said neither would be the other.
    ChemistryAnswer.objects.filter(pairing=pairing).delete()
    next_state(PAIRING_TRANSITIONS, "end_early", pairing.state, actor)
    pairing.end_class = EndClass.CHEMISTRY
    # Nobody is named as having ended it: not in the row, and not in the history both may read.
    _finish(pairing, PairingState.ENDED_EARLY, "end_early", Actor.SYSTEM, None, now)
    for person in (pairing.mentee, pairing.mentor):
        post(kind="pairing_ended", subject=pairing, person=person, due_at=now)
    mark_let_down(pairing.mentee_enrolment_id, now)
    return pairing


def _tell_when_both_agree(pairing: Pairing, now: datetime) -> None:
    if _both_agree(pairing):
        for person in (pairing.mentee, pairing.mentor):
            post(kind="chemistry_agreed", subject=pairing, person=person, due_at=now)


def _both_agree(pairing: Pairing) -> bool:
    return ChemistryAnswer.objects.filter(pairing=pairing, go_ahead=True).count() == len(Role)


@atomically
def activate(*, pairing: Pairing, planned_end: date, now: datetime) -> Pairing:
    """Both have signed the agreement: the pairing begins. Only the agreement's last signature calls this.

    Raises `WrongState` unless it is introduced and both said to go ahead.
    """
    held = locks.pairing(pairing.pk)
    target = next_state(PAIRING_TRANSITIONS, "activate", held.state, Actor.SYSTEM)
    if ChemistryAnswer.objects.filter(pairing=held, go_ahead=True).count() != len(Role):
        raise WrongState
    held.activated_at, held.planned_end = now, planned_end
    cancel(subject_id=held.pk, kinds=["introduced_idle", "chemistry_agreed"], reason=pairing_is(PairingState.ACTIVE))
    settle_automatically(kind=AlertKind.INTRODUCED_IDLE, subject_ids=[held.pk], now=now)
    return enter(held, target, "activate", Actor.SYSTEM, None, now)


def pause(*, pairing: Pairing, user: User, actor: Actor, until: date, now: datetime) -> Pairing:
    """Rest until the end of that day; nothing is due meanwhile. Raises `NotPermitted`, `WrongState`, or `Refused`."""
    check_acting(pairing, user, actor)
    today = today_of(user, now)
    if until <= today:
        raise Refused(_("Choose a day that lies ahead."), field="until", code="past")
    if until > today + LONGEST_PAUSE:
        raise Refused(_("A pause lasts half a year at most."), field="until", code="too_long")
    return _pause(pairing.pk, user, actor, until, now)


@atomically
def _pause(pairing_id: UUID, user: User, actor: Actor, until: date, now: datetime) -> Pairing:
    pairing = locks.pairing(pairing_id)
    target = next_state(PAIRING_TRANSITIONS, "pause", pairing.state, actor)
    running = Pause.objects.create(pairing=pairing, since=now, until=until)
    _tell_others(pairing, "pairing_paused", user, now, occasion=str(running.pk))
    return enter(pairing, target, "pause", actor, user, now)


def resume(*, pairing: Pairing, user: User | None, actor: Actor, now: datetime) -> Pairing:
    """Go on; the planned end moves by the days that were rested. Raises `NotPermitted` or `WrongState`."""
    check_acting(pairing, user, actor)
    return _resume(pairing.pk, user, actor, now)


@atomically
def _resume(pairing_id: UUID, user: User | None, actor: Actor, now: datetime) -> Pairing:
    pairing = locks.pairing(pairing_id)
    target = next_state(PAIRING_TRANSITIONS, "resume", pairing.state, actor)
    rest = Pause.objects.get(pairing=pairing, resumed_at=None)
    rest.resumed_at = now
    rest.save(update_fields=["resumed_at"])
    pairing.planned_end += day_of(now) - day_of(rest.since)
    cancel(subject_id=pairing.pk, kinds=["pairing_paused"], reason=pairing_is(PairingState.ACTIVE))
    _tell_others(pairing, "pairing_resumed", user, now, occasion=str(rest.pk))
    return enter(pairing, target, "resume", actor, user, now)


def begin_closing(*, pairing: Pairing, user: User | None, actor: Actor, now: datetime) -> Pairing:
    """The planned end has come, or somebody says that it has. Raises `NotPermitted` or `WrongState`."""
    check_acting(pairing, user, actor)
    return _begin_closing(pairing.pk, user, actor, now)


@atomically
def _begin_closing(pairing_id: UUID, user: User | None, actor: Actor, now: datetime) -> Pairing:
    pairing = locks.pairing(pairing_id)
    target = next_state(PAIRING_TRANSITIONS, "begin_closing", pairing.state, actor)
    pairing.closing_since, pairing.closing_by = now, user
    _tell_others(pairing, "pairing_closing", user, now)
    return enter(pairing, target, "begin_closing", actor, user, now)


def complete(*, pairing: Pairing, user: User | None, actor: Actor, now: datetime) -> Pairing:
    """The end as it was meant: both have looked back (`Actor.SYSTEM`), or the time to do so is over (`Actor.CLOCK`).

    Raises `NotPermitted` or `WrongState`.
    """
    check_acting(pairing, user, actor)
    return _complete(pairing.pk, user, actor, now)


@atomically
def _complete(pairing_id: UUID, user: User | None, actor: Actor, now: datetime) -> Pairing:
    pairing = lock_all(pairing_id)
    target = next_state(PAIRING_TRANSITIONS, "complete", pairing.state, actor)
    _finish(pairing, target, "complete", actor, user, now)
    _tell_others(pairing, "pairing_completed", user, now)
    return pairing


def end_early(*, pairing: Pairing, user: User, actor: Actor, end_class: str, text: str = "", now: datetime) -> Pairing:
    """End before time, without fault. Coordinators see the class, nobody but its writer the text.

    Raises `NotPermitted`, `WrongState`, or `Refused` for a reason that does not exist or a text that is too long.
    """
    check_acting(pairing, user, actor)
    if end_class not in dict(EndClass.for_people()):
        raise Refused(_("Choose a reason."), field="end_class")
    if len(text) > TEXT_LENGTH:
        raise Refused(_("Please shorten this to %(limit)s characters.") % {"limit": TEXT_LENGTH}, field="text")
    return _end_early(pairing.pk, user, actor, end_class, text.strip(), now)


@atomically
def end_for_erased(*, person: User, now: datetime) -> None:
    """What is held of somebody is being erased: their open pairings end, and the other side is told."""
    for pairing in Pairing.objects.open().as_participant(person).order_by("pk"):
        actor = part_of(pairing, person)
        _end_early(pairing.pk, person, actor, EndClass.OTHER, "", now, told="partner_erased")


@atomically
def _end_early(
    pairing_id: UUID, user: User, actor: Actor, end_class: str, text: str, now: datetime, told: str = "pairing_ended"
) -> Pairing:
    pairing = lock_all(pairing_id)
    target = next_state(PAIRING_TRANSITIONS, "end_early", pairing.state, actor)
    pairing.ended_by, pairing.end_class = user, end_class
    if text:
        pairing.write("end_text", text)
    _finish(pairing, target, "end_early", actor, user, now)
    _tell_others(pairing, told, user, now)
    if actor is not Actor.MENTEE:
        Enrolment.objects.filter(pk=pairing.mentee_enrolment_id, priority_since=None).update(priority_since=now)
    return pairing


@atomically
def pair_again(*, pairing: Pairing, user: User, wanted: bool = True, now: datetime) -> None:
    """Say, after the end, that one would gladly be paired again, or take that back (`wanted=False`).

    It counts, and is told, only once both say so. Raises `NotPermitted`, or `WrongState` while the pairing is open.
    """
    actor = part_of(pairing, user)
    if pairing.is_open:
        raise WrongState
    other = pairing.mentor if actor is Actor.MENTEE else pairing.mentee
    if wanted:
        PairAgain.objects.get_or_create(person=user, other=other, defaults={"at": now})
    else:
        PairAgain.objects.filter(person=user, other=other).delete()


def who_would_pair_again(*, pairing: Pairing) -> set[UUID]:
    """The ids of those of the two who would be paired again."""
    two = (pairing.mentee_id, pairing.mentor_id)
    return set(PairAgain.objects.filter(person__in=two, other__in=two).values_list("person_id", flat=True))


def sweep_introduced(*, now: datetime) -> int:
    """Alert the coordinators of pairings that were introduced 15 working days ago (the mentor's) and have not begun."""
    waiting = Pairing.objects.filter(state=PairingState.INTRODUCED).select_related("mentor__profile")
    late = [pairing for pairing in waiting if idle_since(pairing) <= now]
    alert_all(kind=AlertKind.INTRODUCED_IDLE, found={subject_of(pairing): {} for pairing in late}, now=now)
    return len(late)


def idle_since(pairing: Pairing) -> datetime:
    """From when on an introduced pairing is the coordinators' concern."""
    return after_working_days(pairing.introduced_at, IDLE_ALERT, MORNING, calendar_of(pairing.mentor))


def sweep_closing(*, now: datetime) -> int:
    """Begin the closing of what has reached its planned end, and complete what has been closing for 30 days."""
    ends = Pairing.objects.filter(state=PairingState.ACTIVE, planned_end__lte=day_of(now) + DAY)
    ended = [each.pk for each in ends.select_related(*BOTH) if each.planned_end <= _day_of_both(each, now)]
    over = Pairing.objects.filter(state=PairingState.CLOSING, closing_since__lte=now - CLOSING_TIME)
    begun = for_each(ended, partial(_begin_closing, user=None, actor=Actor.CLOCK, now=now))
    return begun + for_each(
        over.values_list("pk", flat=True), partial(_complete, user=None, actor=Actor.CLOCK, now=now)
    )


def _day_of_both(pairing: Pairing, now: datetime) -> date:
    """The day that has begun for both."""
    return min(today_of(pairing.mentee, now), today_of(pairing.mentor, now))


def resume_due(*, now: datetime) -> int:
    """Resume the pairings whose pause is over: its last day has passed for both."""
    pauses = Pause.objects.filter(resumed_at=None, until__lte=day_of(now), pairing__state=PairingState.PAUSED)
    pauses = pauses.select_related(*(f"pairing__{each}" for each in BOTH))
    rested = [each.pairing_id for each in pauses if each.until < _day_of_both(each.pairing, now)]
    return for_each(rested, partial(_resume, user=None, actor=Actor.CLOCK, now=now))


def lock_all(pairing_id: UUID) -> Pairing:
    """All that a pairing stands on, for verbs that give a place back or take one, and change the mentor's counts.

    Raises `WrongState` when it is gone.
    """
    found = Pairing.objects.filter(pk=pairing_id).first()
    if found is None:
        raise WrongState
    locks.cohort(found.cohort_id)
    locks.people({found.mentee_id, found.mentor_id})
    locks.enrolments({found.mentee_enrolment_id, found.mentor_enrolment_id})
    return locks.pairing(pairing_id)


def _finish(pairing: Pairing, target: str, verb: str, actor: Actor, user: User | None, now: datetime) -> None:
    """What every end has in common. Letters that still wait speak of something that is over."""
    pairing.ended_at = now
    Pause.objects.filter(pairing=pairing, resumed_at=None).update(resumed_at=now)
    cancel(subject_id=pairing.pk, reason=pairing_is(target))
    for kind in PAIRING_ALERTS:
        settle_automatically(kind=kind, subject_ids=[pairing.pk], now=now)
    enter(pairing, target, verb, actor, user, now)


def enter(pairing: Pairing, target: str, verb: str, actor: Actor, user: User | None, now: datetime) -> Pairing:
    """Write a pairing that is in this state from now on, with its line of history; other apps follow."""
    pairing.state = target
    pairing.save()
    _record(pairing, verb, actor, now, user)
    pairing_changed.send(sender=Pairing, pairing=pairing, verb=verb, now=now)
    return pairing


def _record(pairing: Pairing, verb: str, actor: Actor, now: datetime, user: User | None) -> None:
    Event.record(verb=verb, subject=pairing, actor=actor, now=now, user=user)


def _tell_others(pairing: Pairing, kind: str, user: User | None, now: datetime, occasion: str = "") -> None:
    """Write to the two, without the one whose doing it was."""
    for person in (pairing.mentee, pairing.mentor):
        if user is None or person.pk != user.pk:
            post(kind=kind, subject=pairing, person=person, due_at=now, occasion=occasion)
