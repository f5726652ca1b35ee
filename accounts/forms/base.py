"""What the forms share."""

from django import forms

from common.errors import Refused


def day_input() -> forms.DateInput:
    """The device's own date picker; the format is the one it sends."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def refuse(form: forms.Form, refused: Refused) -> None:
    """Show a refusal of the domain beside the field it names, or above all fields."""
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(refused.sentence), code=refused.code))
