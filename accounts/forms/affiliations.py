"""Leave, ties to organisations, and the private list."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import AffiliationKind, Industry
from accounts.domain.organisations import choosable_by
from accounts.forms.organisations import OrganisationField
from accounts.models import User
from common.cldr import countries
from common.forms import DateInput, RefusableForm
from common.versioned import VersionedForm

KINDS = [
    (AffiliationKind.EMPLOYER.value, _("I work there")),
    *((each.value, each.label) for each in AffiliationKind if each != AffiliationKind.EMPLOYER),
]


class LeaveForm(RefusableForm):
    """Days away."""

    starts_on = forms.DateField(label=_("First day away"), widget=DateInput())
    ends_on = forms.DateField(label=_("Last day away"), widget=DateInput())


class LastDayField(forms.DateField):
    """The last day of a tie, as people say it. Gives the day after, on which the tie no longer holds."""

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        try:
            return said and said + timedelta(days=1)
        except OverflowError:
            return said


class EndForm(RefusableForm):
    """When a tie ended."""

    ends_on = LastDayField(
        label=_("Last day"),
        widget=DateInput(),
        help_text=_("It counts as worked. The tie is a former one after it."),
    )


class ProlongForm(VersionedForm):
    """How long a tie goes on that has an end. Its initial value is the last day as it stands."""

    ends_on = LastDayField(
        label=_("New last day"), widget=DateInput(), required=False, help_text=_("Leave it empty while it lasts.")
    )


class TitleForm(VersionedForm):
    """What one is called in the same place from now on."""

    title = forms.CharField(label=_("Title"), max_length=120)


class AffiliationForm(RefusableForm):
    """A tie to an organisation of the list, or being one's own master."""

    kind = forms.ChoiceField(label=_("What ties you to it"), choices=KINDS)
    organisation = OrganisationField(
        label=_("Organisation"), help_text=_("Type a part of its name, then choose from what is found.")
    )
    independent = forms.BooleanField(
        label=_("I am independent"), required=False, help_text=_("Retired, or with a portfolio of your own.")
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    starts_on = forms.DateField(label=_("Since"), widget=DateInput())
    ends_on = LastDayField(
        label=_("Last day"), widget=DateInput(), required=False, help_text=_("Leave empty while it lasts.")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(OrganisationField, self.fields["organisation"]).offer(choosable_by(person))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        organisation, independent = said.get("organisation"), said.get("independent")
        if organisation and independent:
            self.add_error("independent", _("Choose an organisation, or say that you are independent, not both."))
        elif not organisation and not independent and "organisation" not in self.errors:
            self.add_error("organisation", _("Choose the organisation."))
        return said


class NewAffiliationForm(RefusableForm):
    """A tie to an organisation that is not on the list yet."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=160)
    industry = forms.ChoiceField(label=_("Industry"), choices=[("", _("Choose an industry")), *Industry.choices])
    country = forms.ChoiceField(
        label=_("Country of its head office"), choices=lambda: [("", _("Choose a country")), *countries()]
    )
    kind = forms.ChoiceField(label=_("What ties you to it"), choices=KINDS)
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    starts_on = forms.DateField(label=_("Since"), widget=DateInput())


class NeverWithForm(RefusableForm):
    """Somebody by their address, or an organisation."""

    email = forms.EmailField(label=_("E-mail address of a person"), required=False)
    organisation = OrganisationField(
        label=_("Or an organisation"), help_text=_("Type a part of its name, then choose from what is found.")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(OrganisationField, self.fields["organisation"]).offer(choosable_by(person))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        if bool(said.get("email")) == bool(said.get("organisation")):
            raise forms.ValidationError(_("Give an address or an organisation: one at a time."))
        return said
