"""Requests, from both sides: the mentor's inbox, the mentee's wait, and the answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendars import today_of
from accounts.domain import intake as intake_of
from accounts.domain.relations import OrganisationRelations, relations_on
from accounts.models import User
from accounts.signed_in import signed_in_user
from cohorts.models.cohorts import Contact
from common.clock import now
from common.dates import day_of
from common.errors import Refused
from common.given_back import give_back
from common.prepared import prepared
from common.transitions import Actor, allowed_verbs
from matching import permissions
from matching.domain import requests
from matching.domain.cards import open_places, rules_of, weights_of
from matching.domain.earlier_ties import earlier_ties
from matching.domain.independence import cards_for, is_waived
from matching.engine import Explanation, Pool, explain
from matching.forms import DeclineForm, WithdrawForm
from matching.models import LiftedDecline, Request, ShortlistEntry
from matching.sentences import NO_PLACE_FREE, hold_line
from matching.states import REQUEST_TRANSITIONS, RequestState
from matching.views import earlier_ties as earlier
from matching.views import mentor_cards, reasons
from matching.views.deadline_strip import strip
from matching.views.onward import onward

HISTORY = 50


@prepared
def _latest(*, user: UUID) -> QuerySet[Request]:
    return _seen_by(user).order_by("-asked_at")[:HISTORY]


@prepared
def _one(*, user: UUID, pk: UUID) -> QuerySet[Request]:
    return _seen_by(user).filter(pk=pk).select_related("pairing", "mentee__mentee_profile", "mentor__mentor_profile")


def _seen_by(user: UUID) -> QuerySet[Request]:
    """Requests this person is one of the two in; nobody else's exist here, a coordinator's cohort included."""
    found: QuerySet[Request] = Request.objects.as_participant(User(pk=user))
    people = ("mentee__profile", "mentor__profile", "mentee_enrolment", "mentor_enrolment")
    return found.select_related("cohort", "key", *people)


def _asked(request: HttpRequest, pk: UUID, *, to_me: bool = False, by_me: bool = False) -> Request:
    """The request, if this person is one of the two in it: `to_me` its mentor, `by_me` its mentee. Raises `Http404`."""
    me = signed_in_user(request).pk
    for asked in _one(user=me, pk=pk):
        if (to_me and asked.mentor_id != me) or (by_me and asked.mentee_id != me):
            break
        for enrolment, person in ((asked.mentee_enrolment, asked.mentee), (asked.mentor_enrolment, asked.mentor)):
            enrolment.cohort, enrolment.person = asked.cohort, person
        return asked
    raise Http404


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Who waits for my answer, whom I wait for, and what became of earlier requests."""
    me = signed_in_user(request)
    rows = _latest(user=me.pk)
    waiting = [row for row in rows if row.state == RequestState.PENDING]
    return render(
        request,
        "matching/requests/list.html",
        {
            "received": sorted((row for row in waiting if row.mentor_id == me.pk), key=lambda row: row.deadline),
            "sent": [row for row in waiting if row.mentee_id == me.pk],
            "earlier": [row for row in rows if row.state != RequestState.PENDING],
        },
    )


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The request as its mentee or its mentor sees it."""
    asked = _asked(request, pk)
    if asked.mentor_id == signed_in_user(request).pk:
        return _for_mentor(request, asked)
    return _for_mentee(request, asked)


@login_required
@require_POST
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The mentor accepts; on to the pairing."""
    asked = _asked(request, pk)
    try:
        pairing = requests.accept(request=asked, user=signed_in_user(request), now=now())
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("matching:request", pk=asked.pk)
    messages.success(request, _("You have accepted. We have told %(name)s.") % {"name": asked.mentee.name})
    return redirect("engagements:pairing", pk=pairing.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The mentor declines: a reason for the coordinators, private words if wished."""
    asked = _asked(request, pk, to_me=True)
    if asked.state != RequestState.PENDING:
        return _answered_already(request, asked)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            requests.decline(request=asked, user=signed_in_user(request), now=now(), **form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request, _("You have declined. We have told %(name)s kindly.") % {"name": asked.mentee.name}
            )
            return redirect("matching:inbox")
    context = {"asked": asked, "form": form, "contact": asked.cohort.contact_for(asked.mentor)}
    return render(request, "matching/requests/decline.html", context)


def _answered_already(request: HttpRequest, asked: Request) -> HttpResponse:
    """To the request as it stands; words that it does not hold are given back first."""
    address = reverse("matching:request", args=[asked.pk])
    words = request.POST.get("text", "").strip()
    if not words or words.split() == asked.words_of("decline_text", instead="").split():
        return redirect(address)
    return give_back(
        request,
        status=409,
        title=_("This request has been answered already"),
        text=_("It was answered from another page, or has moved on. What you wrote to yourself here was not kept."),
        words=[words],
        onward=address,
        onward_label=_("Look at the request"),
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The mentee takes the request back, and says whether the next on the list is to be asked."""
    asked = _asked(request, pk, by_me=True)
    form = WithdrawForm(request.POST, following=_next_name(asked))
    if not form.is_valid():
        return _for_mentee(request, asked, form)
    try:
        requests.withdraw(
            request=asked,
            user=signed_in_user(request),
            actor=Actor.MENTEE,
            ask_next=form.cleaned_data.get("ask_next", False),
            now=now(),
        )
    except Refused as refused:
        messages.error(request, str(refused.sentence))
        return redirect("matching:request", pk=asked.pk)
    messages.success(request, _("You have withdrawn your request to %(name)s.") % {"name": asked.mentor.name})
    return redirect("matching:suggestions")


def _following(asked: Request) -> ShortlistEntry | None:
    """Who is asked after this request."""
    after = ShortlistEntry.objects.filter(mentee=asked.mentee_enrolment_id).still_to_ask()
    following: ShortlistEntry | None = after.select_related("mentor__person").first()
    return following


def _next_name(asked: Request) -> str:
    following = _following(asked)
    return following.mentor.person.name if following else ""


def _for_mentee(request: HttpRequest, asked: Request, form: WithdrawForm | None = None) -> HttpResponse:
    waits = asked.state == RequestState.PENDING
    following = _following(asked) if waits else None
    employer = mentor_cards.employers_of([asked.mentor_id]).get(asked.mentor_id)
    context = {
        "asked": asked,
        "strip": strip(asked, now()),
        "hold_line": hold_line(asked.held_for, Actor.MENTEE, asked.mentor.get_short_name()),
        "role": mentor_cards.role_line(asked.mentor, employer),
        "note": asked.words_of("note") if permissions.may_read_note(signed_in_user(request), asked) else "",
        "following": following,
        "verbs": allowed_verbs(REQUEST_TRANSITIONS, asked.state, Actor.MENTEE),
        "withdraw_form": form or WithdrawForm(following=following.mentor.person.name if following else ""),
        "pairing": getattr(asked, "pairing", None),
        "onward": None if waits or asked.state == RequestState.ACCEPTED else onward(asked, now()),
    }
    return render(request, "matching/requests/mentee.html", context)


def _for_mentor(request: HttpRequest, asked: Request) -> HttpResponse:
    employer = mentor_cards.employers_of([asked.mentee_id]).get(asked.mentee_id)
    offer = getattr(asked.mentor, "mentor_profile", None)
    me = signed_in_user(request)
    context = {
        "asked": asked,
        "strip": strip(asked, now()),
        "hold_line": hold_line(asked.held_for, Actor.MENTOR, asked.mentee.get_short_name()),
        "role": mentor_cards.role_line(asked.mentee, employer),
        "place": mentor_cards.place_line(asked.mentee),
        "verbs": allowed_verbs(REQUEST_TRANSITIONS, asked.state, Actor.MENTOR),
        "open_places": open_places(asked.mentor_enrolment, offer, present=True),
        "no_place_free": NO_PLACE_FREE,
        "places": offer.capacity if offer else 0,
        "pairing": getattr(asked, "pairing", None),
        "contact": _who_lets_ask_again(asked),
        "may_be_asked_again": asked.state == RequestState.EXPIRED and asked.cohort.ends_on >= today_of(me, now()),
        "decline_text": asked.words_of("decline_text") if permissions.may_read_decline_text(me, asked) else "",
        **(_told(asked) if permissions.may_read_intake(me, asked) else {}),
    }
    return render(request, "matching/requests/mentor.html", context)


def _who_lets_ask_again(asked: Request) -> Contact | None:
    """Whom a mentor turns to who declined and thinks again; None where nothing is to be put right."""
    if asked.state != RequestState.DECLINED or LiftedDecline.objects.filter(request=asked).exists():
        return None
    return asked.cohort.contact_for(asked.mentor)


def _told(asked: Request) -> dict[str, Any]:
    """What the mentee says to a mentor who is asked: the note, where they stand, aims and challenges; and why you."""
    intake = getattr(asked.mentee, "mentee_profile", None)
    at = now()
    relations = relations_on(day_of(at))
    explanation = _explained(asked, at, relations)
    voice = reasons.Voice(asked.mentee.get_short_name(), reasons.Reader.MENTOR, at.date())
    return {
        "note": asked.words_of("note"),
        "intake": intake,
        "aims": intake_of.aims(mentee=asked.mentee_id),
        "challenges": intake_of.challenges(mentee=asked.mentee_id),
        "reasons": reasons.lines(explanation, voice, reasons.topic_names([explanation])),
        "no_tie": reasons.no_tie(explanation),
        "earlier": earlier.told(earlier_ties(asked.mentee, asked.mentor, now=at, relations=relations), asked.mentor),
        "lookback": asked.cohort.lookback_months,
    }


def _explained(asked: Request, at: datetime, relations: OrganisationRelations) -> Explanation:
    """Why the two of them, as it stands now."""
    mentee, mentor = asked.mentee_enrolment, asked.mentor_enrolment
    mentee_card, mentor_card = cards_for(mentee, mentor, now=at, leave_out=asked.pk, present=True, relations=relations)
    waived = frozenset({(mentee_card.id, mentor_card.id)}) if is_waived(mentee, mentor, at) else frozenset()
    return explain(
        Pool((mentor_card,), rules_of(mentee.cohort), weights_of(mentee.cohort), waived), mentee_card, mentor_card
    )
