"""Spreadsheets of people and organisations at the desk: uploaded, looked at row by row, and confirmed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.admin.base import coordinator, has_work_here
from accounts.models import User
from cohorts.domain.imports import contents, templates, verbs
from cohorts.domain.imports.organisations import ANOTHER
from cohorts.domain.imports.plans import Outcome, Plan
from cohorts.domain.imports.reading import MOST_BYTES, MOST_ROWS
from cohorts.models import Cohort, SheetImport
from cohorts.states import ImportState, SheetKind
from common.clock import now
from common.content.keys import ContentTampered
from common.csv_files import csv_file
from common.dates import day_of
from common.errors import Refused
from outbox.domain import troubles

ROWS_A_PAGE = 50
FAULTS_SHOWN = 100
QUESTIONS_SHOWN = 50
RECENT = 10
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.ASKED, Outcome.REFUSED, Outcome.LEFT_OUT)
PROBLEMS = {
    verbs.CHANGED_MEANWHILE: gettext_lazy(
        "Nothing was brought in: something had changed since you confirmed. Look at it once more, and confirm again."
    ),
    verbs.LOST: gettext_lazy(
        "Nothing was brought in: the work broke off three times. Confirm again, or try half of it."
    ),
    verbs.BROKE: gettext_lazy(
        "Nothing was brought in: an error of ours came between. Confirm again, or tell who runs the site."
    ),
    verbs.UNREADABLE: gettext_lazy(
        "Nothing was brought in: what was read of the file cannot be opened. Upload it again."
    ),
}


class UploadForm(forms.Form):
    """A file; for people, the cohort as well."""

    cohort = forms.ModelChoiceField(Cohort.objects.none(), label=gettext_lazy("Cohort"), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        help_text=gettext_lazy(
            "Excel (.xlsx) or CSV, at most 5 MB and 5,000 rows. Nothing is brought in before you confirm."
        ),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    def __init__(self, *args: Any, kind: str, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": kind})
        self.kind = kind
        if kind == SheetKind.PEOPLE:
            running = Cohort.objects.as_coordinator(user).filter(ends_on__gte=day_of(now()))
            self.fields["cohort"].queryset = running  # type: ignore[attr-defined]
        else:
            del self.fields["cohort"]

    def clean_file(self) -> Any:
        """Not read if it is too large."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 5 MB. Leave out what is not needed, or bring it in in parts.")
            )
        return file


def urls(site: AdminSite) -> list[URLPattern]:
    """The pages, each for whom the desk is open to."""
    pages = (
        ("imports/", listed, "imports"),
        ("imports/template/<slug:kind>.<slug:ending>", template, "imports_template"),
        ("imports/<uuid:object_id>/", one, "import"),
        ("imports/<uuid:object_id>/refused.csv", refused, "import_refused"),
    )
    return [path(where, site.admin_view(view), {"site": site}, name=name) for where, view, name in pages]


@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """What may be brought in, and what is on its way."""
    user = coordinator(request)
    kind = request.POST.get("kind", "")
    if request.method == "POST" and (kind not in SheetKind.values or not has_work_here(request)):
        raise PermissionDenied
    sheets = {
        each: UploadForm(*((request.POST, request.FILES) if each == kind else ()), kind=each, user=user)
        for each in SheetKind.values
    }
    if kind and sheets[kind].is_valid():
        try:
            row = _upload(sheets[kind], user)
        except Refused as refusal:
            sheets[kind].add_error("file", str(refusal.sentence))
        else:
            return redirect("admin:import", row.pk)
    shown = {
        "people": sheets[SheetKind.PEOPLE],
        "organisations": sheets[SheetKind.ORGANISATIONS],
        "columns": {each: templates.offered(each) for each in SheetKind.values},
        "imports": SheetImport.objects.as_coordinator(user).select_related("cohort")[:RECENT],
        "has_work": has_work_here(request),
        "most_rows": MOST_ROWS,
    }
    failed = any(sheet.errors for sheet in sheets.values())
    return _page(
        request, site, "admin/imports/list.html", 422 if failed else 200, title=_("Bring in a spreadsheet"), **shown
    )


def _upload(sheet: UploadForm, user: User) -> SheetImport:
    file = sheet.cleaned_data["file"]
    return verbs.upload(
        kind=sheet.kind,
        cohort=sheet.cleaned_data.get("cohort"),
        file_name=file.name or "",
        content=file.read(),
        user=user,
        now=now(),
    )


@require_safe
def template(request: HttpRequest, site: AdminSite, kind: str, ending: str) -> HttpResponse:
    """A file to fill in, with a row as an example."""
    if kind not in SheetKind.values or ending not in ("xlsx", "csv"):
        raise Http404
    if ending == "csv":
        head, example = templates.head_and_example(kind)
        return csv_file(f"{kind}.csv", head, [example])
    answer = HttpResponse(templates.workbook(kind), content_type=EXCEL)
    answer["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return answer


@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """One import: what would happen, what happens now, or what has happened."""
    row = _import(request, object_id)
    if request.method == "POST":
        return _act(request, row)
    shown: dict[str, Any] = {"problem": PROBLEMS.get(row.problem, "")}
    if row.state == ImportState.WAITING:
        shown |= _preview(request, row)
    elif row.state == ImportState.AT_WORK:
        shown["progress"] = verbs.progress_of(row)
    kind = _("People for %(cohort)s") % {"cohort": row.cohort} if row.cohort else _("Organisations")
    return _page(request, site, "admin/imports/import.html", title=kind, row=row, **shown)


def _preview(request: HttpRequest, row: SheetImport) -> dict[str, Any]:
    try:
        content = contents.take(row)
    except ContentTampered:
        return {"problem": PROBLEMS[verbs.UNREADABLE], "unreadable": True}
    plan = verbs.plan_of(row, now=now(), content=content)
    wanted = request.GET.get("show", "")
    rows = [each for each in plan.rows if each.outcome == wanted] if wanted in Outcome.values else list(plan.rows)
    return {
        "plan": plan,
        "digest": plan.digest(),
        "counts": [(each, plan.counts[each], each.label) for each in SHOWN if plan.counts[each]],
        "open_questions": plan.open_questions[:QUESTIONS_SHOWN],
        "more_questions": max(0, len(plan.open_questions) - QUESTIONS_SHOWN),
        "answered": [each for each in plan.questions if each.answer][:QUESTIONS_SHOWN],
        "another": ANOTHER,
        "may_answer_all": sum(ANOTHER in dict(each.options) for each in plan.open_questions) > 1,
        "faults": plan.faults[:FAULTS_SHOWN],
        "more_faults": max(0, len(plan.faults) - FAULTS_SHOWN),
        "left": plan.counts[Outcome.REFUSED] + plan.counts[Outcome.LEFT_OUT],
        "content": content,
        "show": wanted if wanted in Outcome.values else "",
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "kept_until": row.uploaded_at + verbs.KEPT_FOR,
        "stopped": troubles.is_stopped(),
    }


def _act(request: HttpRequest, row: SheetImport) -> HttpResponse:
    user, act = coordinator(request), request.POST.get("act", "")
    here = redirect("admin:import", row.pk)
    try:
        if act == "answer":
            verbs.answer(row=row, answers=_answers(request, row), user=user)
            messages.success(request, _("Your answers are kept. Below is what follows from them."))
        elif act == "confirm":
            verbs.confirm(row=row, promised=request.POST.get("promised", ""), user=user, now=now())
        elif act == "discard":
            verbs.discard(row=row, user=user, now=now())
            messages.success(request, _("Discarded: nothing was brought in, and nothing of the file is kept."))
            return redirect("admin:imports")
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    return here


def _answers(request: HttpRequest, row: SheetImport) -> dict[str, str]:
    """What was ticked; with `rest`, whatever is open and may be another thing is one."""
    ticked = {
        request.POST[name]: request.POST.get(f"answer{name.removeprefix('key')}", "")
        for name in request.POST
        if name.startswith("key")
    }
    if "rest" not in request.POST:
        return ticked
    plan: Plan = verbs.plan_of(row, now=now())
    others = {each.key: ANOTHER for each in plan.open_questions if ANOTHER in dict(each.options)}
    return {**others, **{key: answer for key, answer in ticked.items() if answer}}


@require_safe
def refused(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """All that is wrong, as a file to mend the sheet by."""
    row = _import(request, object_id)
    if row.state != ImportState.WAITING:
        raise Http404
    head = (_("Row"), _("Column"), _("What stands there"), _("What would be right"))
    faults = verbs.plan_of(row, now=now()).faults
    return csv_file("refused.csv", head, ((each.row, each.column, each.value, each.right) for each in faults))


def _import(request: HttpRequest, object_id: UUID) -> SheetImport:
    rows = SheetImport.objects.as_coordinator(coordinator(request)).select_related("cohort", "user")
    found: SheetImport = get_object_or_404(rows, pk=object_id)
    return found


def _page(request: HttpRequest, site: AdminSite, name: str, status: int = 200, **shown: Any) -> HttpResponse:
    return TemplateResponse(
        request, name, {**site.each_context(request), "list_address": reverse("admin:imports"), **shown}, status=status
    )
