"""What has happened to a record, on its page: sentences and times, never what was said."""

from typing import Generic

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, M
from common.history import tell
from common.models import Event


class History(CoordinatorAdmin[M], Generic[M]):
    """Adds the read-only field `history`."""

    @admin.display(description=_("history"))
    def history(self, record: M) -> str:
        events = list(Event.objects.told().filter(subject_id=record.pk))
        times = [date_format(localtime(event.at), "DATETIME_FORMAT") for event in events]
        return format_html_join("", "<div>{} · {}</div>", zip(times, tell(events), strict=True))
