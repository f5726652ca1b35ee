"""The agreement both sign to become active."""

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.states import Role
from common.models import ContentKey, HoldsContent, SealedField, UUIDModel
from engagements.cadence import LAST, Cadence, Unit
from matching.models import Pairing


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements belong to the two who sign them."""

    def visible_to(self, user: User) -> Self:
        """Those of the pairings that `user` is one of the two in."""
        return self.filter(Q(pairing__mentee=user) | Q(pairing__mentor=user))


class Agreement(HoldsContent):
    """One version of a pair's agreement. Changing it makes a new version, which both must sign.

    One that changes the planned end alone `continues` the version in which all else stands, the words too.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    meetings_a_month = models.PositiveSmallIntegerField(
        _("conversations a month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    check_in_unit = models.CharField(_("check-ins by"), max_length=7, choices=Unit.choices, default=Unit.WEEK)
    check_in_every = models.PositiveSmallIntegerField(
        _("how many of them between check-ins"), validators=[MinValueValidator(1), MaxValueValidator(13)]
    )
    check_in_nth = models.PositiveSmallIntegerField(null=True, blank=True)
    check_in_weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    planned_end = models.DateField(_("planned end"))
    amendments = SealedField()
    continues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects: ClassVar = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ("-version",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "version"),
                name="agreement_version_once",
                violation_error_message=_("A new version has just been written. Please read that one first."),
            ),
            models.CheckConstraint(
                condition=Q(meetings_a_month__range=(1, 4), check_in_every__range=(1, 13)),
                name="agreement_cadence_in_range",
                violation_error_message=_(
                    "One to four conversations a month, and check-ins one to thirteen weeks or months apart."
                ),
            ),
            models.CheckConstraint(
                condition=Q(check_in_nth__isnull=True, check_in_weekday__isnull=True)
                | Q(
                    check_in_unit=Unit.MONTH,
                    check_in_nth__isnull=False,
                    check_in_nth__range=(1, LAST),
                    check_in_weekday__isnull=False,
                    check_in_weekday__range=(0, 6),
                ),
                name="agreement_day_goes_with_months",
                violation_error_message=_("A day of the month goes with check-ins by the month."),
            ),
        )

    def __str__(self) -> str:
        return str(self.version)

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str({"amendments": self.written_by_id}[field])

    @property
    def cadence(self) -> Cadence:
        """How often each side is asked how it goes."""
        return Cadence(self.check_in_unit, self.check_in_every, self.check_in_nth, self.check_in_weekday)

    @cadence.setter
    def cadence(self, value: Cadence) -> None:
        self.check_in_unit, self.check_in_every = value.unit, value.every
        self.check_in_nth, self.check_in_weekday = value.nth, value.weekday

    def words_from(self) -> "Agreement":
        """The version whose amendments hold for this one."""
        return self.continues or self

    def signed_sides(self) -> set[str]:
        """The sides whose signature stands under this version."""
        return {signature.side for signature in self.signatures.all()}


class Signature(UUIDModel):
    """One side's signature under one version."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=6, choices=Role.choices)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("agreement", "side"),
                name="signature_once_a_side",
                violation_error_message=_("Your signature is already there."),
            ),
        )

    def __str__(self) -> str:
        return self.side
