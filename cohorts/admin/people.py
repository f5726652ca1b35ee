"""People and their ties, as far as the cohorts one coordinates go.

Address, password, second factor and groups are on no page. Only a superuser appoints staff. People come by invitation.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.base import ReadOnlyInline, coordinator, is_superuser
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.domain import affiliations, closing, erasing, second_factor
from accounts.models import Affiliation, Aim, Leave, MenteeProfile, MentorProfile, Profile, User
from accounts.models.names import shown_address
from cohorts.admin import scope
from cohorts.models import Enrolment
from common.clock import now


class ProfileInline(ReadOnlyInline[Profile]):
    model = Profile
    fields = ("headline", "city", "country", "region", "zone", "languages", "function", "seniority")


class AffiliationInline(ReadOnlyInline[Affiliation]):
    model = Affiliation
    fields = ("kind", "organisation", "title", "starts_on", "ends_on")
    show_change_link = True


class LeaveInline(ReadOnlyInline[Leave]):
    model = Leave
    fields = ("starts_on", "ends_on")


class MentorInline(ReadOnlyInline[MentorProfile]):
    model = MentorProfile
    fields = ("about", "capacity", "open_pairings", "nobody_new")
    readonly_fields = ("open_pairings",)


class MenteeInline(ReadOnlyInline[MenteeProfile]):
    model = MenteeProfile
    fields = ("about", "challenge_names", "aim_lines", "industry_preference")
    readonly_fields = ("challenge_names", "aim_lines")

    @admin.display(description=_("challenges"))
    def challenge_names(self, intake: MenteeProfile) -> str:
        return ", ".join(str(topic) for topic in intake.challenges.all())

    @admin.display(description=_("aims"))
    def aim_lines(self, intake: MenteeProfile) -> str:
        aims = Aim.objects.filter(mentee=intake).select_related("topic")
        return "; ".join(f"{aim.topic}: {aim.text}" for aim in aims)


class EnrolmentInline(ReadOnlyInline[Enrolment]):
    model = Enrolment
    fields = ("cohort", "role", "state")
    readonly_fields = ("state",)
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        return Enrolment.objects.as_coordinator(coordinator(request))


@admin.register(User)
class PersonAdmin(VerbAdmin[User]):
    """Who somebody is. A coordinator may correct the name, a superuser appoints staff, nobody touches the rest."""

    may_change = True
    list_display = ("name", "address", "offers", "is_staff", "is_active")
    list_select_related = ("mentor_profile",)
    search_fields = ("name", "email")
    list_filter = ("is_staff", "is_active")
    inlines = (ProfileInline, AffiliationInline, EnrolmentInline, MentorInline, MenteeInline, LeaveInline)
    fields = ("name", "address", "date_joined", "is_active", "is_staff", "is_superuser")
    verbs = (
        Verb(
            name="reset_second_factor",
            label=_("Reset the second factor"),
            explanation=_(
                "For somebody who has lost their phone and their recovery codes. App, passkeys and codes stop working, "
                "they are signed out everywhere and told by e-mail. Make sure first that it is they who ask."
            ),
            repair=_("They set up a new second factor themselves."),
            do=lambda person, user, said: second_factor.reset(person=person, user=user, now=now()),
            open_to=second_factor.is_set_up,
            ends=True,
            of_superusers=True,
        ),
        Verb(
            name="close_account",
            label=_("Close the account"),
            explanation=_(
                "They are signed out everywhere and cannot sign in; nothing is written to them, not that this was done "
                "either. Nothing is deleted."
            ),
            repair=_("A superuser can open the account again; requests that close with it stay closed."),
            do=lambda person, user, said: closing.close_account(person=person, user=user, now=now()),
            open_to=lambda person: person.is_active,
            foresee=lambda person, user, said: closing.foreseen(person, now()),
            ends=True,
            of_superusers=True,
        ),
        Verb(
            name="reopen_account",
            label=_("Open the account again"),
            explanation=_("They can sign in as before and take part as before. Requests that have lapsed stay closed."),
            repair=_("It can be closed again."),
            do=lambda person, user, said: closing.reopen_account(person=person, user=user, now=now()),
            open_to=closing.may_reopen,
            of_superusers=True,
        ),
        Verb(
            name="begin_erasing",
            label=_("Erase what is held of them"),
            explanation=_(
                "For somebody who has asked for it. Their account is closed at once, and they are told by e-mail until "
                "when a link brings it back. Then name, address, profile, ties, lists and their words are erased for "
                "good; what others wrote stays, and names a former member."
            ),
            repair=_("Until then it can be stopped here, too; afterwards it cannot be taken back."),
            do=lambda person, user, said: erasing.begin(person=person, user=user, now=now()),
            open_to=erasing.may_begin,
            foresee=lambda person, user, said: erasing.foreseen(person, now()),
            ends=True,
            of_superusers=True,
        ),
        Verb(
            name="stop_erasing",
            label=_("Stop the erasing"),
            explanation=_(
                "Nothing is erased, and the account is open again if it was before. Requests that have lapsed stay "
                "closed."
            ),
            repair=_("It can be begun again."),
            do=lambda person, user, said: erasing.stop(person=person, user=user, now=now()),
            open_to=erasing.is_waiting,
            of_superusers=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[User]:
        return scope.people(coordinator(request))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        always = ("address", "date_joined", "is_active")
        if obj is not None and obj.is_erased:
            return self.fields
        if is_superuser(request) and obj != request.user:
            return always
        return (*always, "is_staff", "is_superuser")

    @admin.display(description=_("e-mail address"), ordering="email")
    def address(self, person: User) -> str:
        return shown_address(person.email)

    @admin.display(description=_("mentoring"))
    def offers(self, person: User) -> str:
        offer = getattr(person, "mentor_profile", None)
        return "" if offer is None else f"{offer.open_pairings} / {offer.capacity}"


@admin.register(Affiliation)
class AffiliationAdmin(VerbAdmin[Affiliation]):
    """Dated ties: added, ended, prolonged, taken away. Each is re-checked against all that is open, at once."""

    verbs = (
        Verb(
            name="take_back",
            label=_("Take away"),
            explanation=_(
                "For a tie that was entered by mistake: it is gone, does not count as a former one, and requests "
                "and pairings are looked at again. The history keeps that you took it away."
            ),
            repair=_("It can be added again."),
            do=lambda tie, user, said: affiliations.take_back(affiliation=tie, user=user, now=now()),
            open_to=lambda tie: True,
            ends=True,
            removes=True,
        ),
    )
    may_add = True
    may_change = True
    list_display = ("person", "kind", "where", "starts_on", "ends_on")
    list_select_related = ("person", "organisation")
    list_filter = ("kind",)
    search_fields = ("person__name", "organisation__name")
    autocomplete_fields = ("person", "organisation")
    fields = ("person", "kind", "organisation", "title", "starts_on", "ends_on")

    def scoped(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return scope.affiliations(coordinator(request))

    @admin.display(description=_("organisation"), ordering="organisation__name")
    def where(self, tie: Affiliation) -> str:
        return str(_("independent")) if tie.organisation is None else tie.organisation.placed

    def get_readonly_fields(self, request: HttpRequest, obj: Affiliation | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("person", "kind", "organisation", "title", "starts_on")

    def save_model(self, request: HttpRequest, obj: Affiliation, form: "ModelForm[Any]", change: bool) -> None:
        if change and "ends_on" in form.changed_data:
            said: dict[str, Any] = {"ends_on": obj.ends_on, "now": now(), "user": coordinator(request)}
            had_end = form.initial.get("ends_on") is not None
            change_end = affiliations.prolong_affiliation if had_end else affiliations.end_affiliation
            change_end(affiliation=obj, **said)
        elif not change:
            made = affiliations.save_affiliation(
                person=obj.person,
                organisation=obj.organisation,
                kind=obj.kind,
                title=obj.title,
                starts_on=obj.starts_on,
                ends_on=obj.ends_on,
                now=now(),
                user=coordinator(request),
            )
            obj.pk = made.pk
        self.record(request, obj, "change" if change else "add")
