"""The programme's day, and days in words for sentences put together in Python.

Words are in the reader's zone, with the year only when it is not this one.
"""

from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.clock import now


def day_of(now: datetime) -> date:
    """The programme's day, by which ties and waivers are judged: that of UTC."""
    return now.astimezone(UTC).date()


def long_day(value: date | datetime) -> str:
    """ "Thursday 3 December"."""
    local = _local(value)
    if _this_year(local):
        return date_format(local, pgettext("weekday and date this year", "l j F"))
    return date_format(local, pgettext("weekday and date of another year", "l j F Y"))


def short_day(value: date | datetime) -> str:
    """ "3 December"."""
    local = _local(value)
    if _this_year(local):
        return date_format(local, pgettext("date this year", "j F"))
    return date_format(local, pgettext("date of another year", "j F Y"))


def moment(value: datetime) -> str:
    """ "Thursday 3 December, 18:00"."""
    return _("%(day)s, %(time)s") % {"day": long_day(value), "time": date_format(_local(value), "H:i")}


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value


def _this_year(value: date | datetime) -> bool:
    return value.year == timezone.localtime(now()).year
