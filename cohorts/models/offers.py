"""What an invitation offers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from cohorts.models.cohorts import Cohort
from cohorts.states import OfferedRole
from common.models import UUIDModel


class RoleOffer(UUIDModel):
    """A role in a cohort that an invitation offers; taken up when the invitation is accepted."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="offers")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="offers")
    role = models.CharField(_("role"), max_length=11, choices=OfferedRole.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("invitation", "cohort", "role"),
                name="offer_once",
                violation_error_message=_("This role is already offered with the invitation."),
            ),
        )

    def __str__(self) -> str:
        return self.role
