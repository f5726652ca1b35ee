"""A new e-mail address on its way: proven by its owner, told to both addresses, in effect a day later."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from common.models import UUIDModel


class AddressChange(UUIDModel):
    """From `old` to `new`, at `takes_effect_at`, unless it is undone before."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address_changes")
    old = models.EmailField()
    new = models.EmailField()
    asked_at = models.DateTimeField()
    takes_effect_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(done_at__isnull=True, undone_at__isnull=True),
                name="address_change_one_waiting",
                violation_error_message=_("Another address is waiting to take effect already."),
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(undone_at__isnull=True),
                name="address_change_done_or_undone",
                violation_error_message=_("This change is over."),
            ),
            models.CheckConstraint(
                condition=Q(takes_effect_at__gt=F("asked_at")),
                name="address_change_takes_time",
                violation_error_message=_("A new address takes a day to come into effect."),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def undo_url(self) -> str:
        """The page that undoes it; who knows its address needs no session."""
        return reverse("accounts:address_undo", args=[tokens.address_token(self.pk)])

    @property
    def is_waiting(self) -> bool:
        """Whether it may still be undone."""
        return self.done_at is None and self.undone_at is None
