"""Names that are nearly the same, found among many in memory, as the database finds them one by one."""

import pytest

from accounts.domain.name_index import NameIndex, trigrams
from accounts.names import folded

NAMES = ("Unilever plc", "Hindustan Unilever", "International Business Machines", "Nordwind Energie AG", "BASF")


def index() -> NameIndex[str]:
    return NameIndex((name, name, folded(name)) for name in NAMES)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("UNILEVER N.V.", {"Unilever plc", "Hindustan Unilever"}),
        ("IBM", {"International Business Machines"}),
        ("Badische Anilin- und Soda-Fabrik", {"BASF"}),
        ("Nordwind Energy", {"Nordwind Energie AG"}),
        ("Nordwind", {"Nordwind Energie AG"}),
        ("Meridian", set()),
    ],
)
def test_what_may_be_the_same(name: str, found: set[str]) -> None:
    assert set(index().likely(name)) == found


def test_the_same_but_for_legal_form_and_accents() -> None:
    assert index().same("ünilever PLC") == ["Unilever plc"]


def test_the_nearest_come_first_and_far_ones_not_at_all() -> None:
    assert index().nearest("Nordwnd Energi")[0] == "Nordwind Energie AG"
    assert index().nearest("zzzz") == []


def test_trigrams_are_those_of_the_database() -> None:
    assert trigrams("cat") == {"  c", " ca", "cat", "at "}
