"""Organisations, who owns them, who competes with whom: the programme's, not a cohort's, so every coordinator's."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, badge, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.domain import organisations, ownership
from accounts.models import Competition, Organisation, Ownership, User
from common.clock import now


class Confirmed(admin.SimpleListFilter):
    """Names typed by participants wait for a coordinator."""

    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("no", _("Waiting")), ("yes", _("Confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        return queryset.filter(confirmed_at__isnull=self.value() == "no") if self.value() else queryset


class MergeForm(forms.Form):
    """The right one."""

    into = forms.ModelChoiceField(Organisation.objects.filter(confirmed_at__isnull=False), label=_("Merge into"))


@admin.register(Organisation)
class OrganisationAdmin(VerbAdmin[Organisation]):
    """An employer. What a coordinator adds is confirmed by that."""

    may_add = True
    may_change = True
    list_display = ("name", "industry", "country", "state_badge")
    list_filter = (Confirmed, "industry")
    search_fields = ("name",)
    verbs = (
        Verb(
            name="confirm",
            label=_("Confirm"),
            explanation=_("The name is right and not another spelling of one that exists. Its people become eligible."),
            do=lambda organisation, user, said: organisations.confirm(organisation=organisation, user=user, now=now()),
            open_to=lambda organisation: organisation.confirmed_at is None,
        ),
        Verb(
            name="merge",
            label=_("Merge into another"),
            explanation=_(
                "The proposed name is another spelling. Its people move to the right one, and the proposal goes."
            ),
            do=lambda organisation, user, said: organisations.merge(
                proposed=organisation, into=said["into"], user=user, now=now()
            ),
            open_to=lambda organisation: organisation.confirmed_at is None,
            form=MergeForm,
            removes=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Organisation]:
        return Organisation.objects.all()

    def get_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        typed = ("name", "industry", "country")
        return typed if obj is None else (*typed, "state_badge", "similar", "proposer")

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return () if obj is None else ("state_badge", "similar", "proposer")

    def save_model(
        self, request: HttpRequest, obj: Organisation, form: "ModelForm[Organisation]", change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            organisations.confirm(organisation=obj, user=coordinator(request), now=now())

    @admin.display(description=_("state"), ordering="confirmed_at")
    def state_badge(self, organisation: Organisation) -> str:
        if organisation.confirmed_at is None:
            return badge("pending", _("waiting to be confirmed"))
        return badge("approved", _("confirmed"))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Organisation | None:
        """With whom of the people this coordinator knows proposed it."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            known = self.admin_site.get_model_admin(User).get_queryset(request)
            proposer = known.filter(pk=found.proposed_by_id).first() if found.proposed_by_id else None
            found.known_proposer = proposer  # type: ignore[attr-defined]  # for the page alone
        return found

    @admin.display(description=_("proposed by"))
    def proposer(self, organisation: Any) -> str:
        """The person's name, for who looks after a cohort of theirs."""
        if organisation.proposed_by_id is None:
            return ""
        return str(organisation.known_proposer or _("somebody of another cohort"))

    @admin.display(description=_("similar names"))
    def similar(self, organisation: Organisation) -> str:
        """Near-duplicates, each with a link: is this one of them by another spelling?"""
        others = (each for each in organisations.near_duplicates(organisation.name) if each.pk != organisation.pk)
        address = "admin:accounts_organisation_change"
        return format_html_join(
            "; ", '<a href="{}">{}</a>', ((reverse(address, args=[each.pk]), each) for each in others)
        )


@admin.register(Ownership)
class OwnershipAdmin(CoordinatorAdmin[Ownership]):
    """Who owns whom, from when to when. A change is re-checked against everything that is open, at once."""

    may_add = True
    may_change = True
    list_display = ("child", "parent", "starts_on", "ends_on")
    list_select_related = ("child", "parent")
    search_fields = ("child__name", "parent__name")
    autocomplete_fields = ("child", "parent")
    fields = ("child", "parent", "starts_on", "ends_on")

    def scoped(self, request: HttpRequest) -> QuerySet[Ownership]:
        return Ownership.objects.all()

    def get_readonly_fields(self, request: HttpRequest, obj: Ownership | None = None) -> tuple[str, ...]:
        return () if obj is None else ("child", "parent")

    def save_model(self, request: HttpRequest, obj: Ownership, form: "ModelForm[Ownership]", change: bool) -> None:
        made = ownership.save_ownership(
            child=obj.child,
            parent=obj.parent,
            starts_on=obj.starts_on,
            ends_on=obj.ends_on,
            ownership=obj if change else None,
            user=coordinator(request),
            now=now(),
        )
        obj.pk = made.pk


class CompetitionForm(forms.ModelForm[Competition]):
    """Two organisations, in whatever order they were chosen; stored with the smaller id first."""

    class Meta:
        model = Competition
        fields = ("first", "second")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, second = said.get("first"), said.get("second")
        if first is not None and second is not None and first.pk > second.pk:
            said["first"], said["second"] = second, first
        return said


@admin.register(Competition)
class CompetitionAdmin(VerbAdmin[Competition]):
    """Declared competitors, and with them their families. A declaration can be taken back."""

    form = CompetitionForm
    programme_wide = True
    may_add = True
    list_display = ("first", "second")
    list_select_related = ("first", "second")
    search_fields = ("first__name", "second__name")
    autocomplete_fields = ("first", "second")
    fields = ("first", "second")
    verbs = (
        Verb(
            name="withdraw",
            label=_("No longer competitors"),
            explanation=_("From now on their people may be paired, unless another rule forbids it."),
            do=lambda competition, user, said: ownership.withdraw_competition(
                competition=competition, user=user, now=now()
            ),
            open_to=lambda competition: True,
            ends=True,
            removes=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Competition]:
        return Competition.objects.all()

    def save_model(self, request: HttpRequest, obj: Competition, form: "ModelForm[Competition]", change: bool) -> None:
        made = ownership.declare_competitors(one=obj.first, other=obj.second, user=coordinator(request), now=now())
        obj.pk = made.pk
