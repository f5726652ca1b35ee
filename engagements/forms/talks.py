"""Asking for a talk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class TalkForm(RefusableForm):
    """To whom it goes, as the page said, and whether one's telephone number goes along."""

    to = forms.CharField(widget=forms.HiddenInput(), max_length=254)
    with_phone = forms.BooleanField(required=False)

    def __init__(self, *args: object, phone: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # a form's own
        if not phone:
            del self.fields["with_phone"]
            return
        self.fields["with_phone"].label = _("My telephone number goes along: %(phone)s") % {"phone": phone}
