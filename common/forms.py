"""What all forms for people share."""

from django import forms

from common.errors import Refused


class DateInput(forms.DateInput):
    """The browser's own picker, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Refusable(forms.BaseForm):
    """What lets a form show what the domain refused, with everything typed still in it."""

    def refuse(self, error: Refused) -> None:
        """Put the refusal beside its field, or above the form when it is about no field here."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, forms.ValidationError(str(error.sentence), code=error.code))


class RefusableForm(Refusable, forms.Form):
    """A form of its own, not made from a model, that can show refusals."""
