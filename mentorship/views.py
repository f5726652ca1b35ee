"""Pages that belong to no app: what to say when something is refused or missing."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import defaults

from common.given_back import give_back, typed_words


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same page for whatever is not there or not theirs; what was typed is given back on it."""
    if not typed_words(request):
        return defaults.page_not_found(request, exception)
    return give_back(
        request,
        status=404,
        title=_("This page is not here"),
        text=_(
            "It may have gone since you opened the form, so this was not sent. Copy what you wrote before you leave."
        ),
        onward=reverse("home"),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere: say how to go on, and give back what was typed into it.

    `static/js/forms.js` reads the header, and sends the same once more by a new page.
    """
    response = give_back(
        request,
        status=403,
        title=_("This was not sent"),
        text=_(
            "This page had been open for long, somebody has signed in anew, or cookies are switched off, so we could "
            "not be sure that it was you. Copy what you wrote, open the page again, and send it from there."
        ),
        onward=reverse("home"),
    )
    response["X-Refused"] = "csrf"
    return response
