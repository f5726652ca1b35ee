"""Two choices stand beside each other on a telephone only where both fit."""

import pytest
from django import forms
from django.template import Context, Template


@pytest.mark.parametrize(
    ("choices", "beside"),
    [
        ([("a", "Arabic"), *((str(n), f"Language {n}") for n in range(6))], True),
        ([("a", "After each meeting, and once more"), *((str(n), f"Every {n} weeks") for n in range(6))], False),
        ([("Group", [(str(n), f"Topic {n}") for n in range(7)])] * 7, False),
        ([("a", "Yes"), ("b", "No")], False),
    ],
)
def test_many_short_choices_stand_two_by_two(choices, beside):
    form = type("Form", (forms.Form,), {"many": forms.MultipleChoiceField(choices=choices)})()
    form.fields["many"].widget = forms.CheckboxSelectMultiple(choices=choices)
    drawn = Template('{% include "bootstrap5/layout/radio_checkbox_select.html" %}').render(
        Context({"field": form["many"]})
    )
    assert ("choices-short" in drawn) is beside
