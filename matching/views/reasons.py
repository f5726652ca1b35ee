"""The engine's facts as sentences: for the mentee who looks, the mentor who was asked, and the coordinator's desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.utils.formats import number_format, time_format
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import Function, Industry, Language
from accounts.models import Topic
from matching.engine import OTHER, Explanation, Funnel, Reason, Why, usual_hours

SEPARATOR = " · "
# Not for the two of them: who was whose second choice is nobody else's business.
FOR_THE_DESK = frozenset({Why.SHORTLISTED, Why.LET_DOWN})
# Whether the mentor comes from where the mentee asked for is worth a second sentence.
ASKED_FOR = frozenset({Why.SAME_INDUSTRY, Why.OTHER_INDUSTRY})


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

    def say(self, for_mentee: str, for_mentor: str, for_desk: str, **words: Any) -> str:
        """The sentence meant for the reader."""
        return (for_mentee, for_mentor, for_desk)[self.reader.value] % {"name": self.name, **words}

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
    return {topic.pk: topic.name for topic in Topic.objects.filter(pk__in=map(str, ids))}


def lines(explanation: Explanation, voice: Voice, topics: Mapping[Any, str]) -> list[Line]:
    """All reasons, for and then against."""
    good = [_line(each, voice, topics) for each in explanation.reasons_for if voice.hears(each)]
    return good + [_line(each, voice, topics, against=True) for each in explanation.reasons_against]


def why(explanation: Explanation, voice: Voice, topics: Mapping[Any, str]) -> str:
    """What stands on a card: the weightiest reason, and that the mentor comes from where the mentee asked for."""
    heard = [each for each in explanation.reasons_for if voice.hears(each)]
    if not heard:
        return voice.say(
            _("%(name)s comes from outside your organisation and has a place open."),
            _("%(name)s comes from outside your organisation."),
            _("From outside the organisation, with a place open."),
        )
    said = [heard[0], *(each for each in heard[1:] if each.key in ASKED_FOR)]
    return " ".join(f"{_line(each, voice, topics).text}." for each in said)


def no_tie(explanation: Explanation) -> bool:
    """Whether the two are independent in every respect: nothing waived, nothing only flagged."""
    return any(each.key == Why.NO_TIE for each in explanation.reasons_for)


def hours(half_hours: int) -> str:
    """ "1 hour a week", "6.5 hours a week"."""
    number = half_hours / 2
    shown = number_format(number, decimal_pos=0 if number == int(number) else 1)
    return ngettext("%(shown)s hour a week", "%(shown)s hours a week", 1 if number == 1 else 2) % {"shown": shown}


def _line(reason: Reason, voice: Voice, topics: Mapping[Any, str], *, against: bool = False) -> Line:
    if reason.key in _BOTH_WAYS:
        return Line(*_BOTH_WAYS[reason.key](reason, voice, topics, against), against)
    return Line(*_TELL[reason.key](reason, voice, topics), against)


def _labels(reason: Reason, choices: Any) -> str:
    return SEPARATOR.join(str(choices(each).label) for each in reason.ids)


def _done(depth: int, voice: Voice) -> str:
    """How well the mentor knows a topic."""
    return {
        1: lambda: voice.say(_("%(name)s has worked with it"), _("you have worked with it"), _("worked with it")),
        2: lambda: voice.say(_("%(name)s has led it"), _("you have led it"), _("led it")),
        3: lambda: voice.say(
            _("%(name)s has led it several times"), _("you have led it several times"), _("led it several times")
        ),
    }[depth]()


def _aim(place: int, voice: Voice) -> str:
    """Which of the mentee's aims it is."""
    return {
        1: lambda: voice.say(_("your first aim"), _("%(name)s’s first aim"), _("the first aim")),
        2: lambda: voice.say(_("your second aim"), _("%(name)s’s second aim"), _("the second aim")),
        3: lambda: voice.say(_("your third aim"), _("%(name)s’s third aim"), _("the third aim")),
    }.get(place, lambda: voice.say(_("an aim of yours"), _("an aim of %(name)s’s"), _("an aim")))()


def _aims_met(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    met = [
        _("%(topic)s, %(aim)s: %(done)s")
        % {"topic": topics.get(topic, ""), "aim": _aim(place, voice), "done": _done(depth, voice)}
        for topic, place, depth in zip(reason.ids, reason.places, reason.depths, strict=True)
    ]
    return met[0], SEPARATOR.join(met[1:])


def _aims_unmet(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("%(name)s does not offer everything you aim for"),
        _("%(name)s also aims for what you do not offer"),
        _("Not everything that is aimed for"),
    )
    missing = [
        _("%(topic)s, %(aim)s") % {"topic": topics.get(topic, ""), "aim": _aim(place, voice)}
        for topic, place in zip(reason.ids, reason.places, strict=True)
    ]
    return text, SEPARATOR.join(missing)


def _challenges_met(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    met = [
        voice.say(
            _("%(topic)s, a challenge of yours: %(done)s"),
            _("%(topic)s, a challenge of %(name)s’s: %(done)s"),
            _("%(topic)s, a challenge: %(done)s"),
            topic=topics.get(topic, ""),
            done=_done(depth, voice),
        )
        for topic, depth in zip(reason.ids, reason.depths, strict=True)
    ]
    return met[0], SEPARATOR.join(met[1:])


def _challenges_unmet(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("%(name)s does not name all your challenges"),
        _("%(name)s has challenges that you do not name"),
        _("Not every challenge"),
    )
    return text, SEPARATOR.join(topics.get(each, "") for each in reason.ids)


def _same_industry(reason: Reason, voice: Voice, topics: Mapping[Any, str], against: bool) -> tuple[str, str]:
    text = (
        voice.say(
            _("From your own industry; you asked for another"),
            _("From your own industry; %(name)s asked for another"),
            _("From the same industry; another was asked for"),
        )
        if against
        else voice.say(
            _("From your own industry, as you asked"),
            _("From your own industry, as %(name)s asked"),
            _("From the same industry, as asked"),
        )
    )
    return text, _labels(reason, Industry)


def _other_industry(reason: Reason, voice: Voice, topics: Mapping[Any, str], against: bool) -> tuple[str, str]:
    text = (
        voice.say(
            _("From another industry; you asked for your own"),
            _("From another industry; %(name)s asked for the same"),
            _("From another industry; the same was asked for"),
        )
        if against
        else voice.say(
            _("From outside your industry, as you asked"),
            _("From outside your industry, as %(name)s asked"),
            _("From another industry, as asked"),
        )
    )
    return text, _labels(reason, Industry)


def _same_function(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("You answer for the same function"), _("You answer for the same function"), _("The same function")
    )
    return text, _labels(reason, Function)


def _other_function(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("%(name)s answers for another function"), _("You answer for another function"), _("Another function")
    )
    return text, _labels(reason, Function)


def _seniority(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    if reason.number > 0:
        text = voice.say(
            _("%(name)s stands where you may want to go next"),
            _("You stand where %(name)s may want to go next"),
            _("Further up"),
        )
    elif reason.number == 0:
        text = voice.say(_("%(name)s carries as much as you do"), _("%(name)s carries as much as you do"), _("A peer"))
    else:
        text = voice.say(
            _("%(name)s stands less far up than you"), _("You stand less far up than %(name)s"), _("Less far up")
        )
    return text, ""


def _shared_hours(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    """The hours on the reader's own clock."""
    if not reason.number:
        return voice.say(
            _("Your working hours do not overlap"),
            _("Your working hours do not overlap"),
            _("Working hours do not overlap"),
        ), ""
    usual = usual_hours(reason.week, get_current_timezone_name(), voice.on) if voice.on else None
    if usual is None:
        return _("Working hours in common"), hours(reason.number)
    starts, ends = (time_format(each, "H:i") for each in usual)
    text = voice.say(
        _("Works your hours %(starts)s–%(ends)s"),
        _("Works your hours %(starts)s–%(ends)s"),
        _("Both work %(starts)s–%(ends)s on your clock"),
        starts=starts,
        ends=ends,
    )
    return text, hours(reason.number)


def _shared_languages(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(_("You speak the same language"), _("You speak the same language"), _("A language in common"))
    return text, _labels(reason, Language)


def _no_shared_language(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("You have named no language in common"),
        _("You have named no language in common"),
        _("No language in common"),
    )
    return text, ""


def _both_again(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("You both said that you would gladly meet again"),
        _("You both said that you would gladly meet again"),
        _("Both said that they would gladly meet again"),
    )
    return text, ""


def _answers(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("On the mentee’s list, place %(place)s") % {"place": reason.number}, ""


def _let_down(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("The mentee was let down before, and comes first"), ""


# The same fact speaks for or against, as the mentee prefers.
_BOTH_WAYS = {Why.SAME_INDUSTRY: _same_industry, Why.OTHER_INDUSTRY: _other_industry}
_TELL = {
    Why.AIMS_MET: _aims_met,
    Why.AIMS_UNMET: _aims_unmet,
    Why.CHALLENGES_MET: _challenges_met,
    Why.CHALLENGES_UNMET: _challenges_unmet,
    Why.SAME_FUNCTION: _same_function,
    Why.OTHER_FUNCTION: _other_function,
    Why.SENIORITY: _seniority,
    Why.SHARED_HOURS: _shared_hours,
    Why.SHARED_LANGUAGES: _shared_languages,
    Why.NO_SHARED_LANGUAGE: _no_shared_language,
    Why.BOTH_AGAIN: _both_again,
    Why.SHORTLISTED: _answers,
    Why.LET_DOWN: _let_down,
}

# Why others cannot be asked. The last bucket cannot be taken apart.
_EXCLUDED = {
    "same_person": gettext_lazy("Yourself"),
    "mentee_unconfirmed": gettext_lazy("Your own employer is still to be named or confirmed"),
    "same_employer": gettext_lazy("In your own organisation"),
    "same_family": gettext_lazy("In your organisation’s group"),
    "competitors": gettext_lazy("With a competitor of your organisation"),
    "current_tie": gettext_lazy(
        "Tied to your organisation, or you to theirs, by a board seat, an investment or advice"
    ),
    "former_employer": gettext_lazy("Worked until not long ago where you work now, or the other way round"),
    "reverse_pairing": gettext_lazy("Mentored by you"),
    "already_paired": gettext_lazy("Paired with you"),
    "declined": gettext_lazy("Declined earlier in this cohort"),
    "paired_before": gettext_lazy("Paired with you before"),
    OTHER: gettext_lazy("Full, away or not available at present"),
}


def excluded(told: Funnel) -> list[tuple[str, int]]:
    """Why the others cannot be asked, each with how many they are."""
    return [(str(_EXCLUDED[key]), count) for key, count in told.excluded.items()]
