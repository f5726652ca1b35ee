"""The programme's day, and days in words.

Words are in the reader's zone, with the year only when it is not this one.
"""

from datetime import UTC, date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import cldr
from common.clock import now
from common.zones import UTC_NAME, zone_named


def day_of(now: datetime) -> date:
    """The programme's day, by which owners and waivers are judged: that of UTC, as in the database's triggers."""
    return now.astimezone(UTC).date()


def day_in(zone: str, now: datetime, *, country: str = "") -> date:
    """The day it is in that zone (IANA), or what stands in for one that is not known."""
    return now.astimezone(zone_named(zone, country)).date()


def long_day(value: date | datetime, *, year: int | None = None) -> str:
    """ "Thursday 3 December". `year` is the one that goes without saying: by default this one of the programme."""
    shown = local(value)
    if shown.year == (year or _this_year()):
        return date_format(shown, pgettext("weekday and date this year", "l j F"))
    return date_format(shown, pgettext("weekday and date of another year", "l j F Y"))


def short_day(value: date | datetime, *, year: int | None = None) -> str:
    """ "3 December". `year` as for `long_day`."""
    shown = local(value)
    if shown.year == (year or _this_year()):
        return date_format(shown, pgettext("date this year", "j F"))
    return day_with_year(shown)


def day_with_year(value: date | datetime) -> str:
    """ "3 December 2026": for what is read long afterwards."""
    return date_format(local(value), pgettext("date of another year", "j F Y"))


def time_of_day(value: datetime) -> str:
    """ "18:00"."""
    return date_format(local(value), pgettext("time of day", "H:i"))


def moment(value: datetime, *, year: int | None = None) -> str:
    """ "Thursday 3 December, 18:00". `year` as for `long_day`."""
    return _("%(day)s, %(time)s") % {"day": long_day(value, year=year), "time": time_of_day(value)}


def time_to_act(value: datetime) -> str:
    """ "Thursday 3 December, 18:00 London time": by when something is to be done, which names its zone."""
    return with_zone(moment(value))


def with_zone(words: str) -> str:
    """A time in words, with the zone of the reader: "18:00 London time"."""
    zone = timezone.get_current_timezone_name()
    if zone == UTC_NAME:
        return f"{words} {zone}"
    return _("%(moment)s %(place)s time") % {"moment": words, "place": cldr.city(zone)}


def local(value: date | datetime) -> date | datetime:
    """A moment on the reader's clock; days and moments without a zone stay as they are."""
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _this_year() -> int:
    return timezone.localtime(now()).year
