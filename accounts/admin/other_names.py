"""Former names of organisations, and other spellings such as abbreviations."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.domain import other_names
from accounts.forms.affiliations import LastDayField
from accounts.models import OtherName
from common.clock import now
from common.forms import DateInput
from common.versioned import VersionedModelForm

if TYPE_CHECKING:
    OtherNameModelForm = VersionedModelForm[OtherName]
else:
    OtherNameModelForm = VersionedModelForm


class OtherNameForm(OtherNameModelForm):
    """A name and its last day."""

    until = LastDayField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("Of a former name. Leave it empty for an abbreviation, or another way to write the name."),
    )

    class Meta:
        model = OtherName
        fields = ("organisation", "name", "until")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django calls it
        if self.instance.last_day is not None:
            self.initial["until"] = self.instance.last_day


@admin.register(OtherName)
class OtherNameAdmin(VerbAdmin[OtherName]):
    """Names by which an organisation is found besides its own."""

    form = OtherNameForm
    may_add = True
    may_change = True
    list_display = ("name", "where", "last_day")
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name")
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "name", "until")
    verbs = (
        Verb(
            name="remove",
            label=_("Remove"),
            explanation=_("The organisation never had this name. It is no longer found by it."),
            repair=_("It can be added again."),
            do=lambda other_name, user, said: other_names.remove_name(other_name=other_name, user=user, now=now()),
            open_to=lambda other_name: other_name.merged_id is None,
            ends=True,
            removes=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[OtherName]:
        return OtherName.objects.all()

    @admin.display(description=_("organisation"), ordering="organisation__name")
    def where(self, other_name: OtherName) -> str:
        return other_name.organisation.placed

    @admin.display(description=_("last day"), ordering="until")
    def last_day(self, other_name: OtherName) -> object:
        return other_name.last_day

    def get_readonly_fields(self, request: HttpRequest, obj: OtherName | None = None) -> tuple[str, ...]:
        return () if obj is None else ("organisation", "name")

    def save_model(self, request: HttpRequest, obj: OtherName, form: "ModelForm[OtherName]", change: bool) -> None:
        user, until = coordinator(request), form.cleaned_data["until"]
        if change:
            other_names.date_name(other_name=obj, until=until, user=user, now=now())
        else:
            made = other_names.add_name(organisation=obj.organisation, name=obj.name, until=until, user=user, now=now())
            obj.pk = made.pk
