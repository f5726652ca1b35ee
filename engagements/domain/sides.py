"""The two sides of a pairing."""

from accounts.models import User
from cohorts.states import Role
from common.errors import NotPermitted
from matching.models import Pairing


def people(pairing: Pairing) -> tuple[tuple[Role, User], tuple[Role, User]]:
    """Each side with its person."""
    return (Role.MENTEE, pairing.mentee), (Role.MENTOR, pairing.mentor)


def side_of(pairing: Pairing, user: User) -> Role:
    """The side `user` is on. Raises `NotPermitted` for anybody else."""
    for side, person_id in ((Role.MENTEE, pairing.mentee_id), (Role.MENTOR, pairing.mentor_id)):
        if person_id == user.pk:
            return side
    raise NotPermitted


def other_side(side: Role) -> Role:
    """The side facing `side`."""
    return Role.MENTOR if side == Role.MENTEE else Role.MENTEE
