"""What of history and letters a coordinator sees: their cohorts', without what they are party to."""

from django.db.models import Q, QuerySet

from accounts.models import User
from cohorts.admin import scope
from cohorts.models import Cohort
from common.models import Event
from engagements.models import Agreement, CheckIn
from matching.models import Alert, Pairing, Request
from outbox.models import Letter


def _about_own(user: User) -> Q:
    """Whatever hangs on a request or pairing this person is party to."""
    pairings = Pairing.objects.as_participant(user).values("pk")
    return (
        Q(subject_id__in=Request.objects.as_participant(user).values("pk"))
        | Q(subject_id__in=pairings)
        | Q(subject_id__in=Agreement.objects.filter(pairing__in=pairings).values("pk"))
        | Q(subject_id__in=CheckIn.objects.filter(pairing__in=pairings).values("pk"))
    )


def events(user: User) -> QuerySet[Event]:
    """The history of those cohorts, of the letters about them, and of what kept all letters; a superuser also sees what
    belongs to no cohort.
    """
    own_letters = Letter.objects.filter(_about_own(user)).values("pk")
    known = Event.objects.exclude(_about_own(user)).exclude(subject_type="letter", subject_id__in=own_letters)
    if user.is_superuser:
        return known
    return known.filter(
        Q(cohort_id__in=Cohort.objects.as_coordinator(user).values("pk"))
        | Q(subject_type="letter", subject_id__in=letters(user).values("pk"))
        | Q(subject_type="trouble")
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
