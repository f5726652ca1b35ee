"""What the demo's page may ask for."""

from typing import NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import Guarded

FORWARD = {"1": _("One day"), "7": _("One week"), "14": _("Two weeks")}


class Journey(NamedTuple):
    """The clock's way: all days, those still to go, and the last e-mail before it began (None: it begins now)."""

    days: int
    left: int
    since: int | None


class ForwardForm(forms.Form):
    """How far to move the clock."""

    days = forms.ChoiceField(choices=FORWARD.items())
    left = forms.IntegerField(min_value=1, max_value=14, required=False)  # days of these still to go, at first all
    since = forms.IntegerField(min_value=0, required=False)  # the last e-mail that had arrived before the first day

    def journey(self) -> Journey:
        """How far to go in all, and from where."""
        said = self.cleaned_data
        days = int(said["days"])
        return Journey(days, min(said["left"] or days, days), said["since"])


class SignInForm(Guarded, forms.Form):
    """Whom to be, and which page to open then."""

    person = forms.ModelChoiceField(User.objects.filter(is_active=True))
    next = forms.CharField(required=False)
