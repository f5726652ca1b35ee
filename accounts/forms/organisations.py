"""The field that finds an organisation by part of its name: the page carries what was found, never the whole list."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, Value, When
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.domain.near_names import near_names
from accounts.models import Organisation
from accounts.models.organisations import OrganisationQuerySet
from accounts.names import folded, identity

if TYPE_CHECKING:
    ChoiceField = forms.ModelChoiceField[Organisation]
else:
    ChoiceField = forms.ModelChoiceField

SHOWN = 8
SEARCH = "organisation_search"


def found(text: str, *, among: OrganisationQuerySet) -> list[Organisation]:
    """Those that have, or had, this in their name; names that begin with it first. One more than are shown.

    Where none has, those of nearly this name: whoever has mistyped finds it, too.
    """
    if not identity(text):
        return []
    rows = among.search(text).annotate(
        rank=Case(When(folded__startswith=folded(text), then=Value(0)), default=Value(1))
    )
    rows = rows.order_by("rank", "name", "country", "industry").prefetch_related("other_names")
    return list(rows[: SHOWN + 1]) or near_names(text, among=among)


def choices(text: str, *, among: OrganisationQuerySet, chosen: str = "") -> dict[str, Any]:
    """What the list of found organisations is drawn from."""
    rows = found(text, among=among)
    return {"text": text, "found": rows[:SHOWN], "more": len(rows) > SHOWN, "chosen": chosen}


class OrganisationPicker(forms.Widget):
    """A search, and what it has found. Without a script, sending the form searches."""

    rows: OrganisationQuerySet

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        self.text = str(data.get(SEARCH, ""))
        return data.get(name)

    def id_for_label(self, id_: str) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        text, chosen = getattr(self, "text", ""), str(value or "")
        context = {**choices(text, among=self.rows, chosen=chosen), "attrs": attrs or {}, "search": SEARCH}
        if chosen and chosen not in {str(each.pk) for each in context["found"]}:
            context["found"] = [*self.rows.filter(pk__in=_ids(chosen)), *context["found"]]
        return render_to_string("accounts/profile/_organisation_picker.html", context)


def _ids(text: str) -> list[str]:
    try:
        return [str(forms.UUIDField().clean(text))]
    except forms.ValidationError:
        return []


class OrganisationField(ChoiceField):
    """One organisation. Who typed a name without choosing gets it if it is the only one of that name."""

    widget = OrganisationPicker

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.none(), required=False, **kwargs)

    def offer(self, rows: OrganisationQuerySet) -> None:
        """Find among these."""
        self.queryset = rows
        self.widget.rows = rows

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        text = getattr(self.widget, "text", "")
        if said is not None or not identity(text):
            return said
        same = [each for each in found(text, among=self.widget.rows) if identity(each.name) == identity(text)]
        if len(same) == 1:
            return same[0]
        raise forms.ValidationError(_("Choose one of those that were found, or search for another part of the name."))
