"""Pages that belong to no app: what to say when something is refused or missing."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common.given_back import give_back


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
