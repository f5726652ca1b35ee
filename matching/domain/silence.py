"""A mentor who lets requests pass without a word: told to the coordinators once, with the dates, until they answer."""

from datetime import datetime
from itertools import takewhile
from zoneinfo import ZoneInfo

from accounts.calendars import calendar_of
from cohorts.models import Enrolment
from matching.domain.alerts import alert, settle_automatically
from matching.models import Request
from matching.models.alerts import AlertKind
from matching.states import RequestState

IN_A_ROW = 3
# What a mentor did, or let happen. Withdrawn and lapsed requests were others' doing: they neither count nor reset.
TELLING = (RequestState.ACCEPTED, RequestState.DECLINED, RequestState.EXPIRED)


def note_expiry(asked: Request, now: datetime) -> None:
    """A request has just expired: at the third in a row, tell the coordinators of every cohort it happened in."""
    lately = Request.objects.filter(mentor=asked.mentor_id, state__in=TELLING).order_by("-answered_at", "-deadline")
    found = list(lately.select_related("cohort", "mentor_enrolment")[: IN_A_ROW + 1])
    silent = list(takewhile(lambda each: each.state == RequestState.EXPIRED, found))
    if len(silent) != IN_A_ROW:  # not yet, or told already
        return
    zone = ZoneInfo(calendar_of(asked.mentor).zone)
    days = [each.deadline.astimezone(zone).date().isoformat() for each in reversed(silent)]
    for place in {each.mentor_enrolment_id: each for each in silent}.values():
        alert(
            cohort=place.cohort,
            kind=AlertKind.MENTOR_SILENT,
            subject=place.mentor_enrolment,
            facts={"days": days},
            now=now,
        )


def note_answer(asked: Request, now: datetime) -> None:
    """The mentor has answered: what was told of their silence is over, and counting begins anew."""
    for enrolment_id in Enrolment.objects.filter(person=asked.mentor_id).values_list("pk", flat=True):
        settle_automatically(kind=AlertKind.MENTOR_SILENT, subject_id=enrolment_id, now=now)
