"""The letters that ask to look back. None carries anything that was said."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from engagements.letters import NotNeeded, other_of
from engagements.models import Review
from engagements.states import ReviewState
from matching.letters import pairing_is
from matching.states import PairingState
from outbox.kinds import PAIR, Content, Item, LetterKind, Recipient, Scope, absolute_url, render_email, render_item
from outbox.models import Letter
from outbox.reasons import LetterReason


def _still_due(letter: Letter, _now: datetime) -> LetterReason | None:
    review = Review.objects.select_related("pairing").filter(pk=letter.subject_id).first()
    if review is None:
        return NotNeeded.REVIEW_GONE
    if review.pairing.state != PairingState.CLOSING:
        return pairing_is(review.pairing.state)
    return None if review.state == ReviewState.ASKED else NotNeeded.REVIEW_ANSWERED


def _words(letter: Letter) -> dict[str, object]:
    review = Review.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {
        "other": other_of(review.pairing, letter.person),
        "closes_at": review.pairing.closes_at,
        "action": absolute_url("engagements:review", pk=review.pairing_id),
    }


def _render(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _words(letter), recipient)


def _item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _words(letter), recipient)


KINDS = (
    LetterKind(
        "review_due",
        _render,
        _still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Reminders to look back before a pairing is completed"),
        item=_item,
    ),
)
