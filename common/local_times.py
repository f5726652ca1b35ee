"""A time that somebody types, on the clock they live by."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

AS_TYPED = "%Y-%m-%dT%H:%M"


class LocalTimeInput(forms.DateTimeInput):
    """The browser's own picker for a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=AS_TYPED)


class LocalTimeField(forms.DateTimeField):
    """A day and a time of day on the reader's clock. When the clocks change, one that is skipped or that comes twice is
    refused and says why.
    """

    widget = LocalTimeInput
    default_error_messages = {
        "invalid": _("Please write the day and the time like 2026-12-03 14:30."),
        "skipped": _("On this day the clocks go forward, and this time is left out. Please choose another one."),
        "twice": _("On this day the clocks go back, and this time comes twice. Please choose another one."),
    }

    def to_python(self, value: Any) -> datetime | None:
        """The moment. Raises `ValidationError`."""
        try:
            said: datetime | None = super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone" or not error.params:
                raise
            code = _why(error.params["datetime"])
            raise ValidationError(self.error_messages[code], code=code) from error
        return said


def _why(typed: datetime) -> str:
    """Why a time is not one moment on the reader's clock. One that comes twice has the greater offset at first."""
    here = timezone.get_current_timezone()
    try:
        first, second = (here.utcoffset(typed.replace(fold=fold)) for fold in (0, 1))
    except OverflowError:
        return "invalid"
    return "twice" if first is not None and second is not None and first > second else "skipped"
