"""The engine's facts as lines on a page: for the mentee who looks, the mentor who was asked, the coordinators."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import number_format, time_format
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Function, Industry, label_of
from accounts.models import Topic
from common import cldr
from common.prepared import prepared
from common.queries import among
from matching.engine import Explanation, Funnel, Reason, Why, usual_hours
from matching.engine.facts.cards import Id
from matching.sentences import RULES
from matching.views.reason_sentences import (
    AIM_MET,
    AIM_UNMET,
    CHALLENGE_MET,
    HIGHER,
    HOURS_COUNTED,
    HOURS_NOT_SHARED,
    HOURS_SHARED,
    LOWER,
    NOTHING_IN_PARTICULAR,
    PEER,
    PLAIN,
    UNWANTED,
    Sentences,
)

SEPARATOR = " · "
# Not for the two of them: who was whose second choice is nobody else's business.
FOR_THE_DESK = frozenset({Why.SHORTLISTED, Why.LET_DOWN})
# Whether the mentor comes from where the mentee asked for is worth a second sentence.
ASKED_FOR = frozenset({Why.SAME_INDUSTRY, Why.OTHER_INDUSTRY})
# What a mentor can help with: a card begins with it, and names every topic.
HELP = frozenset({Why.AIMS_MET, Why.CHALLENGES_MET})
# A card has these among its facts when they speak for the mentor …
AMONG_THE_FACTS = frozenset({Why.SHARED_HOURS, Why.SHARED_LANGUAGES})
# … and is silent about these, which speak against: it says it of everybody of whom the contrary is true.
SAID_BY_SILENCE = frozenset({Why.OTHER_FUNCTION, Why.CHALLENGES_UNMET})


class Reader(Enum):
    """Who reads."""

    MENTEE = 0
    MENTOR = 1
    DESK = 2


@dataclass(frozen=True)
class Line:
    """One reason as it is drawn."""

    text: str
    detail: str = ""
    against: bool = False


@dataclass(frozen=True)
class Voice:
    """To whom is spoken, and about whom: the mentee about the mentor called `name`, the mentor about the mentee.

    The desk reads of two people, and no name is needed. `on` is the day by whose clock hours are told; without it
    they are only counted.
    """

    name: str
    reader: Reader = Reader.MENTEE
    on: date | None = None

    def say(self, sentences: Sentences, **words: Any) -> str:
        """The sentence meant for the reader, filled in."""
        return str(sentences[self.reader.value]) % {"name": self.name, **words}

    def hears(self, reason: Reason) -> bool:
        """Whether this is for the reader. That there is no tie is said elsewhere on the page."""
        return reason.key != Why.NO_TIE and (self.reader is Reader.DESK or reason.key not in FOR_THE_DESK)


def topic_names(explanations: Iterable[Explanation]) -> dict[Any, str]:
    """The names of all topics these explanations speak of, in one query."""
    about = {Why.AIMS_MET, Why.AIMS_UNMET, Why.CHALLENGES_MET, Why.CHALLENGES_UNMET}
    ids = {
        topic
        for each in explanations
        for reason in (*each.reasons_for, *each.reasons_against)
        if reason.key in about
        for topic in reason.ids
    }
    return dict(_names_of(topics=ids)) if ids else {}


@prepared
def _names_of(*, topics: Collection[Id]) -> QuerySet[Topic, tuple[UUID, str]]:
    return Topic.objects.filter(pk__in=among(topics)).values_list("pk", "name")


def lines(explanation: Explanation, voice: Voice, topics: Mapping[Any, str]) -> list[Line]:
    """All reasons, for and then against."""
    good = [_line(each, voice, topics) for each in explanation.reasons_for if voice.hears(each)]
    return good + [_line(each, voice, topics, against=True) for each in explanation.reasons_against]


def why(explanation: Explanation, voice: Voice, topics: Mapping[Any, str]) -> str:
    """What stands first on a card: the best that the mentor can help with, or else the weightiest other reason; and
    that the mentor comes from where the mentee asked for.
    """
    said = _said_first(explanation, voice)
    if not said:
        return voice.say(NOTHING_IN_PARTICULAR)
    return " ".join(_("%(reason)s.") % {"reason": _line(each, voice, topics).text} for each in said)


def rest(explanation: Explanation, voice: Voice, topics: Mapping[Any, str]) -> list[Line]:
    """What else stands on a card, beside `why` and the facts, so that the order of the cards explains itself."""
    first = _said_first(explanation, voice)
    heard = [each for each in explanation.reasons_for if voice.hears(each)]
    further = [_line(each, voice, topics).detail for each in first if each.key in HELP]
    good = [_line(each, voice, topics) for each in heard if each not in first and each.key not in AMONG_THE_FACTS]
    against = [each for each in explanation.reasons_against if each.key not in SAID_BY_SILENCE]
    return [
        *(Line(text) for text in further if text),
        *good,
        *(_line(each, voice, topics, against=True) for each in against),
    ]


def _said_first(explanation: Explanation, voice: Voice) -> list[Reason]:
    heard = [each for each in explanation.reasons_for if voice.hears(each)]
    worth = [each for each in heard if each.key not in AMONG_THE_FACTS]
    first = sorted(worth, key=lambda reason: reason.key not in HELP)[:1]
    return first + [each for each in worth if each.key in ASKED_FOR and each not in first]


def no_tie(explanation: Explanation) -> bool:
    """Whether the two are independent in every respect: nothing waived, nothing only flagged."""
    return any(each.key == Why.NO_TIE for each in explanation.reasons_for)


def hours(half_hours: int) -> str:
    """ "1 hour a week", "6.5 hours a week"."""
    number = half_hours / 2
    shown = number_format(number, decimal_pos=0 if number == int(number) else 1)
    return ngettext("%(shown)s hour a week", "%(shown)s hours a week", 1 if number == 1 else 2) % {"shown": shown}


def _line(reason: Reason, voice: Voice, topics: Mapping[Any, str], *, against: bool = False) -> Line:
    if reason.key in _TELL:
        return Line(*_TELL[reason.key](reason, voice, topics), against)
    sentences = UNWANTED[reason.key] if against and reason.key in UNWANTED else PLAIN[reason.key]
    return Line(voice.say(sentences, number=reason.number), _labels(reason), against)


def _labels(reason: Reason) -> str:
    """The names of the industries, functions or languages that the reason is about; of other reasons, nothing."""
    name_of = _NAMES.get(reason.key)
    return SEPARATOR.join(map(name_of, reason.ids)) if name_of else ""


_NAMES: Mapping[Why, Callable[[Any], str]] = {
    Why.SAME_INDUSTRY: partial(label_of, Industry),
    Why.OTHER_INDUSTRY: partial(label_of, Industry),
    Why.SAME_FUNCTION: partial(label_of, Function),
    Why.OTHER_FUNCTION: partial(label_of, Function),
    Why.SHARED_LANGUAGES: cldr.language_name,
}


def _named_place(place: int) -> int:
    """The place of an aim as far as it has a name of its own; 0 for all further ones."""
    return place if place in AIM_UNMET else 0


def _aims_met(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    met = [
        voice.say(AIM_MET[_named_place(place), depth], topic=topics.get(topic, ""))
        for topic, place, depth in zip(reason.ids, reason.places, reason.depths, strict=True)
    ]
    return met[0], SEPARATOR.join(met[1:])


def _aims_unmet(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    missing = [
        voice.say(AIM_UNMET[_named_place(place)], topic=topics.get(topic, ""))
        for topic, place in zip(reason.ids, reason.places, strict=True)
    ]
    return missing[0], SEPARATOR.join(missing[1:])


def _challenges_met(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    met = [
        voice.say(CHALLENGE_MET[depth], topic=topics.get(topic, ""))
        for topic, depth in zip(reason.ids, reason.depths, strict=True)
    ]
    return met[0], SEPARATOR.join(met[1:])


def _challenges_unmet(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return voice.say(PLAIN[reason.key]), SEPARATOR.join(topics.get(each, "") for each in reason.ids)


def _seniority(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    if reason.number == 0:
        return voice.say(PEER), ""
    apart = abs(reason.number)
    levels = ngettext("%(number)s level", "%(number)s levels", apart) % {"number": apart}
    return voice.say(HIGHER if reason.number > 0 else LOWER, levels=levels), ""


def _shared_hours(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    """The hours on the reader's own clock."""
    if not reason.number:
        return voice.say(HOURS_NOT_SHARED), ""
    usual = usual_hours(reason.week, get_current_timezone_name(), voice.on) if voice.on else None
    if usual is None:
        return voice.say(HOURS_COUNTED), hours(reason.number)
    starts, ends = (time_format(each, "H:i") for each in usual)
    return voice.say(HOURS_SHARED, starts=starts, ends=ends), hours(reason.number)


# Those that say more than one thing.
_TELL = {
    Why.AIMS_MET: _aims_met,
    Why.AIMS_UNMET: _aims_unmet,
    Why.CHALLENGES_MET: _challenges_met,
    Why.CHALLENGES_UNMET: _challenges_unmet,
    Why.SENIORITY: _seniority,
    Why.SHARED_HOURS: _shared_hours,
}


def excluded(told: Funnel) -> list[tuple[str, int]]:
    """Why the others cannot be asked, each with how many they are."""
    return [(str(RULES[key].others), count) for key, count in told.excluded.items()]
