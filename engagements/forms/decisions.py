"""A decision: what it is about, the mentor's view, what was decided, and what came of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, LongText
from common.versioned import VersionedForm
from engagements.domain.decisions import Question, View
from engagements.states import Outcome

WORDS_LENGTH = 1200
SHORT_LENGTH = 160


def _words(label: Any, *, hint: Any = "", required: bool = False, rows: int = 3) -> LongText:
    return LongText(
        label=label,
        help_text=hint,
        required=required,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _confidence(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=_("From 0 to 100 per cent."),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": "5"}),
        error_messages={"required": _("Please say from 0 to 100 per cent how sure you are.")},
    )


class QuestionForm(VersionedForm):
    """The mentee describes a decision."""

    title = forms.CharField(
        label=_("The decision, in one sentence"),
        max_length=SHORT_LENGTH,
        error_messages={"required": _("Please say what is to be decided.")},
    )
    situation = _words(_("The situation"), hint=_("What somebody from outside needs to know."), rows=4)
    options = _words(_("Your options"), hint=_("One on each line; “do nothing” is one, too."), rows=4)
    leaning = _words(_("Where you lean, and why"))
    confidence_before = _confidence(_("How sure you are that it is right"))
    decide_by = forms.DateField(
        label=_("Decide by"),
        widget=DateInput(),
        error_messages={"required": _("Please say by when it has to be decided.")},
    )

    @property
    def said(self) -> Question:
        """What was said, once it is valid."""
        return Question(**{name: self.cleaned_data[name] for name in Question.__slots__})


class ViewForm(VersionedForm):
    """The mentor answers, along any of four."""

    consequences = _words(_("Consequences"), hint=_("What follows, also from doing nothing, and for whom?"))
    perception = _words(_("How it may be perceived"), hint=_("By those above, beside and below; inside and outside."))
    blind_spot = _words(_("A possible bias or blind spot"), hint=_("What might the wish, or the last time, hide?"))
    question = _words(_("A question back"), hint=_("One that you would ask yourself in this place."))

    @property
    def said(self) -> View:
        """What was said, once it is valid."""
        return View(**{name: self.cleaned_data[name] for name in View.__slots__})


class DecideForm(VersionedForm):
    """What was decided, how sure one is of it now, and when to look back."""

    choice = _words(_("What you decided, and why"), required=True, rows=4)
    confidence_after = _confidence(_("How sure you are now that it is right"))
    look_back_on = forms.DateField(
        label=_("Look back on it on"),
        help_text=_("You are asked then what came of it."),
        widget=DateInput(),
        error_messages={"required": _("Please choose a day to look back.")},
    )


class OutcomeForm(VersionedForm):
    """What came of it."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say what came of it.")},
    )
    lesson = _words(_("What you would tell yourself then, in a line"))
