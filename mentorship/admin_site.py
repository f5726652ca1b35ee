"""The site object of the administration: who may enter, and what stands on its first page."""

from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite, helpers
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class DescribedResults(AutocompleteJsonView):
    """What a selector offers; organisations with what tells namesakes apart."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        shown = super().serialize_result(obj, to_field_name)
        return {**shown, "text": getattr(obj, "described", shown["text"])}


class CoordinationSite(AdminSite):
    """Coordinators sign in where everybody does, and with a second factor where the setting demands one."""

    site_header = gettext_lazy("Coordination")
    site_title = gettext_lazy("Coordination")
    index_title = gettext_lazy("What needs you")
    index_template = "admin/desk.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Our own pages only: what packages bring (groups, addresses, second factors) goes round our rules."""
        from accounts.admin.base import CoordinatorAdmin

        if isinstance(admin_class, type) and issubclass(admin_class, CoordinatorAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The pages this person may open, put together once a request, and only where they are drawn."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        known: list[Any] | None = getattr(request, "app_list", None)
        if known is None:
            known = cast(list[Any], SimpleLazyObject(partial(super().get_app_list, request)))
            request.app_list = known  # type: ignore[attr-defined]
        return known

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, whose session has shown their second factor where that is required."""
        return super().has_permission(request) and not _lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The way in is the site's own sign-in; staff who have not shown a second factor are led to showing it, or to
        setting one up.
        """
        user = request.user
        if user.is_authenticated and user.is_active and user.is_staff and _lacks_second_factor(request):
            return _to_second_factor(request)
        entered: HttpResponse = _enter(request)
        return entered

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # a redirect, not a page
        """Passwords are changed in one place only, which asks to sign in again first."""
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """With pages of our own, and without Django’s way from a record to its page on the site: none has one."""
        from cohorts.admin import imports
        from engagements.admin import outcomes
        from matching.admin import asking_for, boards, readiness
        from mentorship.desk import care_page

        known = [each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"]
        ours = (imports, boards, readiness, outcomes, care_page, asking_for)
        return [*(url for pages in ours for url in pages.urls(self)), *known]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """What a selector offers; a relation that no form has, such as one seen from its other end, is refused."""
        asked = [request.GET.get(word, "") for word in ("app_label", "model_name", "field_name")]
        if not _is_selector(*asked):
            raise PermissionDenied
        return cast(HttpResponse, DescribedResults.as_view(admin_site=self)(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits first, then everything else."""
        from common.clock import now
        from mentorship.desk.delivery_panel import panel
        from mentorship.desk.front_page import approvals, cohorts_now, grouped, open_alerts

        groups = grouped(self.get_app_list(request))
        shown = {
            "approvals": approvals(request),
            "alerts": open_alerts(request),
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "groups": groups,
            "cohorts": cohorts_now(request),
            "flow": panel(now()),
        }
        return super().index(request, {**shown, **(extra_context or {})})


def _is_selector(app_label: str, model_name: str, field_name: str) -> bool:
    try:
        field = apps.get_model(app_label, model_name)._meta.get_field(field_name)  # noqa: SLF001 - Django's documented way
    except (LookupError, ValueError, FieldDoesNotExist):
        return False
    return bool(field.concrete and field.is_relation)


@secure_admin_login  # type: ignore[untyped-decorator]
def _enter(request: HttpRequest) -> HttpResponse:
    """For who is staff and signed in already: on to the first page."""
    return redirect("admin:index")


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    from accounts.domain import second_factor
    from accounts.signed_in import signed_in_user

    user = signed_in_user(request)
    if not second_factor.is_set_up(user):
        messages.warning(request, _("Coordination needs a second factor: please set one up first."))
        return redirect("mfa_index")
    way = get_adapter(request).get_reauthentication_methods(user)[0]["url"]
    return redirect(f"{way}?{urlencode({'next': reverse('admin:index')})}")


def _lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor is required and this session has not shown it. Asked of the database once a request."""
    from accounts.signed_in import has_proved_second_factor

    if not settings.STAFF_SECOND_FACTOR_REQUIRED:
        return False
    known: bool | None = getattr(request, "lacks_second_factor", None)
    if known is None:
        known = not has_proved_second_factor(request)
        request.lacks_second_factor = known  # type: ignore[attr-defined]
    return known
