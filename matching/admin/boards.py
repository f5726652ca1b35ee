"""The review board of a run: every proposal with its reasons, who has nobody, and what was decided by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.choices import Function, Industry, label_of
from accounts.models import User
from common.clock import now
from common.dates import day_of
from common.errors import Refused
from common.queries import among
from matching.admin import board_asking, board_mentee, board_words
from matching.admin.board_pages import Desk, ask, desk_of, page
from matching.admin.pictures import percent, share_row
from matching.admin.unmatched_words import helps_most, why_alone
from matching.domain import runs
from matching.domain.board import changing
from matching.domain.board.changing import Seen
from matching.domain.board.groups import groups_of
from matching.domain.board.line import Standing, decision_of, standing_of
from matching.domain.run_changes import changed_since
from matching.models import BoardNote, Proposal, Unmatched
from matching.models.boards import BoardVerb
from matching.views import reasons

ROWS_A_PAGE = 25
WORST_OFF = 10
SHOWN = {
    "": gettext_lazy("all pairs"),
    "pinned": gettext_lazy("decided by hand"),
    "moved": gettext_lazy("other than in the run"),
    "alone": gettext_lazy("without a mentor"),
    "noted": gettext_lazy("with a note"),
}
SORTED = {
    "": (gettext_lazy("the weakest first"), ("score", "pk")),
    "best": (gettext_lazy("the best first"), ("-score", "pk")),
    "mentee": (gettext_lazy("by mentee"), ("mentee__name", "pk")),
    "mentor": (gettext_lazy("by mentor"), ("mentor__name", "pk")),
}


def urls(site: AdminSite) -> list[URLPattern]:
    """The pages, each for whom the desk is open to."""
    pages = (
        ("boards/<uuid:run_id>/", board, "board"),
        ("boards/<uuid:run_id>/groups/", groups, "board_groups"),
        ("boards/<uuid:run_id>/decide/", board_asking.decide, "board_ask"),
        ("boards/<uuid:run_id>/mentees/<uuid:mentee_id>/", board_mentee.mentee, "board_mentee"),
    )
    return [path(where, site.admin_view(view), {"site": site}, name=name) for where, view, name in pages]


@require_http_methods(["GET", "POST"])
def board(request: HttpRequest, site: AdminSite, run_id: UUID) -> HttpResponse:
    """The list, narrowed, sorted and searched; and undoing and redoing."""
    desk = desk_of(request, run_id)
    if request.method == "POST":
        return _act(request, desk)
    show, sort = (request.GET.get(word, "") for word in ("show", "sort"))
    show, sort = show if show in SHOWN else "", sort if sort in SORTED else ""
    words, standing = request.GET.get("q", "").strip(), standing_of(desk.line.decisions)
    rows = _alone(desk, words) if show == "alone" else _pairs(desk, show, sort, words, standing)
    shown = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    told: list[Any] = list(shown.object_list)
    drawn = [_alone_row(desk, row, standing) for row in told] if show == "alone" else _rows(desk, told, standing)
    _add_notes(desk, drawn)
    return page(
        request,
        site,
        "admin/boards/board.html",
        desk,
        title=_("Review board"),
        rows=drawn,
        page=shown,
        show=show,
        sort=sort,
        words=words,
        offered=list(SHOWN.items()),
        orders=[(key, label) for key, (label, _columns) in SORTED.items()],
        **_head(desk),
    )


def _act(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Undo or redo, if the board still stands as it was seen."""
    acts = {"undo": (changing.undo, _("Undone: %(what)s")), "redo": (changing.redo, _("Redone: %(what)s"))}
    act, said = acts.get(request.POST.get("act", ""), acts["undo"])
    version = request.POST.get("version", "")
    try:
        seen = Seen(int(version) if version.isdecimal() else -1)
        change = act(run=desk.run, seen=seen, user=desk.user, now=now())
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        what = board_words.decided(decision_of(change), board_words.people_of((change,)))
        messages.success(request, said % {"what": what})
    return redirect(request.get_full_path())


# --- what stands above the list ---


def _head(desk: Desk) -> dict[str, Any]:
    rows = Proposal.objects.filter(run=desk.run).order_by()
    figures = rows.aggregate(total=Sum("score"), lowest=Min("score"), best=Max("score"))
    matched = rows.count()
    # Some may be about the reader.
    changes, undone = ((), None) if desk.takes_part else (desk.line.changes, desk.line.undone)
    name_of = board_words.people_of((*changes, *((undone,) if undone else ())))
    return {
        "matched": matched,
        "mentees": desk.run.mentees,
        "mean": percent(figures["total"] // matched) if matched else "–",
        "lowest": "–" if figures["lowest"] is None else percent(figures["lowest"]),
        "stands": board_words.stands(desk.line),
        "changed": changed_since(desk.run) if not desk.closed else 0,
        "changes": [
            (board_words.decided(decision_of(each), name_of), board_words.by_whom(each), each.why)
            for each in reversed(changes)
        ],
        "undone": board_words.decided(decision_of(undone), name_of) if undone else "",
    }


# --- pairs ---


def _pairs(desk: Desk, show: str, sort: str, words: str, standing: Standing) -> QuerySet[Proposal]:
    rows = Proposal.objects.as_coordinator(desk.user).filter(run=desk.run).select_related("mentee", "mentor", "request")
    if show == "pinned":
        rows = rows.filter(mentee__in=among(standing.pinned))
    elif show == "moved":
        rows = rows.filter(mentee__in=among(UUID(each) for each in desk.line.first_moves))
    elif show == "noted":
        rows = rows.filter(mentee__in=BoardNote.objects.filter(run=desk.run).values("mentee"))
    if words:
        rows = rows.filter(Q(mentee__name__unaccent__icontains=words) | Q(mentor__name__unaccent__icontains=words))
    found: QuerySet[Proposal] = rows.order_by(*SORTED[sort][1])
    return found


def _rows(desk: Desk, proposals: list[Proposal], standing: Standing) -> list[dict[str, Any]]:
    told = {row.pk: runs.reasons_from_data(row.mentee_id, row.mentor_id, row.reasons) for row in proposals}
    topics = reasons.topic_names(told.values())
    voice = reasons.Voice("", reasons.Reader.DESK, desk.run.made_at.date())
    name_of = _first_mentors(desk, [row.mentee_id for row in proposals])
    return [
        {
            "mentee": row.mentee,
            "mentor": row.mentor,
            "fit": percent(row.score),
            "share": row.score // 10_000,
            "why": reasons.why(told[row.pk], voice, topics),
            "reasons": reasons.lines(told[row.pk], voice, topics),
            "pinned": standing.pinned.get(row.mentee_id) == row.mentor_id,
            "first": board_words.first_said(desk.line, row.mentee_id, name_of),
            "address": _of_mentee(desk, row.mentee_id),
            "acts": [] if desk.closed else _acts(desk, row, standing),
        }
        for row in proposals
    ]


def _acts(desk: Desk, row: Proposal, standing: Standing) -> list[tuple[str, str]]:
    pair = row.mentee_id, row.mentor_id
    pinned = standing.pinned.get(row.mentee_id) == row.mentor_id
    first = (
        (_("Release"), ask(desk.run, BoardVerb.RELEASE, row.mentee_id))
        if pinned
        else (_("Keep together"), ask(desk.run, BoardVerb.PIN, *pair))
    )
    return [
        first,
        (_("Keep apart"), ask(desk.run, BoardVerb.FORBID, *pair)),
        (_("Set aside"), ask(desk.run, BoardVerb.SET_ASIDE, row.mentee_id)),
    ]


def _first_mentors(desk: Desk, mentees: list[UUID]) -> dict[UUID, str]:
    """The names of those whom the run itself had proposed to these mentees."""
    first = desk.line.first_moves
    ids = {UUID(side["mentor"]) for each in mentees if "mentor" in (side := first.get(str(each), {}))}
    return dict(User.objects.filter(pk__in=among(ids)).exclude(pk=desk.user.pk).values_list("pk", "name"))


def _of_mentee(desk: Desk, mentee: UUID) -> str:
    return reverse("admin:board_mentee", args=[desk.run.pk, mentee])


# --- who has nobody ---


def _alone(desk: Desk, words: str) -> QuerySet[Unmatched]:
    rows = Unmatched.objects.as_coordinator(desk.user).filter(run=desk.run).select_related("mentee", "run")
    found: QuerySet[Unmatched] = rows.filter(mentee__name__unaccent__icontains=words) if words else rows
    return found.order_by("fit", "pk")


def _alone_row(desk: Desk, row: Unmatched, standing: Standing) -> dict[str, Any]:
    aside = row.mentee_id in standing.aside
    release = [(_("Take back in"), ask(desk.run, BoardVerb.RELEASE, row.mentee_id))]
    set_aside = [(_("Set aside"), ask(desk.run, BoardVerb.SET_ASIDE, row.mentee_id))]
    return {
        "mentee": row.mentee,
        "alone": True,
        "aside": aside,
        "why": "" if aside else why_alone(row),
        "helps": "" if aside else helps_most(row),
        "address": _of_mentee(desk, row.mentee_id),
        "acts": [] if desk.closed else release if aside else set_aside,
    }


def _add_notes(desk: Desk, rows: list[dict[str, Any]]) -> None:
    found = BoardNote.objects.filter(run=desk.run, mentee__in=among(row["mentee"].pk for row in rows))
    noted = dict(found.values_list("mentee_id", "text"))
    for row in rows:
        row["note"] = noted.get(row["mentee"].pk, "")


# --- groups ---


@require_safe
def groups(request: HttpRequest, site: AdminSite, run_id: UUID) -> HttpResponse:
    """How the board treats groups of mentees, the worst-off, and how many would both prefer each other."""
    desk = desk_of(request, run_id)
    found = groups_of(desk.run, on=day_of(now()))
    tables = [
        (_("By part of the world"), found.region, lambda value: board_words.REGIONS.get(value, value)),
        (_("By industry of the employer"), found.industry, lambda value: label_of(Industry, value)),
        (_("By function"), found.function, lambda value: label_of(Function, value)),
        (_("First time, or not"), found.first_time, lambda value: board_words.FIRST_TIMES[value]),
    ]
    worst = _pairs(desk, "", "", "", standing_of([]))[:WORST_OFF]
    last = desk.line.last
    return page(
        request,
        site,
        "admin/boards/groups.html",
        desk,
        title=_("Fairness"),
        tables=[(title, [share_row(name_of, share) for share in shares]) for title, shares, name_of in tables],
        worst=[(row, percent(row.score), _of_mentee(desk, row.mentee_id)) for row in worst],
        mutual=last.mutual if last else desk.run.blocking_pairs,
        mutual_before=desk.run.blocking_pairs if last else None,
    )
