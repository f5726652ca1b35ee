"""Decisions of a mentee, with the mentor's view, what was decided and what came of it. All words are sealed."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import ContentKey, HoldsContent, SealedField
from engagements.states import PAIR_WRITES, DecisionState, Outcome
from matching.models import Pairing

QUESTION_WORDS = ("title", "situation", "options", "leaning")
VIEW_WORDS = ("consequences", "perception", "blind_spot", "question")
PERCENT = (MinValueValidator(0), MaxValueValidator(100))
MADE = (DecisionState.DECIDED, DecisionState.LOOKED_BACK)


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions belong to the two of their pairing."""

    def visible_to(self, user: User) -> Self:
        """Those of the pairings that `user` is one of the two in."""
        return self.filter(Q(pairing__mentee=user) | Q(pairing__mentor=user))

    def at_work(self) -> Self:
        """Those of pairings in which they are written."""
        return self.filter(pairing__state__in=PAIR_WRITES)

    def waiting_for_view(self) -> Self:
        """Those on which the mentor is asked, the most urgent first."""
        return self.at_work().filter(state=DecisionState.ASKED).order_by("decide_by", "asked_at")

    def to_look_back_on(self, today: date) -> Self:
        """Those of which the mentee is asked what came, from `today` (theirs) on."""
        return self.at_work().filter(state=DecisionState.DECIDED, look_back_on__lte=today).order_by("look_back_on")


class Decision(HoldsContent):
    """One decision. The question, the choice and what came of it are the mentee's words; the view is the mentor's.

    Confidence is in per cent. `asked_at` moves when it is asked anew.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="decisions")
    state = models.CharField(_("state"), max_length=12, choices=DecisionState.choices, editable=False)
    asked_at = models.DateTimeField(_("asked"))
    decide_by = models.DateField(_("decide by"))
    confidence_before = models.PositiveSmallIntegerField(_("confidence before, in per cent"), validators=PERCENT)
    title = SealedField()
    situation = SealedField()
    options = SealedField()
    leaning = SealedField()
    viewed_at = models.DateTimeField(_("view given"), null=True, blank=True)
    consequences = SealedField()
    perception = SealedField()
    blind_spot = SealedField()
    question = SealedField()
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    confidence_after = models.PositiveSmallIntegerField(
        _("confidence after, in per cent"), null=True, blank=True, validators=PERCENT
    )
    look_back_on = models.DateField(_("look back on"), null=True, blank=True)
    choice = SealedField()
    looked_back_at = models.DateTimeField(_("looked back"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=6, choices=Outcome.choices, blank=True)
    lesson = SealedField()

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("decide_by", "asked_at", "pk")
        indexes = (models.Index(fields=("pairing", "state"), name="decision_pairing_state"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(confidence_before__range=(0, 100))
                & (Q(confidence_after__isnull=True) | Q(confidence_after__range=(0, 100))),
                name="decision_confidence_in_range",
                violation_error_message=_("Please say from 0 to 100 per cent how sure you are."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=MADE,
                    decided_at__isnull=False,
                    confidence_after__isnull=False,
                    look_back_on__isnull=False,
                )
                | Q(
                    ~Q(state__in=MADE),
                    decided_at__isnull=True,
                    confidence_after__isnull=True,
                    look_back_on__isnull=True,
                    choice__isnull=True,
                ),
                name="decision_choice_fits_state",
                violation_error_message=_("Please say what you decided, how sure you are, and when to look back."),
            ),
            models.CheckConstraint(
                condition=Q(state="looked_back", looked_back_at__isnull=False, outcome__in=Outcome.values)
                | Q(~Q(state="looked_back"), looked_back_at__isnull=True, outcome="", lesson__isnull=True),
                name="decision_outcome_fits_state",
                violation_error_message=_("Please say what came of it."),
            ),
        )

    def __str__(self) -> str:
        return str(self.asked_at.date())

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.pairing.mentor_id if field in VIEW_WORDS else self.pairing.mentee_id)

    def called(self) -> str:
        """Its title, or what stands for one that was erased with its mentee."""
        return self.words_of("title") or gettext("A decision of a former member")

    @property
    def is_writable(self) -> bool:
        """Whether its pairing is at a stage at which decisions are written."""
        return self.pairing.state in PAIR_WRITES
