"""Match runs: asked for here or made on the command line, read here. Proposals and unmatched mentees have lists."""

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.base import badge_of, by_relation, coordinator, named_in_address
from accounts.admin.verbs import VerbAdmin
from cohorts.models import Cohort
from cohorts.models.weights import WEIGHT_NAMES
from common.clock import now
from matching.admin import board_words, run_making, run_publishing
from matching.admin.history import History
from matching.admin.pictures import fairness_tables, load_line, percent, picture
from matching.admin.unmatched_words import helps_most, why_alone
from matching.domain import run_work, runs
from matching.domain.board.line import line_of
from matching.domain.run_changes import changed_since
from matching.domain.run_report import report_of, says_why
from matching.models import MatchRun, Proposal, Unmatched
from matching.states import RUNS_ON_THEIR_WAY, RunState
from matching.views import reasons

logger = logging.getLogger(__name__)

PROVEN = _(
    "Proven for the people as of %(moment)s: nobody more can be matched under the rules, and no other way to match as "
    "many fits better."
)
PROVEN_ON_TERMS = _(
    "Proven for the people as of %(moment)s: nobody more can be matched under the rules, and no other way to match as "
    "many on these terms (%(terms)s) fits better."
)


def _proven(run: MatchRun) -> str:
    terms = []
    if run.protect_worst_off:
        terms.append(_("the worst-off protected"))
    if run.spread_load:
        terms.append(_("the load spread"))
    words = {"moment": date_format(localtime(run.made_at), "DATETIME_FORMAT"), "terms": ", ".join(map(str, terms))}
    return str((PROVEN_ON_TERMS if terms else PROVEN) % words)


def _changes_line(changed: int | None) -> str:
    """Whether it still holds, as far as one can tell."""
    if changed is None:
        return str(_("That was more than three days ago: run again before you act on it."))
    if not changed:
        return str(_("Nobody has changed since."))
    words = ngettext(
        "%(number)s person has changed since: run again.", "%(number)s people have changed since: run again.", changed
    )
    return words % {"number": changed}


@admin.register(MatchRun)
class MatchRunAdmin(History[MatchRun], VerbAdmin[MatchRun]):
    """What a run came to, and what became of it. What it found is never changed."""

    may_add = True
    verbs = (*run_making.VERBS, *run_publishing.OF_A_RUN)
    change_form_template = "admin/runs/change_form.html"
    list_display = ("cohort", "made_at", "state_badge", "matched_of", "worst_off", "protected")
    list_display_links = ("cohort", "made_at")
    list_select_related = ("cohort",)
    list_filter = ("state", by_relation("cohort"), "made_at")

    def scoped(self, request: HttpRequest) -> QuerySet[MatchRun]:
        return MatchRun.objects.as_coordinator(coordinator(request)).select_related("cohort")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> MatchRun | None:
        """The run, with who reads it: pairs of which they are one are not counted for them."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.reader = coordinator(request)  # type: ignore[attr-defined]
        return found

    def get_fieldsets(self, request: HttpRequest, obj: MatchRun | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("cohort", "protect_worst_off", "spread_load")})]
        if not run_making.has_result(obj):
            asked = ("cohort", "made_by", "protected", "spread", "history")
            return [(None, {"fields": ("standing",)}), (_("What was asked for"), {"fields": asked})]
        came_to = (
            "cohort",
            "made_at",
            "made_by",
            "matched_of",
            "worst_off",
            "load",
            "blocking_pairs",
            "proof",
            "lists",
        )
        return [
            (None, {"fields": ("standing", *(("became",) if obj.state == RunState.PUBLISHED else ()))}),
            (_("What it found"), {"fields": came_to}),
            (_("Who got how good a fit"), {"fields": ("drawn",)}),
            (_("How it treats groups of mentees"), {"fields": ("fair",)}),
            (_("On what terms"), {"fields": ("protected", "spread", "counted", "engine", "history")}),
        ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begun for a cohort that an alert names, as far as it is this coordinator's."""
        cohort = named_in_address(Cohort.objects.as_coordinator(coordinator(request)), request, "cohort")
        return {} if cohort is None else {"cohort": cohort.pk}

    def get_readonly_fields(self, request: HttpRequest, obj: MatchRun | None = None) -> tuple[str, ...]:
        shown = ("matched_of", "worst_off", "load", "proof", "lists", "drawn", "fair")
        terms = ("protected", "spread", "counted", "engine")
        stands = ("standing", "became", "history")
        return () if obj is None else ("cohort", "made_at", "made_by", "blocking_pairs", *shown, *terms, *stands)

    def save_model(self, request: HttpRequest, obj: MatchRun, form: "ModelForm[MatchRun]", change: bool) -> None:
        """Ask for it; a worker makes it."""
        terms = runs.Terms(obj.protect_worst_off, obj.spread_load)
        obj.pk = run_work.queue(cohort=obj.cohort, user=coordinator(request), terms=terms, now=now()).pk
        obj.refresh_from_db()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The page of a run on its way is watched until it is made."""
        run: MatchRun | None = context.get("original")
        context["watched"] = run is not None and run.state in RUNS_ON_THEIR_WAY
        return super().render_change_form(request, context, *args, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": _("Match a whole cohort"), **(extra_context or {})})

    def response_add(self, request: HttpRequest, obj: MatchRun, post_url_continue: str | None = None) -> HttpResponse:
        """To the run itself, which says how far it is."""
        return HttpResponseRedirect(reverse("admin:matching_matchrun_change", args=[obj.pk]))

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, run: MatchRun) -> str:
        return run_making.badge_of_failed(run) if run.problem else badge_of(RunState, run.state)

    @admin.display(description=_("where it stands"))
    def standing(self, run: MatchRun) -> str:
        return run_publishing.standing(run) if run_making.has_result(run) else run_making.standing(run)

    @admin.display(description=_("what became of it"))
    def became(self, run: MatchRun) -> str:
        again = f"{reverse('admin:matching_matchrun_add')}?cohort={run.cohort_id}"
        rows = run_publishing.outcome_table(run, run.reader)  # type: ignore[attr-defined]
        context = {"rows": rows, "again": again, "seeking": runs.seekers(run.cohort).count()}
        return render_to_string("admin/runs/became.html", context)

    @admin.display(description=_("matched"))
    def matched_of(self, run: MatchRun) -> str:
        if not run_making.has_result(run):
            return "–"
        return _("%(matched)s of %(mentees)s mentees, with %(places)s places") % {
            "matched": run.matched,
            "mentees": run.mentees,
            "places": run.places,
        }

    @admin.display(description=_("the worst-off"), ordering="lowest")
    def worst_off(self, run: MatchRun) -> str:
        return "–" if run.lowest is None else percent(run.lowest)

    @admin.display(description=_("worst-off protected"), ordering="protect_worst_off")
    def protected(self, run: MatchRun) -> str:
        return str(_("yes") if run.protect_worst_off else _("no"))

    @admin.display(description=_("load spread"))
    def spread(self, run: MatchRun) -> str:
        return str(_("yes") if run.spread_load else _("no"))

    @admin.display(description=_("load"))
    def load(self, run: MatchRun) -> str:
        return _drawn(run, lambda: load_line(run))

    @admin.display(description=_("proof"))
    def proof(self, run: MatchRun) -> str:
        by_hand = board_words.proof_line(run, line_of(run))
        return " ".join(filter(None, [_proven(run), _drawn(run, lambda: _changes_line(changed_since(run))), by_hand]))

    @admin.display(description=_("in detail"))
    def lists(self, run: MatchRun) -> str:
        proposals, unmatched = (
            f"{reverse(f'admin:matching_{name}_changelist')}?run__id__exact={run.pk}"
            for name in ("proposal", "unmatched")
        )
        return format_html(
            '<a class="button" href="{}">{}</a> <a href="{}">{}</a> · <a href="{}">{}</a>',
            reverse("admin:board", args=[run.pk]),
            _("Review board"),
            proposals,
            _("Proposals, the weakest first"),
            unmatched,
            _("Unmatched mentees, and what would help"),
        )

    @admin.display(description=_("fit"))
    def drawn(self, run: MatchRun) -> str:
        return _drawn(run, lambda: render_to_string("admin/runs/picture.html", picture(run)))

    @admin.display(description=_("groups"))
    def fair(self, run: MatchRun) -> str:
        return _drawn(run, lambda: render_to_string("admin/runs/fairness.html", {"tables": fairness_tables(run)}))

    @admin.display(description=_("what counted"))
    def counted(self, run: MatchRun) -> str:
        return _drawn(run, lambda: _weights(report_of(run).weights))

    @admin.display(description=_("made by the engine"))
    def engine(self, run: MatchRun) -> str:
        return _drawn(run, lambda: report_of(run).engine)


def _weights(weights: dict[str, int]) -> str:
    return ", ".join(f"{WEIGHT_NAMES[part]} {weights[part]}" for part in WEIGHT_NAMES if weights.get(part))


def _drawn(run: MatchRun, draw: Callable[[], str]) -> str:
    """What is drawn from a run's report; a sentence where the report cannot be read."""
    try:
        return draw()
    except (LookupError, TypeError, ValueError, AttributeError):
        logger.exception("the report of a kept run cannot be read", extra={"run": str(run.pk)})
        return str(_("What was kept of it cannot be read."))


class _OfARun(VerbAdmin[Any]):
    """A list of one run's rows, each told in sentences."""

    list_filter: ClassVar[tuple[Any, ...]] = (by_relation("run"), by_relation("cohort"))
    search_fields: ClassVar[tuple[str, ...]] = ("mentee__name",)


@admin.register(Proposal)
class ProposalAdmin(_OfARun):
    """Who is put forward for whom, and why. Never a pair of which the coordinator is one."""

    list_display = ("mentee", "mentor", "fit", "became", "why")
    list_select_related = ("mentee", "mentor", "run__cohort", "request")
    list_filter = (run_publishing.BecameFilter, by_relation("run"), by_relation("cohort"))
    search_fields = ("mentee__name", "mentor__name")
    fields = ("run", "mentee", "mentor", "fit", "became", "all_reasons")
    readonly_fields = fields
    verbs = run_publishing.OF_PROPOSALS

    def scoped(self, request: HttpRequest) -> QuerySet[Proposal]:
        return Proposal.objects.as_coordinator(coordinator(request)).select_related(*self.list_select_related)

    def tell(self, rows: list[Proposal]) -> None:
        told = {row.pk: _explained(row) for row in rows}
        topics = reasons.topic_names(told.values())
        for row in rows:
            row.said = reasons.why(told[row.pk], _voice(row), topics)  # type: ignore[attr-defined]

    @admin.display(description=_("what became of it"))
    def became(self, proposal: Proposal) -> str:
        return run_publishing.request_link(proposal)

    @admin.display(description=_("fit"), ordering="score")
    def fit(self, proposal: Proposal) -> str:
        return percent(proposal.score)

    @admin.display(description=_("why"))
    def why(self, proposal: Proposal) -> str:
        return str(proposal.said)  # type: ignore[attr-defined]  # see `tell`

    @admin.display(description=_("why"))
    def all_reasons(self, proposal: Proposal) -> str:
        told = _explained(proposal)
        lines = reasons.lines(told, _voice(proposal), reasons.topic_names([told]))
        return render_to_string("admin/runs/reasons.html", {"reasons": lines})


@admin.register(Unmatched)
class UnmatchedAdmin(_OfARun):
    """For whom nobody was left, why, and what alone would help most."""

    list_display = ("mentee", "fitting", "why_not", "helps")
    list_select_related = ("mentee", "run__cohort")
    fields = ("run", "mentee", "fitting", "why_not", "helps")
    readonly_fields = fields

    def scoped(self, request: HttpRequest) -> QuerySet[Unmatched]:
        return Unmatched.objects.as_coordinator(coordinator(request))

    @admin.display(description=_("mentors who fit, all taken"), ordering="fit")
    def fitting(self, row: Unmatched) -> str:
        return str(row.fit) if says_why(row.run) else "–"

    @admin.display(description=_("why nobody is left"))
    def why_not(self, row: Unmatched) -> str:
        return why_alone(row)

    @admin.display(description=_("what would help most"))
    def helps(self, row: Unmatched) -> str:
        return helps_most(row)


def _voice(proposal: Proposal) -> reasons.Voice:
    return reasons.Voice("", reasons.Reader.DESK, proposal.run.made_at.date())


def _explained(proposal: Proposal) -> Any:
    return runs.reasons_from_data(proposal.mentee_id, proposal.mentor_id, proposal.reasons)
