"""One's meetings in one's own calendar program: the page of the private address, and what it answers."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.signed_in import signed_in_user
from common.calendar_file import Method, calendar_file
from common.clock import now as programme_now
from common.middleware import asked_again
from common.reading import read_in
from engagements.calendar_entries import assisted_entry, entry_of
from engagements.domain import assisting, calendar_feeds
from engagements.models import Assistant, CalendarFeed, Meeting
from engagements.states import MeetingState
from outbox.kinds import absolute_url, language_of, zone_of

SHOWN_FOR = timedelta(days=90)  # after a meeting


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Make the address, show it, put another in its place, or take it back."""
    user = signed_in_user(request)
    if request.method == "POST":
        match request.POST.get("act"):
            case "make":
                calendar_feeds.make(person=user, now=programme_now())
            case "renew":
                calendar_feeds.renew(person=user, now=programme_now())
                messages.success(request, _("This is your new address. The one before opens nothing any more."))
            case "revoke":
                calendar_feeds.revoke(person=user)
                messages.success(request, _("Taken back. The address opens nothing any more."))
        return redirect("engagements:calendar")
    feed = CalendarFeed.objects.filter(person=user).first()
    address = absolute_url("engagements:calendar_feed", token=calendar_feeds.token_of(feed)) if feed else ""
    context = {"feed": feed, "address": address, "webcal": f"webcal://{address.partition('://')[2]}" if feed else ""}
    return render(request, "engagements/calendar/page.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The meetings of whoever this address was made for; a forged or revoked one is missing."""
    found = calendar_feeds.opened_by(token)
    if found is None:
        raise Http404
    body = _file(found.person, programme_now()).encode()
    etag = f'"{sha256(body).hexdigest()}"'
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})
    return asked_again(get_conditional_response(request, etag=etag, response=answer) or answer)


def _file(person: User, now: datetime) -> str:
    mine = Meeting.objects.visible_to(person).filter(
        Q(state=MeetingState.AGREED) | Q(state=MeetingState.HELD), starts_at__gt=now - SHOWN_FOR
    )
    meetings = mine.select_related("pairing__mentee", "pairing__mentor")
    serving = Assistant.objects.visible_to(person).select_related("leader")
    assisted = assisting.agreed_for(serving, now)
    with read_in(language=language_of(person), zone=zone_of(person)):
        entries = [entry_of(meeting, person, invitation=False) for meeting in meetings]
        entries += [assisted_entry(meeting, row) for row, meeting in assisted]
        name = _("Conversations")
    return calendar_file(entries, zone=zone_of(person), method=Method.PUBLISH, name=name)
