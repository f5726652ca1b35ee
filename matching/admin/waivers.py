"""Waivers: a coordinator lets one pair through despite a tie, says why, and until when."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, by_relation, coordinator, named_in_address
from common.clock import now
from common.versioned import VersionedModelForm
from matching.domain import waivers
from matching.models import Pairing, Waiver


class WaiverForm(VersionedModelForm[Waiver]):
    """For whom, why, until when."""

    class Meta:
        model = Waiver
        fields = ("cohort", "mentee", "mentor", "why", "until")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("mentee") is not None and said.get("mentee") == said.get("mentor"):
            self.add_error("mentor", _("Nobody can be their own mentor; this cannot be waived."))
        if said.get("until") is not None and said["until"] < now().date():
            self.add_error("until", _("Choose a day that is not over."))
        return said


@admin.register(Waiver)
class WaiverAdmin(CoordinatorAdmin[Waiver]):
    """Given once, never changed: a new one takes the place of an old one."""

    form = WaiverForm
    may_add = True
    list_display = ("mentee", "mentor", "cohort", "given_by", "given_at", "until")
    list_display_links = ("mentee",)
    list_select_related = ("mentee", "mentor", "cohort", "given_by")
    list_filter = (by_relation("cohort"),)
    search_fields = ("mentee__name", "mentor__name")
    autocomplete_fields = ("mentee", "mentor")

    def scoped(self, request: HttpRequest) -> QuerySet[Waiver]:
        return Waiver.objects.as_coordinator(coordinator(request))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begun for a pairing that its alert names, or anew for one that ends, as far as it is this coordinator's."""
        ending = named_in_address(self.visible(request), request, "waiver")
        if ending is not None:
            two = {"mentee": ending.mentee_id, "mentor": ending.mentor_id}
            return {"cohort": ending.cohort_id, **two, "why": ending.why}
        pairing = named_in_address(Pairing.objects.as_coordinator(coordinator(request)), request, "pairing")
        if pairing is None:
            return {}
        return {"cohort": pairing.cohort_id, "mentee": pairing.mentee_id, "mentor": pairing.mentor_id}

    def get_fields(self, request: HttpRequest, obj: Waiver | None = None) -> tuple[str, ...]:
        said = ("cohort", "mentee", "mentor", "why", "until")
        return said if obj is None else (*said, "given_by", "given_at")

    def get_form(
        self, request: HttpRequest, obj: Waiver | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Waiver]]":
        form = super().get_form(request, obj, change, **kwargs)
        return type("WaiverForm", (_NotOneself, form), {"giver": coordinator(request)})

    def save_model(self, request: HttpRequest, obj: Waiver, form: "ModelForm[Waiver]", change: bool) -> None:
        given = waivers.waive(
            cohort=obj.cohort,
            mentee=obj.mentee,
            mentor=obj.mentor,
            user=coordinator(request),
            why=obj.why,
            until=obj.until,
            now=now(),
        )
        obj.pk = given.pk
        obj.refresh_from_db()


class _NotOneself:
    """Nobody gives a waiver that concerns themselves: another coordinator does."""

    giver: Any
    add_error: Any

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean()  # type: ignore[misc]  # a form comes after it
        for side in ("mentee", "mentor"):
            if said.get(side) == self.giver:
                self.add_error(side, _("This concerns you: another coordinator must decide it."))
        return said
