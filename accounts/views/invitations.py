"""Joining by invitation: a GET shows, only a person's POST completes."""

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain import invitations, prepared
from accounts.forms.invitations import AcceptForm, CodeForm, JoinForm
from accounts.letters import described
from accounts.models import Invitation, User
from accounts.signed_in import signed_in_user
from accounts.views.steps import assists_only
from common.clock import now
from common.errors import Refused
from common.sent_once import answers_repeats, was_sent_before

WRONG_CODES = "invitation_code"  # how often they may be typed stands in the settings


@answers_repeats
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation behind a link. One answer for every link that opens nothing."""
    try:
        found = invitations.find(token=token, now=now())
    except invitations.NotOpen:
        return _came_in(request, token) or render(request, "accounts/invitation/closed.html", status=404)
    known = invitations.account_of(found)
    if known is None:
        return _join(request, token, found)
    if request.user != known:
        context = {"invitation": found, "sign_in": f"{reverse('account_login')}?next={request.path}"}
        return render(request, "accounts/invitation/sign_in.html", context)
    return _accept(request, token, found)


def _join(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    """Somebody new: their account is made and they are signed in."""
    data = request.POST if request.method == "POST" else None
    begun = prepared.prepared_for(found)
    zone = (begun.zone if begun else "") or settings.TIME_ZONE
    form = JoinForm(data, email=found.email, initial={"name": found.name, "zone": zone})
    if request.method == "POST" and form.is_valid():
        said = {key: value for key, value in form.cleaned_data.items() if key != "agree"}
        try:
            user = invitations.join(token=token, now=now(), **said)
        except Refused as refused:
            form.refuse(refused)
        else:
            return _signed_in(request, user)
    return _show(request, form, found, prepared=begun)


def _came_in(request: HttpRequest, token: str) -> HttpResponse | None:
    """For whoever has completed the invitation already, by the first of two clicks for one; None for anybody else.

    Where the answer to the first never arrived, and with it the session, the same page from the same browser opens it.
    """
    user, just_now = invitations.completed(token=token, now=now())
    if user is not None and request.user == user:
        return redirect("accounts:profile")
    return _signed_in(request, user) if user is not None and just_now and was_sent_before(request) else None


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    if request.user.is_authenticated:
        # Somebody else's browser, or an old account of one's own: that session ends with all it holds.
        request.session.flush()
    # Who coordinates and takes part as well is led to the questions from there; an assistant is asked nothing.
    asked_nothing = user.is_staff or assists_only(user)
    welcome = (
        _("Welcome.") if asked_nothing else _("Welcome. A few questions, and we can look for people who suit you.")
    )
    messages.success(request, welcome)
    record_authentication(request, user, method="invitation")
    target = reverse("home") if asked_nothing else reverse("accounts:profile_step", args=["position"])
    return cast(HttpResponse, perform_login(request, user, email_verification="none", redirect_url=target))


def _accept(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    """Somebody who has an account and is signed in to it."""
    form = AcceptForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            came_of_it = invitations.accept(token=token, user=signed_in_user(request), now=now())
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, " ".join(came_of_it) or _("Accepted."))
            return redirect("home" if found.assisting else "accounts:profile")
    return _show(request, form, found)


def _show(request: HttpRequest, form: Any, found: Invitation, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "invitation": found,
        "offers": described(found, now()),
        "decline_page": reverse("accounts:invitation_decline", args=[found.secrets()[0]]),
        **more,
    }
    return render(request, "accounts/invitation/accept.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever does not want to take part says so, once asked whether they mean it."""
    try:
        found = invitations.find(token=token, now=now())
        if request.method == "POST":
            found = invitations.decline(token=token, now=now())
    except invitations.NotOpen:
        return render(request, "accounts/invitation/closed.html", status=404)
    return render(request, "accounts/invitation/decline.html", {"invitation": found, "token": token})


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The way in for a link that was eaten on its way: the address and the code as printed."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = _by_code(request, **form.cleaned_data)
        except Refused as refused:
            form.add_error("code", str(refused.sentence))
        else:
            return redirect("accounts:invitation", found.secrets()[0])
    return render(request, "accounts/invitation/code.html", {"form": form}, status=422 if form.errors else 200)


def _by_code(request: HttpRequest, *, email: str, code: str) -> Invitation:
    """The invitation of a typed code. Wrong ones count against whoever types them, not against the invited person."""
    if not ratelimit.consume(request, action=WRONG_CODES, dry_run=True):
        raise Refused(
            _("There were many wrong codes from your connection. Wait an hour, or use the link in the e-mail.")
        )
    try:
        return invitations.find_by_code(email=email, code=code, now=now())
    except invitations.NotOpen:
        ratelimit.consume(request, action=WRONG_CODES)
        raise Refused(
            _(
                "This code does not belong to this address, or is no longer open. Use the link, or ask your "
                "coordinator to send the invitation again."
            )
        ) from None
