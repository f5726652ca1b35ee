"""Invitations bind the invited address. Link and typed code are derived when a letter is rendered, never stored."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.models.names import PersonNameField, shown_address
from common.models import UUIDModel


class Invitation(UUIDModel):
    """One person invited to the programme. Open until completed by that person's own POST, revoked, or out of date."""

    email = models.EmailField(_("e-mail address"))
    name = PersonNameField(_("full name"), max_length=120)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("valid until"))
    sends = models.PositiveSmallIntegerField(_("times sent"), default=1)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    assisting = models.BooleanField(
        default=False, help_text=_("Whether it offers no part of one's own, but to handle somebody's meeting times.")
    )
    declined = models.BooleanField(default=False, help_text=_("Whether the invited person closed it."))
    completed_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations"
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("email", "invited_by"),
                condition=Q(completed_at__isnull=True, revoked_at__isnull=True),
                name="invitation_one_open_per_inviter",
                violation_error_message=_("You have an open invitation to this address: send it again instead."),
            ),
        )

    def __str__(self) -> str:
        return shown_address(self.email) or self.name

    def arm(self, *, sends: int) -> None:
        """Link and code of this sending open it, and none of an earlier one (not saved)."""
        self.sends = sends
        self.token_hash = tokens.token_digest(tokens.link_token(self.pk, sends))
        self.code_hash = tokens.code_digest(tokens.typed_code(self.pk, sends))

    def key(self) -> str | None:
        """The site's key that opens it; None when the site has that key no longer."""
        for key in tokens.site_keys():
            token = tokens.link_token(self.pk, self.sends, key=key)
            if tokens.same(self.token_hash, tokens.token_digest(token, key=key)):
                return key
        return None

    def secrets(self) -> tuple[str, str]:
        """Link token and typed code that open it, for an e-mail or a page that is made now. If the site's key has gone
        since it was posted, it is armed again with today's.
        """
        key = self.key()
        if key is None:
            self.arm(sends=self.sends)
            self.save(update_fields=["token_hash", "code_hash"])
        return tokens.link_token(self.pk, self.sends, key=key), tokens.typed_code(self.pk, self.sends, key=key)
