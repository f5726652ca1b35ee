"""Invitations: sent by a coordinator, or by a leader to an assistant; open until the invited person's own POST, or
revoked, or out of date.

The secrets are derived (`accounts.tokens`) when a letter is rendered; whoever invites never sees a link or a code.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import tokens
from accounts.domain import people, prepared
from accounts.domain.saving import refused_with_words
from accounts.letters import NotNeeded
from accounts.models import Invitation, User
from accounts.signals import gathered, invitation_accepted, invitation_closed
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from outbox.domain.post import NewLetter, cancel, post, post_all

VALID_FOR = timedelta(days=14)
JUST_NOW = timedelta(minutes=2)
LETTER = "invitation"


class NotOpen(Refused):
    """The link or code opens nothing: unknown, revoked, used, replaced or out of date. Which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is not open, or no longer."), code="not_open")


@atomically
def invite(*, email: str, name: str, user: User | None, assisting: bool = False, now: datetime) -> Invitation:
    """Invite an address; the letter goes out with the transaction. Raises `Refused` while one of `user` is open.

    Whether somebody else has invited the address is not told, and does not matter. What is out of date gives way.
    """
    invitation = Invitation(
        email=email.strip().lower(), name=name.strip(), invited_by=user, assisting=assisting, created_at=now
    )
    _arm(invitation, sends=1, now=now)
    waiting = waiting_of(email=invitation.email, user=user)
    if waiting is not None and waiting.expires_at > now:
        raise Refused(
            _("You have an open invitation to this address: send it again instead."), field="email", code="open"
        )
    if waiting is not None:
        revoke(invitation=waiting, user=user, now=now)
    with refused_with_words():
        invitation.save()
    _record("invite", invitation, user, now)
    _send(invitation, now)
    return invitation


@atomically
def invite_all(*, invited: Sequence[tuple[str, str]], user: User, now: datetime) -> list[Invitation]:
    """Invite these addresses, each with its name, in as many queries as a few take; the rows in the same order.

    None of them may have an open invitation of `user`: the database refuses that. Raises `Refused`.
    """
    rows = [
        Invitation(email=email.strip().lower(), name=name.strip(), invited_by=user, created_at=now)
        for email, name in invited
    ]
    for row in rows:
        _arm(row, sends=1, now=now)
    with refused_with_words():
        Invitation.objects.bulk_create(rows, batch_size=500)
    Event.record_all(verb="invite", subjects=rows, actor=Actor.COORDINATOR, now=now, user=user)
    post_all(NewLetter(LETTER, row, None, due_at=now, occasion=str(row.sends), invitation_id=row.pk) for row in rows)
    return rows


def waiting_of(*, email: str, user: User | None) -> Invitation | None:
    """The invitation by which `user` invited the address and that waits for an answer, out of date or not."""
    rows = Invitation.objects.filter(email=email.strip().lower(), completed_at=None, revoked_at=None)
    return rows.filter(invited_by=user).first()


@atomically
def resend(*, invitation: Invitation, user: User | None, now: datetime) -> Invitation:
    """A new link and code, fourteen new days, and a new letter; the old ones stop working. Raises `WrongState`."""
    row = _locked_pending(invitation)
    cancel(subject_id=row.pk, kinds=[LETTER], reason=NotNeeded.INVITATION_SENT_AGAIN)
    _arm(row, sends=row.sends + 1, now=now)
    row.save()
    _record("resend", row, user, now)
    _send(row, now)
    return row


def takes_part(invitation: Invitation) -> Invitation:
    """An invitation to assist somebody offers a part of one's own as well from now on: it says so in its words."""
    if invitation.assisting:
        invitation.assisting = False
        invitation.save(update_fields=["assisting"])
    return invitation


@atomically
def revoke(*, invitation: Invitation, user: User | None, now: datetime) -> Invitation:
    """The link and the code open nothing any more. Raises `WrongState`."""
    row = _locked_pending(invitation)
    _close(row, NotNeeded.INVITATION_REVOKED, user, now)
    _record("revoke", row, user, now)
    return row


def _close(row: Invitation, reason: NotNeeded, user: User | None, now: datetime) -> None:
    row.revoked_at = now
    row.save(update_fields=["revoked_at", "declined"])
    prepared.forget([row.pk])
    cancel(subject_id=row.pk, kinds=[LETTER], reason=reason)
    invitation_closed.send(sender=Invitation, invitation=row, user=user, now=now)


def find(*, token: str, now: datetime) -> Invitation:
    """The open invitation of a link. Raises `NotOpen`."""
    return _open(_of_link(Invitation.objects.all(), token), now)


def completed(*, token: str, now: datetime) -> tuple[User | None, bool]:
    """Who completed the invitation of a link, if somebody did, and whether that was within the last two minutes."""
    row = _of_link(Invitation.objects.select_related("completed_by"), token)
    if row is None or row.completed_at is None:
        return None, False
    return row.completed_by, now - row.completed_at <= JUST_NOW


def find_by_code(*, email: str, code: str, now: datetime) -> Invitation:
    """The open invitation of an address whose code this is. Wrong codes close nothing: there are 28⁸ of them, and who
    tries many is stopped by the page.

    Raises `NotOpen`, the same for an address that was never invited.
    """
    rows = Invitation.objects.filter(email=email.strip().lower(), completed_at=None, revoked_at=None)
    right = [row for row in rows if _is_code_of(row, code)]
    return _open(right[0] if right else None, now)


def account_of(invitation: Invitation) -> User | None:
    """The person who already has the invited address, if somebody does."""
    return User.objects.filter(email=invitation.email).first()


@atomically
def join(*, token: str, name: str, zone: str, now: datetime, password: str = "") -> User:
    """Somebody new completes their invitation: user, profile and proven address are made. Raises `Refused`."""
    row = _locked_open(token, now)
    user = people.create(email=row.email, name=name, password=password, zone=zone)
    _complete(row, user, now)
    prepared.take_up(invitation=row, person=user, now=now)
    return user


@atomically
def accept(*, token: str, user: User, now: datetime) -> list[str]:
    """Somebody who has an account accepts, signed in as the invited person: sentences of what has come of it.

    Raises `Refused`.
    """
    row = _locked_open(token, now)
    if user.email != row.email:
        raise Refused(_("This invitation is for another address."), code="another_address")
    prepared.forget([row.pk])
    return _complete(row, user, now)


def _complete(row: Invitation, user: User, now: datetime) -> list[str]:
    row.completed_at, row.completed_by = now, user
    row.save(update_fields=["completed_at", "completed_by"])
    cancel(subject_id=row.pk, kinds=[LETTER], reason=NotNeeded.INVITATION_ACCEPTED)
    return gathered(invitation_accepted.send(sender=Invitation, invitation=row, user=user, now=now))


@atomically
def decline(*, token: str, now: datetime) -> Invitation:
    """Whoever holds the link does not want it: link and code open nothing any more. Raises `NotOpen`."""
    row = _locked_open(token, now)
    row.declined = True
    _close(row, NotNeeded.INVITATION_DECLINED, None, now)
    Event.record(verb="decline", subject=row, actor=Actor.PERSON, now=now)
    return row


def _arm(invitation: Invitation, *, sends: int, now: datetime) -> None:
    invitation.expires_at = now + VALID_FOR
    invitation.arm(sends=sends)


def _send(invitation: Invitation, now: datetime) -> None:
    post(
        kind=LETTER,
        subject=invitation,
        invitation_id=invitation.pk,
        due_at=now,
        occasion=str(invitation.sends),
    )


def _open(row: Invitation | None, now: datetime) -> Invitation:
    if row is None or row.completed_at or row.revoked_at or row.expires_at <= now:
        raise NotOpen
    return row


def _locked_open(token: str, now: datetime) -> Invitation:
    return _open(_of_link(Invitation.objects.select_for_update(), token), now)


def _of_link(rows: QuerySet[Invitation], token: str) -> Invitation | None:
    return rows.filter(token_hash__in=[tokens.token_digest(token, key=key) for key in tokens.site_keys()]).first()


def _is_code_of(row: Invitation, code: str) -> bool:
    """Whether a code is this invitation's, under any of the site's keys."""
    return any(tokens.same(row.code_hash, tokens.code_digest(code, key=key)) for key in tokens.site_keys())


def _locked_pending(invitation: Invitation) -> Invitation:
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.completed_at or row.revoked_at:
        raise WrongState
    return row


def _record(verb: str, invitation: Invitation, user: User | None, now: datetime) -> None:
    Event.record(verb=verb, subject=invitation, actor=_actor(invitation, user), now=now, user=user)


def _actor(invitation: Invitation, user: User | None) -> Actor:
    if user is None:
        return Actor.SYSTEM
    in_own_matters = invitation.assisting and invitation.invited_by_id == user.pk
    return Actor.PERSON if in_own_matters else Actor.COORDINATOR
