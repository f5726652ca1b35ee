"""What all forms for people share."""

from django import forms

from common.errors import Refused


class DateInput(forms.DateInput):
    """The browser's own picker, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RefusableForm(forms.Form):
    """A form that can show what the domain refused, with everything typed still in it."""

    def refuse(self, error: Refused) -> None:
        """Put the refusal beside its field, or above the form when it is about no field here."""
        self.add_error(error.field if error.field in self.fields else None, str(error.sentence))
