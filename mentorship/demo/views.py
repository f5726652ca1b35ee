"""The demo's mailbox: every letter as it arrived, a clock that can be moved, and signing in as anybody."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from mentorship.demo import clock
from mentorship.demo.forms import FORWARD, ForwardForm, SignInForm
from mentorship.demo.guard import is_demo
from mentorship.demo.models import DeliveredLetter
from mentorship.demo.sign_ins import sign_ins

LETTERS_A_PAGE = 30
A_DAY = timedelta(days=1)
# A letter brings its styles with it and nothing else: no script, no remote picture, no form.
LETTER_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
}

View = Callable[..., HttpResponseBase]


def _demo_only(view: View) -> View:
    """Missing (404) outside the demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_demo():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@_demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """All letters, newest first, or those `to` one address; the clock; the sign-ins."""
    address = request.GET.get("to", "").strip().lower()
    letters = DeliveredLetter.objects.all()
    recipients = letters.order_by("recipient").values_list("recipient", flat=True).distinct()
    names = dict(User.objects.filter(email__in=recipients).values_list("email", "name"))
    page = Paginator(letters.filter(recipient=address) if address else letters, LETTERS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(letter, names.get(letter.recipient, letter.recipient)) for letter in page],
        "people": [(email, names.get(email, email)) for email in recipients],
        "address": address,
        "now": clock.now(),
        "steps": FORWARD.items(),
        "sign_ins": sign_ins(),
    }
    return render(request, "demo/mailbox.html", context)


@require_safe
@_demo_only
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its type knows no further arguments
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: as HTML in a frame of its own, as text, and its headers."""
    shown = get_object_or_404(DeliveredLetter, pk=pk)
    person = User.objects.filter(email=shown.recipient, is_active=True).first()
    context = {"letter": shown, "person": person, "headers": shown.headers.items()}
    return render(request, "demo/letter.html", context)


@require_safe
@_demo_only
@xframe_options_sameorigin
@csp(LETTER_POLICY)  # type: ignore[arg-type]  # its type knows no further arguments
def letter_frame(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter's own HTML, for the frame. Its links open in place of the whole page."""
    shown = get_object_or_404(DeliveredLetter, pk=pk)
    return HttpResponse(shown.html.replace("<head>", '<head><base target="_top">', 1))


@require_POST
@_demo_only
def forward(request: HttpRequest) -> HttpResponse:
    """Move the clock forward by a day, and show how far it has come; at the end say what arrived.

    A day takes about a second. The page in between goes on by itself, or by its button.
    """
    form = ForwardForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The clock moves one day, one week or two weeks at a time."))
        return redirect("demo:mailbox")
    days, left, since = form.journey()
    if since is None:
        since = DeliveredLetter.objects.order_by("-id").values_list("id", flat=True).first() or 0
    clock.advance(A_DAY)
    count = DeliveredLetter.objects.filter(id__gt=since).count()
    arrived = ngettext("%(count)d e-mail arrived.", "%(count)d e-mails arrived.", count) % {"count": count}
    if left > 1:
        context = {"days": days, "left": left - 1, "done": days - left + 1, "since": since, "arrived": arrived}
        return render(request, "demo/moving.html", {**context, "now": clock.now()})
    messages.success(request, arrived)
    target = reverse("demo:mailbox")
    return HttpResponse(headers={"HX-Redirect": target}) if request.htmx else redirect(target)  # type: ignore[attr-defined]  # set by django-htmx


@require_POST
@_demo_only
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become somebody of the demo's people, without a password, and go where the page said."""
    form = SignInForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is nobody of that name in the demo any more."))
        return redirect("demo:mailbox")
    login(request, form.cleaned_data["person"], backend=settings.AUTHENTICATION_BACKENDS[0])
    target = form.cleaned_data["next"]
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return redirect("home")
    return HttpResponseRedirect(target)
