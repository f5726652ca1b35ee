"""Lists that leave the desk as files: each is written down."""

from datetime import datetime

from django.db.models import Model

from accounts.models import User
from common.models import Event
from common.transitions import Actor

MOST = 15_000  # rows of one file


def note_export(*, user: User, model: type[Model], as_what: str, rows: int, now: datetime) -> Event:
    """One line of history: this coordinator took a list of so many rows of `model` along, as `as_what`."""
    codes = (f"as:{as_what}", f"list:{model._meta.label_lower}", f"rows:{rows}")  # noqa: SLF001 - documented
    return Event.record(verb="export", subject=user, actor=Actor.COORDINATOR, now=now, user=user, fields=codes)
