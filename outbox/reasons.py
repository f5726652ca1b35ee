"""Why an e-mail was cancelled, or has not arrived: codes, kept with the letter, and the sentence that tells each.

A table here, or in an app's `letters.py`, is a subclass of `LetterReason`, registered in `ready()`.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class LetterReason(models.TextChoices):
    """A table of codes (`Letter.reason`, at most 40 characters), each with one whole sentence.

    A sentence may quote `%(detail)s`: the mail server's words, or an error's name (`Letter.detail`).
    """


class NotNeeded(LetterReason):
    """Why the outbox itself does not send a letter."""

    UNSUBSCRIBED = "unsubscribed", _("The recipient does not want e-mails of this kind.")
    SUPERSEDED = "superseded", _("The next e-mail about the same is due.")
    RECIPIENT_GONE = "recipient_gone", _("The recipient is no longer here.")
    LEFT = "left", _("A coordinator decided not to send it again.")
    OUT_OF_DATE = "out_of_date", _("What it carried, such as a code, was no longer valid.")
    REPLACED = "replaced", _("A new one was asked for in its place.")
    LETTERS_FLOW = "letters_flow", _("E-mails leave again.")


class NotDelivered(LetterReason):
    """What came of a try."""

    ANSWERED = "answered", _("The mail server answered: %(detail)s")
    UNREACHABLE = "unreachable", _("The mail server could not be reached (%(detail)s).")
    BROKEN_OFF = "broken_off", _("The mail server hung up before it had the e-mail (%(detail)s).")
    TOO_SLOW = "too_slow", _("Handing it over took too long.")
    UNANSWERED = "unanswered", _("The mail server gave no clear answer (%(detail)s).")
    NOT_TAKEN = "not_taken", _("The mail server took nothing.")
    NOT_WRITTEN = "not_written", _("It could not be written (%(detail)s).")
    RESTORED = "restored", _("A backup was restored, and it may have left before.")
    WORKER_LOST = "worker_lost", _("The worker that was sending it was lost.")


_SENTENCES: dict[str, Promise] = {}


def register(*tables: type[LetterReason]) -> None:
    """Add the codes of these tables. Raises `ValueError` for a code without a sentence, or one that is taken."""
    for reason in (reason for table in tables for reason in table):
        if not isinstance(reason.label, Promise):
            raise ValueError(f"no sentence stands beside {reason!r}")  # noqa: TRY004 - a table is wrong, not a call
        if _SENTENCES.setdefault(reason.value, reason.label) is not reason.label:
            raise ValueError(f"the code {reason.value!r} is registered twice")


def sentences() -> Mapping[str, Promise]:
    """Every code, with its sentence."""
    return dict(_SENTENCES)


def sentence(code: str, detail: str) -> str:
    """A code as a sentence, in the language of whoever reads now; the code itself where nobody has registered it."""
    return str(_SENTENCES[code]) % {"detail": detail} if code in _SENTENCES else code
