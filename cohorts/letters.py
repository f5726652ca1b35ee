"""This app's letters: what each says, and whether it still holds."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from outbox.domain import enclosures
from outbox.kinds import PAIR, Content, LetterKind, Recipient, Scope, absolute_url, render_email
from outbox.models import Letter
from outbox.reasons import LetterReason

MESSAGE = "coordinator_message"


class NotNeeded(LetterReason):
    """Why a letter of this app is cancelled."""

    MESSAGE_STOPPED = "message_stopped", _("The coordinator stopped it before it left.")
    ENROLMENT_APPROVED_SINCE = "enrolment_approved_since", _("The enrolment was approved again.")
    ENROLMENT_WITHDRAWN = "enrolment_withdrawn", _("The enrolment was withdrawn.")


def coordinator_of(letter: Letter) -> str:
    """Who reads answers to a letter of a cohort: its first coordinator who takes no part in it and does not get the
    letter; "" where there is none.
    """
    cohort = Cohort.objects.filter(pk=letter.cohort_id).first() if letter.cohort_id else None
    coordinator = cohort.coordinator_for(letter.person) if cohort else None
    return coordinator.email if coordinator else ""


def _still_approved(letter: Letter, _now: datetime) -> NotNeeded | None:
    approved = Enrolment.objects.approved().filter(pk=letter.subject_id)
    return None if approved.exists() else NotNeeded.ENROLMENT_WITHDRAWN


def _still_withdrawn(letter: Letter, _now: datetime) -> NotNeeded | None:
    withdrawn = Enrolment.objects.filter(pk=letter.subject_id, state=EnrolmentState.WITHDRAWN)
    return None if withdrawn.exists() else NotNeeded.ENROLMENT_APPROVED_SINCE


def _still_takes_part(letter: Letter, now: datetime) -> LetterReason | None:
    """Whoever has left the cohort meanwhile is not written to."""
    here = Enrolment.objects.filter(person=letter.person_id, cohort=letter.cohort_id)
    if not here.exclude(state=EnrolmentState.WITHDRAWN).exists():
        return NotNeeded.ENROLMENT_WITHDRAWN
    return enclosures.still_valid(letter, now)


def _render_message(letter: Letter, recipient: Recipient) -> Content:
    cohort = Cohort.objects.get(pk=str(letter.cohort_id))
    said = enclosures.read(letter) or {}
    context = {"cohort": cohort, "message": said["text"], "writer": said["writer"], "action": absolute_url("home")}
    return render_email(letter.kind, context, replace(recipient, reply_to=said["reply_to"]))


def _render_enrolment(letter: Letter, recipient: Recipient) -> Content:
    enrolment = Enrolment.objects.select_related("cohort").get(pk=letter.subject_id)
    context = {"enrolment": enrolment, "cohort": enrolment.cohort, "action": absolute_url("home")}
    return render_email(letter.kind, context, recipient)


KINDS = (
    LetterKind(
        "enrolment_approved",
        _render_enrolment,
        _still_approved,
        scope=Scope.COHORT,
        readers=PAIR,
        contractual=True,
        title=_("Your place in a cohort is approved"),
    ),
    LetterKind(
        MESSAGE,
        _render_message,
        _still_takes_part,
        scope=Scope.COHORT,
        readers=PAIR,
        title=_("Messages from the coordinators of your cohort"),
    ),
    LetterKind(
        "enrolment_withdrawn",
        _render_enrolment,
        _still_withdrawn,
        scope=Scope.COHORT,
        readers=PAIR,
        contractual=True,
        title=_("A coordinator has ended your place in a cohort"),
    ),
)
