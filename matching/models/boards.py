"""The review board of a match run: what coordinators have changed of its proposals, and what they noted."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort
from cohorts.models.scoping import ScopedQuerySet, coordinated
from common.models import UUIDModel
from matching.models.runs import MatchRun


class BoardVerb(models.TextChoices):
    """What a coordinator may decide on the board of a run."""

    PIN = "pin", _("kept together")
    BY_HAND = "by_hand", _("paired by hand")
    SWAP = "swap", _("swapped")
    FORBID = "forbid", _("kept apart")
    SET_ASIDE = "set_aside", _("set aside")
    RELEASE = "release", _("released")


class OfABoardQuerySet(ScopedQuerySet):
    """What stands on boards is for coordinators."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user))


class BoardChange(UUIDModel):
    """One decision of a coordinator, never changed afterwards. Those in force are the board's `head` and all before it.

    after       the decision before it, when it was made; whatever else followed that one has been undone
    moves       each mentee whose proposal it changed: `mentee`, and what stood `before` and stands `after` (a mentor
                with score and reasons, or why there is nobody), so that undoing is exact
    other, other_mentor
                of a swap: the second mentee, and whom they get
    moving      how many others it might move at most; none: as many as it takes
    matched, total, best_matched, best_total
                of the board by then, and of the best answer to all that was decided
    mutual      pairs who would both prefer each other by then
    """

    run = models.ForeignKey(MatchRun, verbose_name=_("match run"), on_delete=models.CASCADE, related_name="changes")
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    after = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="followed_by")
    verb = models.CharField(_("what was decided"), max_length=9, choices=BoardVerb.choices)
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.PROTECT, related_name="+"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    other = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("swapped with"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    other_mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("their mentor"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    moving = models.PositiveSmallIntegerField(_("others moved at most"), null=True)
    moves = models.JSONField(default=list)
    matched = models.PositiveIntegerField(_("matched"))
    total = models.BigIntegerField(_("points in all"))
    best_matched = models.PositiveIntegerField(_("matched at best"))
    best_total = models.BigIntegerField(_("points at best"))
    mutual = models.PositiveIntegerField(_("pairs who would both prefer each other"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("decided"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = OfABoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a board")
        verbose_name_plural = _("changes of boards")
        ordering = ("run", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "number"),
                name="board_change_numbered_once",
                violation_error_message=_("Another coordinator has changed the board at the same moment."),
            ),
            models.CheckConstraint(
                condition=Q(verb="swap", mentor__isnull=False, other__isnull=False, other_mentor__isnull=False)
                | (~Q(verb="swap") & Q(other__isnull=True, other_mentor__isnull=True)),
                name="board_swap_of_two",
                violation_error_message=_("Two mentees are swapped; everything else is about one."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_verb_display()}: {self.mentee}"


class Board(UUIDModel):
    """Where the board of a run stands: which decision was the last, and how often anything was changed."""

    run = models.OneToOneField(MatchRun, verbose_name=_("match run"), on_delete=models.CASCADE, related_name="board")
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="+")
    head = models.ForeignKey(BoardChange, null=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = OfABoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("review board")
        verbose_name_plural = _("review boards")

    def __str__(self) -> str:
        return str(self.run)


class BoardNote(UUIDModel):
    """What coordinators noted about a mentee's place on a board; one text, which each of them may change."""

    run = models.ForeignKey(MatchRun, verbose_name=_("match run"), on_delete=models.CASCADE, related_name="notes")
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="+")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("note"), max_length=1000)
    written_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = OfABoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on a board")
        verbose_name_plural = _("notes on boards")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "mentee"),
                name="board_note_once_a_mentee",
                violation_error_message=_("Another coordinator has written a note at the same moment."),
            ),
        )

    def __str__(self) -> str:
        return str(self.mentee)
