"""Shortlists and requests: a mentee's ranked choice, and a mentor who has been asked."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrolment
from common.models import ContentKey, HoldsContent, SealedField, UUIDModel
from matching.models.scoping import PairQuerySet
from matching.sentences import RULES
from matching.states import Fact, RequestState

SHORTLIST_SIZE = 3
TEXT_LENGTH = 1200  # characters of a note or a reason


class RequestQuerySet(PairQuerySet):
    """Requests."""

    def pending(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state=RequestState.PENDING)


class ShortlistEntryQuerySet(models.QuerySet["ShortlistEntry"]):
    """Entries, in the order in which they are asked."""

    def still_to_ask(self) -> Self:
        """Those neither asked nor skipped yet."""
        return self.filter(asked_at=None, skipped_at=None)


class ShortlistEntry(HoldsContent):
    """A place (1 to 3) on a mentee's shortlist. They are asked one at a time, in this order.

    An entry is used up once it was asked or skipped; adding the mentor anew makes a new one. The note that goes along
    when the mentor is asked is sealed under a key of the entry's own, which goes with it.
    """

    mentee = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="shortlist")
    mentor = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField(_("rank"))
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    skipped_at = models.DateTimeField(_("skipped, not available at that time"), null=True, blank=True)
    note = SealedField()
    key = models.ForeignKey(ContentKey, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = ShortlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("shortlist entry")
        verbose_name_plural = _("shortlist entries")
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(
                fields=("mentee", "rank"),
                name="shortlist_rank_once",
                violation_error_message=_(
                    "Your shortlist has changed since the page was shown. Please look at it again."
                ),
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=("mentee", "mentor"),
                name="shortlist_mentor_once",
                violation_error_message=_("This mentor is already on your shortlist."),
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=SHORTLIST_SIZE),
                name="shortlist_rank_in_range",
                violation_error_message=_("A shortlist has room for three."),
            ),
        )

    def __str__(self) -> str:
        return str(self.rank)

    @property
    def cohort_id(self) -> UUID:
        """The one in which the mentee looks for a mentor."""
        return self.mentee.cohort_id

    def content_key(self) -> ContentKey | None:
        return self.key

    def content_author(self, field: str) -> str:
        return str(self.mentee.person_id)


class Origin(models.TextChoices):
    """How a request came about."""

    SHORTLIST = "shortlist", _("the shortlist")
    RUN = "run", _("a match run")
    COORDINATOR = "by_hand", _("a coordinator, for the mentee")


class DeclineClass(models.TextChoices):
    """Why a mentor declined, as far as a coordinator may know."""

    TIME = "time", _("No time at present")
    FIT = "fit", _("Not the right person for these aims")
    CONFLICT = "conflict", _("A conflict of interest")
    OTHER = "other", _("Another reason")


class Request(HoldsContent):
    """A mentor has been asked. The note and the mentor's reason are sealed.

    The deadline is fixed when it is asked, and moves past days of leave. While it is held (`held_for`), its time stands
    still: it has its whole time again from `resumed_at` on.
    """

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.PROTECT, related_name="requests")
    mentee_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="requests_made")
    mentor_enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="requests_received")
    mentee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentee"), on_delete=models.PROTECT, related_name="+"
    )
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("mentor"), on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField(_("origin"), max_length=9, choices=Origin.choices, default=Origin.SHORTLIST)
    state = models.CharField(
        _("state"), max_length=9, choices=RequestState.choices, default=RequestState.PENDING, editable=False
    )
    asked_at = models.DateTimeField(_("asked"))
    deadline = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    held_for = models.CharField(_("held, because"), max_length=20, choices=Fact.choices, blank=True, editable=False)
    held_until = models.DateTimeField(_("held until, at the longest"), null=True, blank=True, editable=False)
    resumed_at = models.DateTimeField(_("went on"), null=True, blank=True, editable=False)
    decline_class = models.CharField(_("reason"), max_length=10, choices=DeclineClass.choices, blank=True)
    note = SealedField()
    decline_text = SealedField()
    key = models.ForeignKey(ContentKey, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("mentee_enrolment",),
                condition=Q(state=RequestState.PENDING),
                name="request_one_pending",
                violation_error_message=_("You have already asked somebody, and the answer is still open."),
            ),
            models.CheckConstraint(
                condition=~Q(mentee=F("mentor")),
                name="request_not_of_oneself",
                violation_error_message=RULES["same_person"].refusal,
            ),
            models.CheckConstraint(
                condition=Q(held_for="", held_until__isnull=True)
                | (~Q(held_for="") & Q(held_until__isnull=False, state=RequestState.PENDING)),
                name="request_held_while_it_waits",
                violation_error_message=_("Only a request that waits for an answer can be held."),
            ),
        )
        indexes = (
            models.Index(fields=("mentor", "-asked_at"), name="request_mentor"),
            models.Index(
                fields=("deadline",), condition=Q(state=RequestState.PENDING), name="request_pending_deadline"
            ),
        )

    def __str__(self) -> str:
        return f"{self.mentee} → {self.mentor}"

    @property
    def proposed(self) -> bool:
        """Whether the programme asked for the mentee: by publishing a match run, or by a coordinator's hand."""
        return self.origin in (Origin.RUN, Origin.COORDINATOR)

    @property
    def by_hand(self) -> bool:
        """Whether a coordinator asked for the mentee, without a match run."""
        return self.origin == Origin.COORDINATOR

    @property
    def counted_from(self) -> datetime:
        """The moment from which the mentor's working days are counted."""
        return self.resumed_at or self.asked_at

    @property
    def waits_until(self) -> datetime:
        """Until when it waits unless something happens: while it is held, the end of that."""
        return self.held_until or self.deadline

    @property
    def time_named(self) -> str:
        """Names the time it waits for now: e-mails tell of this time only."""
        return f"{self.waits_until:%Y%m%dT%H%M}"

    def occasion(self, now: datetime) -> str:
        """Names the change of its time that is made at `now`: the same time may be told of again after another one."""
        return f"{self.time_named} {now:%Y%m%dT%H%M%S}"

    def content_key(self) -> ContentKey | None:
        return self.key

    def content_author(self, field: str) -> str:
        return str({"note": self.mentee_id, "decline_text": self.mentor_id}[field])


class LiftedDecline(UUIDModel):
    """A coordinator allows a mentee to ask again somebody who declined in this cohort."""

    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="lift")
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)
