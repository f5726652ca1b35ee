"""How much each part of a match counts in a cohort, relative to the others. The matching engine has the same parts."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MAX_WEIGHT = 1000
NOT_ALL_ZERO = _("At least one of these must count: with nothing but zeros, everybody would fit everybody.")

WEIGHT_NAMES: Mapping[str, Any] = {
    "aims": _("aims"),
    "challenges": _("challenges"),
    "industry": _("industry"),
    "function": _("function"),
    "seniority": _("seniority"),
    "hours": _("working hours"),
    "languages": _("languages"),
    "shortlist": _("shortlist"),
    "priority": _("first in line"),
}
WEIGHT_FIELDS = tuple(f"weight_{part}" for part in WEIGHT_NAMES)


def _weight(part: str, default: int, meaning: Any) -> Any:
    too_much = MaxValueValidator(MAX_WEIGHT, _("At most %(limit_value)s. Only how the numbers compare matters."))
    return models.PositiveSmallIntegerField(
        WEIGHT_NAMES[part], default=default, db_default=default, help_text=meaning, validators=[too_much]
    )


class Weighted(models.Model):
    """One column for each part of the score, named `weight_` and the part."""

    weight_aims = _weight(
        "aims", 60, _("What the mentee aims for is what the mentor has led. Each aim counts three times the next.")
    )
    weight_challenges = _weight("challenges", 10, _("The mentor has met what the mentee finds hard at present."))
    weight_industry = _weight(
        "industry", 10, _("From the same industry or deliberately from another, as the mentee prefers.")
    )
    weight_function = _weight("function", 5, _("Both answer for the same function."))
    weight_seniority = _weight(
        "seniority", 10, _("The mentor stands one or two levels further up; a peer counts a little less.")
    )
    weight_hours = _weight(
        "hours",
        30,
        _("Hours of the week that both work. A few are nearly as good as many; who shares none comes last."),
    )
    weight_languages = _weight("languages", 30, _("One language in common is enough."))
    weight_shortlist = _weight(
        "shortlist", 20, _("The mentee has the mentor on the shortlist. Who is on no shortlist loses nothing.")
    )
    weight_priority = _weight(
        "priority",
        10,
        _("Whoever was let down before gets twice what everybody else gets here, when places are short."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse nothing but zeros, beside the first of the fields."""
        super().clean()
        if not any(getattr(self, name) for name in WEIGHT_FIELDS):
            raise ValidationError({WEIGHT_FIELDS[0]: NOT_ALL_ZERO})


def weight_constraints() -> tuple[models.CheckConstraint, ...]:
    """What must hold of the columns whoever writes them."""
    within = Q(**{f"{name}__lte": MAX_WEIGHT for name in WEIGHT_FIELDS})
    return (
        models.CheckConstraint(
            condition=Q(*[(f"{name}__gt", 0) for name in WEIGHT_FIELDS], _connector=Q.OR),
            name="cohort_weights_not_all_zero",
            violation_error_message=NOT_ALL_ZERO,
        ),
        models.CheckConstraint(
            condition=within,
            name="cohort_weights_in_range",
            violation_error_message=_("A weight is at most 1000. Only how the numbers compare matters."),
        ),
    )
