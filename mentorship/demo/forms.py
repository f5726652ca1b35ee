"""What the demo's page may ask for."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.forms import Guarded

FORWARD = {"1": _("One day"), "7": _("One week"), "14": _("Two weeks")}


class ForwardForm(forms.Form):
    """How far to move the clock."""

    days = forms.ChoiceField(choices=FORWARD.items())

    def step(self) -> timedelta:
        """The chosen step."""
        return timedelta(days=int(self.cleaned_data["days"]))


class SignInForm(Guarded, forms.Form):
    """Whom to be, and which page to open then."""

    person = forms.ModelChoiceField(User.objects.filter(is_active=True))
    next = forms.CharField(required=False)
