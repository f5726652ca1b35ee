"""Changing one's e-mail address: proven first, told to both addresses, in effect a day later unless undone.

Whoever has got into somebody's account cannot lock them out by changing the address: the old one hears of it in time,
and a link in that letter undoes it without signing in.
"""

from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.domain import never_with, sessions
from accounts.letters import NEW, OLD, NotNeeded
from accounts.models import AddressChange, User
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from outbox.domain.post import cancel, post

DELAY = timedelta(hours=24)


@atomically
def begin(*, user: User, new: str, now: datetime) -> AddressChange:
    """The new address has been proven: it takes effect in a day, in place of any other that waits. Raises `Refused`."""
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    new = new.strip().lower()
    if User.objects.filter(email=new).exists():
        raise Refused(_("This address cannot be used."), field="email", code="taken")
    for earlier in waiting(person):
        _give_up(earlier, now)
    change = AddressChange.objects.create(
        person=person, old=person.email, new=new, asked_at=now, takes_effect_at=now + DELAY
    )
    _note("ask_new_address", change, now, Actor.PERSON)
    _tell("address_changing", change, now)
    return change


def waiting(user: User) -> list[AddressChange]:
    """The change that has not taken effect yet, if there is one."""
    return list(AddressChange.objects.filter(person=user, done_at=None, undone_at=None))


@atomically
def undo(*, change: AddressChange, now: datetime) -> AddressChange:
    """Keep the old address, and end every session: whoever asked for the change may be in one of them.

    Raises `WrongState` once the new one is in effect; undoing twice changes nothing.
    """
    row = AddressChange.objects.select_for_update().get(pk=change.pk)
    if row.done_at is not None:
        raise WrongState
    if row.undone_at is None:
        _give_up(row, now)
        sessions.end_all(row.person)
        _note("undo_new_address", row, now, Actor.PERSON)
    return row


def apply_due(*, now: datetime) -> int:
    """Bring into effect what has waited for a day; how many."""
    due = AddressChange.objects.filter(done_at=None, undone_at=None, takes_effect_at__lte=now)
    return sum(_apply(pk, now) for pk in list(due.values_list("pk", flat=True)))


@atomically
def _apply(pk: UUID, now: datetime) -> bool:
    change = AddressChange.objects.select_for_update().get(pk=pk)
    if not change.is_waiting:
        return False
    person = User.objects.select_for_update(no_key=True).get(pk=change.person_id)
    if person.email != change.old or User.objects.filter(email=change.new).exists():
        _give_up(change, now)
        return False
    person.email = change.new
    person.save(update_fields=["email"])
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=change.new, verified=True, primary=True)
    never_with.recognise(person)
    change.done_at = now
    change.save(update_fields=["done_at"])
    cancel(subject_id=change.pk, reason=NotNeeded.ADDRESS_IN_EFFECT)
    _note("change_address", change, now, Actor.CLOCK)
    _tell("address_changed", change, now)
    return True


def _give_up(change: AddressChange, now: datetime) -> None:
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    cancel(subject_id=change.pk, reason=NotNeeded.ADDRESS_CHANGE_UNDONE)


def _note(verb: str, change: AddressChange, now: datetime, actor: Actor) -> None:
    Event.record(verb=verb, subject=change.person, actor=actor, now=now, user=change.person, fields=["email"])


def _tell(kind: str, change: AddressChange, now: datetime) -> None:
    for which in (OLD, NEW):
        post(kind=kind, subject=change, person=change.person, due_at=now, occasion=which)


def find(token: str) -> AddressChange:
    """The change a link is about. Raises `LookupError` for a link that is not ours."""
    found = AddressChange.objects.filter(pk=tokens.address_change(token)).select_related("person").first()
    if found is None:
        raise LookupError(token)
    return found
