"""Names of countries, languages, zones and days in the reader's language. Source: CLDR, by the package `babel`.

What is stored are codes: ISO 3166 for countries, ISO 639 for languages, IANA names for zones, Monday = 0 for days.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from holidays.registry import COUNTRIES

from common import zones as iana
from common.clock import real_now

Choices = tuple[tuple[str, str], ...]

# CLDR's longer or older word for each of these is not how people call it.
COMMONLY_CALLED: Mapping[str, str | Promise] = {
    "CD": _("DR Congo"),
    "CG": _("Republic of the Congo"),
    "HK": _("Hong Kong"),
    "MO": _("Macao"),
}
# Two written forms of Norwegian, and a name by which Serbian and its neighbours went once.
MONDAY = 0
OTHER_WORDS_FOR_ONE = frozenset({"nb", "nn", "sh"})
A_FEW = 0.01  # per cent of the people of some country
FOREMOST = 5  # official languages of one country: India has more than twenty
WIDELY_SPOKEN = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh")
# CLDR's code, or words, for the first part of the names of zones.
CONTINENTS: Mapping[str, str | Promise] = {
    "Africa": "002",
    "America": "019",
    "Antarctica": "AQ",
    "Arctic": "150",
    "Asia": "142",
    "Atlantic": _("Atlantic Ocean"),
    "Australia": "009",
    "Europe": "150",
    "Indian": _("Indian Ocean"),
    "Pacific": "009",
}


# --- countries ---------------------------------------------------------------------------------------------------


def countries() -> Choices:
    """The countries whose public holidays are known, by name."""
    return _countries(_locale())


@lru_cache(maxsize=16)
def _countries(locale: Locale) -> Choices:
    codes = {names[1] for names in COUNTRIES.values()}
    return _by_name({code: _country(locale, code) for code in codes})


def country_name(code: str) -> str:
    """What a country is called; the code itself where it is none (old data must never break a page)."""
    return _country(_locale(), code)


def _country(locale: Locale, code: str) -> str:
    return str(COMMONLY_CALLED.get(code) or locale.territories.get(code, code))


# --- languages ---------------------------------------------------------------------------------------------------


def languages() -> Choices:
    """The languages a conversation can be held in, by name."""
    return _languages(_locale())


@lru_cache(maxsize=16)
def _languages(locale: Locale) -> Choices:
    return _by_name({code: locale.languages[code] for code in _spoken() if code in locale.languages})


def language_name(code: str) -> str:
    """What a language is called; the code itself where it is none (old data must never break a page)."""
    return str(_locale().languages.get(code, code))


def language_called(text: str) -> str:
    """The code of the language that is called so, capitals and accents aside; the text itself where there is none."""
    wanted = _sorted_as(text.strip())
    return next((code for code, name in languages() if _sorted_as(name) == wanted), text.strip())


def usual_languages(country: str) -> frozenset[str]:
    """Those one may expect a leader in that country to speak: the widely spoken ones, and the foremost of its own."""
    official = [(facts["population_percent"], code) for code, facts in _in(country) if facts["official_status"]]
    return frozenset({*WIDELY_SPOKEN, *(code for _percent, code in sorted(official)[-FOREMOST:])})


@lru_cache(maxsize=1)
def _spoken() -> frozenset[str]:
    """Languages that are spoken somewhere, and have a code of two letters or are official in a country."""
    countries_alone = [territory for territory in _territory_languages() if territory.isalpha()]
    everywhere = [each for country in countries_alone for each in _in(country)]
    official = {code for code, facts in everywhere if facts["official_status"] in ("official", "de_facto_official")}
    at_home = {code for code, facts in everywhere if facts["official_status"] or facts["population_percent"] >= A_FEW}
    return frozenset((official | {code for code in at_home if len(code) == len("en")}) - OTHER_WORDS_FOR_ONE)


def _in(country: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The languages of a country, without their script, each with what is known of it."""
    spoken = _territory_languages().get(country, {})
    return [(code.partition("_")[0], facts) for code, facts in spoken.items()]


def _territory_languages() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return get_global("territory_languages")


# --- zones -------------------------------------------------------------------------------------------------------


def zones(also: Iterable[str] = ()) -> tuple[tuple[str, Choices], ...]:
    """Zones as cities with the offset they have now, under their continents; `also` these where they are known."""
    now, locale = real_now(), _locale()
    groups: dict[str, dict[str, str]] = {iana.UTC_NAME: {iana.UTC_NAME: iana.UTC_NAME}}
    shown = {*iana.listed(now.year), *(name for name in also if name in iana.of_places())} - {iana.UTC_NAME}
    for name in shown:
        groups.setdefault(_continent(locale, name), {})[name] = f"{_city(locale, name)} ({offset(name, now)})"
    return tuple((group, _by_name(groups[group])) for group in sorted(groups, key=lambda g: (g != iana.UTC_NAME, g)))


def city(zone: str) -> str:
    """ "London" for "Europe/London": how people name a zone."""
    return _city(_locale(), iana.folded(zone))


def offset(zone: str, at: datetime) -> str:
    """ "UTC+05:30": by how much its clock is ahead of that of UTC at this moment."""
    written = at.astimezone(iana.zone_named(zone)).strftime("%z")
    return f"UTC{written[:3]}:{written[3:5]}"


def _city(locale: Locale, zone: str) -> str:
    named = locale.time_zones.get(zone, {}).get("city")
    return str(named or zone.rpartition("/")[2].replace("_", " "))


def _continent(locale: Locale, zone: str) -> str:
    code = CONTINENTS.get(zone.partition("/")[0], "001")
    return str(locale.territories.get(str(code), code))


# --- days --------------------------------------------------------------------------------------------------------


def weekday(number: int) -> str:
    """ "Monday" for 0."""
    return str(_locale().days["stand-alone"]["wide"][number])


def week_of(country: str) -> tuple[int, ...]:
    """The days of the week in the order in which calendars of that country show them."""
    first = _first_day(country)
    return tuple((first + day) % 7 for day in range(7))


@lru_cache(maxsize=512)
def _first_day(country: str) -> int:
    if country not in Locale("en").territories:
        return MONDAY
    language = get_global("likely_subtags").get(f"und_{country}", "en").partition("_")[0]
    return _locale_of(f"{language}-{country}").first_week_day


# --- what they share ---------------------------------------------------------------------------------------------


def _locale() -> Locale:
    return _locale_of(get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=64)
def _locale_of(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


def _by_name(names: Mapping[str, str]) -> Choices:
    return tuple(sorted(names.items(), key=lambda pair: _sorted_as(pair[1])))


def _sorted_as(name: str) -> str:
    """Without accents and capitals: Åland stands among the As."""
    letters = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
