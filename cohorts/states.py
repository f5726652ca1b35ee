"""What may happen to an enrolment, and to a spreadsheet on its way in."""

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


class SheetKind(models.TextChoices):
    """What the rows of a spreadsheet are."""

    PEOPLE = "people", _("people")
    ORGANISATIONS = "organisations", _("organisations")


class ImportState(models.TextChoices):
    """How far a spreadsheet has come."""

    WAITING = "waiting", _("waits for you to confirm")
    AT_WORK = "at_work", _("being brought in")
    DONE = "done", _("brought in")
    DISCARDED = "discarded", _("discarded")


IMPORT_TRANSITIONS = {
    "confirm": transition(ImportState.WAITING, ImportState.AT_WORK, Actor.COORDINATOR),
    "finish": transition(ImportState.AT_WORK, ImportState.DONE, Actor.SYSTEM),
    # Nothing was written: something has changed meanwhile, or the workers were lost too often.
    "give_back": transition(ImportState.AT_WORK, ImportState.WAITING, Actor.SYSTEM),
    "discard": transition(ImportState.WAITING, ImportState.DISCARDED, {Actor.COORDINATOR, Actor.CLOCK}),
}
IMPORT_GUARD = StateGuard("import", "cohorts_sheetimport", tuple(ImportState.values), IMPORT_TRANSITIONS)
