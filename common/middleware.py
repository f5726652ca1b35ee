"""What every answer made for one reader has in common."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What lets a browser or a proxy take an answer out of its store again.
VALIDATORS = ("Expires", "Last-Modified", "ETag", "Pragma")


class NeverStored:
    """Forbids browsers and proxies to keep any answer that is made for a reader.

    Otherwise "Back" shows the pages of somebody who has signed out to whoever sits at the machine next, and links that
    carry a token stay behind. Files are served further out (WhiteNoise) and may be kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for header in VALIDATORS:
            if header in response:
                del response[header]
        response["Cache-Control"] = "no-store, private"
        return response
