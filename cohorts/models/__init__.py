"""Who takes part: cohorts, enrolments, the roles that invitations offer, and imports."""

from cohorts.models.cohorts import Cohort
from cohorts.models.enrolments import Enrolment
from cohorts.models.imports import SheetImport
from cohorts.models.offers import RoleOffer

__all__ = ["Cohort", "Enrolment", "RoleOffer", "SheetImport"]
