"""Match runs: what the engine proposed for a cohort, on what terms, and why some stay unmatched."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.models.scoping import ScopedQuerySet, coordinated
from common.models import UUIDModel
from matching.models.requests import Request
from matching.models.scoping import PairQuerySet
from matching.sentences import RULES
from matching.states import RUNS_ON_THEIR_WAY, RunState


class MatchRunQuerySet(ScopedQuerySet):
    """Runs are for coordinators."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user))


class ProposalQuerySet(PairQuerySet):
    """Proposals are for coordinators; what the pair sees is the request that becomes of one."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def to_publish(self) -> Self:
        """Those that were neither published nor held back."""
        return self.filter(request=None, held_back="")


class UnmatchedQuerySet(ScopedQuerySet):
    """Who stays unmatched is for coordinators, without themselves."""

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(mentee=user)


class Phase(models.TextChoices):
    """What is being done for a run, in this order."""

    READ = "read", _("reading who takes part")
    BEST = "best", _("looking for the best match")
    PROTECT = "protect", _("looking how far the worst-off can be raised")
    SPREAD = "spread", _("looking how the load can be spread")
    PROVE = "prove", _("proving the result over all pairs")
    EXPLAIN = "explain", _("gathering the reasons")
    KEEP = "keep", _("writing the proposals down")


class NotMade(models.TextChoices):
    """Why a run came to nothing."""

    CANCELLED = "cancelled", _("cancelled")
    NOBODY = "nobody", _("nobody was looking for a mentor any more")
    LOST = "lost", _("the work broke off three times")
    NOT_PROVEN = "not_proven", _("the result could not be proven")
    TOO_LARGE = "too_large", _("too large to be matched at once")
    BROKE = "broke", _("an error of ours")


class MatchRun(UUIDModel):
    """One run: asked for, made by a worker, and then kept as it was. Scores are whole points of a million.

    made_at     when the people were as it takes them: a worker began. Until then, when it was asked for
    finished_at when it was proven, or came to nothing
    problem     why it came to nothing
    phase, done, of
                how far it is, while it is being made
    tries       how often a worker has begun; only the last of them may keep what it found
    heard_at    when its worker last said that it is at it, by the database's clock
    places      open places of all mentors
    matched     no assignment under the rules matches more
    total       none that matches as many has more points, at this `lowest`, with the places of mentors held to what
                spreading the load leaves them
    lowest      the score of the worst-off matched mentee
    blocking_pairs
                pairs who would both score higher with each other (as many as were counted)
    kept_at     the same as `made_at`, by the database's clock, which the log of changes goes by
    log         where the log of changes stood when its people were read
    report      what it was made from, its certificate, the picture, the other ways to run, the groups, fairness;
                read and written by `matching.domain.run_report` alone
    published_at
                when proposals of it last became requests
    """

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="runs")
    made_at = models.DateTimeField(_("as of"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    protect_worst_off = models.BooleanField(
        _("protect the worst-off"),
        default=False,
        help_text=_(
            "Raise the lowest score as far as everybody who can be matched still is. It costs a little of the total."
        ),
    )
    spread_load = models.BooleanField(
        _("spread the load"),
        default=False,
        help_text=_(
            "Give no mentor a second mentee while as many can be matched without, nor a third, and so on. It costs "
            "some of the total. The cohort’s rules can ask for it in every run."
        ),
    )
    mentees = models.PositiveIntegerField(_("mentees"), default=0)
    places = models.PositiveIntegerField(_("places"), default=0)
    matched = models.PositiveIntegerField(_("matched"), default=0)
    total = models.BigIntegerField(_("points in all"), default=0)
    lowest = models.PositiveIntegerField(_("lowest score"), null=True)
    blocking_pairs = models.PositiveIntegerField(_("pairs who would both prefer each other"), default=0)
    report = models.JSONField(default=dict)
    log = models.JSONField(default=dict, editable=False)
    kept_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        _("state"), max_length=9, choices=RunState.choices, default=RunState.QUEUED, editable=False
    )
    phase = models.CharField(max_length=7, choices=Phase.choices, blank=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    of = models.PositiveIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    heard_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    problem = models.CharField(
        _("not made, because"), max_length=10, choices=NotMade.choices, blank=True, editable=False
    )
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("cancelled by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects: ClassVar = MatchRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("match run")
        verbose_name_plural = _("match runs")
        ordering = ("-made_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state=RunState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=RunState.PUBLISHED) & Q(published_at__isnull=True)),
                name="match_run_published_then",
                violation_error_message=_("A match run is published at a moment, or not at all."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=RUNS_ON_THEIR_WAY, finished_at__isnull=True)
                | (~Q(state__in=RUNS_ON_THEIR_WAY) & Q(finished_at__isnull=False)),
                name="match_run_finished_then",
                violation_error_message=_("A match run is on its way, or came to its end at a moment."),
            ),
            models.CheckConstraint(
                condition=(Q(state=RunState.FAILED) & ~Q(problem="")) | (~Q(state=RunState.FAILED) & Q(problem="")),
                name="match_run_not_made_why",
                violation_error_message=_("A match run that came to nothing says why."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True) | Q(problem=NotMade.CANCELLED),
                name="match_run_cancelled_by",
                violation_error_message=_("Only a match run that was cancelled was cancelled by somebody."),
            ),
            models.UniqueConstraint(
                fields=("cohort",),
                condition=Q(state__in=RUNS_ON_THEIR_WAY),
                name="match_run_one_on_its_way",
                violation_error_message=_("A match run of this cohort is on its way already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.cohort}, {date_format(localtime(self.made_at), 'DATETIME_FORMAT')}"


class HeldBack(models.TextChoices):
    """Why a proposal did not become a request when its run was published.

    Whatever keeps the mentor from being asked, a private list as well, is one and the same reason.
    """

    MENTEE_LEFT = "mentee_left", _("The mentee has left the cohort.")
    MENTEE_PAIRED = "mentee_paired", _("The mentee has found a mentor meanwhile.")
    MENTEE_WAITS = "mentee_waits", _("The mentee waits for the answer to another request.")
    MENTEE_UNCONFIRMED = "mentee_unconfirmed", _("The mentee’s employer is to be named or confirmed.")
    SAME_PERSON = "same_person", RULES["same_person"].pair
    SAME_EMPLOYER = "same_employer", RULES["same_employer"].pair
    SAME_FAMILY = "same_family", RULES["same_family"].pair
    COMPETITORS = "competitors", RULES["competitors"].pair
    CURRENT_TIE = "current_tie", RULES["current_tie"].pair
    SHARED_TIE = "shared_tie", RULES["shared_tie"].pair
    FORMER_TIE = "former_tie", RULES["former_tie"].pair
    REVERSE_PAIRING = "reverse_pairing", _("They are paired, with the roles the other way round.")
    ALREADY_PAIRED = "already_paired", _("They are paired already.")
    DECLINED = "declined", _("The mentor has declined this mentee.")
    PAIRED_BEFORE = "paired_before", _("They were paired before, and have not both asked for each other again.")
    OTHER = "other", _("The mentor is not available: no place is free, or for another reason.")


class Proposal(UUIDModel):
    """A pair put forward by a run. `reasons` are the engine's facts, from which pages make sentences.

    Once it was to be published, it is a `request`, or was `held_back` for a reason.
    """

    run = models.ForeignKey(MatchRun, verbose_name=_("match run"), on_delete=models.CASCADE, related_name="proposals")
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="+")
    mentee_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    mentor_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.PROTECT, related_name="+"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), on_delete=models.PROTECT, related_name="+"
    )
    score = models.PositiveIntegerField(_("score"))
    reasons = models.JSONField(default=list)
    request = models.OneToOneField(
        Request, verbose_name=_("request"), null=True, editable=False, on_delete=models.PROTECT, related_name="proposal"
    )
    held_back = models.CharField(
        _("held back, because"), max_length=20, choices=HeldBack.choices, blank=True, editable=False
    )

    objects: ClassVar = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("score", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "mentee"),
                name="proposal_once_a_mentee",
                violation_error_message=_("This run has already proposed somebody to this mentee."),
            ),
            models.CheckConstraint(
                condition=Q(request__isnull=True) | Q(held_back=""),
                name="proposal_asked_or_held_back",
                violation_error_message=_("What was held back has not become a request."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.mentee} → {self.mentor}"


class Help(models.TextChoices):
    """The single change that would help an unmatched mentee most."""

    PLACES = "places", _("One more place with any mentor they may have")
    CONFIRM_EMPLOYER = "mentee_unconfirmed", _("Confirm their employer")
    COMPETITORS = "competitors", _("Flag competitors instead of excluding them")
    LOOKBACK = "former_tie", _("A shorter look-back for former employers and ties")
    GROUP = "same_family", _("Mentors from outside their organisation’s group")
    EMPLOYER = "same_employer", _("Mentors from outside their organisation")
    TIES = "current_tie", _("A waiver for a tie that does no harm")
    LIFT = "declined", _("Lift a decline")
    AGAIN = "paired_before", _("Both asking for each other again")
    AVAILABLE = "other", _("More mentors, or more places")
    MENTORS = "mentors", _("More mentors")


class Unmatched(UUIDModel):
    """A mentee for whom a run found nobody: how many mentors each rule excludes, and what would help most.

    fit         mentors they may have, all taken by others
    excluded    number by public name of the rule; private and practical reasons in one, from five up
    gain        mentors that `help` alone would add
    group       how many mentees compete for how many places around them, when mentors fit
    """

    run = models.ForeignKey(MatchRun, verbose_name=_("match run"), on_delete=models.CASCADE, related_name="unmatched")
    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="+")
    mentee_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.PROTECT, related_name="+"
    )
    fit = models.PositiveIntegerField(_("mentors who fit, all taken"))
    excluded = models.JSONField(default=dict)
    help = models.CharField(_("what would help most"), max_length=20, choices=Help.choices)
    gain = models.PositiveIntegerField(_("mentors it would add"))
    group_mentees = models.PositiveIntegerField(null=True)
    group_places = models.PositiveIntegerField(null=True)

    objects: ClassVar = UnmatchedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unmatched mentee")
        verbose_name_plural = _("unmatched mentees")
        ordering = ("fit", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "mentee"),
                name="unmatched_once",
                violation_error_message=_("This run already says why this mentee has nobody."),
            ),
        )

    def __str__(self) -> str:
        return str(self.mentee)
