"""Days as the reader says them, for sentences put together in Python."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def long_day(value: date | datetime) -> str:
    """ "Thursday 3 December 2026", in the reader's zone."""
    return date_format(_local(value), pgettext("weekday and date", "l j F Y"))


def short_day(value: date | datetime) -> str:
    """ "3 December", in the reader's zone."""
    return date_format(_local(value), pgettext("day and month", "j F"))


def moment(value: datetime) -> str:
    """ "Thursday 3 December 2026, 18:00", in the reader's zone."""
    return _("%(day)s, %(time)s") % {"day": long_day(value), "time": date_format(_local(value), "H:i")}


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value
