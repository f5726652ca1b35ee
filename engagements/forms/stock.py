"""Taking stock: a mark for each topic, and what stands behind them in own words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.states import Role
from common.forms import LongText
from common.versioned import VersionedForm
from engagements.domain.stock import HIGHEST, LOWEST, Stock

WORDS_LENGTH = 1200
MARKS = [(str(mark), str(mark)) for mark in range(LOWEST, HIGHEST + 1)]
# Of the two fields of words: what they are called for a mentee, and for a mentor who speaks of one (`name`).
LABELS = {
    Role.MENTEE: {
        "strengths": _("What you are strong in, in your own words"),
        "challenges": _("What challenges you, in your own words"),
    },
    Role.MENTOR: {
        "strengths": _("What %(name)s is strong in, in your own words"),
        "challenges": _("What challenges %(name)s, in your own words"),
    },
}


def mark_field(pk: UUID) -> str:
    """What the field of this topic is called."""
    return f"topic_{pk.hex}"


def _mark(name: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=name,
        choices=MARKS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please choose from 1 to 5.")},
    )


class StockForm(VersionedForm):
    """A mark for each topic, and two fields of words; each may be left out, all of them may not."""

    strengths = LongText(required=False, max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))
    challenges = LongText(required=False, max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, side: str, other: str, topics: Mapping[UUID, str], **kwargs: Any) -> None:
        """`topics` are the names of those that are rated, by their ids; `other` is how the other side is called."""
        super().__init__(*args, **kwargs)
        self._topics = {mark_field(pk): pk for pk in topics}
        for name, title in zip(self._topics, topics.values(), strict=True):
            self.fields[name] = _mark(title)
        for name, label in LABELS[Role(side)].items():
            self.fields[name].label = str(label) % {"name": other}

    @property
    def said(self) -> Stock:
        """What was said, once it is valid."""
        marks = {pk: self.cleaned_data[name] for name, pk in self._topics.items() if self.cleaned_data[name]}
        return Stock(marks, self.cleaned_data["strengths"], self.cleaned_data["challenges"])

    def mark_fields(self) -> list[forms.BoundField]:
        """A field for each topic."""
        return [self[name] for name in self._topics]


def initial_of(stock: Stock) -> dict[str, object]:
    """What was said, as the form has it."""
    marks = {mark_field(pk): str(mark) for pk, mark in stock.marks.items()}
    return {**marks, "strengths": stock.strengths, "challenges": stock.challenges}
