"""Outcomes of the cohorts one looks after: the list, a cohort's page, its file, and a sheet for a sponsor."""

from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin.base import coordinator
from cohorts.models import Cohort
from common.clock import now
from common.csv_files import csv_file
from common.dates import day_of
from engagements.admin.outcome_rows import Section, sections
from engagements.domain import outcomes
from engagements.models import Tally


def urls(site: AdminSite) -> list[URLPattern]:
    """The pages, each for whom the desk is open to."""
    pages = (
        ("outcomes/", listed, "outcomes"),
        ("outcomes/<uuid:object_id>/", of_cohort, "outcomes_of_cohort"),
        ("outcomes/<uuid:object_id>/report/", report, "outcomes_report"),
        ("outcomes/<uuid:object_id>/outcomes.csv", as_csv, "outcomes_csv"),
    )
    return [path(where, site.admin_view(view), {"site": site}, name=name) for where, view, name in pages]


@require_safe
def listed(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The cohorts this person looks after, and whether anything was counted of them."""
    counted = Exists(Tally.objects.filter(cohort=OuterRef("pk")))
    cohorts = Cohort.objects.as_coordinator(coordinator(request)).annotate(counted=counted)
    return _page(request, site, "admin/outcomes/list.html", title=_("Outcomes"), cohorts=cohorts)


@require_safe
def of_cohort(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """All that was counted, as pictures with tables."""
    cohort = _cohort(request, object_id)
    shown = _sections(cohort)
    title = _("Outcomes of %(cohort)s") % {"cohort": cohort}
    elsewhere = {
        "alerts": f"{reverse('admin:matching_alert_changelist')}?cohort__id__exact={cohort.pk}",
        "check_ins": reverse("admin:engagements_checkin_changelist"),
    }
    return _page(request, site, "admin/outcomes/cohort.html", title=title, cohort=cohort, sections=shown, **elsewhere)


@require_safe
def report(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """The same to print, on one page for one tally of each moment: what was asked, of how many, who answered."""
    cohort = _cohort(request, object_id)
    found = _sections(cohort)
    shown = {"cohort": cohort, "sections": found, "counted": any(each.lines for each in found), "printed_at": now()}
    return _page(request, site, "admin/outcomes/report.html", title=str(cohort), **shown)


@require_safe
def as_csv(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """The same numbers as a file: nothing that the page does not show."""
    cohort = _cohort(request, object_id)
    head = (
        *(_("Cohort"), _("Part"), _("What"), _("Counted on"), _("Asked, at least"), _("Asked, at most")),
        *(_("Answered, at least"), _("Answered, at most"), _("Share from, %"), _("Share to, %"), _("Study, %")),
    )
    rows = [_cells(cohort, section, place) for section in _sections(cohort) for place in range(len(section.lines))]
    return csv_file(f"{slugify(cohort.name) or 'cohort'}-outcomes.csv", head, rows)


def _cells(cohort: Cohort, section: Section, place: int) -> list[object]:
    line = section.lines[place]
    pairs = [each or (None, None) for each in (line.figures.asked, line.answered_range, line.share)]
    counted_on = day_of(line.counted_at).isoformat()
    return [cohort, section.title, line.title, counted_on, *(cell for pair in pairs for cell in pair), line.study]


def _cohort(request: HttpRequest, cohort_id: UUID) -> Cohort:
    found: Cohort = get_object_or_404(Cohort.objects.as_coordinator(coordinator(request)), pk=cohort_id)
    return found


def _sections(cohort: Cohort) -> list[Section]:
    return sections(outcomes.of_cohort(cohort))


def _page(request: HttpRequest, site: AdminSite, template: str, **shown: Any) -> HttpResponse:
    return TemplateResponse(request, template, {**site.each_context(request), **shown})
