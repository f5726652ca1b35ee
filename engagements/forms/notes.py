"""A note, and who reads it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LongText
from common.versioned import VersionedForm

NOTE_LENGTH = 4000


class NoteForm(VersionedForm):
    """The words, and whether the other side reads them; `other` is its name."""

    text = LongText(
        label=_("Your note"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Please write something.")},
    )
    shared = forms.BooleanField(required=False)

    def __init__(self, *args: Any, other: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shared"].label = _("%(name)s may read it") % {"name": other}
