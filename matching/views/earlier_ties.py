"""Ties that ended before those which count, as sentences beside "no tie"."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Affiliation
from accounts.models.users import User


def told(ties: Iterable[Affiliation], reader: User) -> str:
    """A sentence for each tie, as one of the two reads it; "" when there is none."""
    return " ".join(_sentence(tie, reader) for tie in ties)


def _sentence(tie: Affiliation, reader: User) -> str:
    words = {
        "name": tie.person.get_short_name(),
        "organisation": tie.organisation,
        "month": date_format(tie.last_day, "F Y") if tie.last_day else "",
    }
    if tie.person_id == reader.pk:
        return _("Your tie to %(organisation)s ended in %(month)s.") % words
    return _("The tie of %(name)s to %(organisation)s ended in %(month)s.") % words
