"""Who may see what: `visible_to(user)` on every model with a cohort; whoever is not let in meets a missing page.

`as_participant` is what is one's own, `as_coordinator` what one looks after; visible is either. The administration
uses `as_coordinator` alone, which leaves out whatever the coordinator is party to.
"""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from accounts.models import User


def coordinated(user: User, field: str = "cohort") -> Q:
    """The condition that `field` is a cohort which `user` coordinates; a superuser looks after all of them."""
    return Q() if user.is_superuser else Q(**{f"{field}__coordinators": user})


class ScopedQuerySet(models.QuerySet[Any]):
    """Reads for a person."""

    def as_participant(self, user: User) -> Self:
        """Those that are this person's own; none, unless a model says otherwise."""
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        """Those in cohorts this person looks after, without the ones they are party to."""
        return self.filter(coordinated(user))

    def visible_to(self, user: User) -> Self:
        """Those this person may know of at all."""
        rows = self.model.objects
        return self.filter(
            Q(pk__in=rows.as_participant(user).values("pk")) | Q(pk__in=rows.as_coordinator(user).values("pk"))
        )
