"""Organisations, who owns them, who competes with whom: the programme's, not a cohort's, so every coordinator's."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import CoordinatorAdmin, NamedAutocomplete, badge, coordinator
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.domain import merging, organisations, ownership
from accounts.domain.near_names import NearDuplicates, possible_duplicates
from accounts.forms.affiliations import LastDayField
from accounts.models import Affiliation, Competition, Organisation, Ownership, User
from accounts.models.organisations import OrganisationQuerySet
from common.cldr import country_name
from common.clock import now
from common.dates import short_day
from common.forms import DateInput, Guarded
from common.versioned import VersionedModelForm

if TYPE_CHECKING:
    OrganisationChoices = forms.ModelMultipleChoiceField[Organisation]
else:
    OrganisationChoices = forms.ModelMultipleChoiceField


class Confirmed(admin.SimpleListFilter):
    """Names typed by participants wait for a coordinator."""

    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("no", _("Waiting")), ("yes", _("Confirmed")), ("refused", _("Refused"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organisation]) -> QuerySet[Organisation]:
        kept = {
            "no": Q(confirmed_at__isnull=True, refused_at__isnull=True),
            "yes": Q(confirmed_at__isnull=False),
            "refused": Q(refused_at__isnull=False),
        }
        return queryset.filter(kept.get(self.value() or "", Q()))


class RefuseForm(Guarded, forms.Form):
    """Why, for those who named it."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("Whoever named it reads this."))


class MergeForm(forms.Form):
    """The one that stays."""

    into = forms.ModelChoiceField(Organisation.objects.all(), label=_("Merge into"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = cast("forms.ModelChoiceField[Organisation]", self.fields["into"])
        chosen = Affiliation._meta.get_field("organisation")  # noqa: SLF001 - Django's documented way to a field
        into.widget = NamedAutocomplete(chosen, admin.site)
        into.widget.choices = into.choices


class DescribedChoices(OrganisationChoices):
    """Organisations with what tells namesakes apart."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.described)


class OrganisationForm(VersionedModelForm[Organisation]):
    """An organisation; once near names are there, whoever adds it says that it is none of them."""

    former_until = LastDayField(
        label=_("Last day of the former name"),
        required=False,
        widget=DateInput(),
        help_text=_(
            "Only for a new name. Leave it empty when the name was only written wrongly. Either way the old one is "
            "kept, and found by search."
        ),
    )
    seen = DescribedChoices(
        label=_("Other organisations"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.MultipleHiddenInput,
        help_text=_("Tick those that are not the same organisation. If one is, choose that one, or merge the two."),
    )
    near: ClassVar[list[Organisation]] = []

    class Meta:
        model = Organisation
        fields = ("name", "industry", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = cast("forms.ModelMultipleChoiceField[Organisation]", self.fields["seen"])
        seen.queryset = Organisation.objects.prefetch_related("other_names")
        if self.near:
            seen.widget = forms.CheckboxSelectMultiple(choices=[(each.pk, each.described) for each in self.near])
        if self.instance._state.adding:  # noqa: SLF001 - documented: a row that is not in the database yet
            del self.fields["former_until"]


@admin.register(Organisation)
class OrganisationAdmin(VerbAdmin[Organisation]):
    """An employer. What a coordinator adds is confirmed by that."""

    form = OrganisationForm

    may_add = True
    may_change = True
    list_display = ("name", "industry", "country_name", "state_badge")
    list_filter = (Confirmed, "industry")
    search_fields = ("name",)
    verbs = (
        Verb(
            name="confirm",
            label=_("Confirm"),
            explanation=_("The name is right and not another spelling of one that exists. Its people become eligible."),
            repair=_("A name confirmed by mistake is put right on its page, or merged into the right one."),
            do=lambda organisation, user, said: organisations.confirm(organisation=organisation, user=user, now=now()),
            open_to=lambda organisation: organisation.confirmed_at is None,
        ),
        Verb(
            name="refuse",
            label=_("Refuse"),
            explanation=_(
                "The name cannot be used. Ties to it no longer count, and whoever has one reads your reason on their "
                "page."
            ),
            repair=_("It can be confirmed later all the same."),
            do=lambda organisation, user, said: organisations.refuse(
                organisation=organisation, user=user, now=now(), **said
            ),
            open_to=lambda organisation: organisation.confirmed_at is None and organisation.refused_at is None,
            form=RefuseForm,
            ends=True,
        ),
        Verb(
            name="merge",
            label=_("Merge into another"),
            explanation=_(
                "Both are one organisation. All that this one has moves to the other, and its name is kept there."
            ),
            repair=_(
                "There is no undo. Were they two after all, a coordinator adds this one anew, as another "
                "organisation of its name, and corrects ties, owners and competitors one by one; what private "
                "lists say of it stays with the other."
            ),
            do=lambda organisation, user, said: merging.merge(
                organisation=organisation, into=said["into"], user=user, now=now()
            ),
            foresee=lambda organisation, user, said: merging.preview(
                organisation=organisation, into=said["into"], user=user, now=now()
            ),
            open_to=lambda organisation: True,
            form=MergeForm,
            removes=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Organisation]:
        return Organisation.objects.prefetch_related("other_names")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organisation], search_term: str
    ) -> tuple[QuerySet[Organisation], bool]:
        """By any name it has or had, whatever the accents."""
        return cast("OrganisationQuerySet", queryset).search(search_term), False

    def get_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "seen", "industry", "country")
        typed = ("name", "seen", "former_until") if self.may_decide(request) else ("name",)
        return (*typed, "industry", "country", "state_badge", "names", "similar", "proposer")

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return () if obj is None else ("state_badge", "names", "similar", "proposer")

    def save_model(
        self, request: HttpRequest, obj: Organisation, form: "ModelForm[Organisation]", change: bool
    ) -> None:
        said = {**form.cleaned_data, "seen": {each.pk for each in form.cleaned_data["seen"]}}
        if change:
            organisations.edit(organisation=obj, user=coordinator(request), now=now(), **said)
        else:
            obj.pk = organisations.add(user=coordinator(request), now=now(), **said).pk

    def get_form(
        self, request: HttpRequest, obj: Organisation | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Organisation]]":
        """The form, which shows the near names because of which the first try was refused."""
        form = super().get_form(request, obj, change, **kwargs)
        refused = getattr(request, "refused", None)
        if isinstance(refused, NearDuplicates):
            form.near = refused.candidates  # type: ignore[attr-defined]  # an OrganisationForm
        return form

    @admin.display(description=_("country"), ordering="country")
    def country_name(self, organisation: Organisation) -> str:
        return country_name(organisation.country)

    @admin.display(description=_("state"), ordering="confirmed_at")
    def state_badge(self, organisation: Organisation) -> str:
        if organisation.refused_at is not None:
            return badge("declined", _("refused: %(reason)s") % {"reason": organisation.refusal})
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

    @admin.display(description=_("former names and other spellings"))
    def names(self, organisation: Organisation) -> str:
        """Each with its last day, if it is a former one."""
        former = _("%(name)s (until %(day)s)")
        return "; ".join(
            former % {"name": each.name, "day": short_day(each.last_day)} if each.last_day else each.name
            for each in organisation.other_names.all()
        )

    @admin.display(description=_("similar names"))
    def similar(self, organisation: Organisation) -> str:
        """Near names and abbreviations, each with a link: is this one of them by another spelling?"""
        others = possible_duplicates(organisation.name, besides=organisation.pk)
        address = "admin:accounts_organisation_change"
        return format_html_join(
            "; ", '<a href="{}">{}</a>', ((reverse(address, args=[each.pk]), each.described) for each in others)
        )


@admin.register(Ownership)
class OwnershipAdmin(CoordinatorAdmin[Ownership]):
    """Who owns whom, from when to when. A change is re-checked against everything that is open, at once."""

    may_add = True
    may_change = True
    list_display = ("owned", "owner", "starts_on", "ends_on")
    list_select_related = ("child", "parent")
    search_fields = ("child__name", "parent__name")
    autocomplete_fields = ("child", "parent")
    fields = ("child", "parent", "starts_on", "ends_on")

    def scoped(self, request: HttpRequest) -> QuerySet[Ownership]:
        return Ownership.objects.all()

    @admin.display(description=_("organisation"), ordering="child__name")
    def owned(self, ownership: Ownership) -> str:
        return ownership.child.placed

    @admin.display(description=_("owned by"), ordering="parent__name")
    def owner(self, ownership: Ownership) -> str:
        return ownership.parent.placed

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


class CompetitionForm(VersionedModelForm[Competition]):
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
    list_display = ("one", "other")
    list_select_related = ("first", "second")
    search_fields = ("first__name", "second__name")
    autocomplete_fields = ("first", "second")
    fields = ("first", "second")
    verbs = (
        Verb(
            name="withdraw",
            label=_("No longer competitors"),
            explanation=_("From now on their people may be paired, unless another rule forbids it."),
            repair=_("They can be declared competitors again."),
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

    @admin.display(description=_("organisation"), ordering="first__name")
    def one(self, competition: Competition) -> str:
        return competition.first.placed

    @admin.display(description=_("competes with"), ordering="second__name")
    def other(self, competition: Competition) -> str:
        return competition.second.placed

    def save_model(self, request: HttpRequest, obj: Competition, form: "ModelForm[Competition]", change: bool) -> None:
        made = ownership.declare_competitors(one=obj.first, other=obj.second, user=coordinator(request), now=now())
        obj.pk = made.pk
