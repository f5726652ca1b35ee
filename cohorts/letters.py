"""This app's letters: what each says, and whether it still holds."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrolment
from outbox.kinds import PAIR, Content, LetterKind, Recipient, Scope, absolute_url, render_email
from outbox.models import Letter
from outbox.reasons import LetterReason


class NotNeeded(LetterReason):
    """Why a letter of this app is cancelled."""

    ENROLMENT_WITHDRAWN = "enrolment_withdrawn", _("The enrolment was withdrawn.")


def _still_approved(letter: Letter, _now: datetime) -> NotNeeded | None:
    approved = Enrolment.objects.approved().filter(pk=letter.subject_id)
    return None if approved.exists() else NotNeeded.ENROLMENT_WITHDRAWN


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
)
