"""What can stand in the history: for each kind of record, what may be recorded about it and the sentence that tells it.

Filled in by the apps (in `ready()`). `Event.record` refuses what is not registered here, so that no line is written
which nobody can read, or which the desk cannot scope.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise

from common.transitions import Actor

Words: TypeAlias = str | Promise
# One sentence, or a choice among several by the event (its actor, whom it concerns).
Sentence: TypeAlias = Words | Callable[[Any], Words]


class Concerned(NamedTuple):
    """Whom an event is about, by id: the two of a pair, one person, or somebody who has only been invited."""

    mentee_id: UUID | None = None
    mentor_id: UUID | None = None
    person_id: UUID | None = None
    invitation_id: UUID | None = None


def nobody(_record: Model) -> Concerned:
    """For records that are about no person."""
    return Concerned()


def no_names(_ids: Collection[UUID]) -> Mapping[UUID, Words]:
    """For records that sentences do not name."""
    return {}


@dataclass(frozen=True, slots=True)
class EventSubject:
    """One kind of record that events are about.

    `needs` are the columns of `Event` that each event about it must fill: the desk finds events by these alone.
    `concerned` says whom a record is about, `names` what sentences call records (`%(name)s`), in one query for all.
    `labels` are the words for the codes in `Event.fields`. `for_all_desks`: every coordinator reads these events,
    whatever cohorts are theirs.
    """

    model: type[Model]
    needs: frozenset[str] = frozenset()
    concerned: Callable[[Any], Concerned] = nobody
    names: Callable[[Collection[UUID]], Mapping[UUID, Words]] = no_names
    labels: Mapping[str, Words] = field(default_factory=dict)
    for_all_desks: bool = False

    @property
    def name(self) -> str:
        """As in `Event.subject_type`."""
        return str(self.model._meta.model_name)  # noqa: SLF001 - documented, for all its underscore


_SUBJECTS: dict[str, EventSubject] = {}
_SENTENCES: dict[tuple[str, str], Sentence | None] = {}


def register_subjects(*subjects: EventSubject) -> None:
    """Add kinds of records. Raises `ValueError` for one that is taken."""
    for subject in subjects:
        if _SUBJECTS.setdefault(subject.name, subject) is not subject:
            raise ValueError(f"events about {subject.name!r} are registered twice")


def register_sentences(model: type[Model], sentences: Mapping[str, Sentence | None]) -> None:
    """Add what may be recorded about a kind of record, by verb. None: it is recorded and never told to anybody else.

    Sentences may name `%(user)s` (who did it), `%(mentee)s`, `%(mentor)s`, `%(person)s`, `%(name)s` and `%(fields)s`.
    Raises `ValueError` for a verb that is taken.
    """
    subject_type = str(model._meta.model_name)  # noqa: SLF001 - documented, for all its underscore
    for verb, sentence in sentences.items():
        if (subject_type, verb) in _SENTENCES:
            raise ValueError(f"{verb!r} of {subject_type!r} is registered twice")
        _SENTENCES[subject_type, verb] = sentence


def by_actor(sentences: Mapping[Actor, Words]) -> Callable[[Any], Words]:
    """A choice by who acted; any other actor is refused when the event is recorded."""
    return lambda event: sentences[Actor(event.actor)]


def subject(subject_type: str) -> EventSubject:
    """The kind of record with this name. Raises `ValueError` for one that is not registered."""
    if subject_type not in _SUBJECTS:
        raise ValueError(f"no events are registered about {subject_type!r}")
    return _SUBJECTS[subject_type]


def subjects() -> Mapping[str, EventSubject]:
    """Every kind of record that events are about, by name."""
    return dict(_SUBJECTS)


def sentences() -> Mapping[tuple[str, str], Sentence | None]:
    """Everything that may be recorded, by kind of record and verb."""
    return dict(_SENTENCES)


def words(event: Any) -> Words | None:
    """The sentence of an event, its names still open; None for one that is not told.

    Raises `ValueError` for an event that nobody has registered a sentence for.
    """
    key = (event.subject_type, event.verb)
    if key not in _SENTENCES:
        raise ValueError(f"no sentence is registered for {event.verb!r} of {event.subject_type!r}")
    sentence = _SENTENCES[key]
    if not callable(sentence):
        return sentence
    try:
        return sentence(event)
    except KeyError as error:
        raise ValueError(f"no sentence for {event.verb!r} of {event.subject_type!r} by {event.actor!r}") from error


def concerned_by(subject_type: str, subject_id: UUID) -> Concerned:
    """Whom a record is about that is known by its columns only; nobody when it is gone, or no events are about it."""
    kind = _SUBJECTS.get(subject_type)
    record = kind.model._default_manager.filter(pk=subject_id).first() if kind else None  # noqa: SLF001
    return kind.concerned(record) if kind and record else Concerned()
