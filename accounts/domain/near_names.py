"""Organisations whose names are nearly the same: shown before a name is added or changed."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.postgres.search import TrigramBase, TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.names import ABBREVIATION, abbreviates, folded
from common.errors import Refused

SHOWN = 5
# A word counts as much as a name: "Unilever" is near "Unilever plc" and "Hindustan Unilever".
NEAR_WORDS = 0.7
NEAR = 0.35


class NearDuplicates(Refused):
    """Names close to the proposed one exist; `candidates` must be shown before it may be added all the same."""

    def __init__(self, candidates: list[Organisation]) -> None:
        super().__init__(
            _("There are organisations of nearly this name. Is yours among them?"), field="name", code="near_duplicates"
        )
        self.candidates = candidates


class _ContainedIn(TrigramBase):
    """How well the words of a column are found in a text: the other way round than `TrigramWordSimilarity`."""

    function = "WORD_SIMILARITY"


def near_names(name: str, *, among: QuerySet[Organisation]) -> list[Organisation]:
    """Up to five of these organisations that have, or had, nearly this name: the nearest first."""
    text = folded(name)
    columns = ("folded", "other_names__folded")
    ranked = among.annotate(
        whole=Greatest(*(Max(TrigramSimilarity(column, text)) for column in columns)),
        part=Greatest(
            *(Max(TrigramWordSimilarity(text, column)) for column in columns),
            *(Max(_ContainedIn(column, text)) for column in columns),
        ),
    )
    near = ranked.filter(Q(whole__gte=NEAR) | Q(part__gte=NEAR_WORDS)).order_by("-whole", "-part", "name", "pk")
    return list(near.prefetch_related("other_names")[:SHOWN])


def abbreviations(name: str, *, among: QuerySet[Organisation]) -> list[Organisation]:
    """Up to five of these organisations whose name abbreviates this one, or is abbreviated by it.

    A hint for who knows the organisations: short names fit many long ones.
    """
    text = folded(name)
    if ABBREVIATION.fullmatch(text):
        rows = among.filter(folded__startswith=text[0]).values_list("pk", "name")
        found = [pk for pk, long in rows.order_by("name") if abbreviates(text, long)]
    else:
        rows = among.filter(folded__regex=rf"^{ABBREVIATION.pattern}$").values_list("pk", "folded")
        found = [pk for pk, short in rows.order_by("name") if abbreviates(short, name)]
    return _in_order(found[:SHOWN])


def possible_duplicates(name: str, *, besides: UUID | None = None) -> list[Organisation]:
    """Whatever a coordinator should look at before this name is added: near names, then abbreviations."""
    others = Organisation.objects.all() if besides is None else Organisation.objects.exclude(pk=besides)
    found = [*near_names(name, among=others), *abbreviations(name, among=others)]
    return list({each.pk: each for each in found}.values())


def _in_order(ids: Iterable[UUID]) -> list[Organisation]:
    wanted = list(ids)
    if not wanted:
        return []
    known = Organisation.objects.prefetch_related("other_names").in_bulk(wanted)
    return [known[pk] for pk in wanted]
