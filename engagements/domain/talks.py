"""Asking the cohort's concern contact to get in touch, by an e-mail that names who asks. Nobody else learns of it.

Where the contact is one of the two, or assists one of them, a coordinator who takes no part in the cohort is asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models.cohorts import Contact
from common.clock import real_now
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.prepared import prepared
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.models import Assistant, Talk
from engagements.models.talks import COUNTED_FOR, MOST_TALKS
from engagements.states import STANDING_ASSISTANTS, TALK_TRANSITIONS
from engagements.talk_letters import ASKED, TAKEN_BACK, stop
from matching.domain import locks
from matching.domain.parties import part_of
from matching.models import Pairing
from outbox.domain import enclosures
from outbox.models import Letter, LetterState

LASTS = timedelta(days=14)  # how long the e-mail is tried; after that the page says that it did not leave


@dataclass(frozen=True, slots=True)
class Whom:
    """Who would be told; nobody where everybody known is too close. `instead_of` names the concern contact who is."""

    contact: Contact | None
    instead_of: str = ""
    coordinates: bool = False


class Delivery(StrEnum):
    """What became of the e-mail to the contact."""

    WAITING = "waiting"
    TOLD = "told"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


def whom(*, pairing: Pairing, user: User) -> Whom:
    """Whom `user` may ask: the cohort's concern contact, or a coordinator in their stead."""
    cohort = pairing.cohort
    close = _addresses_in(pairing)
    concern = Contact(cohort.concern_name, cohort.concern_email)
    if concern.email and concern.email.casefold() not in close:
        coordinates = cohort.coordinators.filter(email__iexact=concern.email).exists()
        return Whom(concern, coordinates=coordinates)
    coordinator = cohort.coordinator_for(user)
    if coordinator is None or coordinator.email.casefold() in close:
        return Whom(None, concern.name)
    return Whom(Contact(coordinator.get_full_name(), coordinator.email), concern.name, coordinates=True)


def _addresses_in(pairing: Pairing) -> set[str]:
    """All addresses of the two, and of whoever handles the times of either."""
    two = (pairing.mentee_id, pairing.mentor_id)
    assistants = Assistant.objects.filter(leader__in=two, state__in=STANDING_ASSISTANTS, person__isnull=False)
    close = User.objects.filter(Q(pk__in=two) | Q(pk__in=assistants.values("person")))
    rows = close.values_list("email", "emailaddress__email")
    return {address.casefold() for row in rows for address in row if address}


@atomically
def ask(*, pairing: Pairing, user: User, to: str, with_phone: bool, now: datetime) -> Talk:
    """Ask whoever was shown, by their address (`to`), to get in touch.

    Raises `NotPermitted`, and `Refused` when it was asked already, too often, or when it would be somebody else now.
    """
    locked = locks.pairing(pairing.pk)
    actor = part_of(locked, user)
    contact = whom(pairing=locked, user=user).contact
    if contact is None or contact.email.casefold() != to.casefold():
        raise Refused(_("Who can be asked has changed. Please read once more who that is now."), code="changed")
    _refuse_too_many(locked, user, now)
    talk = Talk(pairing=locked, person=user, contact_name=contact.name, contact_email=contact.email, asked_at=now)
    talk.with_phone = with_phone
    talk.letter_id = _post(ASKED, talk, now + timedelta(seconds=settings.OUTBOX_UNDO_SECONDS)).pk
    talk.save()
    Event.record(verb="ask", subject=talk, actor=actor, now=now, user=user)
    return talk


def _refuse_too_many(pairing: Pairing, user: User, now: datetime) -> None:
    asked = Talk.objects.visible_to(user)
    if any(talk.is_asked for talk in asked.filter(pairing=pairing)):
        raise Refused(_("You have asked already."), code="asked")
    if asked.filter(asked_at__gt=now - COUNTED_FOR).count() >= MOST_TALKS:
        raise Refused(
            _("You have asked three times within a week. Please write an e-mail yourself: the address is below."),
            code="often",
        )


@atomically
def take_back(*, talk: Talk, user: User, now: datetime) -> bool:
    """Ask no longer. Whether the contact has to be told so: not while the first e-mail has not left.

    Raises `NotPermitted` for anybody else and `WrongState` when it is settled.
    """
    row, actor = _locked(talk, user)
    told = _may_have_left(row)
    _settle(row, "take_back", actor, user, now)
    if told:
        _post(TAKEN_BACK, row, now)
    return told


@atomically
def settle(*, talk: Talk, user: User, now: datetime) -> Talk:
    """They have talked; nobody is told. Raises `NotPermitted` for anybody else and `WrongState` when it is settled."""
    row, actor = _locked(talk, user)
    _settle(row, "settle", actor, user, now)
    return row


def latest(*, pairing: Pairing, user: User) -> Talk | None:
    """What `user` asked for last in this pairing."""
    for talk in _of(pairing=pairing.pk, person=user.pk):
        talk.pairing, talk.person = pairing, user
        return talk
    return None


@prepared
def _of(*, pairing: UUID, person: UUID) -> QuerySet[Talk]:
    return Talk.objects.visible_to(User(pk=person)).filter(pairing=pairing)[:1]


def delivery(talk: Talk) -> Delivery:
    """Whether the contact has been told, as far as the mail server says."""
    letter = Letter.objects.filter(pk=talk.letter_id).first()
    if letter is None or letter.state == LetterState.HELD:
        return Delivery.DOUBTFUL
    if letter.state in (LetterState.DEAD, LetterState.CANCELLED):
        return Delivery.FAILED
    return Delivery.TOLD if letter.state == LetterState.SENT else Delivery.WAITING


def _locked(talk: Talk, user: User) -> tuple[Talk, Actor]:
    pairing = locks.pairing(talk.pairing_id)
    row = Talk.objects.select_for_update(of=("self",)).get(pk=talk.pk)
    if row.person_id != user.pk:
        raise NotPermitted
    if not row.is_asked:
        raise WrongState
    row.pairing = pairing
    return row, part_of(pairing, user)


def _settle(row: Talk, verb: str, actor: Actor, user: User, now: datetime) -> None:
    row.state, row.settled_at = next_state(TALK_TRANSITIONS, verb, row.state, actor), now
    row.save(update_fields=["state", "settled_at"])
    stop(row)
    Event.record(verb=verb, subject=row, actor=actor, now=now, user=user)


def _may_have_left(talk: Talk) -> bool:
    """Unless it certainly has not: it still waits, and no try has had a doubtful end."""
    letter = Letter.objects.select_for_update().filter(pk=talk.letter_id).first()
    if letter is None:
        return True
    waits = letter.state in (LetterState.PENDING, LetterState.CANCELLED, LetterState.DEAD)
    return not waits or letter.doubts > 0


def _post(kind: str, talk: Talk, due_at: datetime) -> Letter:
    """The row of the e-mail says nothing of whom it is about: that is enclosed."""
    return enclosures.post_enclosed(
        kind=kind,
        words={"talk": str(talk.pk)},
        person=None,
        occasion="talk",
        expires_at=real_now() + LASTS,
        due_at=due_at,
    )
