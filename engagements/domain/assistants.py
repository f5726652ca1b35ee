"""A leader's assistants: invited, at work, and over. Either side ends it at once, and so does a closed account."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.domain import invitations
from accounts.models import Invitation, User
from cohorts.models import Enrolment
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor, next_state
from engagements.assistant_letters import ENDED, TAKEN_UP
from engagements.models import Assistant
from engagements.states import ASSISTANT_TRANSITIONS, AssistantState
from matching.models import Pairing
from matching.states import OPEN_PAIRING_STATES
from outbox.domain import post as outbox

MOST = 3  # invited or serving, for one leader


def may_have(user: User) -> bool:
    """Whether `user` takes part: whoever does not has no meeting times that somebody could handle."""
    return Enrolment.objects.filter(person=user).exists()


@atomically
def invite(*, leader: User, email: str, name: str, now: datetime) -> Assistant:
    """Invite somebody to handle the meeting times of `leader`; they accept by the link that goes to this address.

    Whether the address has an account here is neither asked nor told. Raises `NotPermitted` for whoever takes no part,
    `Refused` for one's own address or that of somebody one is paired with, for an assistant one has, and past `MOST`.
    """
    if not _locked_person(leader).is_active or not may_have(leader):
        raise NotPermitted
    _check_address(leader, email.strip().lower())
    if leader.assistants.standing().count() >= MOST:
        raise Refused(
            _("You have %(most)s assistants already. End with one of them first.") % {"most": MOST}, code="many"
        )
    invitation = invitations.invite(email=email, name=name, user=leader, assisting=True, now=now)
    assistant = Assistant.objects.create(leader=leader, invitation=invitation)
    _record("invite", assistant, Actor.PERSON, leader, now)
    return assistant


def _check_address(leader: User, email: str) -> None:
    if email == leader.email:
        raise Refused(_("This is your own address. An assistant is somebody else."), field="email", code="oneself")
    if leader.assistants.serving().filter(person__email=email).exists():
        raise Refused(_("Whoever has this address is your assistant already."), field="email", code="already")
    pairings = Pairing.objects.filter(state__in=OPEN_PAIRING_STATES)
    facing = Q(mentee=leader, mentor__email=email) | Q(mentor=leader, mentee__email=email)
    if pairings.filter(facing).exists():
        raise Refused(
            _("You are paired with whoever has this address. Please invite somebody else."), field="email", code="pair"
        )


@atomically
def send_again(*, assistant: Assistant, user: User, now: datetime) -> Assistant:
    """A new link, and fourteen new days. Raises `NotPermitted`, `WrongState`."""
    row = _locked_by_leader(assistant, user)
    row.state = next_state(ASSISTANT_TRANSITIONS, "send_again", row.state, Actor.PERSON)
    invitations.resend(invitation=row.invitation, user=user, now=now)
    _record("send_again", row, Actor.PERSON, user, now)
    return row


@atomically
def choose_emails(*, assistant: Assistant, user: User, emails: bool, now: datetime) -> Assistant:
    """Whether the assistant is written to about meeting times as well. Raises `NotPermitted`, `WrongState`."""
    row = _locked_by_leader(assistant, user)
    row.state = next_state(ASSISTANT_TRANSITIONS, "choose_emails", row.state, Actor.PERSON)
    if row.emails != emails:
        row.emails = emails
        row.save(update_fields=["emails"])
        _record("choose_emails", row, Actor.PERSON, user, now)
    return row


@atomically
def take_up(*, assistant: Assistant, user: User, now: datetime) -> Assistant:
    """The invited person handles the times from now on; the leader is told.

    Raises `WrongState` for what is not open, `Refused` for the leader themselves and for whoever serves them already.
    """
    if not _locked_person(user).is_active:
        raise NotPermitted
    row = _locked(assistant)
    row.state = next_state(ASSISTANT_TRANSITIONS, "take_up", row.state, Actor.ASSISTANT)
    if user == row.leader:
        raise Refused(_("This invitation is yours. An assistant is somebody else."), code="oneself")
    if row.leader.assistants.serving().filter(person=user).exists():
        raise Refused(
            _("You handle the meeting times of %(leader)s already.") % {"leader": row.leader.get_full_name()},
            code="already",
        )
    row.person, row.began_at = user, now
    row.save()
    _record("take_up", row, Actor.ASSISTANT, user, now)
    outbox.post(kind=TAKEN_UP, subject=row, person=row.leader, due_at=now)
    return row


@atomically
def end(*, assistant: Assistant, user: User, now: datetime) -> Assistant:
    """Over at once: by the leader, who may also take an invitation back, or by the assistant. The other is told.

    Raises `NotPermitted` for anybody else, `WrongState` for what is over.
    """
    row = _locked(assistant)
    if user not in (row.leader, row.person):
        raise NotPermitted
    if row.state == AssistantState.INVITED:
        invitations.revoke(invitation=row.invitation, user=user, now=now)  # `follow_closed` does the rest
        row.refresh_from_db()
        return row
    verb, actor = ("revoke", Actor.PERSON) if user == row.leader else ("leave", Actor.ASSISTANT)
    _end(row, verb, actor, user, now)
    return row


def follow_closed(*, invitation: Invitation, user: User | None, now: datetime) -> None:
    """An invitation was revoked or declined: nobody becomes an assistant by it."""
    with transaction.atomic():
        row = Assistant.objects.select_for_update(of=("self",)).filter(invitation=invitation).first()
        if row is not None and row.state == AssistantState.INVITED:
            _end(row, "withdraw", _who_closed(invitation, user), user, now)


def _who_closed(invitation: Invitation, user: User | None) -> Actor:
    if invitation.declined:
        return Actor.ASSISTANT
    return Actor.PERSON if user is not None and user.pk == invitation.invited_by_id else Actor.SYSTEM


def close_all(*, person: User, now: datetime) -> None:
    """The account of a person was closed: whom they served, and who served them, is over."""
    rows = Assistant.objects.standing().filter(Q(leader=person) | Q(person=person)).order_by("pk")
    for row in rows.select_for_update(of=("self",)).select_related("leader", "person", "invitation"):
        if row.state == AssistantState.INVITED:
            invitations.revoke(invitation=row.invitation, user=None, now=now)
        else:
            _end(row, "close", Actor.SYSTEM, None, now)


def _locked_person(person: User) -> User:
    """Behind the lock by which an account is closed: whoever closes it afterwards finds what was made before."""
    found: User = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    return found


def _locked(assistant: Assistant) -> Assistant:
    rows = Assistant.objects.select_for_update(of=("self",)).select_related("leader", "person", "invitation")
    found: Assistant = rows.get(pk=assistant.pk)
    return found


def _locked_by_leader(assistant: Assistant, user: User) -> Assistant:
    row = _locked(assistant)
    if row.leader_id != user.pk:
        raise NotPermitted
    return row


def _end(row: Assistant, verb: str, actor: Actor, user: User | None, now: datetime) -> None:
    served = row.state == AssistantState.SERVING
    row.state, row.ended_at = next_state(ASSISTANT_TRANSITIONS, verb, row.state, actor), now
    row.save()
    _record(verb, row, actor, user, now)
    for person in filter(None, (row.leader, row.person) if served else ()):
        if person != user:
            outbox.post(kind=ENDED, subject=row, person=person, due_at=now)


def _record(verb: str, row: Assistant, actor: Actor, user: User | None, now: datetime) -> None:
    Event.record(verb=verb, subject=row, actor=actor, now=now, user=user)


def described(invitation: Invitation) -> list[str]:
    """What an invitation offers as an assistant, as a sentence."""
    row = Assistant.objects.filter(invitation=invitation).select_related("leader").first()
    if row is None:
        return []
    sentence = _("To handle the meeting times of %(leader)s: propose, pick, move and call off. Nothing else of theirs.")
    return [sentence % {"leader": row.leader.get_full_name()}]


def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> list[str]:
    """An invited person has come: a sentence of what they do from now on, if the invitation was for an assistant."""
    row = Assistant.objects.filter(invitation=invitation).first()
    if row is None:
        return []
    if row.state != AssistantState.INVITED:
        raise WrongState
    leader = take_up(assistant=row, user=user, now=now).leader
    return [str(_("You handle the meeting times of %(leader)s.") % {"leader": leader.get_full_name()})]
