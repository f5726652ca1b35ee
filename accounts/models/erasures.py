"""Somebody's data is to be erased: their account is closed, and they have some days to think better of it."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.models.users import User
from common.models import UUIDModel


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Erasures, wanted and done."""

    def waiting(self) -> Self:
        """Those that may still be undone."""
        return self.filter(done_at=None, undone_at=None)

    def waiting_for(self, person: User) -> "Erasure | None":
        """The one that waits for this person."""
        return self.waiting().filter(person=person).first()


class Erasure(UUIDModel):
    """What is held of `person` is erased at `due_at`, unless that is undone before. `was_open`: whether their account
    was open when it was asked for, and is opened again with the undoing.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="erasures")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    due_at = models.DateTimeField(_("due"))
    was_open = models.BooleanField()
    done_at = models.DateTimeField(_("done"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    objects: ClassVar = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(done_at__isnull=True, undone_at__isnull=True),
                name="erasure_one_waiting",
                violation_error_message=_("This account is being erased already."),
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(undone_at__isnull=True),
                name="erasure_done_or_undone",
                violation_error_message=_("It has been decided whether this account is erased."),
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")),
                name="erasure_takes_time",
                violation_error_message=_("Nothing is erased at once: there is time to think better of it."),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def undo_url(self) -> str:
        """The page that undoes it; who knows its address needs no session."""
        return reverse("accounts:erasure", args=[tokens.erasure_token(self.pk)])

    @property
    def is_waiting(self) -> bool:
        """Whether it may still be undone."""
        return self.done_at is None and self.undone_at is None
