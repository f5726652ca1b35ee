"""What all forms for people share."""

from collections.abc import Callable
from typing import Any
from unicodedata import category

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from common.errors import Refused

ADDRESS_LENGTH = 254  # characters, as the columns hold
LINE_ENDS = frozenset({"Cc", "Zl", "Zp"})  # categories of Unicode: controls, and what ends a line or a paragraph
TYPED = frozenset({"text", "email", "search", "tel", "url"})  # kinds of inputs that take one line of words
# What turns the direction of all that follows, or is not seen at all. Marks that belong into names in Persian, Hindi or
# Hebrew (joiners, and the two marks of direction) are none of these.
HIDDEN = frozenset("\u00ad\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def on_one_line(text: object) -> None:
    """A name is what it looks like. Raises `ValidationError` for line ends, controls and turned directions."""
    if any(letter in HIDDEN or category(letter) in LINE_ENDS for letter in str(text)):
        raise forms.ValidationError(
            _("Please write this on one line, without invisible characters: it may help to type it anew."), code="line"
        )


def guard(field: forms.Field) -> None:
    """Give a field what all fields of its kind check: addresses fit their column, what has one line has one line.

    An address too long for its column would stand in the database's log with the statement that it refused.
    """
    if not isinstance(field, forms.CharField) or getattr(field.widget, "input_type", "") not in TYPED:
        return
    checks: list[Callable[[Any], None]] = [on_one_line]
    if isinstance(field, forms.EmailField):
        checks.append(MaxLengthValidator(ADDRESS_LENGTH))
    field.validators += [check for check in checks if check not in field.validators]


def uncut(field: forms.Field) -> None:
    """Let a browser take more than fits: it would cut what is pasted without a word, where the form says so.

    A field of several lines tells how many characters are left (`static/js/forms.js`).
    """
    limit = field.widget.attrs.pop("maxlength", None)
    if limit is not None and isinstance(field.widget, forms.Textarea):
        field.widget.attrs["data-limit"] = limit


class Guarded(forms.BaseForm):
    """Mix in before a form: each of its fields, those made by `__init__` too, is guarded, and none is cut."""

    def __getitem__(self, name: str) -> forms.BoundField:
        if name in self.fields:
            uncut(self.fields[name])
        return super().__getitem__(name)

    def full_clean(self) -> None:
        """As usual, with the guards."""
        for field in self.fields.values():
            guard(field)
        super().full_clean()


class LongText(forms.CharField):
    """Words of several lines. The end of a line is one character, as people count, and as they are told."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        said = super().to_python(value)
        return said and said.replace("\r\n", "\n").replace("\r", "\n")


class DateInput(forms.DateInput):
    """The browser's own picker, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Refusable(Guarded):
    """What lets a form show what the domain refused, with everything typed still in it."""

    def refuse(self, error: Refused) -> None:
        """Put the refusal beside its field, or above the form when it is about no field here."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, forms.ValidationError(str(error.sentence), code=error.code))


class RefusableForm(Refusable, forms.Form):
    """A form of its own, not made from a model, that can show refusals."""
