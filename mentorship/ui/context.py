"""What every page is told: the programme's name, the chosen theme, and where this person can go."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.views.zones import BEFORE

THEMES = ("light", "dark")


@dataclass(frozen=True)
class Entry:
    """One place in the main navigation. It lights up for URL names that begin as one of `names` does: of two places
    the one that names the page more closely.
    """

    label: Any
    icon: str
    url_name: str
    names: tuple[str, ...]
    mentees_only: bool = False
    assistants_only: bool = False


ENTRIES = (
    Entry(_("Now"), "home", "home", ("home",)),
    Entry(
        _("Find a mentor"),
        "magnifying-glass",
        "matching:suggestions",
        (
            "matching:suggestions",
            "matching:directory",
            "matching:mentor",
            "matching:shortlist",
            "matching:compare",
            "matching:ask",
        ),
        mentees_only=True,
    ),
    Entry(
        _("Requests"),
        "chat-bubble-oval-left-ellipsis",
        "matching:inbox",
        ("matching:inbox", "matching:request", "matching:decline"),
    ),
    Entry(_("Pairings"), "pair", "engagements:pairings", ("engagements:",)),
    Entry(
        _("Assisting"),
        "calendar-days",
        "engagements:assisting",
        ("engagements:assisting", "engagements:assisted_"),
        assistants_only=True,
    ),
    Entry(
        _("You"), "user", "accounts:profile", ("accounts:", "oneself:", "account_", "mfa_", "engagements:assistants")
    ),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """The programme's name, whether this is the demo, and the chosen theme ("" follows the device)."""
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "demo": getattr(settings, "DEMO", False),
        "theme": theme if theme in THEMES else "",
        "zone_before": partial(_zone_before, request),
    }


def _zone_before(request: HttpRequest) -> str:
    """The zone that its person has just left: said once, on the page that follows."""
    return str(request.session.pop(BEFORE, ""))


def nav(request: HttpRequest) -> dict[str, Any]:
    """The main navigation, worked out only when a page draws it."""
    return {"nav": SimpleLazyObject(_remembered(request))}


def _remembered(request: HttpRequest) -> Callable[[], list[dict[str, Any]]]:
    def entries() -> list[dict[str, Any]]:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        here = request.resolver_match.view_name if request.resolver_match else ""
        # Read with the person (`mentorship.authentication`); unknown in the very request that signs them in.
        is_mentee, is_assistant = getattr(user, "is_mentee", False), getattr(user, "is_assistant", False)
        wanted = [
            entry
            for entry in ENTRIES
            if (is_mentee or not entry.mentees_only) and (is_assistant or not entry.assistants_only)
        ]
        closest = max(_closeness(entry, here) for entry in wanted)
        return [link for entry in wanted if (link := _link(entry, current=0 < _closeness(entry, here) == closest))]

    return entries


def _closeness(entry: Entry, here: str) -> int:
    """How much of the page's URL name the entry names: 0 when it is none of its pages."""
    return max((len(name) for name in entry.names if here.startswith(name)), default=0)


def _link(entry: Entry, *, current: bool) -> dict[str, Any] | None:
    """A link for the template; None when this installation has no such page."""
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None
    return {"label": entry.label, "icon": entry.icon, "url": url, "current": current}
