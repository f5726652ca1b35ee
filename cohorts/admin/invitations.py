"""Invitations: who was invited to which role. The link and the code are only ever in the letter."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyInline, badge, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.domain import invitations
from accounts.models import Invitation, User
from accounts.models.names import shown_address
from accounts.models.users import name_key
from cohorts.admin import scope
from cohorts.domain import offers
from cohorts.models import Cohort, RoleOffer
from cohorts.states import OfferedRole, Role
from common.clock import now
from common.versioned import VersionedModelForm


class InvitationForm(VersionedModelForm[Invitation]):
    """Whom, into which cohort, as what."""

    cohort = forms.ModelChoiceField(Cohort.objects.none(), label=_("Cohort"))
    role = forms.ChoiceField(choices=OfferedRole.choices, label=_("Role"))
    another = forms.BooleanField(
        label=_("This is another person than whoever has an account under this name"),
        required=False,
        help_text=_("Asked only where somebody of this name has an account with another address."),
    )

    class Meta:
        model = Invitation
        fields = ("email", "name")

    user: User  # whoever invites; set by the page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = Cohort.objects.as_coordinator(self.user)  # type: ignore[attr-defined]
        if not self.user.is_superuser:
            self.fields["role"].choices = Role.choices  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("email") and said.get("name") and not said.get("another"):
            self._ask_about_the_same_name(said["email"], said["name"].strip())
        return said

    def _ask_about_the_same_name(self, email: str, name: str) -> None:
        """A second account of one person would be listed twice, and escape what stands against the first."""
        known = dict(scope.people(self.user).order_by("email").values_list("email", "name"))
        alike = [(other, address) for address, other in known.items() if name_key(other) == name_key(name)]
        same = [(other, address) for other, address in alike if shown_address(address)]  # nobody who was erased
        if not same or email in known:
            return
        self.add_error(
            "another",
            _("%(name)s has an account already, with the address %(email)s. Invite that address, or tick this box.")
            % {"name": same[0][0], "email": same[0][1]},
        )


class OfferInline(ReadOnlyInline[RoleOffer]):
    model = RoleOffer
    fields = ("cohort", "role")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleOffer]:
        return RoleOffer.objects.filter(cohort__in=Cohort.objects.as_coordinator(coordinator(request)))


class Answered(admin.SimpleListFilter):
    """Who has not answered, who declined, who has come."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("Not answered yet")),
            ("expired", _("Out of date, not answered")),
            ("declined", _("Declined")),
            ("revoked", _("Revoked")),
            ("accepted", _("Accepted")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        still_open = Q(completed_at__isnull=True, revoked_at__isnull=True)
        kept = {
            "waiting": still_open & Q(expires_at__gt=now()),
            "expired": still_open & Q(expires_at__lte=now()),
            "declined": Q(revoked_at__isnull=False, declined=True),
            "revoked": Q(revoked_at__isnull=False, declined=False),
            "accepted": Q(completed_at__isnull=False),
        }
        return queryset.filter(kept.get(self.value() or "", Q()))


def _open(invitation: Invitation) -> bool:
    return invitation.completed_at is None and invitation.revoked_at is None


@admin.register(Invitation)
class InvitationAdmin(VerbAdmin[Invitation]):
    """Invite, send again, revoke. An invitation is never edited."""

    may_add = True
    change_form_template = "admin/invitations/change_form.html"
    list_display = ("name", "address", "state_badge", "created_at", "expires_at", "sends")
    list_filter = (Answered,)
    search_fields = ("name", "email")
    verbs = (
        Verb(
            name="resend",
            label=_("Send again"),
            explanation=_(
                "The e-mail goes out once more and is valid for another fourteen days; the former link ends."
            ),
            repair=_("As long as it waits for an answer, you can revoke it."),
            do=lambda invitation, user, said: invitations.resend(invitation=invitation, user=user, now=now()),
            open_to=_open,
        ),
        Verb(
            name="revoke",
            label=_("Revoke"),
            explanation=_("The link in the e-mail stops working at once."),
            repair=_("To undo it, invite them anew."),
            do=lambda invitation, user, said: invitations.revoke(invitation=invitation, user=user, now=now()),
            open_to=_open,
            ends=True,
        ),
    )

    def named(self, record: Invitation) -> str:
        return f"{record.name} ({shown_address(record.email)})"

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, invitation: Invitation) -> str:
        return shown_address(invitation.email)

    def scoped(self, request: HttpRequest) -> QuerySet[Invitation]:
        return scope.invitations(coordinator(request))

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("email", "name", "cohort", "role", "another")
        return (
            "address",
            "name",
            "state_badge",
            "invited_by",
            "created_at",
            "expires_at",
            "sends",
            "completed_at",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Invitation | None = None) -> tuple[str, ...]:
        return () if obj is None else self.get_fields(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Invitation | None) -> list[type[Any]]:
        return [] if obj is None else [OfferInline]

    def get_form(
        self, request: HttpRequest, obj: Invitation | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Invitation]]":
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        form = super().get_form(request, obj, change, **{**kwargs, "form": InvitationForm})
        form.user = coordinator(request)  # type: ignore[attr-defined]  # of this class, which is made for this request
        return form

    def save_model(self, request: HttpRequest, obj: Invitation, form: "ModelForm[Invitation]", change: bool) -> None:
        said = form.cleaned_data
        made = offers.offer(
            email=said["email"],
            name=said["name"],
            cohort=said["cohort"],
            role=said["role"],
            user=coordinator(request),
            now=now(),
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().add_view(request, form_url, {"title": _("Invite somebody"), **(extra_context or {})})

    def response_add(self, request: HttpRequest, obj: Invitation, post_url_continue: str | None = None) -> HttpResponse:
        said = _("%(person)s is invited. The invitation is open until %(day)s.")
        day = date_format(localtime(obj.expires_at), "DATE_FORMAT")
        self.message_user(request, said % {"person": self.named(obj), "day": day}, messages.SUCCESS)
        return redirect(self.page_of(obj))

    @admin.display(description=_("state"))
    def state_badge(self, invitation: Invitation) -> str:
        if invitation.completed_at is not None:
            return badge("accepted", _("accepted"))
        if invitation.revoked_at is not None:
            return badge("withdrawn", _("declined") if invitation.declined else _("revoked"))
        if invitation.expires_at <= now():
            return badge("expired", _("out of date"))
        return badge("pending", _("waiting for an answer"))
