"""Looking back: the mentee's review, and the mentor's learning interview. Under five minutes, on a phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LongText, RefusableForm
from common.versioned import VersionedForm
from engagements.domain.reviews import LearningInterview, MenteeReview, Said
from engagements.forms.check_ins import CheckInForm, score
from engagements.models import Review
from engagements.models.check_ins import SCORES
from engagements.models.reviews import REVIEW_WORDS
from engagements.states import Again, Extent, GoalsReached

WORDS_LENGTH = 1200


def _tap(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose the answer that comes closest.")},
    )


def _words(label: Any) -> LongText:
    return LongText(
        label=label, required=False, max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), strip=True
    )


class ReviewForm(VersionedForm):
    """What both are asked. Its initial values are what was answered already, if it was."""

    shared = forms.BooleanField(required=False)
    TAPS: tuple[str, ...] = ()

    def __init__(self, *args: Any, other: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shared"].label = _("%(name)s may read these words once the pairing is completed") % {"name": other}

    def said(self) -> Said:
        """What was answered, for the domain."""
        raise NotImplementedError

    def taps(self) -> list[forms.BoundField]:
        """The questions answered by one tap on words."""
        return [self[name] for name in self.TAPS]

    def scores(self) -> list[forms.BoundField]:
        """The questions answered from 1 to 5."""
        return [self[name] for name in SCORES if name in self.fields]

    def words(self) -> list[forms.BoundField]:
        """The questions answered in one's own words."""
        return [self[name] for name in REVIEW_WORDS if name in self.fields]

    def typed(self) -> list[str]:
        """The words as they were sent, to be given back."""
        return [words for field in self.words() if (words := str(field.value() or "").strip())]


class MenteeReviewForm(ReviewForm):
    """The three outcomes, the goals, the three scores, and what one takes along."""

    mistakes_avoided = _tap(
        _("Did your conversations keep you from a mistake that would have cost you dearly?"), Extent.choices
    )
    faster = _tap(_("Did you get good at what was new to you sooner than you would have alone?"), Extent.choices)
    decisions = _tap(_("Did you decide better on what mattered?"), Extent.choices)
    goals = _tap(_("How many of your goals did you reach?"), GoalsReached.choices)
    connection, clarity, competency = score(), score(), score()
    again = _tap(_("Would you be mentored once more?"), Again.choices)
    takes_away = _words(_("What do you take with you?"))
    field_order = ("mistakes_avoided", "faster", "decisions", "goals", *SCORES, "again", "takes_away", "shared")
    TAPS = ("mistakes_avoided", "faster", "decisions", "goals", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in CheckInForm.QUESTIONS["mentee"].items():
            self.fields[name].label = question

    def said(self) -> Said:
        return MenteeReview(**self.cleaned_data)


class LearningInterviewForm(ReviewForm):
    """What the mentor learned."""

    learned = _words(_("What did you learn yourself?"))
    does_differently = _words(_("What do you do differently since, or see more clearly?"))
    again = _tap(_("Would you mentor once more?"), Again.choices)
    field_order = ("learned", "does_differently", "shared", "again")
    TAPS = ("again",)

    def said(self) -> Said:
        return LearningInterview(**self.cleaned_data)


def form_for(review: Review, *, other: str, data: Any = None) -> ReviewForm:
    """The form of this review's side, begun with what was answered; `other` is who may read its words."""
    form = MenteeReviewForm if review.side == "mentee" else LearningInterviewForm
    initial: dict[str, Any] = {}
    if review.is_answered:
        initial = {name: getattr(review, name) for name in form.base_fields if name not in REVIEW_WORDS}
        words = {name: review.words_of(name, instead="") for name in form.base_fields if name in REVIEW_WORDS}
        initial |= words
    return form(data, other=other, initial=initial)


class MentorTooForm(RefusableForm):
    """In which cohort, where several are open."""

    cohort = forms.ChoiceField(
        label=_("Cohort"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a cohort.")},
    )

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]]) -> None:
        super().__init__(data, initial={"cohort": choices[0][0] if choices else ""})
        if not choices:
            del self.fields["cohort"]
            return
        self.fields["cohort"].choices = choices  # type: ignore[attr-defined]  # of a field of choices
