"""What of history and letters a coordinator sees: their cohorts', without what they are party to."""

from django.db.models import Q, QuerySet

from accounts.models import User
from cohorts.admin import scope
from cohorts.models import Cohort
from common import event_kinds
from common.models import Event
from matching.models import Alert, Pairing, Request
from outbox.models import Letter


def events(user: User) -> QuerySet[Event]:
    """The history of those cohorts and of invitations to them, and what every desk is told; a superuser also sees what
    belongs to no cohort.
    """
    known: QuerySet[Event] = Event.objects.told().not_about(user)
    if user.is_superuser:
        return known
    for_all = [name for name, subject in event_kinds.subjects().items() if subject.for_all_desks]
    return known.filter(
        Q(cohort_id__in=Cohort.objects.as_coordinator(user).values("pk"))
        | Q(invitation_id__in=scope.invitations(user).values("pk"))
        | Q(subject_type__in=for_all)
    )


def letters(user: User) -> QuerySet[Letter]:
    """Letters that belong to those cohorts, and invitations to them; a superuser sees all but those about what is their
    own.
    """
    known = Letter.objects.exclude(
        Q(pairing_id__in=Pairing.objects.as_participant(user).values("pk"))
        | Q(subject_type="request", subject_id__in=Request.objects.as_participant(user).values("pk"))
        | Q(subject_type="alert", subject_id__in=Alert.objects.about(user).values("pk"))
    )
    if user.is_superuser:
        return known
    return known.filter(
        Q(cohort_id__in=Cohort.objects.as_coordinator(user).values("pk"))
        | Q(invitation_id__in=scope.invitations(user).values("pk"))
    )
