"""Taking stock: rounds in which both say what the mentee is strong in and what is a challenge, sealed."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.states import Role
from common.models import ContentKey, HoldsContent, SealedField, UUIDModel
from engagements.states import ASKING, PAIR_WRITES, StockMoment, StockState
from matching.models import Pairing

STOCK_WORDS = ("marks", "strengths", "challenges")


class StockRoundQuerySet(models.QuerySet["StockRound"]):
    """Rounds belong to the two of their pairing."""

    def visible_to(self, user: User) -> Self:
        """Those of the pairings that `user` is one of the two in."""
        return self.filter(Q(pairing__mentee=user) | Q(pairing__mentor=user))

    def planned(self) -> Self:
        """Without those that were cancelled."""
        return self.filter(state=StockState.PLANNED)

    def unanswered(self) -> Self:
        """Those in which neither has said anything."""
        return self.filter(~Exists(StockAnswer.objects.filter(round=OuterRef("pk"))))

    def to_take(self, user: User, today: date) -> Self:
        """Those that ask for an answer of `user` on `today` (theirs)."""
        answers = StockAnswer.objects.filter(round=OuterRef("pk"), person=user)
        waiting = self.planned().filter(pairing__state__in=ASKING, opens_on__lte=today, closes_on__gte=today)
        return waiting.filter(~Exists(answers)).order_by("closes_on")


class StockRound(UUIDModel):
    """One round of a pairing: open from one day to another, both included, as days are where each of the two is.

    `topics` are the ids of those that are rated, in their order: the same in each round, to be compared.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="stock_rounds")
    number = models.PositiveSmallIntegerField(_("round"))
    moment = models.CharField(_("when"), max_length=6, choices=StockMoment.choices)
    opens_on = models.DateField(_("opens"))
    closes_on = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=10, choices=StockState.choices, default=StockState.PLANNED, editable=False
    )
    topics: models.Field = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name=_("topics"))  # type: ignore[type-arg]

    objects: ClassVar = StockRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of taking stock")
        verbose_name_plural = _("rounds of taking stock")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "number"),
                name="stock_round_once",
                violation_error_message=_("This round of taking stock is already planned."),
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="stock_round_closes_after_opening",
                violation_error_message=_("A round of taking stock cannot end before it begins."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.moment} {self.opens_on}"

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    def is_open(self, today: date) -> bool:
        """Whether it is answered and corrected on `today`."""
        planned = self.state == StockState.PLANNED and self.pairing.state in PAIR_WRITES
        return planned and self.opens_on <= today <= self.closes_on

    def is_over(self, today: date) -> bool:
        """Whether nothing is said in it any more: its last day or its pairing is over."""
        return today > self.closes_on or self.pairing.state not in PAIR_WRITES


class StockAnswerQuerySet(models.QuerySet["StockAnswer"]):
    """What was said in rounds."""

    def written_by(self, user: User) -> Self:
        """Those of `user`: the other's are read as `engagements.domain.stock` says."""
        return self.filter(person=user)


class StockAnswer(HoldsContent):
    """What one side says in a round: of themselves the mentee, of the mentee the mentor.

    `marks` holds a mark from 1 (a challenge) to 5 (a strength) for each topic, as JSON of its id, its name then and the
    mark, sealed like words.
    """

    round = models.ForeignKey(StockRound, on_delete=models.CASCADE, related_name="answers")
    side = models.CharField(_("side"), max_length=6, choices=Role.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered"))
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    marks = SealedField()
    strengths = SealedField()
    challenges = SealedField()

    objects: ClassVar = StockAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer in taking stock")
        verbose_name_plural = _("answers in taking stock")
        ordering = ("round__number", "side")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "side"),
                name="stock_answer_once",
                violation_error_message=_("You have taken stock in this round already."),
            ),
        )

    def __str__(self) -> str:
        return self.side

    @property
    def pairing(self) -> Pairing:
        """Its round's."""
        return self.round.pairing

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.person_id)
