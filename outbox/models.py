"""One row a letter: what it is about, whom it is for, when it is due, and how its delivery stands.

A row is written in the same transaction as what it speaks of, and is the truth; Celery only wakes the workers. It holds
ids, never bodies, links or tokens: those are made at rendering. What cannot be made then, a code, is in an enclosure.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import UUIDModel
from outbox import reasons


class LetterState(models.TextChoices):
    """Where a letter is on its way."""

    PENDING = "pending", _("waiting")
    CLAIMED = "claimed", _("taken by a worker")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("no longer needed")
    HELD = "held", _("may have arrived")
    DEAD = "dead", _("could not be delivered")


class Letter(UUIDModel):
    """A letter that must go out once. `due_at` is programme time; leases and `next_at` (backoff) are real
    time. `reason` is a code of `outbox.reasons`; `detail` is what its sentence quotes.
    """

    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.CharField(_("subject"), max_length=60)
    subject_id = models.UUIDField(_("subject id"))
    cohort_id = models.UUIDField(_("cohort"), null=True)
    pairing_id = models.UUIDField(_("pairing"), null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        null=True,
        on_delete=models.CASCADE,
        related_name="letters",
    )
    invitation_id = models.UUIDField(_("invitation"), null=True)
    occasion = models.CharField(_("occasion"), max_length=40)
    message_id = models.CharField(max_length=120, unique=True)
    urgent = models.BooleanField(_("leaves first"), default=False)
    due_at = models.DateTimeField(_("due"))
    next_at = models.DateTimeField(_("not before"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=LetterState.choices, default=LetterState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    doubts = models.PositiveSmallIntegerField(_("doubts"), default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    detail = models.CharField(_("what was said"), max_length=200, blank=True)
    sent_with = models.ForeignKey(
        "self", verbose_name=_("sent together with"), null=True, on_delete=models.SET_NULL, related_name="carried"
    )

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ("-due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject_id", "person", "invitation_id", "occasion"),
                nulls_distinct=False,
                name="letter_once",
            ),
            models.CheckConstraint(
                condition=(Q(person__isnull=True) ^ Q(invitation_id__isnull=True))
                | Q(person__isnull=True, invitation_id__isnull=True, subject_type="enclosure"),
                name="letter_one_recipient",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=("claimed", "sending"), lease_token__isnull=False, lease_until__isnull=False)
                    | (~Q(state__in=("claimed", "sending")) & Q(lease_token__isnull=True, lease_until__isnull=True))
                ),
                name="letter_lease_fits_state",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="letter_sent_at_fits_state",
            ),
        )
        indexes = (
            models.Index(fields=("due_at", "id"), condition=Q(state="pending"), name="letter_due"),
            models.Index(fields=("due_at", "id"), condition=Q(state="pending", urgent=True), name="letter_urgent"),
            models.Index(fields=("subject_id",), condition=Q(subject_type="enclosure"), name="letter_enclosed"),
            models.Index(fields=("lease_until",), condition=Q(state__in=("claimed", "sending")), name="letter_leased"),
            models.Index(fields=("kind", "subject_id"), name="letter_subject"),
            models.Index(fields=("sent_at",), name="letter_sent_at"),
            models.Index(fields=("cohort_id",), condition=Q(cohort_id__isnull=False), name="letter_cohort"),
            models.Index(
                fields=("person", "due_at"),
                condition=Q(state__in=("pending", "claimed", "sending")),
                name="letter_open",
            ),
        )

    def __str__(self) -> str:
        return self.kind.replace("_", " ").capitalize()

    def reason_sentence(self) -> str:
        """Why it was cancelled, or has not arrived, in the language of whoever reads now; "" where all is well."""
        return reasons.sentence(self.reason, self.detail)


class Enclosure(UUIDModel):
    """What one letter needs and nobody else keeps, such as an address and a code: the letter's subject.

    Sealed under a content master key, and deleted once the letter has left or `expires_at` (real time) has passed.
    """

    master = models.CharField(max_length=40)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Unsubscription(UUIDModel):
    """A person who asked not to receive one kind of letter. Contractual kinds cannot be stopped."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="unsubscriptions")
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "kind"), name="unsubscribed_once"),)

    def __str__(self) -> str:
        return self.kind


class OneByOne(models.Model):
    """A person who wants a letter for each thing, also when several are due on one day."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="one_by_one"
    )

    def __str__(self) -> str:
        return str(self.pk)


class TroubleKind(models.TextChoices):
    """What keeps letters from leaving, or has kept them too long."""

    RESTORED = "restored", _("a backup was restored")
    PAUSED = "paused", _("paused by a person")
    REFUSED = "refused", _("refused by the mail server")
    LATE = "late", _("e-mails are late")


class TroubleQuerySet(models.QuerySet["Trouble"]):
    """Troubles, now and in the past."""

    def open(self) -> "TroubleQuerySet":
        """Those that last."""
        return self.filter(ended_at__isnull=True)


class Trouble(UUIDModel):
    """One time at which letters did not flow. At most one of a kind is open; all times are real time."""

    kind = models.CharField(_("kind"), max_length=10, choices=TroubleKind.choices)
    began_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True)
    retry_at = models.DateTimeField(_("tried again"), null=True)
    detail = models.CharField(_("what was said"), max_length=200, blank=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("trouble with e-mails")
        verbose_name_plural = _("troubles with e-mails")
        ordering = ("-began_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("kind",), condition=Q(ended_at__isnull=True), name="trouble_once"),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Heartbeat(models.Model):
    """When a worker last took up work, or beat last looked at its schedule. Real time."""

    name = models.CharField(primary_key=True, max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
