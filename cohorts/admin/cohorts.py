"""Cohorts and who takes part in them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Aggregate, Count, ManyToManyField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.forms import CheckboxSelectMultiple, ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import (
    badge_of,
    by_relation,
    coordinator,
    is_superuser,
    named_in_address,
    related_queryset,
)
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import User
from accounts.models.names import shown_address
from cohorts.domain import dates, enrolments, messages
from cohorts.models import Cohort, Enrolment
from cohorts.models.weights import WEIGHT_FIELDS, WEIGHT_NAMES
from cohorts.states import ENROLMENT_TRANSITIONS, EnrolmentState, Role
from common.clock import now
from common.dates import time_of_day
from common.errors import Refused
from common.forms import DateInput, Guarded
from common.versioned import VersionedModelForm


class CohortForm(VersionedModelForm[Cohort]):
    """A cohort's start and rules, and its end while it is new: later that is moved by a verb."""

    class Meta:
        model = Cohort
        fields = "__all__"  # the page says which

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        starts_on, ends_on = said.get("starts_on"), said.get("ends_on") or self.instance.ends_on
        if "ends_on" in said and starts_on:
            try:
                dates.check_end(said["ends_on"], starts_on=starts_on, now=now())
            except Refused as refused:
                self.add_error("ends_on", str(refused.sentence))
        elif starts_on and ends_on and ends_on <= starts_on:
            self.add_error("starts_on", _("The start must come before the end, which is moved by its own button."))
        return said


def _of_enrolments(total: Aggregate, **which: Any) -> Coalesce:
    """`total` over those enrolments of a cohort; 0 without any. A query of its own, so that no row is counted twice."""
    rows = Enrolment.objects.filter(cohort=OuterRef("pk"), **which).order_by().values("cohort")
    return Coalesce(Subquery(rows.annotate(total=total).values("total")), 0)


class MoveEndForm(forms.Form):
    """Until when."""

    ends_on = forms.DateField(
        label=_("New last day"),
        widget=DateInput(),
        help_text=_("Before anything happens you see whom it touches. It can be moved back in the same way."),
    )


@admin.register(Cohort)
class CohortAdmin(VerbAdmin[Cohort]):
    """A cohort's dates and rules, and who coordinates it."""

    form = CohortForm
    change_form_template = "admin/cohorts/change_form.html"
    verbs = (
        Verb(
            name="move_end",
            label=_("Move the end"),
            explanation=_(
                "The cohort gets another last day. Pairs that were planned until the former one are asked whether to "
                "follow it, and move only if both agree; those that have not begun yet follow."
            ),
            repair=_("The end can be moved again; pairs are asked again then."),
            do=lambda cohort, user, said: dates.move_end(cohort=cohort, user=user, now=now(), **said),
            open_to=lambda cohort: True,
            form=MoveEndForm,
            foresee=lambda cohort, user, said: dates.foreseen(cohort=cohort, now=now(), **said) if said else [],
        ),
    )
    may_add = True
    may_change = True
    list_display = ("name", "starts_on", "ends_on", "enrolled", "waiting", "paired")
    search_fields = ("name",)
    date_hierarchy = "starts_on"
    fieldsets = (
        (None, {"fields": ("name", "starts_on", "ends_on")}),
        (
            _("Rules"),
            {
                "fields": (
                    "answer_days",
                    "lookback_months",
                    "competitors_flag_only",
                    "spread_load",
                    "check_in_weeks",
                )
            },
        ),
        (
            _("What counts in a match"),
            {
                "fields": (*WEIGHT_FIELDS, "weights_in_words"),
                "description": _(
                    "How much each of these counts, compared with the others: twice the number counts twice as much, "
                    "0 leaves it out. What somebody has not said is neutral. Independence is not weighed here; it "
                    "always holds. Suggestions follow at once, match runs from the next one on."
                ),
            },
        ),
        (
            _("Whom to turn to"),
            {
                "fields": ("concern_name", "concern_email", "coordinators"),
                "description": _(
                    "Who coordinates a cohort is decided by a superuser; whoever adds one coordinates it."
                ),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Cohort | None = None) -> tuple[str, ...]:
        fixed = ("weights_in_words",) if obj is None else ("weights_in_words", "ends_on")
        return fixed if is_superuser(request) else (*fixed, "coordinators")

    def scoped(self, request: HttpRequest) -> QuerySet[Cohort]:
        return Cohort.objects.as_coordinator(coordinator(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        """With counts. A database trigger keeps the number of open pairings on the enrolment of their mentor."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                enrolled_count=_of_enrolments(Count("pk"), state=EnrolmentState.APPROVED),
                waiting_count=_of_enrolments(Count("pk"), state=EnrolmentState.PENDING),
                paired_count=_of_enrolments(Sum("open_pairings"), role=Role.MENTOR),
            )
        )

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        """Coordinators are chosen among those whom a superuser has appointed; those of this cohort stay listed."""
        match = request.resolver_match
        here = match.kwargs.get("object_id") if match else None
        chosen = User.objects.filter(coordinated_cohorts=here) if here else User.objects.none()
        kwargs["queryset"] = User.objects.filter(Q(is_staff=True, is_active=True) | Q(pk__in=chosen.values("pk")))
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: "ModelForm[Cohort]", formsets: Any, change: bool) -> None:
        """Whoever adds a cohort coordinates it: none is left alone."""
        super().save_related(request, form, formsets, change)
        if not change and not is_superuser(request):
            form.instance.coordinators.add(coordinator(request))

    @admin.display(description=_("as saved"))
    def weights_in_words(self, cohort: Cohort) -> str:
        """ "aims 27 %, challenges 15 %, …", what counts most first; parts left out are not named."""
        weights = {part: getattr(cohort, f"weight_{part}") for part in WEIGHT_NAMES}
        counting = sorted((part for part in weights if weights[part]), key=lambda part: -weights[part])
        return ", ".join(
            _("%(part)s %(percent)d %%")
            % {"part": WEIGHT_NAMES[part], "percent": round(100 * weights[part] / sum(weights.values()))}
            for part in counting
        )

    @admin.display(description=_("approved"), ordering="enrolled_count")
    def enrolled(self, cohort: Any) -> int:
        return int(cohort.enrolled_count)

    @admin.display(description=_("waiting for approval"), ordering="waiting_count")
    def waiting(self, cohort: Any) -> int:
        return int(cohort.waiting_count)

    @admin.display(description=_("open pairings"), ordering="paired_count")
    def paired(self, cohort: Any) -> int:
        return int(cohort.paired_count)


class MessageForm(Guarded, forms.Form):
    """What is written to everybody who was chosen."""

    text = forms.CharField(
        label=_("Message"),
        max_length=messages.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Plain text; an empty line begins a paragraph. Greeting, your name and your address are put around it. "
            "Write nothing about what a pair talks about: an e-mail is read in many places."
        ),
    )


def _write(enrolments: list[Enrolment], user: User, said: dict[str, Any]) -> str:
    written = messages.write(enrolments=enrolments, user=user, text=said["text"], now=now())
    told = _("%(people)d e-mails leave at %(time)s. Until then you can stop them in the list of e-mails.")
    return told % {"people": written.people, "time": time_of_day(written.leaves_at)}


def _foresee_message(enrolments: list[Enrolment], user: User, said: dict[str, Any]) -> list[str]:
    return messages.foreseen(enrolments=enrolments, user=user, text=said["text"], now=now()) if said else []


@admin.register(Enrolment)
class EnrolmentAdmin(VerbAdmin[Enrolment]):
    """Who takes part in which role. Approving and withdrawing are verbs."""

    may_add = True
    may_change = True
    list_display = ("person", "role", "cohort", "state_badge", "open_pairings")
    exported_too = ("address", "capacity")
    list_select_related = ("person", "cohort")
    list_filter = (by_relation("cohort"), "role", "state")
    search_fields = ("person__name", "person__email")
    autocomplete_fields = ("person",)
    verbs = (
        Verb(
            name="write",
            label=_("Write to them"),
            explanation=_("A message to everybody who was chosen, in one e-mail each. You see it before it leaves."),
            repair=_("For ten minutes it can be stopped; what has left cannot be taken back."),
            do=_write,
            open_to=lambda enrolment: bool(messages.readers([enrolment])),
            form=MessageForm,
            foresee=_foresee_message,
            together=True,
        ),
        Verb(
            name="approve",
            label=_("Approve"),
            explanation=_(
                "They are told, and from then on take part: mentees may look for a mentor, mentors may be asked."
            ),
            repair=_("Withdrawing them here undoes it."),
            do=lambda enrolment, user, said: enrolments.approve(enrolment=enrolment, user=user, now=now()),
            open_to=lambda enrolment: enrolment.state in ENROLMENT_TRANSITIONS["approve"].sources,
        ),
        Verb(
            name="withdraw",
            label=_("Withdraw"),
            explanation=_(
                "They no longer take part, and are told. Requests that wait for an answer lapse; open pairings go on "
                "until ended."
            ),
            repair=_("Approving them again undoes it, but for the requests."),
            do=lambda enrolment, user, said: enrolments.withdraw_enrolment(enrolment=enrolment, user=user, now=now()),
            open_to=lambda enrolment: enrolment.state in ENROLMENT_TRANSITIONS["withdraw"].sources,
            foresee=lambda enrolment, user, said: enrolments.foreseen(enrolment, now()),
            ends=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Enrolment]:
        return Enrolment.objects.as_coordinator(coordinator(request))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begun for whom an alert names, as far as this coordinator may choose them."""
        choices = related_queryset(self, self.opts.get_field("person"), request)
        person = named_in_address(choices, request, "person")
        return {} if person is None else {"person": person.pk}

    def get_fields(self, request: HttpRequest, obj: Enrolment | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("cohort", "person", "role", "capacity")
        return ("cohort", "person", "role", "state_badge", "capacity", "open_pairings", "priority_since")

    def get_readonly_fields(self, request: HttpRequest, obj: Enrolment | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("cohort", "person", "role", "state_badge", "open_pairings", "priority_since")

    def save_model(self, request: HttpRequest, obj: Enrolment, form: "ModelForm[Enrolment]", change: bool) -> None:
        """A new enrolment is made by the domain; of an old one only the capacity can be set."""
        if change:
            enrolments.set_capacity(enrolment=obj, capacity=obj.capacity, user=coordinator(request), now=now())
            return
        made = enrolments.enrol(
            cohort=obj.cohort,
            person=obj.person,
            role=obj.role,
            capacity=obj.capacity,
            user=coordinator(request),
            now=now(),
        )
        obj.pk = made.pk
        obj.refresh_from_db()

    @admin.display(description=_("e-mail address"))
    def address(self, enrolment: Enrolment) -> str:
        return shown_address(enrolment.person.email)

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, enrolment: Enrolment) -> str:
        return badge_of(EnrolmentState, enrolment.state)
