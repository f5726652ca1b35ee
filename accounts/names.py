"""Names of organisations, folded: which spellings are one name, which are alike, which abbreviate which.

Scripts become Latin by anyascii, legal forms of many countries are those of cleanco and the few it lacks.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from anyascii import anyascii
from cleanco import termdata

# Of the letters and marks of Unicode, those that nobody sees; what else is invisible says so by its category.
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0" + "".join(map(chr, range(0xFE00, 0xFE10))))
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
LONGEST_IDENTITY = 400

# Written without spaces, so that they must go before the script becomes Latin.
ATTACHED_FORMS = re.compile('股份有限公司|有限责任公司|有限公司|株式会社|有限会社|주식회사|유한회사|㈜|בע["״”]מ')
MORE_FORMS = [
    *("group", "groupe", "gruppe", "grupo", "gruppo", "holding", "holdings", "company", "corporation", "limited"),
    *("ag", "se", "spa", "plc", "jsc", "pjsc", "ao", "pao", "gmbh", "wll", "psc", "fze", "tbk", "berhad", "cie"),
    *("incorporated", "aktiengesellschaft", "compagnie"),
]
PREFIXED_FORMS = frozenset({"pt", "ooo", "oao", "zao", "pao", "ao", "too", "tov", "the"})
NO_FORMS = frozenset({("private",), ("uk",), ("et",), ("at",), ("ok",)})  # of cleanco's, what is a word or a place
JOINING = frozenset({"and", "und", "et", "the"})
SMALL = JOINING | {"of", "de", "du", "des", "la", "le", "der", "die", "fur", "for", "en", "y", "e", "di"}
ABBREVIATION = re.compile(r"[a-z0-9]{2,6}")
OF_ONE_WORD = range(3, 6)  # letters of an abbreviation that is taken from a single word, as PwC


def identity(name: str) -> str:
    """What all spellings of one name share, whatever their capitals, spaces and invisible characters."""
    seen = (letter for letter in unicodedata.normalize("NFKC", name) if not _unseen(letter))
    return unicodedata.normalize("NFKC", "".join(seen).casefold())[:LONGEST_IDENTITY]


def folded(name: str) -> str:
    """A name as it is compared and searched: its words in Latin letters, without accents, signs and legal form.

    Names that consist of nothing else keep their legal form; names of signs alone are their identity.
    """
    words = _words(name)
    core = [word for word in _without_forms(words) if word not in JOINING]
    return " ".join(core or words) or identity(name)


def abbreviates(short: str, name: str) -> bool:
    """Whether `short`, folded, looks like an abbreviation of `name`: IBM, BASF, PwC."""
    if not ABBREVIATION.fullmatch(short):
        return False
    words, core = _words(name), folded(name).split()
    if len(core) == 1:
        return len(short) in OF_ONE_WORD and len(core[0]) >= 2 * len(short) and _begins_and_contains(core[0], short)
    said = (words, core, [word for word in words if word not in SMALL], [word for word in core if word not in SMALL])
    return any(short == "".join(word[0] for word in each) for each in said)


def _begins_and_contains(word: str, letters: str) -> bool:
    rest = iter(word)
    return word[0] == letters[0] and all(letter in rest for letter in letters)


def _unseen(letter: str) -> bool:
    return letter in UNSEEN or unicodedata.category(letter) in UNSEEN_CATEGORIES


def _words(name: str) -> list[str]:
    visible = "".join(" " if letter.isspace() else letter for letter in name if letter.isspace() or not _unseen(letter))
    latin = anyascii(unicodedata.normalize("NFKC", ATTACHED_FORMS.sub(" ", visible).strip() or visible)).casefold()
    joined = re.sub(r"['`.’]", "", latin)
    return re.sub(r"[^a-z0-9]+", " ", joined).split()


def _without_forms(words: Sequence[str]) -> list[str]:
    """The words without legal forms at either end, as many as there are, but never none."""
    core = list(words)
    while len(core) > 1 and core[0] in PREFIXED_FORMS:
        core = core[1:]
    while found := next((form for form in _ends(core) if form in LEGAL_FORMS and len(form) < len(core)), None):
        core = core[: -len(found)]
    return core


def _ends(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[-size:]) for size in range(min(LONGEST_FORM, len(words)), 0, -1))


def _legal_forms() -> Iterator[tuple[str, ...]]:
    known: list[Iterable[str]] = [*termdata.terms_by_country.values(), *termdata.terms_by_type.values(), MORE_FORMS]
    forms = {tuple(_words(term)) for terms in known for term in terms}
    return (form for form in forms - NO_FORMS if form)


LEGAL_FORMS = frozenset(_legal_forms())
LONGEST_FORM = max(map(len, LEGAL_FORMS))
