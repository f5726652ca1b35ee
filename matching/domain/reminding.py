"""A coordinator has a mentor reminded sooner. There is one reminder a request: the e-mail says so, and it holds."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.dates import short_day
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from matching.models import Request
from matching.states import RequestState
from outbox.domain.post import post
from outbox.models import Letter, LetterState

LETTER = "request_waiting"
FIRST = timedelta(days=1)  # after asking, in which nobody is reminded


@atomically
def remind_now(*, request: Request, user: User, now: datetime) -> Request:
    """The mentor's one reminder leaves now instead of on the day it was planned for.

    Raises `NotPermitted` for whoever does not look after the request, `WrongState` unless it waits, and `Refused` while
    it is held, on the first day, and when the reminder has left.
    """
    if not Request.objects.as_coordinator(user).filter(pk=request.pk).exists():
        raise NotPermitted
    held: Request = Request.objects.select_for_update(no_key=True).get(pk=request.pk)
    if held.state != RequestState.PENDING:
        raise WrongState
    if held.held_for:
        raise Refused(_("This request is held, so its mentor cannot answer it and is not reminded."), code="held")
    if now < held.counted_from + FIRST:
        raise Refused(_("The mentor was asked less than a day ago. Remind them later."), code="too_early")
    if left := Letter.objects.filter(kind=LETTER, subject_id=held.pk, state=LetterState.SENT).first():
        sentence = _("The mentor was reminded on %(day)s, and the e-mail said that no other reminder comes.")
        raise Refused(sentence % {"day": short_day(left.sent_at or left.due_at)}, code="reminded")
    post(kind=LETTER, subject=held, person=held.mentor, due_at=now)
    Event.record(verb="remind", subject=held, actor=Actor.COORDINATOR, now=now, user=user)
    return held
