"""Fields for where people are and what they speak: a region, a time zone, and languages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common import cldr
from common.working_days import regions
from common.zones import folded, of_places

ANOTHER = "another_language"  # the name of the input for a language that has no box


class RegionField(forms.ChoiceField):
    """A part of a country, if one wants to say. What is none of the country's is left out, not refused: whoever moves
    to another country has not chosen wrongly.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def offer(self, country: str) -> None:
        """Offer those of this country; for a country without any the field is not shown."""
        found = regions(country)
        self.choices = [("", _("The whole country")), *found]
        if not found:
            self.widget = forms.HiddenInput()

    def clean(self, value: Any) -> str:
        return value if value and self.valid_value(value) else ""


class ZoneSelect(forms.Select):
    """The zones one needs to choose from, and the one that is chosen already."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        self.choices = cldr.zones(also=value)
        return super().optgroups(name, value, attrs)


class ZoneField(forms.ChoiceField):
    """A time zone, under the name it has today. Any place is taken, also one that is not offered."""

    widget = ZoneSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=cldr.zones, **kwargs)

    def to_python(self, value: Any) -> str:
        return folded(super().to_python(value))

    def valid_value(self, value: Any) -> bool:
        return value in of_places()


class LanguagePicker(forms.SelectMultiple):
    """Boxes for the usual languages of a country and the chosen ones, and an input that knows all others by name."""

    use_fieldset = True
    country = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        ticked = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name) or []
        typed = str(data.get(ANOTHER, "")).strip()
        return [*ticked, *([cldr.language_called(typed)] if typed else [])]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen, all_of_them = {each for each in value or () if isinstance(each, str)}, cldr.languages()
        boxes = [each for each in all_of_them if each[0] in chosen | cldr.usual_languages(self.country)]
        known = dict(all_of_them)
        context = {
            "name": name,
            "chosen": chosen,
            "boxes": boxes,
            "others": [each for each in all_of_them if each not in boxes],
            "another": ANOTHER,
            "typed": " ".join(sorted(chosen - known.keys())),
            "attrs": attrs or {},
        }
        return render_to_string("accounts/profile/_languages.html", context)


class LanguagesField(forms.MultipleChoiceField):
    """Languages that CLDR names, by their codes."""

    widget = LanguagePicker

    def __init__(self, **kwargs: Any) -> None:
        invalid = {"invalid_choice": _("There is no language “%(value)s” on the list. Please choose one of it.")}
        super().__init__(choices=cldr.languages, error_messages=invalid, **kwargs)
