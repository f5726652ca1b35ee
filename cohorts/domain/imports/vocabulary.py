"""How people write countries, languages, zones and choices, and which code is meant. Nothing here asks the database."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from babel import Locale
from django.utils.translation import get_language

from common import zones
from common.cldr import city, countries, country_name, language_name, languages

WRITTEN_IN = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv")  # in which names are understood
SHORT_COUNTRIES = {
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "usa": "US",
    "america": "US",
    "uae": "AE",
    "holland": "NL",
}
NEAREST = 3
LIKE = 0.55


def folded(text: object) -> str:
    """Without capitals, accents, signs and spaces, to compare what was written."""
    letters = unicodedata.normalize("NFKD", str(text))
    return "".join(letter for letter in letters.casefold() if letter.isalnum() and not unicodedata.combining(letter))


def nearest(text: str, names: Iterable[str]) -> list[str]:
    """Up to three of these names that look like the text, the nearest first."""
    by_folded = {folded(name): name for name in names}
    found = difflib.get_close_matches(folded(text), by_folded, NEAREST, LIKE)
    return [by_folded[each] for each in found]


def choice(text: str, choices: Iterable[tuple[Any, Any]]) -> Any | None:
    """The value of a choice by its words or its code; None where there is none."""
    wanted = folded(text)
    for value, label in choices:
        if wanted in (folded(value), folded(label)):
            return value
    return None


def country(text: str) -> str | None:
    """The code of a country by its code, or by its name in the languages of most of our readers."""
    return _countries(get_language() or "en").get(folded(text))


@lru_cache(maxsize=8)
def _countries(_language: str) -> Mapping[str, str]:
    codes = {code for code, _name in countries()}
    names = {folded(name): code for language in WRITTEN_IN for code, name in _territories(language) if code in codes}
    here = {folded(country_name(code)): code for code in codes}
    return {**SHORT_COUNTRIES, **names, **here, **{code.casefold(): code for code in codes}}


def _territories(language: str) -> list[tuple[str, str]]:
    return [(str(code), str(name)) for code, name in Locale(language).territories.items()]


def language(text: str) -> str | None:
    """The code of a language by its code, or by its name."""
    return _languages(get_language() or "en").get(folded(text))


@lru_cache(maxsize=8)
def _languages(_language: str) -> Mapping[str, str]:
    codes = {code for code, _name in languages()}
    names = {
        folded(name): str(code) for each in WRITTEN_IN for code, name in Locale(each).languages.items() if code in codes
    }
    here = {folded(language_name(code)): code for code in codes}
    return {**names, **here, **{code.casefold(): code for code in codes}}


def zone(text: str) -> str | None:
    """The zone by its IANA name, or by the city that names it."""
    return _zones(get_language() or "en").get(folded(text))


def zones_like(text: str) -> list[str]:
    """Up to three zones whose city looks like this."""
    cities = {city(name): name for name in zones.of_places()}
    return [cities[each] for each in nearest(text, cities)]


@lru_cache(maxsize=8)
def _zones(_language: str) -> Mapping[str, str]:
    places = zones.of_places()
    last = {folded(name.rpartition("/")[2]): name for name in reversed(places)}
    cities = {folded(city(name)): name for name in reversed(places)}
    return {**last, **cities, **{folded(name): name for name in places}}
