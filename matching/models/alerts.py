"""What coordinators are told of."""

from collections.abc import Mapping
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import label_of
from accounts.models import Organisation, User
from cohorts.models import Cohort, Enrolment
from cohorts.models.scoping import ScopedQuerySet, coordinated
from common.models import UUIDModel
from matching import alert_sentences
from matching.models.pairings import Pairing

NOTE_LENGTH = 500  # characters of a coordinator's note


class AlertQuerySet(ScopedQuerySet):
    """Alerts are for coordinators, without those about a request or pairing of their own."""

    def open(self) -> Self:
        """Those not settled yet."""
        return self.filter(settled_at__isnull=True)

    def lasting(self) -> Self:
        """Those whose reason may still be there: open ones, and what a coordinator has settled meanwhile."""
        return self.filter(over_at__isnull=True)

    def as_participant(self, user: User) -> Self:
        return self.none()

    def as_coordinator(self, user: User) -> Self:
        return self.filter(coordinated(user)).exclude(_about(user))

    def about(self, user: User) -> Self:
        """Those about an enrolment or a pairing of this person's own."""
        return self.filter(_about(user))


def _about(user: User) -> Q:
    pairings = Pairing.objects.as_participant(user).values("pk")
    enrolments = Enrolment.objects.as_participant(user).values("pk")
    return Q(pairing__in=pairings) | Q(subject_type="enrolment", subject_id__in=enrolments)


class AlertKind(models.TextChoices):
    """What a coordinator should look at."""

    INDEPENDENCE = "independence", _("An independence rule no longer holds")
    COMPETITORS = "competitors", _("A pairing between competitors")
    ACCOUNT_CLOSED = "account_closed", _("Somebody in a pairing has a closed account")
    INTRODUCED_IDLE = "introduced_idle", _("An introduced pairing has not begun")
    MENTOR_SILENT = "mentor_silent", _("A mentor let three requests in a row pass without an answer")
    SHORTLIST_EMPTY = "shortlist_empty", _("A mentee has nobody left to ask")
    CHECK_INS_MISSED = "check_ins_missed", _("A pairing has gone quiet")
    ORGANISATION_NEW = "organisation_new", _("A new organisation is waiting to be confirmed")
    WORDS_UNREADABLE = "words_unreadable", _("What a pair wrote cannot be read")
    NOTE_UNREADABLE = "note_unreadable", _("What was written with a request cannot be read")
    ZONE_UNKNOWN = "zone_unknown", _("A time zone is unknown here")
    MENTOR_WANTED = "mentor_wanted", _("A mentor asks for a mentor, too")
    UNDECIDABLE = "undecidable", _("For some people nobody can tell who fits them")


# What the alerts of a kind are about.
SUBJECT_TYPES: Mapping[str, str] = {
    AlertKind.INDEPENDENCE: "pairing",
    AlertKind.COMPETITORS: "pairing",
    AlertKind.ACCOUNT_CLOSED: "pairing",
    AlertKind.INTRODUCED_IDLE: "pairing",
    AlertKind.MENTOR_SILENT: "enrolment",
    AlertKind.SHORTLIST_EMPTY: "enrolment",
    AlertKind.CHECK_INS_MISSED: "pairing",
    AlertKind.ORGANISATION_NEW: "organisation",
    AlertKind.WORDS_UNREADABLE: "pairing",
    AlertKind.NOTE_UNREADABLE: "enrolment",
    AlertKind.ZONE_UNKNOWN: "enrolment",
    AlertKind.MENTOR_WANTED: "enrolment",
    AlertKind.UNDECIDABLE: "cohort",
}


class Alert(UUIDModel):
    """Something to look at, once per cohort, kind and subject while it is open.

    What a coordinator has settled is not raised again for the same facts until its reason was `over` in between. `note`
    is the coordinator's, for colleagues.
    `facts` are codes of rules and days only; `matching.alert_sentences` says which for each kind.
    """

    cohort = models.ForeignKey(Cohort, verbose_name=_("cohort"), on_delete=models.CASCADE, related_name="alerts")
    kind = models.CharField(_("what"), max_length=20, choices=AlertKind.choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    pairing = models.ForeignKey(Pairing, null=True, on_delete=models.CASCADE, related_name="alerts")
    facts = models.JSONField(default=dict, blank=True)
    raised_at = models.DateTimeField(_("since"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(_("note"), max_length=NOTE_LENGTH, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-raised_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "kind", "subject_id"),
                condition=Q(settled_at__isnull=True),
                name="alert_once_open",
                violation_error_message=_("This is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(subject_type="pairing", pairing__isnull=False, pairing=F("subject_id"))
                | Q(~Q(subject_type="pairing"), pairing__isnull=True),
                name="alert_names_its_pairing",
                violation_error_message=_("An alert about a pairing names it, and no other alert does."),
            ),
        )

    def __str__(self) -> str:
        return label_of(AlertKind, self.kind)

    def subject_name(self) -> str:
        """What it is about, by name: a pairing's two, a person, an organisation, the cohort; "" when that is gone."""
        if self.subject_type == "cohort":
            return str(self.cohort)
        if self.pairing is not None:
            return str(self.pairing)
        if self.subject_type == "enrolment":
            place = Enrolment.objects.filter(pk=self.subject_id).select_related("person").first()
            return str(place.person) if place else ""
        organisation = Organisation.objects.filter(pk=self.subject_id).first()
        return organisation.described if organisation else ""

    def sentences(self) -> list[str]:
        """Its facts as sentences, in the language of whoever reads now."""
        return alert_sentences.sentences(self.kind, self.facts)

    def remedy(self) -> str:
        """What can be done, and by whom; nothing for a kind of no known name."""
        return str(alert_sentences.REMEDIES.get(self.kind, ""))
