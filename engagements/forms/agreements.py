"""The agreement."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common import cldr
from common.forms import DateInput, LongText, RefusableForm
from engagements.cadence import OFFERED, ORDINALS, Cadence, Unit, day_words
from engagements.models import Agreement
from matching.models.requests import TEXT_LENGTH


def days_of_the_month(weekdays: Iterable[int]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The choices "First Monday" to "Last Friday", in groups by weekday (Monday = 0), in this order."""
    return [
        (cldr.weekday(weekday), [(f"{nth}-{weekday}", capfirst(day_words(nth, weekday))) for nth in ORDINALS])
        for weekday in weekdays
    ]


class AgreementForm(RefusableForm):
    """The terms of an agreement; `based_on` is the version they were written over, `weekdays` are those offered."""

    meetings_a_month = forms.TypedChoiceField(
        label=_("Conversations a month"),
        choices=[(number, str(number)) for number in range(1, 5)],
        coerce=int,
    )
    cadence = forms.ChoiceField(
        label=_("Check-ins"),
        help_text=_("A check-in takes each of you two minutes."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how often.")},
    )
    day = forms.ChoiceField(
        label=_("Day of the month"),
        help_text=_("For check-ins by the month. What falls on a weekend or a holiday comes on the next working day."),
        required=False,
    )
    planned_end = forms.DateField(
        label=_("Planned end"),
        help_text=_("You can end earlier at any time, without fault."),
        widget=DateInput(),
    )
    amendments = LongText(
        label=_("What else you want to agree on"),
        help_text=_("For the two of you only; encrypted."),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, suggested: Cadence, weekdays: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain = Cadence(suggested.unit, suggested.every)
        offered = sorted({plain, *OFFERED}, key=Cadence.length)
        self._offer("cadence", [(cadence.code, str(cadence)) for cadence in offered])
        self._offer("day", [("", _("No fixed day")), *days_of_the_month(weekdays)])

    def _offer(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """The interval and the day of the month are one cadence."""
        said = super().clean() or self.cleaned_data
        code, day = said.get("cadence"), said.pop("day", "")
        if code and day and not code.startswith(Unit.MONTH):
            self.add_error("day", _("A day of the month goes with check-ins by the month."))
        elif code:
            said["cadence"] = Cadence.read(code, day)
        return said

    def rebase(self, status: Agreement | None) -> None:
        """Send the same words again over the version that stands now."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = {**typed, "based_on": str(status.version if status else 0)}
