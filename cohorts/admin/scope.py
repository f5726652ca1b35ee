"""What a coordinator sees at the desk: their own cohorts, and never a request or pairing they are party to.

Most of it is `as_coordinator` of the models; here is what follows from it for people, their ties and invitations.
"""

from django.db.models import Q, QuerySet

from accounts.models import Affiliation, Invitation, User
from cohorts.models import Cohort, Enrolment


def people(user: User) -> QuerySet[User]:
    """Everybody enrolled in the cohorts this person coordinates; a superuser sees all."""
    if user.is_superuser:
        return User.objects.all()
    return User.objects.filter(pk__in=Enrolment.objects.as_coordinator(user).values("person"))


def affiliations(user: User) -> QuerySet[Affiliation]:
    """The ties of those people."""
    return Affiliation.objects.filter(person__in=people(user))


def invitations(user: User) -> QuerySet[Invitation]:
    """Invitations that offer a role in those cohorts, or that this person sent."""
    if user.is_superuser:
        return Invitation.objects.all()
    offered = Invitation.objects.filter(offers__cohort__in=Cohort.objects.as_coordinator(user)).values("pk")
    return Invitation.objects.filter(Q(pk__in=offered) | Q(invited_by=user))
