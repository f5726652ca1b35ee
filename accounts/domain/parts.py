"""The parts a person could take, mentor or mentee: to want one, and to give it up while nobody has agreed to it."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.domain import people
from accounts.models import MenteeProfile, MentorProfile, User
from accounts.signals import part_given_up, part_held, part_wanted
from common.errors import Refused
from common.transactions import atomically

PROFILES: dict[str, type[MentorProfile] | type[MenteeProfile]] = {"mentor": MentorProfile, "mentee": MenteeProfile}


@atomically
def want(*, person: User, role: str, now: datetime) -> bool:
    """Open what the part needs to be filled in, and say so to whoever agrees to it. Whether somebody was told."""
    people.BECOME[role](person)
    answers = part_wanted.send(sender=User, person=person, role=role, now=now)
    return any(told for _receiver, told in answers)


def may_give_up(*, person: User, role: str) -> bool:
    """Whether the person has the part and nobody has agreed to it yet."""
    if not PROFILES[role].objects.filter(person=person).exists():
        return False
    return not any(held for _receiver, held in part_held.send(sender=User, person=person, role=role))


@atomically
def give_up(*, person: User, role: str, now: datetime) -> None:
    """Undo `want`: what was written for the part is deleted. Raises `Refused` once somebody has agreed to it."""
    part_given_up.send(sender=User, person=person, role=role, now=now)
    if not may_give_up(person=person, role=role):
        raise Refused(_("This can no longer be undone here: please ask your coordinator."), code="part_held")
    PROFILES[role].objects.filter(person=person).delete()
