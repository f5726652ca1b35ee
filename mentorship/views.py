"""Pages that belong to no app: what to say when something is refused or missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere: say how to go on."""
    return render(request, "403_csrf.html", status=403)
