"""The pairing, and what the two of them say privately before they commit."""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.models import ContentKey, HoldsContent, SealedField, UUIDModel
from matching.models.requests import Request
from matching.models.scoping import PairQuerySet
from matching.sentences import RULES
from matching.states import OPEN_PAIRING_STATES, PairingState

CLOSING_TIME = timedelta(days=30)  # for both to look back


class PairingQuerySet(PairQuerySet):
    """Pairings."""

    def open(self) -> Self:
        """Those that count: for capacity, and as a mentee's one pairing in a cohort."""
        return self.filter(state__in=OPEN_PAIRING_STATES)


class EndClass(models.TextChoices):
    """Why a pairing ended early, as far as a coordinator may know."""

    CHEMISTRY = "chemistry", _("Not for us, after the first conversation")
    TIME = "time", _("Not enough time")
    FIT = "fit", _("Not the right fit")
    MOVED = "moved", _("A new position or organisation")
    CONFLICT = "conflict", _("A conflict of interest")
    OTHER = "other", _("Another reason")

    @classmethod
    def for_people(cls) -> list[tuple[str, str | Promise]]:
        """The choices of whoever ends a pairing: only the answers to the first conversation end it as `CHEMISTRY`, so
        that nobody is ever named beside it.
        """
        return [choice for choice in cls.choices if choice[0] != cls.CHEMISTRY]


class Pairing(HoldsContent):
    """One mentee and one mentor. The two people never change; a trigger sees to that.

    `closing_by` began the closing; nobody, when the planned end had come.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="pairing")
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="pairings")
    mentee_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    mentor_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.PROTECT, related_name="pairings_as_mentee"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), on_delete=models.PROTECT, related_name="pairings_as_mentor"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=PairingState.choices, default=PairingState.INTRODUCED, editable=False
    )
    introduced_at = models.DateTimeField(_("introduced"))
    activated_at = models.DateTimeField(_("active since"), null=True, blank=True)
    planned_end = models.DateField(_("planned end"))
    closing_since = models.DateTimeField(_("closing since"), null=True, blank=True)
    closing_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    end_class = models.CharField(_("reason"), max_length=10, choices=EndClass.choices, blank=True)
    end_text = SealedField()
    key = models.ForeignKey(ContentKey, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        ordering = ("-introduced_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "mentee"),
                condition=Q(state__in=OPEN_PAIRING_STATES),
                name="pairing_one_open_per_mentee",
                violation_error_message=_("This mentee already has an open pairing in the cohort."),
            ),
            models.CheckConstraint(
                condition=~Q(mentee=F("mentor")),
                name="pairing_not_of_oneself",
                violation_error_message=RULES["same_person"].refusal,
            ),
        )
        indexes = (
            models.Index(fields=("mentor", "state"), name="pairing_mentor_state"),
            models.Index(fields=("mentee", "state"), name="pairing_mentee_state"),
        )

    def __str__(self) -> str:
        return f"{self.mentee} – {self.mentor}"

    def content_key(self) -> ContentKey | None:
        return self.key

    def content_author(self, field: str) -> str:
        return str({"end_text": self.ended_by_id}[field])

    @property
    def pairing_id(self) -> UUID:
        """Itself: what is about a pairing belongs to it."""
        return self.pk

    @property
    def closes_at(self) -> datetime | None:
        """When a closing ends at the latest; None before it has begun."""
        return self.closing_since + CLOSING_TIME if self.closing_since else None

    @property
    def is_open(self) -> bool:
        """Whether it counts: for capacity, and as the mentee's one open pairing."""
        return self.state in OPEN_PAIRING_STATES


class ChemistryAnswer(UUIDModel):
    """One side's private yes after the first conversation; the other learns only the joint result. A no is not kept."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="chemistry_answers")
    side = models.CharField(max_length=6, choices=Role.choices)
    go_ahead = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "side"),
                name="chemistry_once_a_side",
                violation_error_message=_("Your answer is already noted."),
            ),
        )

    def __str__(self) -> str:
        return self.side


class Pause(UUIDModel):
    """A stretch in which nothing is due. `until` is the planned last day; the planned end moves along on resuming."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateTimeField(_("since"))
    until = models.DateField(_("until"))
    resumed_at = models.DateTimeField(_("resumed"), null=True, blank=True)

    class Meta:
        ordering = ("-since",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing",),
                condition=Q(resumed_at__isnull=True),
                name="pause_one_running",
                violation_error_message=_("This pairing is already paused."),
            ),
        )

    def __str__(self) -> str:
        return str(self.until)


class PairAgain(UUIDModel):
    """Somebody would gladly be paired again with a person they were paired with before. It counts once both say so."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "other"),
                name="pair_again_once",
                violation_error_message=_("That you would be paired again is already noted."),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
