"""Closing an account and opening it again: what a superuser does for somebody who is gone. Nothing is deleted."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.domain import sessions
from accounts.domain.conflict_changes import people_changed
from accounts.models import User
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
    _switch(person, user, now, active=False)
    sessions.end_all(person)
    account_closed.send(sender=User, person=person, now=now)


@atomically
def reopen_account(*, person: User, user: User, now: datetime) -> None:
    """They sign in as before, and take part as before; requests that have lapsed stay closed.

    Raises `NotPermitted` or `WrongState`.
    """
    _switch(person, user, now, active=True)


def _switch(person: User, user: User, now: datetime, *, active: bool) -> None:
    if not user.is_superuser:
        raise NotPermitted
    if not User.objects.filter(pk=person.pk, is_active=not active).update(is_active=active):
        raise WrongState
    person.refresh_from_db(fields=["is_active"])
    verb = "reopen_account" if active else "close_account"
    Event.record(verb=verb, subject=person, actor=Actor.COORDINATOR, now=now, user=user)
    people_changed({person.pk}, now=now)
