"""The engine's facts as sentences, for the mentee who looks and for the mentor who was asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.choices import Function, Industry, Language
from accounts.models import Topic
from matching.engine import OTHER, Explanation, Funnel, Reason, Why

SEPARATOR = " · "
# Said elsewhere on the page, or not to the two of them: who was whose second choice is nobody else's business.
UNSAID = frozenset({Why.NO_TIE, Why.WISHED, Why.LET_DOWN})


@dataclass(frozen=True)
class Line:
    """One reason as it is drawn."""

    text: str
    detail: str = ""
    against: bool = False


@dataclass(frozen=True)
class Voice:
    """Who reads: the mentee about the mentor called `name`, or the mentor about the mentee called `name`."""

    name: str
    to_mentor: bool = False

    def say(self, for_mentee: str, for_mentor: str, **words: Any) -> str:
        """The sentence meant for the reader."""
        return (for_mentor if self.to_mentor else for_mentee) % {"name": self.name, **words}


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
    """All reasons, for and then against. That there is no tie is said elsewhere on the page."""
    good = [_line(each, voice, topics) for each in explanation.reasons_for if each.key not in UNSAID]
    return good + [_line(each, voice, topics, against=True) for each in explanation.reasons_against]


def why(explanation: Explanation, voice: Voice, topics: Mapping[Any, str]) -> str:
    """The one sentence on a card: the weightiest reason, with what it is about."""
    first = next((each for each in explanation.reasons_for if each.key not in UNSAID), None)
    if first is None:
        return voice.say(
            _("%(name)s comes from outside your organisation and has a place open."),
            _("%(name)s comes from outside your organisation."),
        )
    line = _line(first, voice, topics)
    return f"{line.text}: {line.detail}." if line.detail else f"{line.text}."


def no_tie(explanation: Explanation) -> bool:
    """Whether the two are independent in every respect: nothing waived, nothing only flagged."""
    return any(each.key == Why.NO_TIE for each in explanation.reasons_for)


def hours(half_hours: int) -> str:
    """ "1 hour a week", "6.5 hours a week"."""
    number = half_hours / 2
    shown = number_format(number, decimal_pos=0 if number == int(number) else 1)
    return ngettext("%(shown)s hour a week", "%(shown)s hours a week", 1 if number == 1 else 2) % {"shown": shown}


def _line(reason: Reason, voice: Voice, topics: Mapping[Any, str], *, against: bool = False) -> Line:
    text, detail = _TELL[reason.key](reason, voice, topics)
    return Line(text, detail, against)


def _named(reason: Reason, topics: Mapping[Any, str]) -> str:
    return SEPARATOR.join(topics.get(each, "") for each in reason.ids)


def _labels(reason: Reason, choices: Any) -> str:
    return SEPARATOR.join(str(choices(each).label) for each in reason.ids)


def _aims_met(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    for_mentee = {
        1: _("%(name)s has worked with what you aim for"),
        2: _("%(name)s has led what you aim for"),
        3: _("%(name)s has led what you aim for several times"),
    }[reason.number]
    return voice.say(for_mentee, _("You offer what %(name)s aims for")), _named(reason, topics)


def _aims_unmet(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(
        _("%(name)s does not offer everything you aim for"), _("%(name)s also aims for what you do not offer")
    )
    return text, _named(reason, topics)


def _challenges_met(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(_("%(name)s has met challenges of yours"), _("You have met challenges that %(name)s has now"))
    return text, _named(reason, topics)


def _challenges_unmet(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(_("%(name)s does not name all your challenges"), _("%(name)s has challenges that you do not name"))
    return text, _named(reason, topics)


def _same_industry(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("You come from the same industry"), _labels(reason, Industry)


def _other_industry(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(_("%(name)s comes from another industry"), _("You come from another industry"))
    return text, _labels(reason, Industry)


def _same_function(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("You answer for the same function"), _labels(reason, Function)


def _other_function(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    text = voice.say(_("%(name)s answers for another function"), _("You answer for another function"))
    return text, _labels(reason, Function)


def _seniority(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    if reason.number > 0:
        text = voice.say(
            _("%(name)s stands where you may want to go next"), _("You stand where %(name)s may want to go next")
        )
    elif reason.number == 0:
        text = voice.say(_("%(name)s carries as much as you do"), _("%(name)s carries as much as you do"))
    else:
        text = voice.say(_("%(name)s stands less far up than you"), _("You stand less far up than %(name)s"))
    return text, ""


def _shared_hours(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    if not reason.number:
        return _("Your working hours do not overlap"), ""
    return _("Working hours that you share"), hours(reason.number)


def _shared_languages(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("You speak the same language"), _labels(reason, Language)


def _no_shared_language(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("You have named no language in common"), ""


def _both_again(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("You both said that you would gladly meet again"), ""


def _wished(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("On the mentee’s list, in place %(place)s") % {"place": reason.number}, ""


def _let_down(reason: Reason, voice: Voice, topics: Mapping[Any, str]) -> tuple[str, str]:
    return _("The mentee was let down before, and comes first"), ""


_TELL = {
    Why.AIMS_MET: _aims_met,
    Why.AIMS_UNMET: _aims_unmet,
    Why.CHALLENGES_MET: _challenges_met,
    Why.CHALLENGES_UNMET: _challenges_unmet,
    Why.SAME_INDUSTRY: _same_industry,
    Why.OTHER_INDUSTRY: _other_industry,
    Why.SAME_FUNCTION: _same_function,
    Why.OTHER_FUNCTION: _other_function,
    Why.SENIORITY: _seniority,
    Why.SHARED_HOURS: _shared_hours,
    Why.SHARED_LANGUAGES: _shared_languages,
    Why.NO_SHARED_LANGUAGE: _no_shared_language,
    Why.BOTH_AGAIN: _both_again,
    Why.WISHED: _wished,
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
