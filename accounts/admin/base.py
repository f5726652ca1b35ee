"""What all pages of the administration have in common: who may enter, what is shown, and what nobody can do there.

A coordinator needs no permissions assigned by hand: being staff opens the pages, `scoped()` says what is on them.
"""

from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Choices, Field, Model, QuerySet
from django.forms import ChoiceField, Media, ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.change_lists import KeysFirst
from accounts.admin.exports import KINDS, ExportAdmin
from accounts.choices import label_of
from accounts.models import User
from accounts.signed_in import signed_in_user
from common.clock import now
from common.errors import Refused
from common.forms import guard
from common.models import Event
from common.sentences import refusal
from common.transitions import Actor
from common.versioned import Versioned, VersionedModelForm

M = TypeVar("M", bound=Model)
LISTED = 50  # choices of a filter
OFFERED_LOOKUPS = frozenset(
    {"exact", "in", "isnull", "gte", "lt"}
)  # by Django's filters; no other is put into an address


def coordinator(request: HttpRequest) -> User:
    """The person at the desk."""
    return signed_in_user(request)


def is_superuser(request: HttpRequest) -> bool:
    """Whether whoever asks may appoint coordinators."""
    return bool(getattr(request.user, "is_superuser", False))


def has_work_here(request: HttpRequest) -> bool:
    """Whether whoever asks looks after a cohort, or after all of them. Asked of the database once a request."""
    known: bool | None = getattr(request, "has_work_here", None)
    if known is None:
        known = is_superuser(request) or coordinator(request).coordinated_cohorts.exists()
        request.has_work_here = known  # type: ignore[attr-defined]
    return known


def badge(state: str, label: object) -> SafeString:
    """A state by shape, colour and word, as on the site."""
    return format_html('<span class="state state-{}">{}</span>', state, label)


def badge_of(states: type[Choices], state: str) -> SafeString:
    """The same for one of these states, named as the model names it."""
    return badge(state, label_of(states, state))


class ScopedRelatedFilter(RelatedFieldListFilter):
    """A list filter that names only what the related page itself would list to this person, the first of it.

    Links to lists may filter by any.
    """

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        return [(str(each.pk), str(each)) for each in related_queryset(model_admin, field, request)[:LISTED]]


def related_queryset(model_admin: Any, field: "Field[Any, Any]", request: HttpRequest) -> QuerySet[Any]:
    """What may be chosen for a relation: the rows its own page would list; nothing where there is no such page."""
    model: Any = field.remote_field.model  # type: ignore[union-attr]  # only called for relations
    related = model_admin.admin_site.get_model_admin(model) if model_admin.admin_site.is_registered(model) else None
    rows: QuerySet[Any] = related.visible(request) if related else model.objects.none()
    return rows


def named_in_address(rows: QuerySet[M], request: HttpRequest, word: str) -> M | None:
    """The one of these rows whose id the page's address gives as `word`; None for any other, and for what is no id."""
    try:
        return rows.filter(pk=request.GET.get(word)).first()
    except ValidationError:
        return None


class NamedAutocomplete(AutocompleteSelect):
    """A selector one types into, which says what is to be chosen: without it, it has no name for a screen reader."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=["admin/js/autocomplete.js", "js/selectors.js"])  # in this order

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """What was chosen; nothing for what is no id."""
        try:
            return super().optgroups(name, value, attrs)
        except ValidationError:
            return super().optgroups(name, [], attrs)

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": capfirst(self.field.verbose_name)}


class Scoped:
    """Selectors offer only what the related page would list. For pages and their inlines."""

    def get_field_queryset(self, db: str | None, db_field: "Field[Any, Any]", request: HttpRequest) -> QuerySet[Any]:
        return related_queryset(self, db_field, request)


class CoordinatorAdmin(Scoped, ExportAdmin[M], Generic[M]):
    """A page of the administration: read-only unless it says otherwise, and never a way to delete.

    What is `programme_wide` is a decision for all cohorts: coordinators read it, a superuser takes it. Staff who look
    after no cohort see nothing, and do nothing.
    """

    form = VersionedModelForm  # type: ignore[assignment]  # of whatever model
    may_add: ClassVar[bool] = False
    may_change: ClassVar[bool] = False
    programme_wide: ClassVar[bool] = False
    list_per_page = 25
    show_full_result_count = False
    save_as = False
    view_on_site = False
    empty_value_display = "–"

    def scoped(self, request: HttpRequest) -> QuerySet[M]:
        """What this person may see here. Lists, pages, autocompletes, selectors, filters and actions all use it."""
        raise NotImplementedError

    def visible(self, request: HttpRequest) -> QuerySet[M]:
        """What this person may see here, in the page's order; nothing for staff who look after no cohort."""
        rows = self.scoped(request)
        if not has_work_here(request):
            rows = rows.none()
        return rows.order_by(*(self.get_ordering(request) or self.opts.ordering or ()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return self.visible(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysFirst]:
        return KeysFirst

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The rows of one page, each with what its columns say."""
        shown = super().get_changelist_instance(request)
        rows = list(shown.result_list)
        self.tell(rows)
        shown.result_list = rows
        return shown

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Lists are read, and taken along as files, by whoever has work here."""
        return self.export_actions(request) if has_work_here(request) else {}

    def response_action(  # type: ignore[override]  # the stubs know a later Django
        self, request: HttpRequest, queryset: QuerySet[M]
    ) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset)
        except ValidationError:  # an id that is none
            self.message_user(request, _("Nothing was done: that selection does not exist."), messages.WARNING)
            return HttpResponseRedirect(request.path)

    def action_checkbox(self, obj: M) -> SafeString:
        """The tick that chooses a row, as Django draws it but without a template for each."""
        drawn = '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">'
        return format_html(drawn, ACTION_CHECKBOX_NAME, obj.pk, _("Choose %(row)s") % {"row": self.named(obj)})

    def named(self, record: M) -> str:
        """How a record is told from others of its kind, where nothing else stands beside it."""
        return str(record)

    def get_action_choices(self, request: HttpRequest, default_choices: Any = ()) -> list[tuple[str, str]]:
        """What can be done to the rows chosen; nothing, until it is chosen too."""
        return super().get_action_choices(request, [("", _("Choose what to do"))])

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Whoever types Zielinski finds Zieliński."""
        return [f"{name}__unaccent" for name in self.search_fields]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and self.may_decide(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_change and self.may_decide(request)

    def may_decide(self, request: HttpRequest) -> bool:
        """Whether whatever can be done here is this person's to do."""
        if not self.admin_site.has_permission(request) or not has_work_here(request):
            return False
        return is_superuser(request) or not self.programme_wide

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what a filter on the page offers: guessing at other columns through the address is refused."""
        allowed = []
        for each in self.get_list_filter(request) if request else ():
            named = each[0] if isinstance(each, tuple) else getattr(each, "parameter_name", each)
            if isinstance(named, str):
                allowed.append(named)
        offered = lookup.rpartition("__")[2] in OFFERED_LOOKUPS
        return any(lookup == name or (offered and lookup.startswith(f"{name}__")) for name in allowed)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A page to add something begins empty: nothing is filled in from its address."""
        return {}

    def save_model(self, request: HttpRequest, obj: M, form: "ModelForm[M]", change: bool) -> None:
        """Save what was changed here, and say so in the history. Pages whose records the domain saves override this."""
        if not change:
            super().save_model(request, obj, form, change)
        elif columns := self.changed_columns(form):
            obj.save(update_fields=columns)
        self.record(request, obj, "change" if change else "add")

    def changed_columns(self, form: "ModelForm[M]") -> list[str]:
        """The columns of the record itself that were changed on this page: what others save meanwhile stays."""
        changed = form.changed if isinstance(form, Versioned) else set(form.changed_data)
        return [field.name for field in self.opts.concrete_fields if field.name in changed]

    def record(self, request: HttpRequest, obj: Model, verb: str) -> None:
        """One line of history: this coordinator did `verb` here."""
        Event.record(verb=verb, subject=obj, actor=Actor.COORDINATOR, now=now(), user=coordinator(request))

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """A selector and nothing beside it: three icons that open windows are no help to anybody in a hurry."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NamedAutocomplete(db_field, self.admin_site)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if field is not None:
            _say_choose(field)
            guard(field)
        return field

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, headed by what it lists."""
        return super().changelist_view(
            request,
            {"title": capfirst(str(self.opts.verbose_name_plural)), "file_kinds": KINDS, **(extra_context or {})},
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, with one way to save; when what was typed is refused, the same page with a sentence about it."""
        extra_context = {"show_save_and_add_another": False, "show_save_and_continue": False, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refused, IntegrityError) as error:
            request.refused = error if isinstance(error, Refused) else refusal(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[M]]":
        form = super().get_form(request, obj, change, **kwargs)
        for field in form.declared_fields.values():
            _say_choose(field)
        refused: Refused | None = getattr(request, "refused", None)
        return form if refused is None else _with_error(form, refused)


def _say_choose(field: Any) -> None:
    """In words what a selector is before anything is chosen, instead of nine dashes."""
    words = gettext_lazy("Choose") if field.required else gettext_lazy("None")
    if isinstance(field, ModelChoiceField) and field.empty_label is not None:
        field.empty_label = words
    elif isinstance(field, ChoiceField) and not isinstance(field, ModelChoiceField):
        offered: Any = field.choices
        field.choices = [(value, label if value else words) for value, label in offered]


def _with_error(form: "type[ModelForm[Any]]", refused: Refused) -> "type[ModelForm[Any]]":
    """The same form, which now knows what was wrong."""

    def clean(self: "ModelForm[Any]") -> dict[str, Any] | None:
        super(form, self).clean()
        self.add_error(refused.field if refused.field in self.fields else None, str(refused.sentence))
        return self.cleaned_data

    return type(form.__name__, (form,), {"clean": clean})


class ReadOnlyInline(Scoped, admin.TabularInline[M, Any], Generic[M]):
    """Rows shown on another record's page, for reading."""

    template = "admin/read_only_inline.html"
    extra = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def by_relation(name: str) -> tuple[str, type[FieldListFilter]]:
    """A filter by a relation, naming only what this person may see."""
    return (name, ScopedRelatedFilter)
