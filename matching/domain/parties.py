"""Which part somebody plays in a request or a pairing."""

from accounts.models import User
from cohorts.permissions import coordinates
from common.steps import Actor, NotYours
from matching.models import Pairing, Request


def part_of(record: Request | Pairing, user: User) -> Actor:
    """The part of one of the two. Raises `NotYours` for anybody else."""
    parts = {record.mentee_id: Actor.MENTEE, record.mentor_id: Actor.MENTOR}
    if user.pk not in parts:
        raise NotYours
    return parts[user.pk]


def check_acting(record: Request | Pairing, user: User | None, actor: Actor) -> None:
    """Raise `NotYours` unless `user` may act as `actor` here: coordinators never on what they are party to."""
    if actor in {Actor.CLOCK, Actor.SYSTEM}:
        if user is not None:
            raise NotYours
        return
    if user is None:
        raise NotYours
    party = user.pk in (record.mentee_id, record.mentor_id)
    if actor is Actor.COORDINATOR:
        if party or not coordinates(user, record.cohort):
            raise NotYours
    elif part_of(record, user) is not actor:
        raise NotYours
