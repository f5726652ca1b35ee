"""Letters: that one is due, sent, or could not be delivered, and what to do then. A row holds no words, and no link."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import badge_of, coordinator, is_superuser
from accounts.admin.verbs import Verb, VerbAdmin
from accounts.models import Invitation, User
from cohorts.domain import messages as messages_to_people
from common.clock import now
from common.errors import Refused
from mentorship.desk import scope
from mentorship.desk.delivery_panel import panel
from outbox.domain import resending, troubles
from outbox.domain.enclosures import is_enclosed
from outbox.kinds import registered
from outbox.models import Letter, LetterState

# What a coordinator can do about a letter, by its state.
ADVICE: dict[str, Promise] = {
    LetterState.DEAD: gettext_lazy(
        "It did not arrive. If the address is wrong, have it put right; then send the e-mail again, or leave it."
    ),
    LetterState.HELD: gettext_lazy(
        "It was handed over and nobody answered: it may have arrived. Ask the recipient; then send it again, or leave "
        "it."
    ),
    LetterState.PENDING: gettext_lazy("It leaves automatically when it is due."),
    LetterState.CLAIMED: gettext_lazy("It is leaving just now."),
    LetterState.SENDING: gettext_lazy("It is leaving just now."),
    LetterState.CANCELLED: gettext_lazy("It was not needed any more. Nothing to do."),
    LetterState.SENT: gettext_lazy("The mail server took it. If the recipient does not find it, send it again."),
}
ENCLOSED = gettext_lazy(
    "The mail server took it, and what was in it is deleted here. A code or a link can be asked for anew."
)
UNKNOWN = gettext_lazy("somebody without an account")
TRIED = gettext_lazy("It was tried and the mail server was not ready. It is tried again automatically.")


def kind_in_words(name: str) -> str:
    """What people call this kind of letter, on their own page of letters, too; its name for one nobody knows here."""
    kind = registered().get(name)
    return str(kind.title) if kind else name


class KindFilter(admin.SimpleListFilter):
    """By kind, in words."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((name, kind_in_words(name)) for name in registered()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class DoubtFilter(admin.SimpleListFilter):
    """Those that may have arrived more than once."""

    title = gettext_lazy("doubt")
    parameter_name = "doubt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("May have arrived twice"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        return queryset.filter(doubts__gt=0) if self.value() == "yes" else queryset


def _resend(letter: Letter, user: User, _said: dict[str, Any]) -> None:
    resending.resend(letter=letter, user=user, now=now())


def _let_be(letter: Letter, user: User, _said: dict[str, Any]) -> None:
    resending.leave(letter=letter, user=user, now=now())


def _stop(letter: Letter, user: User, _said: dict[str, Any]) -> str:
    stopped = messages_to_people.stop(letter=letter, user=user, now=now())
    return _("Stopped: %(number)d e-mails of this message do not leave.") % {"number": stopped}


@admin.register(Letter)
class LetterAdmin(VerbAdmin[Letter]):
    """Where each letter is on its way, headed by whether letters flow at all."""

    change_list_template = "admin/letters/change_list.html"
    list_display = ("kind_name", "recipient", "due_at", "state_badge", "sent_at", "attempts", "reason_sentence")
    list_display_links = ("kind_name",)
    list_select_related = ("person",)
    list_filter = ("state", KindFilter, DoubtFilter, "due_at")
    search_fields = ("person__name", "person__email", "invited_name", "invited_email")
    fields = (
        "kind_name",
        "recipient",
        "state_badge",
        "advice",
        "reason_sentence",
        "due_at",
        "next_at",
        "sent_at",
        "sent_with",
        "attempts",
        "doubts",
    )
    readonly_fields = fields
    verbs = (
        Verb(
            name="resend",
            label=gettext_lazy("Send again"),
            explanation=gettext_lazy(
                "It leaves within a minute, if what it says still holds. An e-mail that was sent already goes out "
                "a second time."
            ),
            repair=gettext_lazy("What has been sent cannot be taken back."),
            do=_resend,
            open_to=resending.may_resend,
        ),
        Verb(
            name="stop",
            label=gettext_lazy("Stop this message"),
            explanation=gettext_lazy(
                "A coordinator wrote it. None of its e-mails that has not left yet leaves, to whomever."
            ),
            repair=gettext_lazy("It can be written anew."),
            do=_stop,
            open_to=messages_to_people.may_stop,
            ends=True,
        ),
        Verb(
            name="leave",
            label=gettext_lazy("Leave it"),
            explanation=gettext_lazy("It is not sent again and no longer shown as something to look after."),
            repair=gettext_lazy("It can be sent again later."),
            do=_let_be,
            open_to=lambda letter: letter.state in (LetterState.DEAD, LetterState.HELD),
            ends=True,
        ),
    )

    def scoped(self, request: HttpRequest) -> QuerySet[Letter]:
        invitation = Invitation.objects.filter(pk=OuterRef("invitation_id"))
        return scope.letters(coordinator(request)).annotate(
            invited_name=Subquery(invitation.values("name")), invited_email=Subquery(invitation.values("email"))
        )

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """What wants somebody first, then what was due last, then what is still to come."""
        wanting = When(state__in=(LetterState.DEAD, LetterState.HELD), then=0)
        return [Case(wanting, When(due_at__gt=now(), then=2), default=1).asc(), "-due_at"]

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, letter: Letter) -> str:
        return kind_in_words(letter.kind)

    @admin.display(description=gettext_lazy("recipient"), ordering="person__name")
    def recipient(self, letter: Letter) -> str:
        """The person; for a letter to somebody invited, the name and address as they were invited."""
        invited: Any = letter
        if letter.person is None and letter.invitation_id is None:
            return str(UNKNOWN)
        return str(letter.person or f"{invited.invited_name} <{invited.invited_email}>")

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_badge(self, letter: Letter) -> str:
        return badge_of(LetterState, letter.state)

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def reason_sentence(self, letter: Letter) -> str:
        return letter.reason_sentence()

    @admin.display(description=gettext_lazy("what to do"))
    def advice(self, letter: Letter) -> str:
        if letter.state == LetterState.PENDING and letter.attempts:
            return str(TRIED)
        return str(ENCLOSED if letter.state == LetterState.SENT and is_enclosed(letter) else ADVICE[letter.state])

    # --- all letters: paused, resumed -----------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("pause/", view(self.pause), name="outbox_letter_pause"),
            path("resume/", view(self.resume), name="outbox_letter_resume"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        letter = self.get_object(request, object_id)
        headed = {"subtitle": kind_in_words(letter.kind)} if letter else {}
        return super().change_view(request, object_id, form_url, {**headed, **(extra_context or {})})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"flow": panel(now(), self.get_queryset(request)), "may_pause": is_superuser(request)}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def pause(self, request: HttpRequest) -> HttpResponse:
        """Ask once more, then stop all letters."""
        return self._all(
            request,
            label=_("Pause all e-mails"),
            explanation=_(
                "No e-mail leaves until somebody resumes: no reminder, no invitation, no request. None is lost; those "
                "that are due meanwhile leave afterwards, if what they say still holds. Codes for signing in still "
                "leave."
            ),
            act=lambda user: troubles.pause_all(user=user, now=now()),
        )

    def resume(self, request: HttpRequest) -> HttpResponse:
        """Ask once more, then let them leave again."""
        return self._all(
            request,
            label=_("Resume"),
            explanation=_("E-mails leave again, beginning with those that have waited longest."),
            act=lambda user: troubles.resume_all(user=user, now=now()),
        )

    def _all(self, request: HttpRequest, *, label: str, explanation: str, act: Any) -> HttpResponse:
        if not is_superuser(request):
            raise PermissionDenied
        back = reverse("admin:outbox_letter_changelist")
        if request.method == "POST":
            try:
                act(coordinator(request))
            except Refused as refused:
                self.message_user(request, str(refused.sentence), messages.WARNING)
            else:
                self.message_user(request, label, messages.SUCCESS)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": label,
            "opts": self.opts,
            "explanation": explanation,
            "form": forms.Form(),
            "back": back,
        }
        return TemplateResponse(request, "admin/letters/confirm.html", context)
