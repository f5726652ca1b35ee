"""Who may see records of a mentee and a mentor."""

from typing import Self

from django.db.models import Q

from accounts.models import User
from cohorts.models.scoping import ScopedQuerySet, coordinated


class PairQuerySet(ScopedQuerySet):
    """Records of a mentee and a mentor in a cohort."""

    def as_participant(self, user: User) -> Self:
        return self.filter(Q(mentee=user) | Q(mentor=user))

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(mentee=user).exclude(mentor=user)
