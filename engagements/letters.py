"""This app's letters: what each says, and whether it still holds. None carries anything that was said."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from engagements.models import Agreement, CheckIn
from engagements.states import ASKING, CheckInState
from matching.models import Pairing
from matching.states import PairingState
from outbox.kinds import Content, Item, LetterKind, Recipient, Scope, absolute_url, render_email, render_item
from outbox.models import Letter

# The letters of one check-in, in order, and what tells each from others of its kind; a snooze adds its number.
CHECK_IN_LETTERS = {"check_in_due": "", "check_in_overdue": "overdue", "check_in_last": "last"}


def occasion(kind: str, check_in: CheckIn) -> str:
    """What tells a letter about this check-in from the same one before it was put off."""
    return f"{CHECK_IN_LETTERS[kind]}{check_in.snoozes or ''}"


def _other(pairing: Pairing, person: User | None) -> User:
    return pairing.mentor if person == pairing.mentee else pairing.mentee


def _check_in(letter: Letter) -> CheckIn | None:
    found = CheckIn.objects.select_related("pairing__mentee", "pairing__mentor", "person__profile")
    return found.filter(pk=letter.subject_id).first()


def _check_in_still_due(letter: Letter, now: datetime) -> str | None:
    check_in = _check_in(letter)
    if check_in is None:
        return "the check-in is gone"
    if check_in.state != CheckInState.SCHEDULED:
        return f"the check-in is {check_in.state}"
    if letter.occasion != occasion(letter.kind, check_in):
        return "the check-in was put off"
    if check_in.pairing.state not in ASKING:
        return f"the pairing is {check_in.pairing.state}"
    if CheckIn.objects.overtaken(now).filter(pk=check_in.pk).exists():
        return "the next round has begun"
    return None


def _check_in_words(letter: Letter) -> dict[str, object]:
    check_in = CheckIn.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    return {
        "other": _other(check_in.pairing, letter.person),
        "due_at": check_in.due_at,
        "action": absolute_url("engagements:check_in", pk=check_in.pk),
    }


def _render_check_in(letter: Letter, recipient: Recipient) -> Content:
    return render_email(letter.kind, _check_in_words(letter), recipient)


def _check_in_item(letter: Letter, recipient: Recipient) -> Item:
    return render_item(letter.kind, _check_in_words(letter), recipient)


def _agreement_still_due(letter: Letter, _now: datetime) -> str | None:
    agreement = Agreement.objects.select_related("pairing").filter(pk=letter.subject_id).first()
    if agreement is None:
        return "the agreement is gone"
    if agreement.pairing.state != PairingState.INTRODUCED:
        return f"the pairing is {agreement.pairing.state}"
    newest = Agreement.objects.filter(pairing=agreement.pairing_id).first()
    if newest is not None and newest.pk != agreement.pk:
        return "a newer version was written"
    side = "mentee" if letter.person_id == agreement.pairing.mentee_id else "mentor"
    return "signed" if side in agreement.signed_sides() else None


def _render_agreement(letter: Letter, recipient: Recipient) -> Content:
    agreement = Agreement.objects.select_related("pairing__mentee", "pairing__mentor").get(pk=letter.subject_id)
    context = {
        "other": _other(agreement.pairing, letter.person),
        "action": absolute_url("engagements:agreement", pk=agreement.pairing_id),
    }
    return render_email(letter.kind, context, recipient)


def _active_still_due(letter: Letter, _now: datetime) -> str | None:
    state = Pairing.objects.filter(pk=letter.subject_id).values_list("state", flat=True).first()
    return None if state == PairingState.ACTIVE else f"the pairing is {state or 'gone'}"


def _render_active(letter: Letter, recipient: Recipient) -> Content:
    pairing = Pairing.objects.select_related("mentee", "mentor").get(pk=letter.subject_id)
    first = CheckIn.objects.filter(pairing=pairing, person=letter.person, state=CheckInState.SCHEDULED).first()
    context = {
        "other": _other(pairing, letter.person),
        "planned_end": pairing.planned_end,
        "first_check_in": first.due_at if first else None,
        "action": absolute_url("engagements:pairing", pk=pairing.pk),
    }
    return render_email(letter.kind, context, recipient)


KINDS = (
    LetterKind(
        "check_in_due",
        _render_check_in,
        _check_in_still_due,
        scope=Scope.PAIRING,
        title=_("Reminders that a check-in is due"),
        superseded_by=("check_in_overdue", "check_in_last"),
        item=_check_in_item,
    ),
    LetterKind(
        "check_in_overdue",
        _render_check_in,
        _check_in_still_due,
        scope=Scope.PAIRING,
        title=_("Reminders that a check-in is overdue"),
        superseded_by=("check_in_last",),
        item=_check_in_item,
    ),
    LetterKind(
        "check_in_last",
        _render_check_in,
        _check_in_still_due,
        scope=Scope.PAIRING,
        title=_("Last notes about a check-in that is still open"),
        item=_check_in_item,
    ),
    LetterKind(
        "agreement_waiting",
        _render_agreement,
        _agreement_still_due,
        scope=Scope.PAIRING,
        contractual=True,
        title=_("An agreement waits for your signature"),
    ),
    LetterKind(
        "pairing_active",
        _render_active,
        _active_still_due,
        scope=Scope.PAIRING,
        contractual=True,
        title=_("Your pairing has begun"),
    ),
)
