"""Who takes part: cohorts, enrolments, and the roles that invitations offer."""

from cohorts.models.cohorts import Cohort
from cohorts.models.enrolments import Enrolment
from cohorts.models.offers import RoleOffer

__all__ = ["Cohort", "Enrolment", "RoleOffer"]
