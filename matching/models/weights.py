"""How much each part of the score counts in a cohort, relative to the others."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.engine import Part, Weights
from matching.engine.facts.cards import MAX_WEIGHT

DEFAULT = Weights()  # what the whole programme starts from
NOT_ALL_ZERO = _("At least one of these must count: with nothing but zeros, everybody would fit everybody.")


NAMES: Mapping[Part, Any] = {
    Part.AIMS: _("aims"),
    Part.CHALLENGES: _("challenges"),
    Part.INDUSTRY: _("industry"),
    Part.FUNCTION: _("function"),
    Part.SENIORITY: _("seniority"),
    Part.HOURS: _("working hours"),
    Part.LANGUAGES: _("languages"),
    Part.WISHES: _("wishes"),
    Part.PRIORITY: _("first in line"),
}


def _weight(part: Part, meaning: Any) -> Any:
    too_much = MaxValueValidator(MAX_WEIGHT, _("At most %(limit_value)s. Only how the numbers compare matters."))
    default = getattr(DEFAULT, part)
    return models.PositiveSmallIntegerField(
        NAMES[part], default=default, db_default=default, help_text=meaning, validators=[too_much]
    )


class Weighted(models.Model):
    """One column for each part of the score, named `weight_` and the part."""

    weight_aims = _weight(
        Part.AIMS, _("What the mentee aims for is what the mentor has led. The first aim counts most.")
    )
    weight_challenges = _weight(Part.CHALLENGES, _("The mentor has met what the mentee finds hard at present."))
    weight_industry = _weight(
        Part.INDUSTRY, _("From the same industry or deliberately from another, as the mentee wishes.")
    )
    weight_function = _weight(Part.FUNCTION, _("Both answer for the same function."))
    weight_seniority = _weight(
        Part.SENIORITY, _("The mentor stands one or two levels further up; a peer counts a little less.")
    )
    weight_hours = _weight(Part.HOURS, _("Hours of the week that both work. Six are as good as more."))
    weight_languages = _weight(Part.LANGUAGES, _("One language in common is enough."))
    weight_wishes = _weight(
        Part.WISHES, _("The mentee has the mentor on the list of up to three. Who is on no list loses nothing.")
    )
    weight_priority = _weight(
        Part.PRIORITY,
        _("Whoever was let down before gets twice what everybody else gets here, when places are short."),
    )

    class Meta:
        abstract = True

    @property
    def weights(self) -> Weights:
        """The weights as the engine takes them. Raises `WeightsError` for a row that no form and no constraint saw."""
        return Weights(**{part.value: getattr(self, f"weight_{part}") for part in Part})

    def clean(self) -> None:
        """Refuse nothing but zeros, beside the first of the fields."""
        super().clean()
        if not any(getattr(self, name) for name in WEIGHT_FIELDS):
            raise ValidationError({WEIGHT_FIELDS[0]: NOT_ALL_ZERO})


WEIGHT_FIELDS = tuple(f"weight_{each.name}" for each in fields(Weights))


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
