"""Notes in a pairing: by one side, for oneself or for both. The words are sealed."""

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import ContentKey, HoldsContent, SealedField
from engagements.states import NoteState
from matching.models import Pairing


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes belong to whoever wrote them; the other side reads those that are shared."""

    def visible_to(self, user: User) -> Self:
        """One's own, and what the other side of one's pairings has shared."""
        of_mine = Q(pairing__mentee=user) | Q(pairing__mentor=user)
        return self.filter(Q(by=user) | Q(of_mine, state=NoteState.SHARED))


class Note(HoldsContent):
    """One note. `changed_at` is when its words were last written anew."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("read by"), max_length=8, choices=NoteState.choices, default=NoteState.PRIVATE, editable=False
    )
    written_at = models.DateTimeField(_("written"))
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    text = SealedField()

    objects: ClassVar = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-written_at", "-pk")
        indexes = (models.Index(fields=("pairing", "written_at"), name="note_pairing_written"),)

    def __str__(self) -> str:
        return str(self.written_at.date())

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    @property
    def is_shared(self) -> bool:
        """Whether the other side reads it."""
        return bool(self.state == NoteState.SHARED)

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.by_id)
