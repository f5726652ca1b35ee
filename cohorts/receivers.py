"""What invitations, wishes for a part and closed accounts mean for cohorts. Runs inside the transaction of each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.calendars import today_of
from accounts.models import Invitation, User
from cohorts.domain import offers, parts
from cohorts.models import Cohort


def take_up_offers(sender: object, *, invitation: Invitation, user: User, now: datetime, **_more: Any) -> Iterable[str]:
    """The roles that came with the invitation are taken up; a sentence for each."""
    return offers.accept_offers(invitation=invitation, user=user, now=now)


def describe_offers(sender: object, *, invitation: Invitation, now: datetime, **_more: Any) -> Iterable[str]:
    """What the invitation offers, a sentence for each role."""
    return offers.described(invitation, now)


def name_cohorts_left_alone(sender: object, *, person: User, now: datetime, **_more: Any) -> Iterable[str]:
    """The cohorts that nobody would coordinate if this account were closed."""
    others = User.objects.filter(is_active=True).exclude(pk=person.pk)
    running = Cohort.objects.filter(coordinators=person, ends_on__gte=today_of(person, now))
    for cohort in running.exclude(coordinators__in=others):
        yield _("Nobody else coordinates %(cohort)s: what needs somebody there would reach nobody.") % {
            "cohort": cohort.name
        }


def name_cohorts_with_this_contact(sender: object, *, person: User, now: datetime, **_more: Any) -> Iterable[str]:
    """The cohorts that go on naming this address as their contact, which only a coordinator changes."""
    for cohort in Cohort.objects.filter(concern_email__iexact=person.email):
        yield _("%(cohort)s names this address as its contact: that stays until it is changed there.") % {
            "cohort": cohort.name
        }


def ask_for_part(sender: object, *, person: User, role: str, now: datetime, **_more: Any) -> bool:
    """The coordinators of the person's cohorts find it among what waits for approval."""
    return bool(parts.ask_for(person=person, role=role, now=now))


def take_back_part(sender: object, *, person: User, role: str, now: datetime, **_more: Any) -> None:
    """What still waits for approval is gone."""
    parts.take_back(person=person, role=role, now=now)


def holds_part(sender: object, *, person: User, role: str, **_more: Any) -> bool:
    """Whether the person takes part, or has taken part, in this role."""
    return parts.is_held(person=person, role=role)
