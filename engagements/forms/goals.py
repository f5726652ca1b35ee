"""A goal's words, and the line that goes with each act."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, LongText, RefusableForm
from common.versioned import Rows, VersionedForm
from engagements.domain.goals import GoalWords

LINE_LENGTH = 600
SHORT_LENGTH = 160
MILESTONES = tuple(f"milestone_{number}" for number in range(1, 7))


def _line(label: Any, *, required: bool = False) -> LongText:
    return LongText(
        label=label,
        required=required,
        max_length=LINE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the two of you only; encrypted."),
        error_messages={"required": _("Please say in a line what has moved.")},
    )


class GoalForm(VersionedForm):
    """What the goal is, why, how one would know, by when and in which steps; and a line about the change."""

    one_answer = (Rows(tuple((name,) for name in MILESTONES)),)

    title = forms.CharField(
        label=_("The goal, in one sentence"),
        max_length=SHORT_LENGTH,
        error_messages={"required": _("Please say what the goal is.")},
    )
    why = LongText(
        label=_("Why it matters"), required=False, max_length=LINE_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    signs = LongText(
        label=_("How you would know"),
        help_text=_("What somebody would see or hear once it is reached."),
        required=False,
        max_length=LINE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    by_when = forms.DateField(label=_("By when"), required=False, widget=DateInput())

    def __init__(self, *args: Any, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(MILESTONES, start=1):
            self.fields[name] = forms.CharField(
                label=_("Milestone %(number)s") % {"number": number}, required=False, max_length=SHORT_LENGTH
            )
        if changing:
            self.fields["line"] = _line(_("What has changed, in a line"))

    @property
    def words(self) -> GoalWords:
        """What was said, once it is valid."""
        said = self.cleaned_data
        return GoalWords(
            title=said["title"],
            why=said["why"],
            signs=said["signs"],
            by_when=said["by_when"],
            milestones=tuple(said[name] for name in MILESTONES),
        )

    def milestones(self) -> list[forms.BoundField]:
        """Their fields, in order."""
        return [self[name] for name in MILESTONES]


class GoalLineForm(RefusableForm):
    """A line about an act; it may be left out."""

    line = _line(_("A line about it"))


class ProgressForm(RefusableForm):
    """What has moved."""

    line = _line(_("What has moved"), required=True)


class CorrectLineForm(VersionedForm):
    """Another line in place of one's own."""

    line = _line(_("The line"))
