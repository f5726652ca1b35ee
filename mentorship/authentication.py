"""Who is signed in, read once a request with all that every page asks of them."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import Role


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]  # the package has no types
    """Signs in as allauth does. The person comes with their profile, and with `is_mentee`: in any cohort."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session; None when there is none any more, or their account is closed."""
        as_mentee = Enrolment.objects.filter(person=OuterRef("pk"), role=Role.MENTEE)
        people = User.objects.select_related("profile").annotate(is_mentee=Exists(as_mentee))
        found = people.filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
