"""Verbs at the desk: a coordinator acts through the same domain functions as everybody, after being asked once more.

A verb is an action of the list and a button on the record's page. Both lead to one page that says what will happen
and takes what the verb needs; only its answer does anything. States are never edited.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.admin.base import CoordinatorAdmin, M, coordinator, is_superuser
from accounts.models import User
from common.errors import Refused

Do = Callable[[Any, User, dict[str, Any]], object]
Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing a coordinator may do to a record.

    do        calls the domain: (record, coordinator, the form's cleaned data); may raise `Refused`. A text
              that it gives is said instead of "Done"
    repair    how it is put right if it was not meant, and by whom; or that it cannot be taken back
    open_to   whether the record's state allows it, from the state table
    form      what has to be said; none by default
    ends      it ends something, and is drawn as such
    removes   the record is gone afterwards
    of_superusers  offered to a superuser alone
    foresee   what it would do, as sentences that are shown before it is done: called as `do`; may raise `Refused`
    together  done to all that were chosen at once: `do` and `foresee` get a list of records
    """

    name: str
    label: Words
    explanation: Words
    repair: Words
    do: Do
    open_to: Callable[[Any], bool]
    form: type[forms.Form] = field(default=forms.Form)
    ends: bool = False
    removes: bool = False
    of_superusers: bool = False
    foresee: Callable[[Any, User, dict[str, Any]], list[str]] | None = None
    together: bool = False

    def subjects(self, records: list[Any]) -> list[Any]:
        """What `do` and `foresee` are called with, one after the other."""
        return [records] if self.together else records


class VerbAdmin(CoordinatorAdmin[M], Generic[M]):
    """A page whose records are acted upon by verbs."""

    verbs: ClassVar[tuple[Verb, ...]] = ()
    change_form_template = "admin/verbs/change_form.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if "_popup" in request.GET:
            return {}
        verbs = {verb.name: (self._action(verb), verb.name, verb.label) for verb in self.offered(request)}
        return {**verbs, **super().get_actions(request)}

    def offered(self, request: HttpRequest) -> list[Verb]:
        """The verbs that are this person's to use."""
        if not self.may_decide(request):
            return []
        return [verb for verb in self.verbs if not verb.of_superusers or is_superuser(request)]

    @staticmethod
    def _action(verb: Verb) -> Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse]:
        def act(modeladmin: "VerbAdmin[M]", request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse:
            return modeladmin.ask_or_do(request, list(queryset), verb)

        return act

    def ask_or_do(self, request: HttpRequest, records: list[M], verb: Verb) -> HttpResponse:
        """Show the page that asks once more, or act if it was answered."""
        answered = "confirmed" in request.POST
        form = verb.form(request.POST) if answered else verb.form()
        able = [record for record in records if verb.open_to(record)]
        foreseen: list[str] = []
        if answered and able and form.is_valid():
            foreseen = self._foreseen(request, able, verb, form)
            told = set(foreseen) <= set(request.POST.getlist("told"))
            if told and form.is_valid() and self._done(request, able, verb, form):
                return HttpResponseRedirect(request.path if verb.removes else self._back(request, records))
        elif able and not form.fields:  # nothing has to be said before: what would happen is shown at once
            form = verb.form({})
            foreseen = self._foreseen(request, able, verb, form)
        shown = {**self._question(request, records, able, verb, form), "foreseen": foreseen}
        return TemplateResponse(request, "admin/verbs/confirm.html", shown)

    @staticmethod
    def _foreseen(request: HttpRequest, records: list[M], verb: Verb, form: forms.Form) -> list[str]:
        """What the verb would do to these records; a refusal is put onto the form."""
        if verb.foresee is None:
            return []
        try:
            said = form.cleaned_data if form.is_valid() else {}
            subjects = verb.subjects(records)
            return [line for each in subjects for line in verb.foresee(each, coordinator(request), said)]
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
            return []

    def _done(self, request: HttpRequest, records: list[M], verb: Verb, form: forms.Form) -> bool:
        """Act on each by itself. False when a single one was refused: its sentence is put onto the form."""
        subjects = verb.subjects(records)
        for record in subjects:
            named = "" if verb.together else self.named(record)
            try:
                result = verb.do(record, coordinator(request), form.cleaned_data)
            except Refused as refused:
                if len(subjects) == 1:
                    form.add_error(refused.field if refused.field in form.fields else None, str(refused.sentence))
                    return False
                self.message_user(request, f"{named}: {refused.sentence}", messages.ERROR)
            else:
                done = _("Done: %(verb)s. %(record)s") % {"verb": verb.label, "record": named}
                self.message_user(request, result if isinstance(result, str) else done, messages.SUCCESS)
        return True

    def _question(
        self, request: HttpRequest, records: list[M], able: list[M], verb: Verb, form: forms.Form
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "opts": self.opts,
            "verb": verb,
            "form": form,
            "adminform_media": form.media,
            "able": [(record, self.named(record)) for record in able],
            "unable": [(record, self.named(record)) for record in records if record not in able],
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "back": self._back(request, records),
            "from_page": "from_page" in request.POST,
            "foresees": verb.foresee is not None and bool(form.fields),
        }

    def _back(self, request: HttpRequest, records: list[M]) -> str:
        if "from_page" in request.POST and len(records) == 1:
            return self.page_of(records[0])
        return request.get_full_path()

    def list_address(self) -> str:
        """The address of the list, to which verbs are sent."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def page_of(self, record: Model) -> str:
        """The address of a record's page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        record = self.get_object(request, object_id) if object_id else None
        context = {
            "verbs": [verb for verb in self.offered(request) if record is not None and verb.open_to(record)],
            "verbs_action": self.list_address(),
            "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})
