"""E-mails about an account itself go through the outbox, too: nobody who waits for a page waits for a mail server."""

from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.account_letters import KIND_OF_SHAPE, LETTERS, enclosed, lasts
from common.clock import real_now
from outbox.domain import enclosures
from outbox.kinds import Recipient

if TYPE_CHECKING:
    from accounts.models import User

CODES = (
    "accounts:codes"  # where a session keeps, by occasion, the letter with its last code and until when that is valid
)


@transaction.atomic
def post_email(
    *,
    occasion: str,
    context: Mapping[str, Any],
    recipient: Recipient,
    person: "User | None",
    session: MutableMapping[str, Any],
    again: bool,
    now: datetime,
) -> None:
    """Post the letter for one of allauth's occasions, such as "account/email/login_code".

    A session has one valid code of a sort: a letter with the one before that still waits is cancelled. Asked for
    `again`, a code is valid no longer than the first one was. Raises `KeyError` for an occasion without words.
    """
    expires_at = real_now() + lasts(occasion)
    shape = LETTERS[occasion].shape
    before = session.get(CODES, {}) if shape == "code" else {}
    if occasion in before:
        letter_id, until = before[occasion]
        enclosures.replace(letter_id)
        expires_at = min(expires_at, datetime.fromisoformat(until)) if again else expires_at
    letter = enclosures.post_enclosed(
        kind=KIND_OF_SHAPE[shape],
        words=enclosed(occasion, context, recipient),
        person=person,
        occasion=occasion.rpartition("/")[2],
        expires_at=expires_at,
        due_at=now,
    )
    if shape == "code":
        session[CODES] = {**before, occasion: [str(letter.pk), expires_at.isoformat()]}
