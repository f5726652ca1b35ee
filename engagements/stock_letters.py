"""E-mails about taking stock: one invitation a round and one reminder. Neither carries anything that was said."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.calendars import today_of
from engagements.letters import NotNeeded, other_of
from engagements.models import StockRound
from engagements.states import ASKING, StockState
from matching.letters import pairing_is
from outbox.kinds import PAIR, Content, Item, LetterKind, Recipient, Scope, absolute_url, render_email, render_item
from outbox.models import Letter
from outbox.reasons import LetterReason


def _round(letter: Letter) -> StockRound | None:
    found = StockRound.objects.select_related("pairing__mentee__profile", "pairing__mentor__profile")
    return found.filter(pk=letter.subject_id).first()


def _still_due(letter: Letter, now: datetime) -> LetterReason | None:
    row, person = _round(letter), letter.person
    if row is None or person is None:
        return NotNeeded.STOCK_GONE
    if row.pairing.state not in ASKING:
        return pairing_is(row.pairing.state)
    if row.state == StockState.CANCELLED:
        return NotNeeded.STOCK_CANCELLED
    if letter.occasion != row.opens_on.isoformat():
        return NotNeeded.STOCK_MOVED
    if row.is_over(today_of(person, now)):
        return NotNeeded.STOCK_OVER
    return NotNeeded.STOCK_TAKEN if row.answers.written_by(person).exists() else None


def _words(letter: Letter) -> dict[str, object]:
    row = StockRound.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {
        "other": other_of(row.pairing, letter.person),
        "of_themselves": letter.person_id == row.pairing.mentee_id,
        "closes_on": row.closes_on,
        "action": absolute_url("engagements:take_stock", pk=row.pk),
    }


def _render(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _words(letter), recipient)


def _item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _words(letter), recipient)


KINDS = (
    LetterKind(
        "stock_due",
        _render,
        _still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Invitations to take stock"),
        superseded_by=("stock_reminder",),
        item=_item,
    ),
    LetterKind(
        "stock_reminder",
        _render,
        _still_due,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Reminders that taking stock is still open"),
        item=_item,
    ),
)
