"""What may happen to an enrolment."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.state_guards import StateGuard
from common.transitions import Actor, transition


class Role(models.TextChoices):
    """What a person is in a cohort."""

    MENTEE = "mentee", _("mentee")
    MENTOR = "mentor", _("mentor")


class OfferedRole(models.TextChoices):
    """What an invitation can offer in a cohort: to take part, or to coordinate it."""

    MENTEE = "mentee", _("mentee")
    MENTOR = "mentor", _("mentor")
    COORDINATOR = "coordinator", _("coordinator")


class EnrolmentState(models.TextChoices):
    """Whether somebody takes part."""

    PENDING = "pending", _("waiting for approval")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


ENROLMENT_TRANSITIONS = {
    "approve": transition(
        {EnrolmentState.PENDING, EnrolmentState.WITHDRAWN}, EnrolmentState.APPROVED, Actor.COORDINATOR
    ),
    # By an invitation, which a coordinator has sent.
    "join": transition(
        {EnrolmentState.PENDING, EnrolmentState.WITHDRAWN}, EnrolmentState.APPROVED, {Actor.MENTEE, Actor.MENTOR}
    ),
    "withdraw": transition(
        {EnrolmentState.PENDING, EnrolmentState.APPROVED},
        EnrolmentState.WITHDRAWN,
        {Actor.MENTEE, Actor.MENTOR, Actor.COORDINATOR},
    ),
}
# The same in the database.
ENROLMENT_GUARD = StateGuard("enrolment", "cohorts_enrolment", tuple(EnrolmentState.values), ENROLMENT_TRANSITIONS)
