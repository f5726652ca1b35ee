"""The second factor of a person: whether one is set up, and taking a lost one away."""

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from accounts.domain import sessions
from accounts.letters import SECOND_FACTOR_RESET
from accounts.models import User
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from outbox.domain.post import post

# Recovery codes stand in for one of these; alone they are nothing.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_set_up(person: User) -> bool:
    """Whether this person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user=person, type__in=FACTORS).exists())


def are_still_held(person: User, ids: Iterable[int]) -> bool:
    """Whether any of these authenticators, by id, still belongs to the person."""
    return bool(Authenticator.objects.filter(user=person, pk__in=list(ids)).exists())


@atomically
def reset(*, person: User, user: User | None, now: datetime) -> None:
    """Take away all that a person has lost: app, passkeys, recovery codes. Their sessions end, and they are told.

    `user` is the superuser who does it; None is a command on the server. Raises `NotPermitted`, `Refused` when there
    is nothing to take away and for one's own: who has theirs changes it on their own page, where it is asked for.
    """
    if user is not None and user != person and not user.is_superuser:
        raise NotPermitted
    if person == user:
        raise Refused(_("Your own second factor is changed on your own page “How you sign in”."), code="oneself")
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = Authenticator.objects.filter(user=person)
    if not held.exists():
        raise Refused(_("No second factor is set up here."), code="no_factor")
    held.delete()
    sessions.end_all(person)
    actor = Actor.SYSTEM if user is None else Actor.COORDINATOR
    Event.record(verb="reset_second_factor", subject=person, actor=actor, now=now, user=user)
    post(kind=SECOND_FACTOR_RESET, subject=person, person=person, due_at=now, occasion=now.isoformat())
