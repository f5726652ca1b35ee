"""Kinds of which a person gets one e-mail a day.

The first of a day leaves after a moment in which it can be undone, all others of that day together on the next morning.

Whoever wants each thing by itself gets it at once. Days and mornings are those of the reader.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import prefetch_related_objects

from common.zones import zone_named
from outbox.kinds import registered, zone_of
from outbox.models import Letter, LetterState, OneByOne

MORNING = time(9)
DAY = timedelta(days=1)
Others = Mapping[tuple[str, UUID | None], Collection[Letter]]


def pace(letters: Iterable[Letter]) -> None:
    """Put off those of new letters that are due now and whose kind is `one_a_day`."""
    paced = [letter for letter in letters if letter.person is not None and registered()[letter.kind].one_a_day]
    if not paced:
        return
    people = {letter.person.pk: letter.person for letter in paced if letter.person}
    prefetch_related_objects(list(people.values()), "profile")
    others = _others(paced, people)
    one_by_one = set(OneByOne.objects.filter(person__in=list(people)).values_list("person_id", flat=True))
    for letter in paced:
        alone = letter.person_id in one_by_one
        letter.due_at = _soon(letter.due_at) if alone else _due(letter, others)


def _others(paced: Collection[Letter], people: Iterable[UUID]) -> Others:
    """Letters of these kinds to these people from the last day on, and those still to come."""
    earliest = min(letter.due_at for letter in paced) - DAY
    rows = Letter.objects.filter(
        person__in=list(people), kind__in={letter.kind for letter in paced}, due_at__gte=earliest
    ).exclude(state=LetterState.CANCELLED)
    found: dict[tuple[str, UUID | None], list[Letter]] = defaultdict(list)
    for row in rows:
        found[row.kind, row.person_id].append(row)
    return found


def _due(letter: Letter, others: Others) -> datetime:
    """With those that still wait; else on the next morning, if one has left today; else soon."""
    now, zone = letter.due_at, zone_named(zone_of(letter.person))
    known = others.get((letter.kind, letter.person_id), ())
    waiting = [each.due_at for each in known if each.state == LetterState.PENDING and each.due_at > now]
    if waiting:
        return max(waiting)
    today = now.astimezone(zone).date()
    if any(each.due_at.astimezone(zone).date() == today for each in known):
        return datetime.combine(today + DAY, MORNING, tzinfo=zone)
    return _soon(now)


def _soon(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.OUTBOX_UNDO_SECONDS)
