"""What the two say when they look back: the mentee's review, and the mentor's learning interview."""

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.states import Role
from common.models import ContentKey, HoldsContent, SealedField
from engagements.models.check_ins import FIVE
from engagements.states import Again, Extent, GoalsReached, ReviewState
from matching.models import Pairing

OUTCOMES = ("mistakes_avoided", "faster", "decisions")  # the three of the study
MENTEE_WORDS, MENTOR_WORDS = ("takes_away",), ("learned", "does_differently")
REVIEW_WORDS = (*MENTEE_WORDS, *MENTOR_WORDS)

_NOT_THE_MENTORS = Q(
    mistakes_avoided="",
    faster="",
    decisions="",
    goals="",
    connection__isnull=True,
    clarity__isnull=True,
    competency__isnull=True,
    takes_away__isnull=True,
)
_THE_MENTEES = Q(
    mistakes_avoided__in=Extent.values,
    faster__in=Extent.values,
    decisions__in=Extent.values,
    goals__in=GoalsReached.values,
    connection__range=(1, 5),
    clarity__range=(1, 5),
    competency__range=(1, 5),
    learned__isnull=True,
    does_differently__isnull=True,
)


class ReviewQuerySet(models.QuerySet["Review"]):
    """A review is its writer's; the other side reads the words in it if its writer wishes, once the pairing is over."""

    def visible_to(self, user: User) -> Self:
        """Those that `user` is asked for."""
        return self.filter(person=user)


class Review(HoldsContent):
    """One side's look back, asked for when the closing begins. The three outcomes, the goals and the scores (1 to 5)
    are the mentee's; `again` is said by both. `shared`: the other side may read one's words.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="reviews")
    side = models.CharField(_("side"), max_length=6, choices=Role.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(
        _("state"), max_length=10, choices=ReviewState.choices, default=ReviewState.ASKED, editable=False
    )
    asked_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    mistakes_avoided = models.CharField(_("costly mistakes avoided"), max_length=8, choices=Extent.choices, blank=True)
    faster = models.CharField(_("proficient faster"), max_length=8, choices=Extent.choices, blank=True)
    decisions = models.CharField(_("better decisions"), max_length=8, choices=Extent.choices, blank=True)
    goals = models.CharField(_("goals reached"), max_length=7, choices=GoalsReached.choices, blank=True)
    connection = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    clarity = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    competency = models.PositiveSmallIntegerField(null=True, blank=True, validators=FIVE)
    again = models.CharField(_("would do it again"), max_length=7, choices=Again.choices, blank=True)
    shared = models.BooleanField(_("words for the other side"), default=False)
    takes_away = SealedField()
    learned = SealedField()
    does_differently = SealedField()

    objects: ClassVar = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("asked_at", "side")
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "side"),
                name="review_once_a_side",
                violation_error_message=_("This review is asked for already."),
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, again__in=Again.values)
                & ((Q(side="mentee") & _THE_MENTEES) | (Q(side="mentor") & _NOT_THE_MENTORS))
                | (
                    Q(~Q(state="answered"), answered_at__isnull=True, again="", shared=False)
                    & _NOT_THE_MENTORS
                    & Q(learned__isnull=True, does_differently__isnull=True)
                ),
                name="review_answer_fits_state",
                violation_error_message=_("Please answer each question that can be answered with one tap."),
            ),
        )

    def __str__(self) -> str:
        return self.side

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    @property
    def is_answered(self) -> bool:
        """Whether its side has looked back."""
        return self.state == ReviewState.ANSWERED

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.person_id)
