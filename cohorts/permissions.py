"""Who looks after a cohort."""

from accounts.models import User
from cohorts.models import Cohort


def coordinates(user: User, cohort: Cohort) -> bool:
    """Whether `user` looks after the cohort; a superuser looks after all of them."""
    return bool(user.is_superuser or cohort.coordinators.filter(pk=user.pk).exists())
