"""Another length of a running pairing, as proposed; once both agree, a new version of their agreement says it."""

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.states import Role
from common.models import UUIDModel
from engagements.states import PAIR_LASTS, LengthProposalState
from matching.models import Pairing


class LengthProposalQuerySet(models.QuerySet["LengthProposal"]):
    """Proposals are of the two of their pairing."""

    def open(self) -> Self:
        """Those that wait for an answer in a pairing that lasts."""
        return self.filter(state=LengthProposalState.OPEN, pairing__state__in=PAIR_LASTS)

    def waiting_for(self, user: User) -> Self:
        """Those of them that wait for this person's."""
        mine = Q(pairing__mentee=user, mentee_agreed_at=None) | Q(pairing__mentor=user, mentor_agreed_at=None)
        return self.open().filter(mine)


class LengthProposal(UUIDModel):
    """Another planned end. `proposed_by` is nobody where the cohort's end was moved and both are asked."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="length_proposals")
    planned_end = models.DateField(_("planned end"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=LengthProposalState.choices,
        default=LengthProposalState.OPEN,
        editable=False,
    )
    mentee_agreed_at = models.DateTimeField(_("the mentee agreed"), null=True, blank=True)
    mentor_agreed_at = models.DateTimeField(_("the mentor agreed"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects: ClassVar = LengthProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of another length")
        verbose_name_plural = _("proposals of another length")
        ordering = ("-proposed_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing",),
                condition=Q(state="open"),
                name="length_proposal_one_open",
                violation_error_message=_("Another length has just been proposed. Please read that one first."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | Q(~Q(state="open"), settled_at__isnull=False),
                name="length_proposal_settled_fits_state",
                violation_error_message=_("A proposal is open, or settled at a moment."),
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(mentee_agreed_at__isnull=False, mentor_agreed_at__isnull=False),
                name="length_proposal_agreed_by_both",
                violation_error_message=_("Another length takes the word of both."),
            ),
            models.CheckConstraint(
                condition=Q(planned_end__gte=F("proposed_at__date")),
                name="length_proposal_lies_ahead",
                violation_error_message=_("The planned end must lie ahead."),
            ),
        )

    def __str__(self) -> str:
        return str(self.planned_end)

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == LengthProposalState.OPEN

    def agreed_sides(self) -> set[Role]:
        """The sides that have agreed to it."""
        return {role for role in Role if getattr(self, f"{role.value}_agreed_at") is not None}
