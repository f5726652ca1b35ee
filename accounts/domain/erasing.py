"""Erasing an account: asked for, announced, and undone until it is due. What is erased then: `mentorship.own_data`.

The account is closed meanwhile. Whoever has got into somebody's account cannot destroy it: the e-mail that announces it
carries a link that keeps everything, without signing in.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts import tokens
from accounts.domain import closing
from accounts.letters import ERASURE_ASKED, ERASURE_UNDONE, NotNeeded
from accounts.models import Erasure, User
from accounts.signals import account_erasing_foreseen, gathered
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from outbox.domain.post import cancel, post

DELAY = timedelta(days=14)


def foreseen(person: User, now: datetime) -> list[str]:
    """What erasing this account would do to others, a sentence each."""
    return gathered(account_erasing_foreseen.send(sender=User, person=person, until=now + DELAY, now=now))


def may_begin(person: User) -> bool:
    """Whether it is neither erased nor about to be."""
    return not (person.is_erased or Erasure.objects.waiting_for(person))


@atomically
def begin(*, person: User, user: User, now: datetime) -> Erasure:
    """Close the account, and erase what is held of its person in `DELAY`. They are told, with a link that undoes it.

    `user` is the person, or a superuser whom they have asked. What is asked for twice is one. Raises `NotPermitted`,
    `WrongState` for what is erased, `Refused` for the last superuser.
    """
    if user != person and not user.is_superuser:
        raise NotPermitted
    held = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if held.is_erased:
        raise WrongState
    if earlier := Erasure.objects.waiting_for(held):
        return earlier
    _leave_a_superuser(held)
    erasure = Erasure.objects.create(
        person=held, asked_by=user, asked_at=now, due_at=now + DELAY, was_open=held.is_active
    )
    _record("ask_erasure", erasure, user, now)
    if held.is_active:
        closing.shut(held, now)
    tell(erasure, now)
    return erasure


def _leave_a_superuser(person: User) -> None:
    """Raise `Refused` when nobody would be left who can appoint anybody."""
    others = User.objects.select_for_update(no_key=True).filter(is_superuser=True, is_active=True)
    if person.is_superuser and person.is_active and not others.exclude(pk=person.pk):
        raise Refused(
            _("Nobody else looks after the whole site: appoint another superuser first."), code="last_superuser"
        )


def tell(erasure: Erasure, now: datetime) -> None:
    """Send the link that undoes it, once more if somebody tries to sign in meanwhile."""
    occasion = now.isoformat(timespec="seconds")
    post(kind=ERASURE_ASKED, subject=erasure, person=erasure.person, due_at=now, occasion=occasion)


@atomically
def undo(*, erasure: Erasure, user: User | None, now: datetime) -> Erasure:
    """Nothing is erased, the account is open again if it was, and its person is told. Undoing twice changes nothing.

    `user` is the superuser who does it; None: whoever has the link. Raises `NotPermitted`, `WrongState` once done.
    """
    if user is not None and not user.is_superuser:
        raise NotPermitted
    person = User.objects.select_for_update(no_key=True).get(pk=erasure.person_id)
    row = Erasure.objects.select_for_update().select_related("person").get(pk=erasure.pk)
    if row.done_at is not None:
        raise WrongState
    if row.undone_at is None:
        row.undone_at = now
        row.save(update_fields=["undone_at"])
        cancel(subject_id=row.pk, reason=NotNeeded.ERASURE_UNDONE)
        _record("undo_erasure", row, user or person, now)
        if row.was_open:
            closing.open_again(person, now)
        post(kind=ERASURE_UNDONE, subject=row, person=person, due_at=now)
    return row


def is_waiting(person: User) -> bool:
    """Whether it is about to be erased."""
    return Erasure.objects.waiting_for(person) is not None


def stop(*, person: User, user: User, now: datetime) -> Erasure:
    """`undo` what waits for this person. Raises `NotPermitted`, or `WrongState` when nothing does."""
    erasure = Erasure.objects.waiting_for(person)
    if erasure is None:
        raise WrongState
    return undo(erasure=erasure, user=user, now=now)


def _record(verb: str, erasure: Erasure, user: User, now: datetime) -> None:
    actor = Actor.PERSON if user == erasure.person else Actor.COORDINATOR
    Event.record(verb=verb, subject=erasure.person, actor=actor, now=now, user=user)


def find(token: str) -> Erasure:
    """The erasure a link is about. Raises `LookupError` for a link that is not ours."""
    found: Erasure | None = Erasure.objects.filter(pk=tokens.erasure(token)).select_related("person").first()
    if found is None:
        raise LookupError(token)
    return found
