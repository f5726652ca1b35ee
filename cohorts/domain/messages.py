"""What a coordinator writes to people of a cohort: one e-mail each, of which the words are kept until it has left."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cohorts.letters import MESSAGE, NotNeeded
from cohorts.models import Cohort, Enrolment
from cohorts.permissions import coordinates
from cohorts.states import EnrolmentState
from common.clock import real_now
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from outbox.domain.enclosures import post_enclosed_all
from outbox.models import Letter, LetterState

DELAY = timedelta(minutes=10)  # in which it can be stopped
KEPT = timedelta(days=14)  # the words of an e-mail that does not arrive
MOST, LONGEST, A_DAY = 500, 2_000, 5  # people, characters, and messages of one coordinator to one cohort


class Written(NamedTuple):
    """A message on its way: to how many people, and when it leaves."""

    people: int
    leaves_at: datetime


def readers(enrolments: Collection[Enrolment]) -> list[User]:
    """Whom a message to these enrolments reaches: everybody once, who takes part or waits to, with an open account."""
    people = {
        each.person_id: each.person
        for each in enrolments
        if each.state != EnrolmentState.WITHDRAWN and each.person.is_active
    }
    return list(people.values())


def foreseen(*, enrolments: Collection[Enrolment], user: User, text: str, now: datetime) -> list[str]:
    """What writing would do, as sentences, and the text as it will be read. Raises as `write`."""
    _check(enrolments, user, text, now)
    number = len(readers(enrolments))
    to = ngettext(
        "The message is for %(number)d person.",
        "The message is for %(number)d people, in one e-mail each: nobody sees who else.",
        number,
    )
    return [
        to % {"number": number},
        _("Whoever has stopped messages from coordinators, on the page of their e-mails, does not get it."),
        _("It leaves ten minutes after you confirm. Until then you can stop it, in the list of e-mails."),
        _("Its subject names neither the programme nor you. Answers reach %(email)s.") % {"email": user.email},
        _("Below “%(name)s writes to you” it says:") % {"name": user.get_full_name()},
        *filter(str.strip, text.splitlines()),
    ]


@atomically
def write(*, enrolments: Collection[Enrolment], user: User, text: str, now: datetime) -> Written:
    """A coordinator writes to people of one cohort; it leaves after `DELAY`.

    Raises `NotPermitted` for anybody else, and `Refused` for several cohorts at once, nobody to write to, too many
    people, too long a text, and too many messages on one day.
    """
    cohort = _check(enrolments, user, text, now)
    people = readers(enrolments)
    post_enclosed_all(
        kind=MESSAGE,
        words={"text": text.strip(), "writer": user.get_full_name(), "reply_to": user.email},
        people=people,
        cohort_id=cohort.pk,
        occasion=uuid4().hex,
        expires_at=real_now() + KEPT,
        due_at=now + DELAY,
    )
    number = f"people:{len(people)}"
    Event.record(verb="write_to", subject=cohort, actor=Actor.COORDINATOR, now=now, user=user, fields=[number])
    return Written(len(people), now + DELAY)


def _check(enrolments: Collection[Enrolment], user: User, text: str, now: datetime) -> Cohort:
    cohorts = {each.cohort_id: each.cohort for each in enrolments}
    if len(cohorts) != 1:
        raise Refused(_("Choose people of one cohort: each cohort is written to by itself."))
    (cohort,) = cohorts.values()
    if not coordinates(user, cohort):
        raise NotPermitted
    if not text.strip() or len(text) > LONGEST:
        raise Refused(_("Write between 1 and %(most)d characters.") % {"most": LONGEST}, field="text")
    number = len(readers(enrolments))
    if not 0 < number <= MOST:
        raise Refused(_("A message goes to at least one person and at most %(most)d.") % {"most": MOST})
    today = Event.objects.filter(subject_id=cohort.pk, verb="write_to", user=user, at__gt=now - timedelta(days=1))
    if today.count() >= A_DAY:
        raise Refused(
            _("You have written %(most)d messages to this cohort within a day. Wait a while.") % {"most": A_DAY}
        )
    return cohort


def may_stop(letter: Letter) -> bool:
    """Whether it is a message of a coordinator that has not left yet."""
    return letter.kind == MESSAGE and letter.state == LetterState.PENDING


@atomically
def stop(*, letter: Letter, user: User, now: datetime) -> int:
    """None of the e-mails of this message leaves any more that has not left yet; how many were stopped.

    Raises `NotPermitted` for whoever does not look after the cohort, `Refused` when all have left.
    """
    cohort = Cohort.objects.as_coordinator(user).filter(pk=letter.cohort_id).first()
    if cohort is None or letter.kind != MESSAGE:
        raise NotPermitted
    waiting = Letter.objects.filter(kind=MESSAGE, occasion=letter.occasion, state=LetterState.PENDING)
    stopped = waiting.update(state=LetterState.CANCELLED, reason=NotNeeded.MESSAGE_STOPPED, detail="")
    if not stopped:
        raise Refused(_("This message has left, or was stopped already."), code="left")
    codes = [f"people:{stopped}"]
    Event.record(verb="stop_writing", subject=cohort, actor=Actor.COORDINATOR, now=now, user=user, fields=codes)
    return stopped
