"""That one of the two asks the concern contact to get in touch. The other side reads it nowhere, nor does the desk."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import UUIDModel
from engagements.states import TalkState
from matching.models import Pairing

MOST_TALKS = 3  # asked for by one person within the days below
COUNTED_FOR = timedelta(days=7)


class TalkQuerySet(models.QuerySet["Talk"]):
    """What somebody asked for is theirs alone."""

    def visible_to(self, user: User) -> Self:
        """Those that `user` asked for."""
        return self.filter(person=user)


class Talk(UUIDModel):
    """Asked for by `person`, of the contact as it was named to them then. It holds no words: those are said in person.

    `letter_id` is the e-mail that tells the contact, by which the person is told whether it has left. Unlike what else
    is in a pairing, it says no cohort: the desk finds history by that, and is to find none of this.
    """

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="talks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="talks")
    contact_name = models.CharField(_("concern contact"), max_length=200)
    contact_email = models.EmailField(_("e-mail of the concern contact"))
    with_phone = models.BooleanField(_("with the telephone number"), default=False)
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(
        _("state"), max_length=10, choices=TalkState.choices, default=TalkState.ASKED, editable=False
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    letter_id = models.UUIDField()

    objects: ClassVar = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("talk asked for")
        verbose_name_plural = _("talks asked for")
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("pairing", "person"),
                condition=Q(state="asked"),
                name="talk_one_asked",
                violation_error_message=_("You have asked already."),
            ),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at__isnull=True) | Q(~Q(state="asked"), settled_at__isnull=False),
                name="talk_settled_fits_state",
                violation_error_message=_("A talk is asked for, or settled at a moment."),
            ),
        )
        indexes = (models.Index(fields=("person", "asked_at"), name="talk_person"),)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_asked(self) -> bool:
        """Whether the contact is still to get in touch."""
        return self.state == TalkState.ASKED
