"""One mentee on a board: the pair that stands, two or three mentors side by side, and a note."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.models.weights import WEIGHT_NAMES
from cohorts.states import Role
from common.clock import now
from common.errors import Refused
from common.queries import among
from matching.admin.board_pages import Desk, ask, desk_of, page
from matching.admin.pictures import percent
from matching.domain.board import notes
from matching.domain.board.line import Standing, standing_of
from matching.domain.board.live import cards_of
from matching.domain.pools import pool_of
from matching.domain.run_report import weights_of
from matching.engine import Explanation, MenteeCard, MentorCard, Weights, explain, suggest
from matching.models import Proposal, Unmatched
from matching.models.boards import BoardVerb
from matching.models.runs import HeldBack
from matching.views import reasons

COMPARED = 3
OFFERED = 12
FOUND = 8


@require_http_methods(["GET", "POST"])
def mentee(request: HttpRequest, site: AdminSite, run_id: UUID, mentee_id: UUID) -> HttpResponse:
    """The page, and its note."""
    desk = desk_of(request, run_id)
    stands = Proposal.objects.as_coordinator(desk.user).filter(run=desk.run, mentee=mentee_id)
    proposal = stands.select_related("mentee", "mentor").first()
    alone = Unmatched.objects.as_coordinator(desk.user).filter(run=desk.run, mentee=mentee_id)
    row = proposal or alone.select_related("mentee").first()
    if row is None:
        raise Http404
    error, text = "", None
    if request.method == "POST":
        try:
            return _noted(request, desk, row.mentee)
        except Refused as refused:
            error, text = str(refused.sentence), request.POST.get("text", "")
    note = notes.note_of(desk.run, mentee_id)
    standing = standing_of(desk.line.decisions)
    return page(
        request,
        site,
        "admin/boards/mentee.html",
        desk,
        status=422 if error else 200,
        title=row.mentee.name,
        mentee=row.mentee,
        proposal=proposal,
        fit=percent(proposal.score) if proposal else "",
        decided=_decided(desk, row.mentee_id, proposal, standing),
        note=note,
        note_text=note.text if note and text is None else text or "",
        note_seen=notes.seen_of(note),
        note_error=error,
        **_choice(request, desk, row.mentee, proposal, standing),
    )


def _noted(request: HttpRequest, desk: Desk, about: User) -> HttpResponse:
    text, seen = request.POST.get("text", "")[:1000], request.POST.get("seen", "")
    kept = notes.write(run=desk.run, mentee=about.pk, text=text, seen=seen, user=desk.user, now=now())
    messages.success(request, _("The note is kept.") if kept else _("There is no note any more."))
    return redirect("admin:board_mentee", desk.run.pk, about.pk)


def _decided(desk: Desk, about: UUID, proposal: Proposal | None, standing: Standing) -> list[tuple[str, str, str]]:
    """What holds for a mentee by hand, each with the act that ends it."""
    found: list[tuple[str, str, str]] = []
    release = "" if desk.closed else ask(desk.run, BoardVerb.RELEASE, about)
    if proposal and standing.pinned.get(about) == proposal.mentor_id:
        found.append((_("Kept together with %(mentor)s.") % {"mentor": proposal.mentor.name}, _("Release"), release))
    if about in standing.aside:
        found.append((_("Set aside: this run proposes nobody."), _("Take back in"), release))
    apart = {mentor for one, mentor in standing.apart if one == about}
    for mentor in User.objects.filter(pk__in=among(apart)).exclude(pk=desk.user.pk).order_by("name"):
        again = "" if desk.closed else ask(desk.run, BoardVerb.RELEASE, about, mentor.pk)
        found.append((_("Kept apart from %(mentor)s.") % {"mentor": mentor.name}, _("Allow again"), again))
    return found


# --- mentors side by side ---


def _choice(
    request: HttpRequest, desk: Desk, about: User, proposal: Proposal | None, standing: Standing
) -> dict[str, Any]:
    """Those who may be compared, and those who are."""
    card = cards_of(desk.run, now=now(), only={about.pk}).get(about.pk)
    if card is None:
        return {"gone": True}
    pool = pool_of(desk.run.cohort, now=now())
    weights = weights_of(desk.run)
    pool = pool.with_settings(pool.rules, Weights(**weights), pool.waived)
    by_id: dict[Any, MentorCard] = {each.id: each for each in pool.mentors if each.id != desk.user.pk}
    best: list[Any] = [each.mentor for each in suggest(pool, card, OFFERED) if each.mentor in by_id]
    current = [proposal.mentor_id] if proposal else []
    chosen = [each for each in _chosen(request, by_id) if each in by_id]
    compared = (chosen or list(dict.fromkeys([*current, *best])))[:COMPARED]
    words = request.GET.get("q", "").strip()
    searched = _named(desk, words) if words else []
    listed = list(dict.fromkeys([*current, *chosen, *searched, *best]))
    told = {each: explain(pool, card, by_id[each]) for each in listed if each in by_id}
    names = {each.pk: each for each in User.objects.filter(pk__in=among([*told, *compared]))}
    held = _holders(desk, told)
    topics = reasons.topic_names(told[each] for each in compared if each in told)
    return {
        "gone": False,
        "words": words,
        "nobody_found": bool(words) and not searched,
        "offered": [_offer(told[each], names[each], each in compared, held[each]) for each in listed if each in told],
        "columns": [
            _column(desk, card, told[each], names[each], by_id[each], held[each], proposal, standing, topics)
            for each in compared
            if each in told
        ],
        "parts": [label for part, label in WEIGHT_NAMES.items() if weights.get(part)],
        "full": len(chosen) > COMPARED,
    }


def _chosen(request: HttpRequest, known: Collection[Any]) -> list[UUID]:
    found = []
    for word in request.GET.getlist("with"):
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return list(dict.fromkeys(each for each in found if each in known))


def _named(desk: Desk, words: str) -> list[UUID]:
    rows = Enrolment.objects.approved().filter(cohort=desk.run.cohort_id, role=Role.MENTOR)
    found = rows.filter(person__name__unaccent__icontains=words).exclude(person=desk.user).order_by("person__name")
    return list(found.values_list("person_id", flat=True)[:FOUND])


def _holders(desk: Desk, mentors: Iterable[Any]) -> dict[Any, list[Proposal]]:
    """Whom the board gives these mentors, but for pairs of which the reader is one."""
    held: dict[Any, list[Proposal]] = defaultdict(list)
    rows = Proposal.objects.as_coordinator(desk.user).filter(run=desk.run, mentor__in=among(mentors))
    for row in rows.select_related("mentee").order_by("score", "pk"):
        held[row.mentor_id].append(row)
    return held


def _offer(told: Explanation, mentor: User, compared: bool, held: list[Proposal]) -> dict[str, Any]:
    return {
        "mentor": mentor,
        "compared": compared,
        "fit": percent(told.score) if told.allowed else "",
        "not": str(HeldBack(told.excluded_by.public_key).label) if told.excluded_by else "",
        "held": [row.mentee.name for row in held],
    }


def _column(
    desk: Desk,
    card: MenteeCard,
    told: Explanation,
    mentor: User,
    mentor_card: MentorCard,
    held: list[Proposal],
    proposal: Proposal | None,
    standing: Standing,
    topics: dict[Any, str],
) -> dict[str, Any]:
    voice = reasons.Voice("", reasons.Reader.DESK, desk.run.made_at.date())
    return {
        **_offer(told, mentor, True, held),
        "current": bool(proposal and proposal.mentor_id == mentor.pk),
        "places": mentor_card.open_places,
        "parts": [
            (WEIGHT_NAMES[part.part.value], percent(part.points), percent(part.max_points))
            for part in told.parts
            if part.max_points
        ],
        "reasons": reasons.lines(told, voice, topics),
        "acts": [] if desk.closed or not told.allowed else _acts(desk, card, mentor, held, proposal, standing),
    }


def _acts(
    desk: Desk, card: MenteeCard, mentor: User, held: list[Proposal], proposal: Proposal | None, standing: Standing
) -> list[tuple[str, str]]:
    about, run = UUID(str(card.id)), desk.run
    if proposal and proposal.mentor_id == mentor.pk:
        kept = standing.pinned.get(about) == mentor.pk
        acts = [] if kept else [(_("Keep together"), ask(run, BoardVerb.PIN, about, mentor.pk))]
        return [*acts, (_("Keep apart"), ask(run, BoardVerb.FORBID, about, mentor.pk))]
    acts = [(_("Pair by hand"), ask(run, BoardVerb.BY_HAND, about, mentor.pk))]
    for row in held if proposal else []:
        words = {"mentee": row.mentee.name}
        swap = ask(run, BoardVerb.SWAP, about, mentor.pk, row.mentee_id, proposal.mentor_id if proposal else None)
        acts.append((_("Swap with %(mentee)s") % words, swap))
    if (about, mentor.pk) not in standing.apart:
        acts.append((_("Keep apart"), ask(run, BoardVerb.FORBID, about, mentor.pk)))
    return acts
