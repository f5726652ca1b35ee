"""Who owns whom, and who competes. Each change is told to the higher apps before its transaction commits."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.domain.conflict_changes import relations_changing
from accounts.domain.families import closes_circle
from accounts.domain.saving import refused_with_words
from accounts.models import Competition, Organisation, Ownership, User
from common.errors import Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor


@atomically
def save_ownership(
    *,
    child: Organisation,
    parent: Organisation,
    starts_on: date,
    user: User | None,
    now: datetime,
    ends_on: date | None = None,
    ownership: Ownership | None = None,
) -> Ownership:
    """Say that `parent` owns `child` in that time, or change an ownership. Raises `Refused`, for circles too."""
    relations_changing(now=now)
    row = ownership or Ownership()
    row.child, row.parent, row.starts_on, row.ends_on = child, parent, starts_on, ends_on
    if child.pk != parent.pk and closes_circle(
        child_id=child.pk, parent_id=parent.pk, starts_on=starts_on, ends_on=ends_on, besides=row.pk
    ):
        raise Refused(
            _("In that time the owner would belong to this organisation itself."), field="parent", code="circle"
        )
    with refused_with_words():
        row.save()
    Event.record(verb="own", subject=child, actor=_actor(user), now=now, user=user)
    return row


@atomically
def end_ownership(*, ownership: Ownership, ends_on: date, user: User | None, now: datetime) -> Ownership:
    """The child stands on its own from `ends_on` on. Raises `Refused`."""
    return save_ownership(
        child=ownership.child,
        parent=ownership.parent,
        starts_on=ownership.starts_on,
        ends_on=ends_on,
        user=user,
        now=now,
        ownership=ownership,
    )


@atomically
def declare_competitors(*, one: Organisation, other: Organisation, user: User | None, now: datetime) -> Competition:
    """From now on the two families compete; saying it twice, or the other way round, changes nothing."""
    relations_changing(now=now)
    first, second = sorted((one, other), key=lambda each: each.pk)
    with refused_with_words():
        row, made = Competition.objects.get_or_create(first=first, second=second)
    if made:
        Event.record(verb="compete", subject=row, actor=_actor(user), now=now, user=user)
    return row


@atomically
def withdraw_competition(*, competition: Competition, user: User | None, now: datetime) -> None:
    """The two no longer compete. The line of history keeps their ids, so that it can name them."""
    relations_changing(now=now)
    both = [str(competition.first_id), str(competition.second_id)]
    Event.record(verb="stop_competing", subject=competition, actor=_actor(user), now=now, user=user, fields=both)
    competition.delete()


def _actor(user: User | None) -> Actor:
    return Actor.SYSTEM if user is None else Actor.COORDINATOR
