"""Choices are calm on a telephone: two stand beside each other where both fit; a group says what is chosen in it."""

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


@pytest.mark.parametrize(
    ("chosen", "said"), [([], ""), (["1", "2"], "Topic 1 · Topic 2"), (["0", "1", "2", "3", "4"], "5 of 7")]
)
def test_a_folded_group_names_a_few_and_counts_many(chosen, said):
    choices = [("Group", [(str(n), f"Topic {n}") for n in range(7)])]
    form = type("Form", (forms.Form,), {"many": forms.MultipleChoiceField(choices=choices)})(initial={"many": chosen})
    form.fields["many"].widget = forms.CheckboxSelectMultiple(choices=choices)
    drawn = Template('{% include "bootstrap5/layout/radio_checkbox_select.html" %}').render(
        Context({"field": form["many"]})
    )
    assert f">{said}</small>" in drawn
