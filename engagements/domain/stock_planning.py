"""Planning rounds of taking stock: at the start, in the middle and towards the end of a pairing, with their e-mails."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from accounts.calendars import DAY, PersonCalendar, calendar_with_absences, coming_morning, today_of
from accounts.models import Aim, Expertise, Topic, User
from common.models import Event
from common.transitions import Actor, next_state
from engagements.domain.sides import people
from engagements.letters import NotNeeded
from engagements.models import StockRound
from engagements.models.stock import StockRoundQuerySet
from engagements.states import PAIR_WRITES, STOCK_TRANSITIONS, StockMoment
from matching.models import Pairing
from matching.states import PairingState
from outbox.domain import post as outbox

OPEN_FOR = timedelta(days=13)  # after the day on which a round opens: two weeks in all
BEFORE_END = timedelta(days=14)
REMINDED_AFTER = timedelta(days=7)
DUE, REMINDED = STOCK_LETTERS = ("stock_due", "stock_reminder")
MOST_TOPICS, FEW_TOPICS = 6, 3


class Planned(NamedTuple):
    """When in a pairing, and the day on which the round opens."""

    moment: StockMoment
    opens_on: date


def days(start: date, end: date) -> list[Planned]:
    """The rounds of a pairing from `start` to `end`: none begins before the one before it is over."""
    found = [Planned(StockMoment.START, start)]
    middle, last = start + (end - start) / 2, end - BEFORE_END
    for moment, day, limit in ((StockMoment.MIDDLE, middle, last), (StockMoment.END, last, end)):
        if found[-1].opens_on + OPEN_FOR < day and day + OPEN_FOR < limit:
            found.append(Planned(moment, day))
    return found


def follow(*, pairing: Pairing, now: datetime) -> None:
    """Plan, move or cancel rounds as the pairing stands now. Called with the pairing locked; twice does no harm."""
    if pairing.state == PairingState.ACTIVE:
        _plan(pairing, now)
    elif pairing.state == PairingState.CLOSING:
        _close(pairing, now)
    elif pairing.state == PairingState.PAUSED:
        _cancel(_ahead(pairing, now), now)
    elif pairing.state not in PAIR_WRITES and pairing.activated_at is not None:
        today = min(_todays(pairing, now))
        _cancel([row for row in _unanswered(pairing) if row.closes_on >= today], now)


def _plan(pairing: Pairing, now: datetime) -> None:
    """What is ahead comes to where it belongs by the planned end of today; what has opened stays."""
    today = min(_todays(pairing, now))
    begun = min(today_of(person, pairing.activated_at or now) for _side, person in people(pairing))
    ahead = {row.moment: row for row in _ahead(pairing, now)}
    others = _standing(pairing).exclude(pk__in=[row.pk for row in ahead.values()]).order_by("closes_on")
    taken: dict[str, date] = dict(others.values_list("moment", "closes_on"))
    for moment, day in days(begun, pairing.planned_end):
        # A pairing that was prolonged after the round towards its end takes stock once more, towards its new end.
        if moment in taken and (moment != StockMoment.END or day <= taken[moment]):
            continue
        _put(pairing, ahead.pop(moment, None), moment, max(day, today), now)
    _cancel(ahead.values(), now)


def _close(pairing: Pairing, now: datetime) -> None:
    """Closing has begun: the round towards the end, if it is still ahead, is open from today, unless another one is;
    all else that is ahead is not needed.
    """
    ahead, today = _ahead(pairing, now), min(_todays(pairing, now))
    one_is_open = any(row.is_open(today) for row in _standing(pairing).select_related("pairing"))
    for row in ahead:
        if row.moment == StockMoment.END and not one_is_open:
            _put(pairing, row, row.moment, today, now)
        else:
            _cancel([row], now)


def _put(pairing: Pairing, row: StockRound | None, moment: str, day: date, now: datetime) -> None:
    """A round that opens on this day, new or moved; one that stands there already is left alone."""
    if row is not None and row.opens_on == day:
        return
    if row is None:
        number = (pairing.stock_rounds.aggregate(last=Max("number"))["last"] or 0) + 1
        row = StockRound(pairing=pairing, number=number, moment=moment, topics=_topics(pairing))
    row.pairing, row.opens_on, row.closes_on = pairing, day, day + OPEN_FOR
    row.save()
    outbox.cancel(subject_id=row.pk, reason=NotNeeded.STOCK_MOVED)
    calendars = ((person, calendar_with_absences(person)) for _side, person in people(pairing))
    outbox.post_all(letter for person, calendar in calendars for letter in letters_of(row, person, calendar, now))


def letters_of(row: StockRound, person: User, calendar: PersonCalendar, now: datetime) -> list[outbox.NewLetter]:
    """The invitation and one reminder. Whoever is away for the whole round is written to by none."""
    moments = (coming_morning(day, calendar, now) for day in (row.opens_on, row.opens_on + REMINDED_AFTER))
    return [
        outbox.NewLetter(kind, row, person, at, row.opens_on.isoformat())
        for kind, at in zip(STOCK_LETTERS, moments, strict=True)
        if at.date() <= row.closes_on
    ]


def follow_person(*, person: User, now: datetime) -> None:
    """Bring the e-mails that wait for `person` to where they are now: another zone or country, a leave, quiet days."""
    rounds = list(StockRound.objects.planned().visible_to(person).filter(closes_on__gte=now.date() - DAY))
    if not rounds:
        return
    fresh = User.objects.select_related("profile").prefetch_related("leaves", "quiet_periods").get(pk=person.pk)
    calendar = calendar_with_absences(fresh)
    for row in rounds:
        for kind, day in zip(STOCK_LETTERS, (row.opens_on, row.opens_on + REMINDED_AFTER), strict=True):
            outbox.move(
                kind=kind,
                subject_id=row.pk,
                person=fresh,
                occasion=row.opens_on.isoformat(),
                due_at=coming_morning(day, calendar, now),
            )


def _cancel(rounds: Iterable[StockRound], now: datetime) -> None:
    for row in rounds:
        row.state = next_state(STOCK_TRANSITIONS, "cancel", row.state, Actor.SYSTEM)
        row.save(update_fields=["state"])
        Event.record(verb="cancel", subject=row, actor=Actor.SYSTEM, now=now)
        outbox.cancel(subject_id=row.pk, reason=NotNeeded.STOCK_CANCELLED)


def _standing(pairing: Pairing) -> StockRoundQuerySet:
    return StockRound.objects.planned().filter(pairing=pairing)


def _unanswered(pairing: Pairing) -> list[StockRound]:
    found = list(_standing(pairing).unanswered().select_for_update(of=("self",)))
    for row in found:
        row.pairing = pairing
    return found


def _ahead(pairing: Pairing, now: datetime) -> list[StockRound]:
    """Those that have opened for neither."""
    today = max(_todays(pairing, now))
    return [row for row in _unanswered(pairing) if row.opens_on > today]


def _todays(pairing: Pairing, now: datetime) -> list[date]:
    """The day it is where each of the two is."""
    return [today_of(person, now) for _side, person in people(pairing)]


def _topics(pairing: Pairing) -> list[UUID]:
    """What is rated: the same as in earlier rounds; else the mentee's aims and challenges, and where these are few,
    what the mentor knows, or the list begins with.
    """
    first = pairing.stock_rounds.first()
    if first is not None:
        return list(first.topics)
    aims = Aim.objects.filter(mentee__person=pairing.mentee_id).order_by("rank").values_list("topic_id", flat=True)
    profile = getattr(pairing.mentee, "mentee_profile", None)
    challenges = profile.challenges.values_list("pk", flat=True) if profile else ()
    found = dict.fromkeys([*aims, *challenges])
    if len(found) < FEW_TOPICS:
        known = Expertise.objects.filter(mentor__person=pairing.mentor_id).values_list("topic_id", flat=True)
        listed = Topic.objects.filter(active=True).values_list("pk", flat=True)[:FEW_TOPICS]
        return list(dict.fromkeys([*found, *known, *listed]))[:FEW_TOPICS]
    return list(found)[:MOST_TOPICS]
