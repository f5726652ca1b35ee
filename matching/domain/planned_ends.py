"""The planned ends of pairings, where the cohort's last day is moved: those that have not begun, so that nothing is
agreed yet, follow. Pairs that have begun are asked, inside their pairing.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort
from common.dates import day_with_year
from common.models import Event
from common.transitions import Actor
from matching.domain import locks
from matching.letters import NotNeeded, end_named
from matching.models import Pairing, Request
from matching.models.pairings import PairingQuerySet
from matching.signals import pairing_changed
from matching.states import PairingState
from outbox.domain.post import cancel, post

NAMED = 10  # pairings named in a sentence; more are counted
PLANNED = (PairingState.INTRODUCED, PairingState.ACTIVE, PairingState.PAUSED)  # what closes is closing already


def following(cohort: Cohort, before: date) -> PairingQuerySet:
    """The pairings that have not begun, and were planned until the cohort's last day."""
    rows: PairingQuerySet = _planned(cohort).filter(planned_end=before, state=PairingState.INTRODUCED)
    return rows


def follow_end(*, cohort: Cohort, before: date, now: datetime) -> None:
    """Plan them until the cohort's new last day, and write to both people of each."""
    for pairing_id in following(cohort, before).order_by("pk").values_list("pk", flat=True):
        pairing = locks.pairing(pairing_id)
        pairing.planned_end = cohort.ends_on
        pairing.save(update_fields=["planned_end"])
        Event.record(verb="move_end", subject=pairing, actor=Actor.SYSTEM, now=now)
        pairing_changed.send(sender=Pairing, pairing=pairing, verb="move_end", now=now)
        cancel(subject_id=pairing.pk, kinds=["pairing_end_moved"], reason=NotNeeded.END_MOVED_SINCE)
        for person in (pairing.mentee, pairing.mentor):
            post(kind="pairing_end_moved", subject=pairing, person=person, due_at=now, occasion=end_named(pairing, now))


def foresee_end(*, cohort: Cohort, ends_on: date) -> Iterator[str]:
    """What moving the cohort's end would do to pairings and requests, a sentence each."""
    follow = following(cohort, cohort.ends_on)
    keep = _planned(cohort).exclude(planned_end=cohort.ends_on)
    if number := follow.count():
        yield ngettext(
            "%(number)s pairing has not begun and is planned until %(day)s instead; both people are told by e-mail: "
            "%(names)s.",
            "%(number)s pairings have not begun and are planned until %(day)s instead; both people of each are told by "
            "e-mail: %(names)s.",
            number,
        ) % {"number": number, "day": day_with_year(ends_on), "names": _named(follow, number)}
    if number := keep.filter(planned_end__lte=ends_on).count():
        yield ngettext(
            "%(number)s pairing has a planned end of its own, before that day, and keeps it.",
            "%(number)s pairings have planned ends of their own, before that day, and keep them.",
            number,
        ) % {"number": number}
    later = keep.filter(planned_end__gt=ends_on)
    if number := later.count():
        yield ngettext(
            "%(number)s pairing has agreed on an end after that day, and keeps it: %(names)s.",
            "%(number)s pairings have agreed on ends after that day, and keep them: %(names)s.",
            number,
        ) % {"number": number, "names": _named(later, number)}
    yield from _requests(cohort, ends_on)


def _planned(cohort: Cohort) -> PairingQuerySet:
    rows: PairingQuerySet = Pairing.objects.filter(cohort=cohort, state__in=PLANNED)
    return rows


def _requests(cohort: Cohort, ends_on: date) -> Iterable[str]:
    number = Request.objects.pending().filter(cohort=cohort, deadline__date__gt=ends_on).count()
    if number:
        yield ngettext(
            "%(number)s request can be answered after that day, too; if it is not accepted, nobody else is asked.",
            "%(number)s requests can be answered after that day, too; where one is not accepted, nobody else is asked.",
            number,
        ) % {"number": number}


def _named(pairings: PairingQuerySet, number: int) -> str:
    rows = pairings.select_related("mentee", "mentor").order_by("mentee__name", "pk")[:NAMED]
    names = ", ".join(str(pairing) for pairing in rows)
    more = number - NAMED
    return _("%(names)s and %(number)s more") % {"names": names, "number": more} if more > 0 else names
