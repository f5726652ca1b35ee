"""Who is signed in, read once a request with all that every page asks of them."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import Role
from common.prepared import prepared
from engagements.models import Assistant


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # the package has no types
    """Signs in as allauth does. The person comes with their profile, with `is_mentee`: in any cohort,
    and with `is_assistant`: of anybody.
    """

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session; None when there is none any more, or their account is closed."""
        return next((user for user in _person(pk=user_id) if self.user_can_authenticate(user)), None)


@prepared
def _person(*, pk: UUID) -> QuerySet[User]:
    as_mentee = Enrolment.objects.filter(person=OuterRef("pk"), role=Role.MENTEE)
    assisting = Assistant.objects.serving().filter(person=OuterRef("pk"))
    return (
        User.objects.filter(pk=pk)
        .select_related("profile")
        .annotate(is_mentee=Exists(as_mentee), is_assistant=Exists(assisting))
    )
