"""Which letters come, and when none should."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain import quiet_days
from accounts.models import QuietPeriod
from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.errors import Refused
from mentorship.email_preferences import preferences
from mentorship.email_preferences.forms import LettersForm, QuietForm
from outbox.domain import digests


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The letters that may be stopped, the quiet days, and the letters that stay, with why."""
    user = signed_in_user(request)
    offered = [(kind.name, kind.title) for kind in preferences.kinds_for(user, contractual=False)]
    form = LettersForm(
        request.POST if request.method == "POST" else None,
        offered=offered,
        initial={"kinds": preferences.wanted(user), "together": digests.wanted(user)},
    )
    if request.method == "POST" and form.is_valid():
        preferences.choose(person=user, now=programme_now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("oneself:letters")
    context = {
        "form": form,
        "quiet": user.quiet_periods.filter(ends_on__gte=timezone.localtime(programme_now()).date()),
        "staying": preferences.kinds_for(user, contractual=True),
    }
    return render(request, "email_preferences/page.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_quiet(request: HttpRequest) -> HttpResponse:
    """Ask for the first and the last quiet day."""
    form = QuietForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            quiet_days.add(person=signed_in_user(request), now=programme_now(), **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Noted. No reminder comes on these days."))
            return redirect("oneself:letters")
    return render(request, "email_preferences/quiet.html", {"form": form})


@login_required
@require_POST
def remove_quiet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reminders may come after all."""
    period = get_object_or_404(QuietPeriod.objects.filter(person=signed_in_user(request)), pk=pk)
    quiet_days.remove(period=period, now=programme_now())
    messages.success(request, _("Taken off. Reminders may come on these days."))
    return redirect("oneself:letters")
