"""What needs a person now, across their roles and pairings, in order."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts.models import Enrolment
from common.dates import day_with_year, time_to_act
from common.transitions import Actor
from engagements.views.next_steps import NextStep, of_pairing
from matching.models import Request
from matching.sentences import hold_line
from mentorship.home.agenda import Agenda


def all_next_steps(agenda: Agenda, now: datetime) -> list[NextStep]:
    """Everything a person has to do or to wait for, what to do before what to wait for."""
    next_steps = [step for status in agenda.statuses for step in of_pairing(status, now)]
    next_steps += [_request_to_answer(request) for request in agenda.to_answer]
    next_steps += [_request_waiting(request) for request in agenda.waiting]
    next_steps += _of_enrolments(agenda)
    return sorted(next_steps, key=lambda step: (not step.act, step.rank))


def _request_to_answer(request: Request) -> NextStep:
    if request.held_until:
        title = _("%(name)s is proposed to you") if request.proposed else _("%(name)s has asked you")
        return _request_held(request, Actor.MENTOR, title, request.mentee.get_full_name())
    title = _("Would you mentor %(name)s?") if request.proposed else _("%(name)s asks you to be their mentor")
    return NextStep(
        rank=1,
        icon="envelope",
        kicker=_("Answer by %(moment)s") % {"moment": time_to_act(request.deadline)},
        title=title % {"name": request.mentee.get_full_name()},
        text=_("Accepting opens a first conversation; it is not yet a commitment."),
        act=_("Read the request"),
        url=reverse("matching:request", args=[request.pk]),
    )


def _request_held(request: Request, reader: Actor, title: str, other: str) -> NextStep:
    return NextStep(
        rank=20,
        kicker=_("Waits until %(moment)s") % {"moment": time_to_act(request.waits_until)},
        title=title % {"name": other},
        text=hold_line(request.held_for, reader, other),
        url=reverse("matching:request", args=[request.pk]),
    )


def _request_waiting(request: Request) -> NextStep:
    title = _("%(name)s has been asked for you") if request.proposed else _("You have asked %(name)s")
    if request.held_until:
        return _request_held(request, Actor.MENTEE, title, request.mentor.get_full_name())
    return NextStep(
        rank=20,
        kicker=_("Answer by %(moment)s") % {"moment": time_to_act(request.deadline)},
        title=title % {"name": request.mentor.get_full_name()},
        text=_(
            "You hear by then at the latest. If it is a no, we ask the next mentor on your shortlist, if there is one."
        ),
        url=reverse("matching:request", args=[request.pk]),
    )


def _of_enrolments(agenda: Agenda) -> list[NextStep]:
    profile = [_profile()] if agenda.profile_lacks else []
    quiet = _takes_nobody_new if agenda.nobody_new else _asked_by_nobody
    asked_by_nobody = [quiet()] if agenda.asked_by_nobody else []
    search = _employer_first if agenda.employer_unconfirmed else _searching
    return [*profile, *map(_pending, agenda.pending), *map(search, agenda.searching), *asked_by_nobody]


def _pending(enrolment: Enrolment) -> NextStep:
    return NextStep(
        rank=23,
        title=_("Your place in %(cohort)s waits for approval") % {"cohort": enrolment.cohort.name},
        text=_("A coordinator looks at it. You are written to as soon as it is settled."),
    )


def _searching(enrolment: Enrolment) -> NextStep:
    if enrolment.has_completed:  # type: ignore[attr-defined]  # annotated
        return _another(enrolment)
    return NextStep(
        rank=8,
        icon="magnifying-glass",
        kicker=enrolment.cohort.name,
        title=_("Find the mentor who could help you most"),
        text=_("Each suggestion comes with its reasons, and every one is from outside your organisation."),
        act=_("Find a mentor"),
        url=reverse("matching:suggestions"),
    )


def _another(enrolment: Enrolment) -> NextStep:
    """After a completed pairing nothing is asked of a mentee; the way to another one stays open."""
    return NextStep(
        rank=42,
        icon="magnifying-glass",
        kicker=enrolment.cohort.name,
        title=_("Would you like another mentor?"),
        text=_("Your pairing here is completed, and nothing is asked of you. The cohort goes on until %(day)s.")
        % {"day": day_with_year(enrolment.cohort.ends_on)},
        url=reverse("matching:suggestions"),
    )


def _employer_first(enrolment: Enrolment) -> NextStep:
    if enrolment.has_completed:  # type: ignore[attr-defined]  # annotated
        return _another(enrolment)
    return NextStep(
        rank=24,
        kicker=enrolment.cohort.name,
        title=_("A coordinator confirms your employer first"),
        text=_(
            "Then you can ask a mentor: until the name is known, nobody can say who is independent of it. Nothing to "
            "do for you until then."
        ),
        url=reverse("accounts:profile_step", args=["ties"]),
    )


def _asked_by_nobody() -> NextStep:
    return NextStep(
        rank=41,
        icon="envelope",
        title=_("Nobody is asking you at present"),
        text=_("You are written to as soon as somebody does. What you say you can help with brings the right people."),
        url=reverse("accounts:profile_step", args=["offer"]),
    )


def _takes_nobody_new() -> NextStep:
    return NextStep(
        rank=41,
        icon="envelope",
        title=_("You take nobody new at present"),
        text=_("So you are neither suggested nor asked. Take the tick away when you would like to be."),
        url=reverse("accounts:profile_step", args=["offer"]),
    )


def _profile() -> NextStep:
    return NextStep(
        rank=7,
        icon="user",
        kicker=_("A few minutes · saved as you go"),
        title=_("Complete your profile"),
        text=_("It is what good suggestions are made from, and what the other side reads before they answer."),
        act=_("Go on with your profile"),
        url=reverse("accounts:profile"),
    )
