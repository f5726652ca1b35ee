"""Requests are written: their rows and keys, their lines of history and their letters, however many at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from accounts.calendars import calendar_with_leave, read_leave
from accounts.models import User
from cohorts.models import Enrolment
from common.models import ContentKey, Event
from common.queries import among
from common.transitions import Actor
from matching.domain import notes
from matching.domain.alerts import settle_automatically
from matching.domain.deadlines import answer_by, reminders
from matching.models import Request, ShortlistEntry
from matching.models.alerts import AlertKind
from matching.models.requests import Origin
from outbox.domain.post import NewLetter, post_all


class NewRequest(NamedTuple):
    """A mentor to be asked, with the note that goes along."""

    mentee: Enrolment
    mentor: Enrolment
    note: str = ""


def write_requests(
    new: Sequence[NewRequest], *, origin: Origin, actor: Actor, user: User | None, now: datetime
) -> list[Request]:
    """The requests, in the same order; as many queries as for one. The caller holds the locks and has checked."""
    read_leave({each.mentor.person for each in new})
    keys = ContentKey.make_many(len(new))
    asked = [_request(each, key, origin, now) for each, key in zip(new, keys, strict=True)]
    Request.objects.bulk_create(asked)
    _mark_asked(new, now)
    verb = "ask_for" if origin == Origin.COORDINATOR else "ask"
    Event.record_all(verb=verb, subjects=asked, actor=actor, now=now, user=user)
    post_all(letter for request in asked for letter in _letters(request, now))
    return asked


def _request(new: NewRequest, key: ContentKey, origin: Origin, now: datetime) -> Request:
    mentee, mentor = new.mentee, new.mentor
    request = Request(
        cohort=mentee.cohort,
        mentee_enrolment=mentee,
        mentor_enrolment=mentor,
        mentee=mentee.person,
        mentor=mentor.person,
        origin=origin,
        asked_at=now,
        deadline=answer_by(calendar_with_leave(mentor.person), now, mentee.cohort.answer_days),
        key=key,
    )
    request.write("note", new.note)
    return request


def _mark_asked(new: Iterable[NewRequest], now: datetime) -> None:
    """Nothing is owed to these mentees any more; the request has the note that an entry had."""
    pairs = Q(pk__in=[])
    for each in new:
        pairs |= Q(mentee=each.mentee, mentor=each.mentor)
    entries = ShortlistEntry.objects.filter(pairs)
    notes.forget(entries)
    entries.update(asked_at=now, skipped_at=None)
    mentees = [each.mentee.pk for each in new]
    Enrolment.objects.filter(pk__in=among(mentees)).update(next_request_since=None)
    settle_automatically(kind=AlertKind.SHORTLIST_EMPTY, subject_ids=mentees, now=now)


def _letters(request: Request, now: datetime) -> Iterable[NewLetter]:
    """The mentor is asked; a mentee who has not asked themselves is told."""
    yield NewLetter("request_asked", request, request.mentor, now)
    if request.proposed:
        yield NewLetter("request_proposed", request, request.mentee, now)
    yield from reminders(request, now)
