"""History as whole sentences with names, in the language of whoever reads."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common import event_kinds
from common.event_kinds import Words
from common.models import Event

logger = logging.getLogger(__name__)


def tell(events: Sequence[Event]) -> list[str]:
    """A sentence for each of these events, in their order; "" for those that are not told, one that says so for those
    that nobody here can tell.

    One query for the people, and one for each kind of record that is named, however many events there are.
    """
    people = _people(events)
    names = _names(events)
    return [_sentence(event, people, names) for event in events]


def _sentence(event: Event, people: Mapping[UUID, Words], names: Mapping[UUID, Words]) -> str:
    try:
        words = event_kinds.words(event)
    except ValueError:
        logger.exception("a line of history cannot be told", extra={"event": event.pk})
        return _("Something that cannot be told here.")
    if words is None:
        return ""
    unknown = _("somebody who is no longer here")
    facts = {part: str(people.get(key, unknown)) if key else unknown for part, key in _ids(event).items()}
    facts["name"] = str(names.get(event.subject_id, _("no longer on record")))
    facts["fields"] = _fields(event)
    return str(capfirst(str(words) % facts))


def _fields(event: Event) -> str:
    labels = event_kinds.subject(event.subject_type).labels
    return ", ".join(str(labels.get(code, code)) for code in event.codes())


def _ids(event: Event) -> dict[str, UUID | None]:
    person = event.person_id or event.invitation_id
    return {"user": event.user_id, "mentee": event.mentee_id, "mentor": event.mentor_id, "person": person}


def _people(events: Collection[Event]) -> Mapping[UUID, Words]:
    """Everybody by name: users, and who has only been invited."""
    ids = {key for event in events for key in _ids(event).values() if key}
    invited = {event.invitation_id for event in events if event.invitation_id}
    users = {pk: str(person) for pk, person in get_user_model().objects.in_bulk(ids - invited).items()}
    return {**users, **event_kinds.subject("invitation").names(invited)} if invited else users


def _names(events: Collection[Event]) -> Mapping[UUID, Words]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for event in events:
        if event.subject_type in event_kinds.subjects():
            wanted[event.subject_type].add(event.subject_id)
    named = (event_kinds.subject(kind).names(ids) for kind, ids in wanted.items())
    return {pk: name for names in named for pk, name in names.items()}
