"""Which part somebody plays in a request or a pairing."""

from accounts.models import User
from cohorts.permissions import coordinates
from common.errors import NotPermitted
from common.transitions import Actor
from matching.models import Pairing, Request


def part_of(record: Request | Pairing, user: User) -> Actor:
    """The part of one of the two. Raises `NotPermitted` for anybody else."""
    parts = {record.mentee_id: Actor.MENTEE, record.mentor_id: Actor.MENTOR}
    if user.pk not in parts:
        raise NotPermitted
    return parts[user.pk]


def check_acting(record: Request | Pairing, user: User | None, actor: Actor) -> None:
    """Raise `NotPermitted` unless `user` may act as `actor` here: coordinators never on what they are party to."""
    if actor in {Actor.CLOCK, Actor.SYSTEM}:
        if user is not None:
            raise NotPermitted
        return
    if user is None:
        raise NotPermitted
    party = user.pk in (record.mentee_id, record.mentor_id)
    if actor is Actor.COORDINATOR:
        if party or not coordinates(user, record.cohort):
            raise NotPermitted
    elif part_of(record, user) is not actor:
        raise NotPermitted
