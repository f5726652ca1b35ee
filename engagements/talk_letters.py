"""The e-mails to a concern contact: who asks for a talk, or no longer does; never why, or with whom they are paired.

What a row of the outbox does not say is enclosed: which talk it is about. The desk sees that such an e-mail left.
"""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from engagements.letters import NotNeeded
from engagements.models import Talk
from outbox.domain import enclosures
from outbox.kinds import Content, LetterKind, Reader, Recipient, Scope, render_email
from outbox.models import Letter, LetterState
from outbox.reasons import LetterReason

ASKED, TAKEN_BACK = "talk_asked", "talk_taken_back"
NOT_SENT = (LetterState.CANCELLED, LetterState.DEAD)


def _talk(letter: Letter) -> Talk | None:
    words = enclosures.read(letter)
    found = Talk.objects.select_related("pairing__cohort", "person__profile")
    return found.filter(pk=words["talk"]).first() if words else None


def _recipient(letter: Letter) -> Recipient | None:
    talk = _talk(letter)
    return Recipient(talk.contact_email, talk.contact_name, settings.LANGUAGE_CODE) if talk else None


def asker_of(letter: Letter) -> str:
    """Who reads answers to the e-mail that somebody asks for a talk; "" for any other."""
    talk = _talk(letter) if letter.kind == ASKED else None
    return talk.person.email if talk else ""


def _still_asked(letter: Letter, now: datetime) -> LetterReason | None:
    talk = _talk(letter)
    if talk is None:
        return enclosures.still_valid(letter, now) or NotNeeded.TALK_SETTLED
    return None if talk.is_asked else NotNeeded.TALK_SETTLED


def _still_taken_back(letter: Letter, now: datetime) -> LetterReason | None:
    talk = _talk(letter)
    if talk is None:
        return enclosures.still_valid(letter, now) or NotNeeded.TALK_SETTLED
    first = Letter.objects.filter(pk=talk.letter_id).first()
    never = first is not None and first.state in NOT_SENT and not first.doubts
    return NotNeeded.TALK_NEVER_ASKED if never else None


def stop(talk: Talk) -> None:
    """The e-mail that still waits is not needed any more."""
    waiting = Letter.objects.filter(pk=talk.letter_id, state=LetterState.PENDING)
    waiting.update(state=LetterState.CANCELLED, reason=NotNeeded.TALK_SETTLED, detail="")


def _render(letter: Letter, recipient: Recipient) -> Content:
    talk = _talk(letter)
    assert talk is not None  # noqa: S101 - asked just before, whether it still holds
    profile = getattr(talk.person, "profile", None)
    context = {
        "asker": talk.person,
        "cohort": talk.pairing.cohort,
        "phone": profile.phone if profile and talk.with_phone else "",
    }
    return render_email(letter.kind, context, recipient)


KINDS = (
    LetterKind(
        ASKED,
        _render,
        _still_asked,
        scope=Scope.SITE,
        readers=frozenset({Reader.CONTACT}),
        contractual=True,
        recipient=_recipient,
        title=_("E-mails to a concern contact"),
    ),
    LetterKind(
        TAKEN_BACK,
        _render,
        _still_taken_back,
        scope=Scope.SITE,
        readers=frozenset({Reader.CONTACT}),
        contractual=True,
        recipient=_recipient,
        title=_("Further e-mails to a concern contact"),
    ),
)
