"""Lines that people type: one line, nothing hidden in it; every form guards them."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import get_resolver

from accounts.admin.verbs import VerbAdmin
from accounts.models import User
from common.forms import ADDRESS_LENGTH, TYPED, Guarded, LongText, on_one_line

OURS = ("accounts", "cohorts", "common", "engagements", "matching", "mentorship", "outbox")


@pytest.mark.parametrize(
    "name",
    [
        "Ana\r\nBcc: x@y",
        "Ana\nSousa",
        "Ana\tSousa",
        "Ana\x1b[2J",
        "Ana\u2028Sousa",
        "\u202eauosS anA",
        "Ana\u2066S",
        "A\u200bna",
    ],
)
def test_what_is_not_one_visible_line_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="on one line"):
        on_one_line(name)


@pytest.mark.parametrize(
    "name", ["Société Générale", "L’Oréal", "نام\u200cخانوادگی", "क्\u200dष", "שלום\u200f", "Νίκος", "王小明", "3M", ""]
)
def test_names_of_the_world_are_not(name: str) -> None:
    on_one_line(name)


def forms_of(base: type[Any]) -> Iterator[type[forms.BaseForm]]:
    for form in base.__subclasses__():
        yield form
        yield from forms_of(form)


def lines(form: Any) -> list[str]:
    return [
        name
        for name, field in form.fields.items()
        if isinstance(field, forms.CharField) and getattr(field.widget, "input_type", "") in TYPED
    ]


def test_every_form_that_takes_a_line_guards_it() -> None:
    assert get_resolver().url_patterns  # all views, and with them all forms, are loaded
    import_module("accounts.forms.sign_in")
    found = {form for form in forms_of(forms.BaseForm) if form.__module__.split(".")[0] in OURS}
    assert len(found) > 25
    takes_lines = {
        form
        for form in found
        for field in getattr(form, "base_fields", {}).values()
        if isinstance(field, forms.CharField) and getattr(field.widget, "input_type", "") in TYPED
    }
    unguarded = {form for form in takes_lines if not issubclass(form, Guarded | forms.ModelForm)}
    assert unguarded == set()


@pytest.mark.django_db
def test_every_page_of_the_desk_guards_its_lines() -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("super@example.org", name="Super User")
    seen = 0
    for page in admin.site._registry.values():
        form = page.get_form(request)
        for name, field in form.base_fields.items():
            if isinstance(field, forms.CharField) and getattr(field.widget, "input_type", "") in TYPED:
                seen += 1
                assert on_one_line in field.validators, (page, name)
        for verb in getattr(page, "verbs", ()) if isinstance(page, VerbAdmin) else ():
            assert issubclass(verb.form, Guarded) or not lines(verb.form()), verb.form
    assert seen > 5


class Sample(Guarded, forms.Form):
    name = forms.CharField()
    email = forms.EmailField(required=False)
    words = forms.CharField(required=False, widget=forms.Textarea)


def test_a_form_says_it_beside_the_field_and_leaves_longer_texts_alone() -> None:
    assert set(Sample({"name": "Ana\u202e"}).errors) == {"name"}
    assert set(Sample({"name": "Ana", "email": f"{'a' * ADDRESS_LENGTH}@example.org"}).errors) == {"email"}
    assert Sample({"name": "Ana", "email": "ana@example.org", "words": "One\nTwo"}).is_valid()


def test_no_form_is_cut_by_the_browser_and_long_ones_say_what_is_left() -> None:
    class Words(Guarded, forms.Form):
        line = forms.CharField(max_length=5)
        text = LongText(max_length=10)

    page = Words({"line": "longer than five", "text": "a\r\nb\r\nc\r\nd\r\ne "})
    assert "maxlength" not in page.as_p()
    assert 'data-limit="10"' in str(page["text"])
    assert list(page.errors) == ["line"]  # an end of line is one character
    assert page.cleaned_data["text"] == "a\nb\nc\nd\ne"
    assert "longer than five" in str(page["line"])


def test_every_field_of_several_lines_counts_as_people_do() -> None:
    for form in forms_of(forms.BaseForm):
        for field in getattr(form, "base_fields", {}).values():
            ours = form.__module__.startswith(OURS) and isinstance(field.widget, forms.Textarea)
            if ours and "admin" not in form.__module__:
                assert isinstance(field, LongText), (form, field.label)
