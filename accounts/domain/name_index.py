"""Names that are nearly the same, looked for among many at once: a spreadsheet of names against a list of them.

How alike two names are is counted as PostgreSQL's pg_trgm does, in memory: hundreds are asked about in no query.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from accounts.names import ABBREVIATION, abbreviates, folded

K = TypeVar("K", bound=Hashable)
LIKELY = 0.5  # of the same thing: asked about before one becomes two
LOOSE = 0.25  # worth offering to who has misspelled something
SHOWN = 5
SHORTEST_PART = 4  # letters of a name that is looked for inside others: “Co” is in half of them


def trigrams(text: str) -> frozenset[str]:
    """Those of each word, with two spaces before and one after it."""
    padded = (f"  {word} " for word in text.split())
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


class NameIndex(Generic[K]):
    """Names by key; one key may have several."""

    def __init__(self, names: Iterable[tuple[K, str, str]]) -> None:
        """`names` are (key, the name, the name folded)."""
        self._names: list[tuple[K, str, str]] = []
        self._sizes: list[int] = []
        self._by_trigram: dict[str, list[int]] = defaultdict(list)
        self._by_folded: dict[str, list[int]] = defaultdict(list)
        self._short: list[int] = []
        for key, name, text in names:
            self.add(key, name, text)

    def add(self, key: K, name: str, text: str) -> None:
        """One more."""
        place = len(self._names)
        self._names.append((key, name, text))
        self._by_folded[text].append(place)
        found = trigrams(text)
        self._sizes.append(len(found))
        for each in found:
            self._by_trigram[each].append(place)
        if ABBREVIATION.fullmatch(text):
            self._short.append(place)

    def same(self, name: str) -> list[K]:
        """The keys whose name is this one but for accents, signs and legal forms."""
        return list(dict.fromkeys(self._names[place][0] for place in self._by_folded.get(folded(name), ())))

    def nearest(self, name: str, *, least: float = LOOSE, most: int = SHOWN) -> list[K]:
        """The keys of the names most alike, the nearest first."""
        ranked = sorted(self._alike(folded(name), least).items(), key=lambda pair: (-pair[1], self._names[pair[0]][1]))
        return list(dict.fromkeys(self._names[place][0] for place, _score in ranked))[:most]

    def likely(self, name: str) -> list[K]:
        """The keys that may well be the same thing: alike, one contained in the other, or an abbreviation of it."""
        text = folded(name)
        near = self._alike(text, LIKELY)
        contained = self._containing(text)
        for place in contained | self._abbreviating(name, text):
            near[place] = max(near.get(place, 0.0), LIKELY)
        ranked = sorted(near.items(), key=lambda pair: (-pair[1], self._names[pair[0]][1]))
        return list(dict.fromkeys(self._names[place][0] for place, _score in ranked))[:SHOWN]

    def _alike(self, text: str, least: float) -> dict[int, float]:
        asked = trigrams(text)
        shared = Counter(place for each in asked for place in self._by_trigram.get(each, ()))
        alike = {place: count / (len(asked) + self._sizes[place] - count) for place, count in shared.items()}
        return {place: score for place, score in alike.items() if score >= least}

    def _containing(self, text: str) -> set[int]:
        """Places of names whose words hold all of these in a row, or are held by them."""
        rarest = min((self._by_trigram.get(each, []) for each in trigrams(text)), key=len, default=[])
        longer = {place for place in rarest if f" {text} " in f" {self._names[place][2]} "}
        words = text.split()
        parts = {" ".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
        return longer.union(*(self._by_folded.get(part, ()) for part in parts if len(part) >= SHORTEST_PART))

    def _abbreviating(self, name: str, text: str) -> set[int]:
        if ABBREVIATION.fullmatch(text):
            first = text[0]
            return {
                place
                for place, (_key, other, held) in enumerate(self._names)
                if held[:1] == first and abbreviates(text, other)
            }
        return {place for place in self._short if abbreviates(self._names[place][2], name)}
