"""Times to meet at, the place, and whether the two have met."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, RefusableForm
from common.local_times import LocalTimeField
from common.versioned import VersionedForm
from engagements.models.meetings import MOST_TIMES, Absent

PLACE_LENGTH = 300
LENGTHS = (30, 45, 60, 90, 120)
OWN = tuple(f"own_{number}" for number in range(1, MOST_TIMES + 1))
Choices = Iterable[tuple[datetime, str]]


def _moment(value: str) -> datetime | None:
    """The moment that a box sends; None for anything else."""
    try:
        found = parse_datetime(value)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


class TimesForm(RefusableForm):
    """One to three times: picked among those suggested, or typed on the reader's own clock. `based_on` is the number of
    the offer that the page showed.
    """

    times = forms.MultipleChoiceField(
        label=_("Suggested times"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    further = OWN[1:]
    own_1 = LocalTimeField(label=_("A time of your own"), required=False)
    own_2 = LocalTimeField(label=_("Another one"), required=False)
    own_3 = LocalTimeField(label=_("And another one"), required=False)
    based_on = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, suggested: Choices, words: Any, **kwargs: Any) -> None:
        """`suggested` are moments with their words; `words` makes them for a moment that was suggested before."""
        super().__init__(*args, **kwargs)
        known = dict(suggested)
        sent = self.data.getlist("times") if hasattr(self.data, "getlist") else []
        for at in filter(None, map(_moment, sent)):
            known.setdefault(at, words(at))
        choices = [(at.isoformat(), label) for at, label in sorted(known.items())]
        cast(forms.MultipleChoiceField, self.fields["times"]).choices = choices
        if not choices:
            del self.fields["times"]

    def clean(self) -> dict[str, Any]:
        """All times together, as `times`."""
        said = super().clean() or self.cleaned_data
        typed = [said.pop(name) for name in OWN if name in said]
        picked = [_moment(value) for value in said.get("times", ())]
        said["times"] = sorted({at for at in (*picked, *typed) if at is not None})
        if not self.errors and not 1 <= len(said["times"]) <= MOST_TIMES:
            self.add_error(
                "times" if "times" in self.fields else "own_1",
                forms.ValidationError(_("Please propose one to three times."), code="how_many"),
            )
        return said


def _place() -> forms.CharField:
    return forms.CharField(
        label=_("Where, or by what link"),
        help_text=_("A room, a telephone number or a video link. For the two of you only; encrypted."),
        required=False,
        max_length=PLACE_LENGTH,
    )


def _in_invitation() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Put it into the invitation as well"),
        help_text=_("It then stands in both your calendars, unencrypted, for whoever reads them."),
        required=False,
    )


def _minutes() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("How long"),
        choices=[(minutes, format_lazy(_("{minutes} minutes"), minutes=minutes)) for minutes in LENGTHS],
        coerce=int,
    )


class ProposalForm(TimesForm):
    """The first proposal of a meeting says how long it is and may say where."""

    minutes = _minutes()
    place = _place()
    place_in_invitation = _in_invitation()


class AssistedProposalForm(TimesForm):
    """The first proposal of a meeting by an assistant: where it is, is for the two to say."""

    minutes = _minutes()


class PlaceForm(VersionedForm):
    """Where the two meet. Its initial values are what stands there."""

    place = _place()
    in_invitation = _in_invitation()


class OutcomeForm(RefusableForm):
    """Whether an agreed meeting took place."""

    HELD = "held"

    outcome = forms.ChoiceField(
        label=_("Did it take place?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what comes closest.")},
    )

    def __init__(self, *args: Any, mine: str, name: str, **kwargs: Any) -> None:
        """`mine` is the side of the reader, `name` the other's."""
        super().__init__(*args, **kwargs)
        other = Absent.MENTOR if mine == Absent.MENTEE else Absent.MENTEE
        choices: list[tuple[str, str | Promise]] = [
            (self.HELD, _("Yes, we met")),
            (mine, _("No, I could not be there")),
            (other.value, _("No, %(name)s could not be there") % {"name": name}),
            (Absent.BOTH.value, _("No, it suited neither of us")),
        ]
        cast(forms.ChoiceField, self.fields["outcome"]).choices = choices


class MeetingForm(RefusableForm):
    """The day of a conversation, and nothing of what was said."""

    held_on = forms.DateField(label=_("You met on"), widget=DateInput())
