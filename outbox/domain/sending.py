"""One letter on its way: what it says at this moment, handing it to the mail server, and what the answer
means.
"""

import logging
import smtplib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Self

from django.core.mail import EmailMultiAlternatives, get_connection

from outbox.domain import unsubscribe
from outbox.kinds import Content, LetterKind, Recipient, registered
from outbox.models import Letter, LetterState

logger = logging.getLogger(__name__)

FOR_GOOD = 500
SERVICE_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try.

    `state`: sent, cancelled, dead, or pending for another try. `doubt`: the letter may have arrived although
    nobody said so. `trouble`: the mail server's, not this letter's: the try does not count, and the batch
    stops.
    """

    state: LetterState
    reason: str = ""
    doubt: bool = False
    trouble: bool = False


SENT = Outcome(LetterState.SENT)


class Line:
    """A connection to the mail server, opened when first needed, kept over a batch, dropped when it
    misbehaved.
    """

    def __init__(self) -> None:
        self.backend = get_connection()
        self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()

    def ready(self) -> bool:
        """Whether the connection stands, opening it if need be. The log says why not."""
        try:
            if not self._open:
                self.backend.open()
                self._open = True
        except Exception:
            logger.exception("the mail server cannot be reached or does not let us in; letters wait")
            self.drop()
        return self._open

    def drop(self) -> None:
        """Close it, whatever state it is in."""
        self._open = False
        with suppress(Exception):
            self.backend.close()


def attempt(letter: Letter, line: Line, *, now: datetime) -> Outcome:
    """Try to send one letter over an open line. `now` is programme time. Never raises."""
    try:
        message = _prepare(letter, now)
    except Exception as error:
        logger.exception("a letter could not be written", extra={"letter": str(letter.pk), "kind": letter.kind})
        return Outcome(LetterState.PENDING, f"could not be written ({type(error).__name__})")
    if isinstance(message, Outcome):
        return message
    outcome = _hand_over(message, line)
    if outcome.doubt or outcome.trouble:
        line.drop()
    return outcome


def _prepare(letter: Letter, now: datetime) -> EmailMultiAlternatives | Outcome:
    """The message as it stands now, or why the letter no longer holds."""
    kind = registered()[letter.kind]
    recipient = kind.recipient(letter)
    if recipient is None:
        return _cancelled("the recipient is gone")
    if letter.person_id and unsubscribe.is_stopped(letter.person_id, kind):
        return _cancelled("unsubscribed")
    reason = _superseded(letter, kind, now) or kind.still_due(letter, now)
    if reason:
        return _cancelled(reason)
    if letter.person_id and not kind.contractual:
        recipient = replace(recipient, unsubscribe_url=unsubscribe.link(letter.person_id, kind))
    return _message(letter, recipient, kind.render(letter, recipient), now)


def _cancelled(reason: str) -> Outcome:
    return Outcome(LetterState.CANCELLED, reason)


def _superseded(letter: Letter, kind: LetterKind, now: datetime) -> str:
    """Why not, when a later letter says the same and more."""
    if not kind.superseded_by:
        return ""
    later = Letter.objects.filter(
        kind__in=kind.superseded_by,
        subject_id=letter.subject_id,
        person_id=letter.person_id,
        invitation_id=letter.invitation_id,
        due_at__gt=letter.due_at,
        due_at__lte=now,
    ).exclude(state=LetterState.CANCELLED)
    return "the next letter about this is due" if later.exists() else ""


def _message(letter: Letter, recipient: Recipient, content: Content, now: datetime) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": letter.message_id,
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",
    }
    if recipient.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{recipient.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(content.subject, content.text, to=[recipient.address], headers=headers)
    message.attach_alternative(content.html, "text/html")
    return message


def _hand_over(message: EmailMultiAlternatives, line: Line) -> Outcome:
    try:
        accepted = line.backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return _refused(code, answer)
    except smtplib.SMTPSenderRefused as error:
        logger.exception("the mail server refuses our sender address; letters wait")
        return Outcome(LetterState.PENDING, _words(error.smtp_code, error.smtp_error), trouble=True)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except Exception as error:  # noqa: BLE001 - silence, a timeout, an unknown provider's error: it may have arrived
        return Outcome(LetterState.PENDING, f"no clear answer ({type(error).__name__})", doubt=True)
    return SENT if accepted else Outcome(LetterState.PENDING, "the mail backend took nothing")


def _refused(code: int, answer: bytes | str) -> Outcome:
    """4xx: later. 421: the server itself is busy or closing. 5xx: never, for this address and message."""
    state = LetterState.DEAD if code >= FOR_GOOD else LetterState.PENDING
    return Outcome(state, _words(code, answer), trouble=code == SERVICE_CLOSING)


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"the mail server answered {code} {text}".split())[:160]
