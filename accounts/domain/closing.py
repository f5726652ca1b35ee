"""Closing an account and opening it again: what a superuser does for somebody who is gone. Nothing is deleted."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.domain import sessions
from accounts.domain.conflict_changes import people_changed
from accounts.models import Erasure, User
from accounts.signals import account_closed, account_closing_foreseen, gathered
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor


def foreseen(person: User, now: datetime) -> list[str]:
    """What closing this account would do to others, a sentence each."""
    return gathered(account_closing_foreseen.send(sender=User, person=person, now=now))


@atomically
def close_account(*, person: User, user: User, now: datetime) -> None:
    """Nobody signs in to it, and nothing is written to it. Requests that wait lapse; open pairings go on, and their
    other side and the coordinators are told. Raises `NotPermitted`, `WrongState`, or `Refused` for one's own.
    """
    if person == user:
        raise Refused(_("You cannot close your own account: you could not open it again."), code="oneself")
    if not user.is_superuser:
        raise NotPermitted
    shut(person, now)
    Event.record(verb="close_account", subject=person, actor=Actor.COORDINATOR, now=now, user=user)


@atomically
def reopen_account(*, person: User, user: User, now: datetime) -> None:
    """They sign in as before, and take part as before; requests that have lapsed stay closed.

    Raises `NotPermitted`, `WrongState`, or `Refused` while it is about to be erased.
    """
    if not user.is_superuser:
        raise NotPermitted
    if Erasure.objects.waiting_for(person):
        raise Refused(_("This account is about to be erased: stop that, and it is open again."), code="erasing")
    open_again(person, now)
    Event.record(verb="reopen_account", subject=person, actor=Actor.COORDINATOR, now=now, user=user)


def may_reopen(person: User) -> bool:
    """Whether it is closed and not about to be erased, nor erased."""
    return not (person.is_active or person.is_erased or Erasure.objects.waiting_for(person))


def shut(person: User, now: datetime) -> None:
    """Close it, for a verb that has been checked and writes its own line of history. Raises `WrongState`."""
    _switch(person, now, active=False)
    sessions.end_all(person)
    account_closed.send(sender=User, person=person, now=now)


def open_again(person: User, now: datetime) -> None:
    """Open it, for a verb that has been checked and writes its own line of history. Raises `WrongState`."""
    _switch(person, now, active=True)


def _switch(person: User, now: datetime, *, active: bool) -> None:
    if not User.objects.filter(pk=person.pk, is_active=not active).update(is_active=active):
        raise WrongState
    person.refresh_from_db(fields=["is_active"])
    people_changed({person.pk}, now=now)
