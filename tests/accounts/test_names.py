"""Which spellings of an organisation's name are one, which are alike, and which abbreviate which."""

import pytest

from accounts.names import abbreviates, folded, identity

ONE_NAME = [
    ("Alliantz", "alliantz"),
    ("Alliantz", "Alli\u200bantz"),
    ("Alliantz", " ALLI ANTZ "),
    ("Alliantz", "Allian\u00adtz\ufeff"),
    ("Straße AG", "STRASSE AG"),
    ("Ｈｅｌｉｘ", "Helix"),
    ("Soci\u00e9t\u00e9", "Socie\u0301te\u0301"),
]
ALIKE = [
    ("Société Générale", "Societe Generale S.A."),
    ("L’Oréal", "Loreal"),
    ("L'Oréal SA", "LOREAL"),
    ("E.ON SE", "EON"),
    ("3M", "3M Company"),
    ("ПАО «Газпром»", "Gazprom"),
    ("ООО Сбербанк", "Sberbank"),
    ("Ørsted A/S", "Orsted"),
    ("Żabka Sp. z o.o.", "Zabka"),
    ("Telefónica, S.A. de C.V.", "telefonica"),
    ("Ernst & Young", "Ernst und Young GmbH & Co. KG"),
    ("The Boeing Company", "Boeing Holdings Ltd."),
    ("株式会社トヨタ", "Toyota"),
    ("华为技术有限公司", "HuaWeiJiShu"),
]


@pytest.mark.parametrize(("one", "other"), ONE_NAME)
def test_capitals_spaces_and_what_nobody_sees_make_no_other_name(one: str, other: str) -> None:
    assert identity(one) == identity(other)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_accents_signs_scripts_and_legal_forms_are_folded(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert identity(one) != identity(other)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("AG", "ag"),
        ("Sp. z o.o.", "sp z oo"),
        ("!!!", "!!!"),
        ("Baltica Re. SE", "baltica re"),
        ("株式会社", "zhushihuishe"),
    ],
)
def test_a_name_that_is_nothing_but_a_form_or_signs_stays(name: str, core: str) -> None:
    assert folded(name) == core


@pytest.mark.parametrize("name", ["", " \u200b\u3164 ", "\u202e"])
def test_what_nobody_sees_is_no_name(name: str) -> None:
    assert identity(name) == ""


@pytest.mark.parametrize(
    ("short", "name", "is_one"),
    [
        ("pwc", "PricewaterhouseCoopers LLP", True),
        ("ibm", "International Business Machines Corporation", True),
        ("hsbc", "Hongkong and Shanghai Banking Corporation", True),
        ("basf", "Badische Anilin- und Soda-Fabrik SE", True),
        ("rbs", "Royal Bank of Scotland plc", True),
        ("ge", "General Electric", True),
        ("ing", "Intergraph Energy", False),
        ("abc", "Acme", False),
        ("xwc", "PricewaterhouseCoopers", False),
        ("unilever", "Unilever Leadership Ventures", False),
    ],
)
def test_abbreviations(short: str, name: str, is_one: bool) -> None:
    assert abbreviates(short, name) is is_one
