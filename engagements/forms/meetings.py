"""That the two have met."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, RefusableForm


class MeetingForm(RefusableForm):
    """The day of a conversation, and nothing of what was said."""

    held_on = forms.DateField(label=_("You met on"), widget=DateInput())
