"""What a mentee says at intake, as others who may read it read it."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Aim, MenteeProfile, Topic
from common.prepared import prepared


@prepared
def aims(*, mentee: UUID) -> QuerySet[Aim]:
    """A mentee's aims with their topics, first things first."""
    return Aim.objects.filter(mentee=mentee).select_related("topic").order_by("rank")


@prepared
def challenges(*, mentee: UUID) -> QuerySet[Topic]:
    """The topics that a mentee has picked as challenges."""
    picked = MenteeProfile.challenges.through.objects.filter(menteeprofile=mentee)
    return Topic.objects.filter(pk__in=picked.values("topic"))
