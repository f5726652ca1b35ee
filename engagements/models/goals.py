"""Goals of a mentee: what for, how one would know, by when, in which steps, and how it went. All words are sealed."""

from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.models import ContentKey, HoldsContent, SealedField
from engagements.models.check_ins import CheckIn
from engagements.states import PAIR_WRITES, GoalStanding, GoalState
from matching.models import Pairing

GOAL_WORDS = ("title", "why", "signs")


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals belong to the two of their pairing."""

    def visible_to(self, user: User) -> Self:
        """Those of the pairings that `user` is one of the two in."""
        return self.filter(Q(pairing__mentee=user) | Q(pairing__mentor=user))

    def open(self) -> Self:
        """Those that are worked towards."""
        return self.filter(state=GoalState.OPEN)

    def to_take_up(self) -> Self:
        """Proposals that wait for the mentee."""
        return self.filter(state=GoalState.PROPOSED, pairing__state__in=PAIR_WRITES)

    def counted(self) -> Self:
        """With `steps`, how many of them are `done`, and `standing`, what was said of it last in a check-in."""
        said = GoalEntry.objects.filter(goal=OuterRef("pk"), standing__gt="").order_by("-at", "-pk")
        return self.annotate(
            steps=Count("milestones"),
            done=Count("milestones", filter=Q(milestones__done_at__isnull=False)),
            standing=Subquery(said.values("standing")[:1]),
        )


class Goal(HoldsContent):
    """One goal. `written_by` wrote the words as they stand: the mentee, or the mentor of a proposal."""

    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="goals")
    state = models.CharField(_("state"), max_length=12, choices=GoalState.choices, editable=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_when = models.DateField(_("by when"), null=True, blank=True)
    title = SealedField()
    why = SealedField()
    signs = SealedField()

    objects: ClassVar = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        ordering = ("proposed_at", "pk")
        indexes = (models.Index(fields=("pairing", "state"), name="goal_pairing_state"),)

    def __str__(self) -> str:
        return str(self.proposed_at.date())

    @property
    def cohort_id(self) -> UUID:
        """Its pairing's."""
        return self.pairing.cohort_id

    def content_key(self) -> ContentKey | None:
        return self.pairing.key

    def content_author(self, field: str) -> str:
        return str(self.written_by_id)

    def called(self) -> str:
        """Its title, or what stands for one that was erased with the person who wrote it."""
        return self.words_of("title") or gettext("A goal of a former member")

    @property
    def is_writable(self) -> bool:
        """Whether its pairing is at a stage at which goals are written."""
        return self.pairing.state in PAIR_WRITES


class OfGoal(HoldsContent):
    """What belongs to a goal is sealed with the key of the goal's pairing."""

    goal: Goal

    class Meta:
        abstract = True

    @property
    def pairing(self) -> Pairing:
        """Its goal's."""
        return self.goal.pairing

    def content_key(self) -> ContentKey | None:
        return self.pairing.key


class Milestone(OfGoal):
    """A step on the way to a goal: done since when, or not yet."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField(_("place"))
    text = SealedField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return str(self.position)

    def content_author(self, field: str) -> str:
        return str(self.written_by_id)


class GoalAct(models.TextChoices):
    """What a line of a goal's history tells: the verb that led to it, or what was said in a check-in."""

    PROPOSE = "propose", _("proposed")
    TAKE_UP = "take_up", _("taken up")
    TURN_DOWN = "turn_down", _("not taken up")
    REVISE = "revise", _("revised")
    WITHDRAW = "withdraw", _("withdrawn")
    NOTE = "note", _("progress")
    CHANGE = "change", _("changed")
    KEEP = "keep", _("kept")
    REACH = "reach", _("reached")
    LET_GO = "let_go", _("let go")
    REOPEN = "reopen", _("taken up again")
    CHECK_IN = "check_in", _("said in a check-in")


class GoalEntryQuerySet(models.QuerySet["GoalEntry"]):
    """Lines of goals' histories."""

    def visible_to(self, user: User) -> Self:
        """Those of the pairings that `user` is one of the two in."""
        return self.filter(Q(goal__pairing__mentee=user) | Q(goal__pairing__mentor=user))


class GoalEntry(OfGoal):
    """One line of a goal's history: who did what when, and a line about it. Both read it."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="entries")
    act = models.CharField(_("what"), max_length=12, choices=GoalAct.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    check_in = models.ForeignKey(CheckIn, null=True, blank=True, on_delete=models.CASCADE, related_name="goal_entries")
    standing = models.CharField(_("how it comes on"), max_length=8, choices=GoalStanding.choices, blank=True)
    line = SealedField()

    objects: ClassVar = GoalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a goal's history")
        verbose_name_plural = _("lines of goals' histories")
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("goal", "check_in"),
                name="goal_entry_once_a_check_in",
                violation_error_message=_("This check-in has said how the goal comes on already."),
            ),
            models.CheckConstraint(
                condition=Q(act="check_in", check_in__isnull=False, standing__in=GoalStanding.values)
                | Q(~Q(act="check_in"), check_in__isnull=True, standing=""),
                name="goal_entry_standing_of_check_in",
                violation_error_message=_("How a goal comes on is said in a check-in."),
            ),
        )

    def __str__(self) -> str:
        return self.act

    def content_author(self, field: str) -> str:
        return str(self.by_id)
