"""Former names and other spellings of an organisation: added, dated and removed by coordinators, found by search."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.domain.saving import refused_with_words
from accounts.models import Organisation, OtherName, User
from common.dates import day_of
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor


def check_until(until: date | None, now: datetime, *, field: str = "until") -> None:
    """Raises `Refused` for a name that no longer holds from a day that is yet to come."""
    if until is not None and until > day_of(now) + timedelta(days=1):
        raise Refused(_("This day is yet to come. Rename it then."), field=field, code="future")


@atomically
def add_name(*, organisation: Organisation, name: str, until: date | None, user: User, now: datetime) -> OtherName:
    """Another name of an organisation: a former one, held until the day `until` (outside), or a spelling (None)."""
    check_until(until, now)
    with refused_with_words():
        made = OtherName.objects.create(organisation=organisation, name=" ".join(name.split()), until=until)
    Event.record(verb="add", subject=made, actor=Actor.COORDINATOR, now=now, user=user)
    return made


@atomically
def date_name(*, other_name: OtherName, until: date | None, user: User, now: datetime) -> OtherName:
    """Correct until when a former name held; None makes it a spelling. Raises `Refused`."""
    check_until(until, now)
    row = OtherName.objects.select_for_update().get(pk=other_name.pk)
    row.until = until
    row.save(update_fields=["until"])
    Event.record(verb="date", subject=row, actor=Actor.COORDINATOR, now=now, user=user)
    return row


@atomically
def remove_name(*, other_name: OtherName, user: User, now: datetime) -> None:
    """A name that the organisation never had. Raises `WrongState` for that of a merged one, which history needs."""
    row = OtherName.objects.select_for_update().get(pk=other_name.pk)
    if row.merged_id is not None:
        raise WrongState
    Event.record(verb="remove_name", subject=row.organisation, actor=Actor.COORDINATOR, now=now, user=user)
    row.delete()
