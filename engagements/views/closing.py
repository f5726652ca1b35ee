"""The closing in words: who began it, and when it truly ends."""

from typing import Any

from django.utils.translation import gettext as _

from common.dates import long_day
from engagements import permissions
from engagements.domain import mentor_too, reviews
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.reviews import form_for
from engagements.models import Review
from engagements.states import ReviewState
from matching.states import PairingState


def begun_line(status: PairingStatus) -> str:
    """Who began it and when, as this side reads it; empty before it has begun."""
    pairing, other = status.pairing, status.other
    if pairing.closing_since is None:
        return ""
    said = {
        None: _("The planned end has come: the closing began on %(day)s."),
        status.me.pk: _("You began the closing on %(day)s."),
        other.pk: _("%(name)s began the closing on %(day)s."),
    }.get(pairing.closing_by_id, _("Your coordinator began the closing on %(day)s."))
    return said % {"name": other.get_short_name(), "day": long_day(pairing.closing_since)}


def ends_line(status: PairingStatus) -> str:
    """When it ends; empty unless it closes."""
    if status.pairing.state != PairingState.CLOSING or status.pairing.closes_at is None:
        return ""
    return _("Your pairing ends once both of you have looked back, and on %(day)s at the latest.") % {
        "day": long_day(status.pairing.closes_at)
    }


def section(status: PairingStatus) -> dict[str, Any] | None:
    """What the pairing's page says of looking back; nothing before the closing."""
    if status.pairing.closing_since is None:
        return None
    found = reviews.of_pairing(status.pairing)
    mine, others = found.get(status.me.pk), found.get(status.other.pk)
    return {
        "begun": begun_line(status),
        "ends": ends_line(status),
        "to_write": status.review_to_write is not None,
        "mine": mine if mine and mine.is_answered else None,
        "missed": mine is not None and mine.state == ReviewState.MISSED,
        "may_correct": bool(mine and mine.is_answered and ends_line(status)),
        "my_words": _words(status, mine),
        "other_answered": bool(others and others.is_answered),
        "other_words": _words(status, others),
        "mentor_too": status.review_to_write is None and mentor_too.may_ask(status.pairing, status.me),
    }


def _words(status: PairingStatus, review: Review | None) -> list[tuple[str, str]]:
    """The words of a review that this side may read, each under its question."""
    if review is None or not permissions.may_read_review_words(status.me, review):
        return []
    labels = form_for(review, other=status.me.get_short_name()).fields
    return [(str(labels[name].label), words) for name, words in reviews.words_of(review)]
