"""The letters about a pairing's length: another one is proposed, it is answered, and the end is near."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from engagements.letters import NotNeeded, other_of
from engagements.models import LengthProposal
from engagements.states import PAIR_LASTS, LengthProposalState
from matching.letters import pairing_is
from matching.models import Pairing
from matching.states import PairingState
from outbox.kinds import PAIR, Content, Item, LetterKind, Recipient, Scope, absolute_url, render_email, render_item
from outbox.models import Letter
from outbox.reasons import LetterReason


def _proposals() -> QuerySet[LengthProposal]:
    return LengthProposal.objects.select_related("pairing__mentee", "pairing__mentor", "pairing__cohort")


def _still_asked(letter: Letter, _now: datetime) -> LetterReason | None:
    proposal = LengthProposal.objects.filter(pk=letter.subject_id)
    if not proposal.exists():
        return NotNeeded.LENGTH_GONE
    assert letter.person is not None  # noqa: S101 - it goes to one of the two
    waiting = LengthProposal.objects.waiting_for(letter.person).filter(pk=letter.subject_id)
    return None if waiting.exists() else NotNeeded.LENGTH_SETTLED


def _still_answered(letter: Letter, _now: datetime) -> LetterReason | None:
    """While the pairing lasts; of one agreed to, until the planned end is moved once more."""
    proposal = LengthProposal.objects.select_related("pairing").filter(pk=letter.subject_id).first()
    if proposal is None:
        return NotNeeded.LENGTH_GONE
    if proposal.pairing.state not in PAIR_LASTS:
        return pairing_is(proposal.pairing.state)
    moved = proposal.state == LengthProposalState.AGREED and proposal.planned_end != proposal.pairing.planned_end
    return NotNeeded.END_MOVED if moved else None


def _still_near(letter: Letter, _now: datetime) -> LetterReason | None:
    pairing = Pairing.objects.filter(pk=letter.subject_id).first()
    if pairing is None or pairing.state != PairingState.ACTIVE:
        return pairing_is(pairing.state if pairing else None)
    return None if letter.occasion == str(pairing.planned_end) else NotNeeded.END_MOVED


def _about(pairing: Pairing, letter: Letter) -> dict[str, object]:
    return {
        "other": other_of(pairing, letter.person),
        "cohort": pairing.cohort,
        "planned_end": pairing.planned_end,
        "action": absolute_url("engagements:length", pk=pairing.pk),
    }


def _words(letter: Letter) -> dict[str, object]:
    proposal = _proposals().get(pk=letter.subject_id)
    return {
        **_about(proposal.pairing, letter),
        "proposed_end": proposal.planned_end,
        "by_cohort": proposal.proposed_by_id is None,
        "agreed": proposal.state == LengthProposalState.AGREED,
    }


def _near_words(letter: Letter) -> dict[str, object]:
    return _about(Pairing.objects.select_related("mentee", "mentor", "cohort").get(pk=letter.subject_id), letter)


def _render(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _words(letter), recipient)


def _item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _words(letter), recipient)


def _render_near(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _near_words(letter), recipient)


def _near_item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _near_words(letter), recipient)


KINDS = (
    LetterKind(
        "length_proposed",
        _render,
        _still_asked,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("Another length of your pairing is proposed to you"),
        item=_item,
    ),
    LetterKind(
        "length_answered",
        _render,
        _still_answered,
        scope=Scope.PAIRING,
        readers=PAIR,
        contractual=True,
        title=_("Another length of your pairing was agreed to, or not"),
        item=_item,
    ),
    LetterKind(
        "pairing_end_near",
        _render_near,
        _still_near,
        scope=Scope.PAIRING,
        readers=PAIR,
        title=_("Notes that your pairing ends as planned in two weeks"),
        item=_near_item,
    ),
)
