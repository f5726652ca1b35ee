"""The controlled list that expertise, aims and challenges are picked from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import UUIDModel


class Topic(UUIDModel):
    """One entry of the list."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    group = models.CharField(_("group"), max_length=60)
    active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("group", "name")

    def __str__(self) -> str:
        return self.name
