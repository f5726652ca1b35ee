"""Letters on their way: what they say at this moment, handing them to the mail server, and what the answer
means.
"""

import logging
import smtplib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from types import TracebackType
from typing import Literal, Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection

from outbox import smtp
from outbox.domain import unsubscribe
from outbox.domain.objections import objection
from outbox.kinds import Content, Item, Recipient, answered_by, registered, render_digest
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason, NotDelivered, NotNeeded
from outbox.wire import LetterMessage

logger = logging.getLogger(__name__)

T = TypeVar("T")

FOR_GOOD = 500
SERVICE_CLOSING = 421
TOO_LARGE = 552
EXACT = {"django.core.mail.backends.smtp.EmailBackend": "outbox.smtp.EmailBackend"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try, and why: `reason` with the `detail` that its sentence quotes.

    `state`: sent, cancelled, dead, or pending for another try. `doubt`: the letter may have arrived although
    nobody said so. `trouble`: the mail server's, not this letter's: the try does not count, and the batch
    stops. `refused`: it is us whom the server refuses, so that nobody need try before somebody has looked.
    `sent_with`: the letter that carried this one.
    """

    state: LetterState
    reason: LetterReason | Literal[""] = ""
    detail: str = ""
    doubt: bool = False
    trouble: bool = False
    refused: bool = False
    sent_with: UUID | None = None


SENT = Outcome(LetterState.SENT)


class NotSent(Exception):  # noqa: N818 - an answer, not an error
    """A letter is not sent, and why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Line:
    """A connection to the mail server, opened when first needed, kept over a batch, dropped when it misbehaved.

    Any of Django's backends serves. Django's own for SMTP is replaced by ours, which knows for each ending whether
    the letter may have arrived; with any other, an error without an answer is a doubt.
    """

    def __init__(self) -> None:
        self.backend = get_connection(EXACT.get(settings.EMAIL_BACKEND, settings.EMAIL_BACKEND))
        self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()

    def obstacle(self) -> Outcome | None:
        """None if the connection stands, opening it if need be; else why not, which the log says too."""
        if isinstance(self.backend, smtp.EmailBackend) and self.backend.lost:
            self.drop()
        try:
            if not self._open:
                self.backend.open()
                self._open = True
        except Exception as error:
            logger.exception("the mail server cannot be reached or does not let us in; letters wait")
            self.drop()
            if isinstance(error, smtplib.SMTPResponseException):
                return _trouble(error.smtp_code, error.smtp_error)
            return Outcome(LetterState.PENDING, NotDelivered.UNREACHABLE, type(error).__name__, trouble=True)
        return None

    def send(self, message: LetterMessage, may_finish: Callable[[], bool]) -> bool:
        """Send one message, unless `may_finish` says no just before its end (where the backend can ask)."""
        if isinstance(self.backend, smtp.EmailBackend):
            self.backend.hand_over(message, may_finish)
            return True
        return bool(self.backend.send_messages([message]))

    def drop(self) -> None:
        """Close it, whatever state it is in."""
        self._open = False
        with suppress(Exception):
            self.backend.close()


def attempt(
    letters: Sequence[Letter], line: Line, *, now: datetime, may_finish: Callable[[], bool] = smtp.always
) -> list[Outcome]:
    """Try to send letters to one person, together if there are several, over an open line.

    `now` is programme time. One outcome a letter, in their order: those that no longer hold, or cannot be
    written, are left out of what the others share. Never raises.
    """
    outcomes: dict[UUID, Outcome] = {}
    parts = _kept(outcomes, [(letter, partial(_reader, letter, now)) for letter in letters])
    together = parts if len(parts) > 1 else []
    items = _kept(outcomes, [(letter, partial(_item, letter, reader)) for letter, reader in together])
    carried = [part for part in parts if part[0].pk not in outcomes]
    for carrier, message in _kept(outcomes, [(carried[0][0], partial(_write, carried, items, now))] if carried else []):
        outcomes[carrier.pk] = _hand_over(message, line, may_finish)
    for letter, _recipient in carried[1:]:
        shared = outcomes[carried[0][0].pk]
        outcomes[letter.pk] = (
            replace(shared, sent_with=carried[0][0].pk) if shared.state == LetterState.SENT else shared
        )
    return [outcomes[letter.pk] for letter in letters]


def _kept(outcomes: dict[UUID, Outcome], makers: Sequence[tuple[Letter, Callable[[], T]]]) -> list[tuple[Letter, T]]:
    """What could be made for each letter; what became of the others goes into `outcomes`."""
    kept = []
    for letter, make in makers:
        try:
            kept.append((letter, make()))
        except NotSent as answer:
            outcomes[letter.pk] = answer.outcome
        except Exception as error:
            logger.exception("a letter could not be written", extra={"letter": str(letter.pk), "kind": letter.kind})
            outcomes[letter.pk] = Outcome(LetterState.PENDING, NotDelivered.NOT_WRITTEN, type(error).__name__)
    return kept


def _reader(letter: Letter, now: datetime) -> Recipient:
    """Who reads it. Raises `NotSent` when the letter no longer holds."""
    kind = registered()[letter.kind]
    recipient = kind.recipient(letter)
    if recipient is None:
        raise _cancelled(kind.still_due(letter, now) or NotNeeded.RECIPIENT_GONE)
    reason = objection(letter, kind, now) or kind.still_due(letter, now)
    if reason:
        raise _cancelled(reason)
    recipient = replace(recipient, reply_to=answered_by(letter))
    if letter.person_id and not kind.contractual:
        recipient = replace(recipient, unsubscribe_url=unsubscribe.link(letter.person_id, kind))
    return recipient


def _cancelled(reason: LetterReason) -> NotSent:
    return NotSent(Outcome(LetterState.CANCELLED, reason))


def _item(letter: Letter, reader: Recipient) -> Item:
    item = registered()[letter.kind].item
    assert item is not None  # noqa: S101 - only such kinds are gathered
    return item(letter, reader)


def _write(
    parts: Sequence[tuple[Letter, Recipient]], items: Sequence[tuple[Letter, Item]], now: datetime
) -> LetterMessage:
    """The message: the one letter, or all of them in one, under the first one's Message-ID."""
    letter, reader = parts[0]
    if len(parts) == 1:
        content = registered()[letter.kind].render(letter, reader)
    else:
        reader = replace(reader, unsubscribe_url=_stops_all([letter for letter, _reader in parts]))
        content = render_digest([item for _letter, item in items], reader)
    return _message(letter, reader, content, now)


def _stops_all(letters: Sequence[Letter]) -> str:
    """One link for all the kinds among these that can be stopped, or ""."""
    names = dict.fromkeys(letter.kind for letter in letters)
    kinds = [registered()[name] for name in names if not registered()[name].contractual]
    person_id = letters[0].person_id
    return unsubscribe.link(person_id, *kinds) if person_id and kinds else ""


def _message(letter: Letter, recipient: Recipient, content: Content, now: datetime) -> LetterMessage:
    headers = {
        "Message-ID": letter.message_id,
        "Date": format_datetime(now),
        "Auto-Submitted": "auto-generated",
    }
    if recipient.reply_to:
        headers["Reply-To"] = recipient.reply_to
    if recipient.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{recipient.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    words = {"subject": content.subject, "text": content.text, "html": content.html}
    return LetterMessage(address=recipient.address, headers=headers, calendar=content.calendar, **words)


def _hand_over(message: LetterMessage, line: Line, may_finish: Callable[[], bool]) -> Outcome:
    """Send, and say what the answer means. After trouble or without an answer the line is dropped."""
    try:
        if line.send(message, may_finish):
            return SENT
        outcome = Outcome(LetterState.PENDING, NotDelivered.NOT_TAKEN)
    except smtplib.SMTPRecipientsRefused as error:
        outcome = _refused(*next(iter(error.recipients.values())))
    except smtplib.SMTPSenderRefused as error:
        too_large = error.smtp_code == TOO_LARGE  # said of this letter, although so early
        outcome = (_refused if too_large else _trouble)(error.smtp_code, error.smtp_error)
    except smtplib.SMTPResponseException as error:
        outcome = _refused(error.smtp_code, error.smtp_error)
    except smtp.TooSlow:
        outcome = Outcome(LetterState.PENDING, NotDelivered.TOO_SLOW)
    except smtp.Unfinished as error:
        outcome = Outcome(LetterState.PENDING, NotDelivered.BROKEN_OFF, str(error))
    except Exception as error:  # noqa: BLE001 - silence, a timeout, an unknown provider's error: it may have arrived
        name = str(error) if isinstance(error, smtp.Unanswered) else type(error).__name__
        outcome = Outcome(LetterState.PENDING, NotDelivered.UNANSWERED, name, doubt=True)
    if outcome.doubt or outcome.trouble:
        line.drop()
    return outcome


def _trouble(code: int, answer: bytes | str) -> Outcome:
    """The server answers us, whatever the letter: 4xx: not now. 5xx: not us."""
    return Outcome(
        LetterState.PENDING, NotDelivered.ANSWERED, _words(code, answer), trouble=True, refused=code >= FOR_GOOD
    )


def _refused(code: int, answer: bytes | str) -> Outcome:
    """4xx: later. 421: the server itself is busy or closing. 5xx: never, for this address and message."""
    state = LetterState.DEAD if code >= FOR_GOOD else LetterState.PENDING
    return Outcome(state, NotDelivered.ANSWERED, _words(code, answer), trouble=code == SERVICE_CLOSING)


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {text}".split())[:160]
