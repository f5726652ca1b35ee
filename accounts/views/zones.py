"""A device in another zone than its person: an offer to change, which one click takes and another puts aside."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.domain import zones
from accounts.signed_in import signed_in_user
from common.cldr import city
from common.clock import now
from common.errors import Refused

BEFORE = "zone_before"  # what the session keeps, until the next page has offered to undo the change


@login_required
@require_safe
def offer(request: HttpRequest) -> HttpResponse:
    """A part of a page: the offer to somebody whose device is in the zone `device`. 204 where there is none to make."""
    zone = zones.offered(person=signed_in_user(request), device=request.GET.get("device", ""), now=now())
    if not zone:
        return HttpResponse(status=204)
    return render(request, "accounts/zone_offer.html", {"zone": zone, "back": _page(request, request.GET)})


@login_required
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Take the offer, put it aside, or undo that it was taken; then back to the page one was on."""
    person, zone, act = signed_in_user(request), request.POST.get("zone", ""), request.POST.get("act")
    try:
        if act == "decline":
            zones.decline(person=person, zone=zone)
            messages.success(request, _("Not offered again. Your zone stands under “Hours and languages”."))
        elif act == "undo":
            zones.change_back(person=person, zone=zone, now=now())
            messages.success(request, _("Your times are in %(place)s time again.") % {"place": city(zone)})
        else:
            request.session[BEFORE] = zones.change(person=person, zone=zone, now=now())
            return redirect(f"{_page(request, request.POST)}#zone-offer")
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    return redirect(_page(request, request.POST))


def _page(request: HttpRequest, said: QueryDict) -> str:
    """The page to go back to, if it is one of ours; else home."""
    page = said.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else resolve_url("home")
