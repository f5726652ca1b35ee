"""The two sides of a pairing."""

from accounts.models import User
from cohorts.states import Role
from matching.domain.parties import part_of
from matching.models import Pairing


def people(pairing: Pairing) -> tuple[tuple[Role, User], tuple[Role, User]]:
    """Each side with its person."""
    return (Role.MENTEE, pairing.mentee), (Role.MENTOR, pairing.mentor)


def side_of(pairing: Pairing, user: User) -> Role:
    """The side `user` is on. Raises `NotPermitted` for anybody else."""
    return Role(part_of(pairing, user).value)


def other_side(side: Role) -> Role:
    """The side facing `side`."""
    return Role.MENTOR if side == Role.MENTEE else Role.MENTEE
