"""What was and what comes, as lines of a timeline."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from common.models import Event
from engagements.domain.pairing_status import PairingStatus
from engagements.models import CheckIn
from engagements.states import CheckInState
from matching.states import PairingState

NOON = time(12)
# verb: (when I did it, when the other side did, when nobody in particular did)
SENTENCES = {
    "introduce": (
        gettext_noop("You accepted, and were introduced to each other"),
        gettext_noop("%(name)s accepted, and you were introduced to each other"),
        gettext_noop("You were introduced to each other"),
    ),
    "write_agreement": (
        gettext_noop("You wrote a version of the agreement"),
        gettext_noop("%(name)s wrote a version of the agreement"),
        gettext_noop("A version of the agreement was written"),
    ),
    "sign_agreement": (
        gettext_noop("You signed the agreement"),
        gettext_noop("%(name)s signed the agreement"),
        gettext_noop("The agreement was signed"),
    ),
    "activate": (gettext_noop("Your pairing became active"),) * 3,
    "pause": (
        gettext_noop("You paused the pairing"),
        gettext_noop("%(name)s paused the pairing"),
        gettext_noop("The pairing was paused"),
    ),
    "resume": (
        gettext_noop("You resumed the pairing"),
        gettext_noop("%(name)s resumed the pairing"),
        gettext_noop("The pairing was resumed"),
    ),
    "begin_closing": (
        gettext_noop("You began the closing"),
        gettext_noop("%(name)s began the closing"),
        gettext_noop("The closing began"),
    ),
    "complete": (gettext_noop("The pairing was completed"),) * 3,
    "end_early": (gettext_noop("The pairing ended, without fault"),) * 3,
}


def past(events: Iterable[Event], me: User, other: User) -> list[dict[str, Any]]:
    """Lines for events, in their order."""
    return [{"when": event.at, "text": _sentence(event, me, other)} for event in events]


def _sentence(event: Event, me: User, other: User) -> str:
    mine, theirs, nobodys = SENTENCES[event.verb]
    by_person: dict[UUID | None, str] = {me.pk: mine, other.pk: theirs}
    sentence = by_person.get(event.user_id, nobodys)
    return _(sentence) % {"name": other.get_short_name()}


def coming_lines(status: PairingStatus) -> list[dict[str, Any]]:
    """The check-in that comes next; while it closes, when it is completed at the latest."""
    if status.pairing.state == PairingState.CLOSING and status.pairing.closes_at:
        return [
            {"when": status.pairing.closes_at, "text": _("Your pairing is completed, at the latest"), "tone": "ahead"}
        ]
    if status.coming is None:
        return []
    text = _("Check-in about %(name)s") % {"name": status.other.get_short_name()}
    return [{"when": status.coming.due_at, "text": text, "tone": "ahead"}]


def due_lines(status: PairingStatus) -> list[dict[str, Any]]:
    """The check-in that is due."""
    if status.due is None:
        return []
    text = _("Check-in about %(name)s is due") % {"name": status.other.get_short_name()}
    href = reverse("engagements:check_in", args=[status.due.pk])
    return [{"when": status.due.due_at, "text": text, "tone": "now", "href": href}]


def at_noon(day: date) -> datetime:
    """A day without a time, as a moment on the reader's clock."""
    return timezone.make_aware(datetime.combine(day, NOON))


def answered_lines(check_ins: Iterable[CheckIn]) -> list[dict[str, Any]]:
    """My own answers, which belong into my view of the history."""
    return [
        {"when": check_in.answered_at, "text": _("You answered a check-in")}
        for check_in in check_ins
        if check_in.state == CheckInState.ANSWERED
    ]


def soonest_first(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What comes, in its order."""
    return newest_first(lines)[::-1]


def newest_first(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One timeline of several."""

    def when(line: dict[str, Any]) -> datetime:
        moment: datetime = line["when"]
        return moment

    return sorted(lines, key=when, reverse=True)
