"""Assistants: who handles a leader's meeting times, and nothing else of theirs."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, User
from common.models import UUIDModel
from engagements.states import STANDING_ASSISTANTS, AssistantState


class AssistantQuerySet(models.QuerySet["Assistant"]):
    """Assistants, each of one leader."""

    def serving(self) -> Self:
        """Those who handle the times now."""
        return self.filter(state=AssistantState.SERVING)

    def standing(self) -> Self:
        """Invited or serving."""
        return self.filter(state__in=STANDING_ASSISTANTS)

    def visible_to(self, user: User) -> Self:
        """Whom `user` serves now: an assistant sees their leaders, and through them the times alone."""
        return self.serving().filter(person=user)


class Assistant(UUIDModel):
    """`person` handles the meeting times of `leader`. Until they accept, only the invitation knows who they are.

    `emails`: whether they are written to about those times. The row says nothing of what else either of them is here.
    """

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assistants")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="leaders_assisted"
    )
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, related_name="assistant")
    state = models.CharField(
        _("state"), max_length=10, choices=AssistantState.choices, default=AssistantState.INVITED, editable=False
    )
    emails = models.BooleanField(_("is written to about meeting times"), default=True)
    began_at = models.DateTimeField(_("began"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects: ClassVar = AssistantQuerySet.as_manager()

    class Meta:
        ordering = ("began_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("leader", "person"),
                condition=Q(state="serving"),
                name="assistant_once",
                violation_error_message=_("This person handles these meeting times already."),
            ),
            models.CheckConstraint(
                condition=~Q(person=F("leader")),
                name="assistant_is_somebody_else",
                violation_error_message=_("Nobody is their own assistant."),
            ),
            models.CheckConstraint(
                condition=Q(state="invited", person__isnull=True, began_at__isnull=True, ended_at__isnull=True)
                | Q(state="serving", person__isnull=False, began_at__isnull=False, ended_at__isnull=True)
                | Q(state="over", ended_at__isnull=False)
                | ~Q(state__in=("invited", "serving", "over")),
                name="assistant_fits_state",
                violation_error_message=_("What is said of an assistant must fit where they stand."),
            ),
        )

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """The name of the account once there is one, before that as the invitation has it."""
        return self.person.get_full_name() if self.person else self.invitation.name
