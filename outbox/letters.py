"""The outbox's own letter: that letters are late."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from outbox.kinds import Content, LetterKind, Reader, Recipient, Scope, absolute_url, render_email
from outbox.models import Letter, Trouble
from outbox.reasons import NotNeeded


def _still_late(letter: Letter, _now: datetime) -> NotNeeded | None:
    return None if Trouble.objects.open().filter(pk=letter.subject_id).exists() else NotNeeded.LETTERS_FLOW


def _render_late(letter: Letter, recipient: Recipient) -> Content:
    trouble = Trouble.objects.get(pk=letter.subject_id)
    context = {"since": trouble.began_at, "action": absolute_url("admin:outbox_letter_changelist")}
    return render_email(letter.kind, context, recipient)


KINDS = (
    LetterKind(
        "letters_late",
        _render_late,
        _still_late,
        scope=Scope.SITE,
        title=_("Alerts that e-mails are late"),
        readers=frozenset({Reader.STAFF}),
    ),
)
