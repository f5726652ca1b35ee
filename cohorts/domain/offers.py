"""Offering somebody a role in a cohort, by an invitation, and taking it up."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import invitations
from accounts.models import Invitation, User
from cohorts.domain import enrolments
from cohorts.models import Cohort, RoleOffer
from cohorts.states import OfferedRole, Role
from common.dates import day_with_year
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor


class NewOffer(NamedTuple):
    """Whom to invite, and to which of the two roles; coordinators are appointed one by one."""

    email: str
    name: str
    roles: tuple[Role, ...]


OFFERED: Mapping[str, Promise] = {
    OfferedRole.MENTEE: gettext_lazy("%(cohort)s, from %(start)s to %(end)s, as a mentee."),
    OfferedRole.MENTOR: gettext_lazy("%(cohort)s, from %(start)s to %(end)s, as a mentor."),
    OfferedRole.COORDINATOR: gettext_lazy("%(cohort)s, from %(start)s to %(end)s, as a coordinator."),
}
TAKEN: Mapping[str, Promise] = {
    OfferedRole.MENTEE: gettext_lazy("You take part in %(cohort)s as a mentee."),
    OfferedRole.MENTOR: gettext_lazy("You take part in %(cohort)s as a mentor."),
    OfferedRole.COORDINATOR: gettext_lazy("You coordinate %(cohort)s: the coordinators’ pages are in the menu."),
}


@atomically
def offer(*, email: str, name: str, cohort: Cohort, role: str, user: User, now: datetime) -> Invitation:
    """Invite an address to a role. A further offer of the same coordinator joins their open invitation, which is sent
    again with both; what others have offered is neither told nor touched. Only a superuser appoints coordinators.

    Raises `NotPermitted`, or `Refused` for an offer of the open invitation, or of a cohort that is over.
    """
    if role == OfferedRole.COORDINATOR and not user.is_superuser:
        raise NotPermitted
    enrolments.refuse_once_over(cohort, user, now)
    waiting = invitations.waiting_of(email=email, user=user)
    joins = (
        waiting is not None
        and waiting.expires_at > now
        and not RoleOffer.objects.filter(invitation=waiting, cohort=cohort, role=role).exists()
    )
    if waiting is not None and joins:
        invitation = invitations.takes_part(invitations.resend(invitation=waiting, user=user, now=now))
    else:
        invitation = invitations.invite(email=email, name=name, user=user, now=now)
    RoleOffer.objects.create(invitation=invitation, cohort=cohort, role=role)
    return invitation


@atomically
def offer_all(*, offered: Sequence[NewOffer], cohort: Cohort, user: User, now: datetime) -> list[Invitation]:
    """Invite many, each to one role or to both, by one e-mail each; the invitations in the same order.

    Whom `user` has invited already is offered it as `offer` does. Raises as that does, for any of them.
    """
    enrolments.refuse_once_over(cohort, user, now)
    emails = [each.email for each in offered]
    waiting = set(
        Invitation.objects.filter(email__in=emails, invited_by=user, completed_at=None, revoked_at=None).values_list(
            "email", flat=True
        )
    )
    new = [each for each in offered if each.email not in waiting]
    made = dict(
        zip(
            (each.email for each in new),
            invitations.invite_all(invited=[(each.email, each.name) for each in new], user=user, now=now),
            strict=True,
        )
    )
    RoleOffer.objects.bulk_create(
        RoleOffer(invitation=made[each.email], cohort=cohort, role=role) for each in new for role in each.roles
    )
    for each in offered:
        for role in each.roles if each.email in waiting else ():
            made[each.email] = offer(email=each.email, name=each.name, cohort=cohort, role=role, user=user, now=now)
    return [made[email] for email in emails]


def described(invitation: Invitation, now: datetime) -> list[str]:
    """What the invitation offers, a sentence for each role; of a cohort that is over, that it is."""
    person = invitations.account_of(invitation)
    return [
        enrolments.over_line(each.cohort) if enrolments.is_over(each.cohort, person, now) else _sentence(each)
        for each in _offers(invitation)
    ]


def _sentence(offered: RoleOffer) -> str:
    cohort = offered.cohort
    start, end = day_with_year(cohort.starts_on), day_with_year(cohort.ends_on)
    return str(OFFERED[offered.role]) % {"cohort": cohort.name, "start": start, "end": end}


@atomically
def accept_offers(*, invitation: Invitation, user: User, now: datetime) -> list[str]:
    """An invited person has come: the roles that the invitation offers are theirs, approved by having been invited.

    A sentence for each role, those of cohorts that are over left out. Raises `Refused` when all of them are.
    """
    offered = list(_offers(invitation))
    running = [each for each in offered if not enrolments.is_over(each.cohort, user, now)]
    if offered and not running:
        enrolments.refuse_once_over(offered[0].cohort, user, now)
    for each in running:
        if each.role == OfferedRole.COORDINATOR:
            _appoint(each, user, now)
        else:
            enrolments.join(cohort=each.cohort, person=user, role=each.role, now=now)
    return [str(TAKEN[each.role]) % {"cohort": each.cohort.name} for each in running]


def _appoint(offered: RoleOffer, person: User, now: datetime) -> None:
    """They coordinate the cohort, as a superuser has offered. Raises `Refused` if nobody stands behind that now."""
    behind = offered.invitation.invited_by
    if behind is None or not (behind.is_superuser and behind.is_active):
        raise Refused(_("This invitation no longer appoints a coordinator. Ask who runs the site."), code="not_open")
    if not person.is_staff:
        person.is_staff = True
        person.save(update_fields=["is_staff"])
    offered.cohort.coordinators.add(person)
    Event.record(verb="appoint", subject=offered.cohort, actor=Actor.COORDINATOR, now=now, user=behind)


def _offers(invitation: Invitation) -> list[RoleOffer]:
    rows = RoleOffer.objects.filter(invitation=invitation).select_related("cohort", "invitation__invited_by")
    return list(rows.order_by("cohort__starts_on", "cohort__name", "role"))
