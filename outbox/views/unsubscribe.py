"""Unsubscribing from one kind of letter: looking shows, only a POST acts, and no session is needed."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common.clock import now
from outbox.domain import unsubscribe


@csrf_exempt  # the mail program posts without our cookie (RFC 8058); the signed address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, signed: str) -> HttpResponse:
    """Show what the link stops; a POST stops it, or with `again` starts it again. 404 for a link that is not
    ours.
    """
    try:
        subscription = unsubscribe.open_link(signed)
    except LookupError as error:
        raise Http404 from error
    if request.method != "POST":
        return render(request, "outbox/unsubscribe.html", {"subscription": subscription})
    if "again" in request.POST:
        unsubscribe.restart(subscription)
    else:
        unsubscribe.stop(subscription, now=now())
    if request.POST.get("List-Unsubscribe") == "One-Click":  # mail programs do not follow redirects
        return HttpResponse(status=200, content_type="text/plain")
    return HttpResponseRedirect(request.path)
