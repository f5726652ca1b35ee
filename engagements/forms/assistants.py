"""Whom a leader invites to handle their meeting times."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import RefusableForm


class InviteForm(RefusableForm):
    """An address, and what the invitation calls its person."""

    name = forms.CharField(label=_("Full name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The invitation goes there. Only whoever reads its e-mails can accept it."),
    )
