"""A coordinator asks a mentor for a mentee: a request as any other, which says that the programme asked.

Everybody is looked at by the rules of publishing a match run, and what is a mentor's own is told in one sentence.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.permissions import coordinates
from common.dates import day_of
from common.errors import NotPermitted, Refused
from common.transactions import atomically
from common.transitions import Actor
from matching.domain.asking import lock_pair
from matching.domain.new_requests import NewRequest, write_requests
from matching.domain.publishing import reason_against
from matching.models import Request, ShortlistEntry
from matching.models.requests import Origin
from matching.models.runs import HeldBack


def ask_for(*, mentee_enrolment: Enrolment, mentor_enrolment: Enrolment, user: User, now: datetime) -> Request:
    """A coordinator asks this mentor for this mentee; a note that the mentee had left for the very mentor goes along.

    Both are told. Raises `NotPermitted` for anybody else, `Refused` for a coordinator who is one of the two, when the
    cohort is over, and with the reason when the mentor cannot be asked for the mentee now.
    """
    cohort = mentee_enrolment.cohort
    if not coordinates(user, cohort):
        raise NotPermitted
    if user.pk in (mentee_enrolment.person_id, mentor_enrolment.person_id):
        raise Refused(_("This concerns you: another coordinator must decide it."), code="takes_part")
    if cohort.ends_on < day_of(now):
        raise Refused(_("This cohort has ended, so nobody can be asked in it any more."), code="cohort_over")
    return _ask_for(mentee_enrolment.pk, mentor_enrolment.pk, user, now)


@atomically
def _ask_for(mentee_id: UUID, mentor_id: UUID, user: User, now: datetime) -> Request:
    mentee, mentor = lock_pair(mentee_id, mentor_id)
    if reason := reason_against(mentee, mentor, now):
        raise Refused(HeldBack(reason).label, code=reason)
    new = NewRequest(mentee, mentor, _note(mentee, mentor))
    return write_requests([new], origin=Origin.COORDINATOR, actor=Actor.COORDINATOR, user=user, now=now)[0]


def _note(mentee: Enrolment, mentor: Enrolment) -> str:
    entries = ShortlistEntry.objects.still_to_ask().filter(mentee=mentee, mentor=mentor, note__isnull=False)
    entry = entries.select_related("mentee", "key").first()
    return entry.words_of("note", instead="") if entry else ""
