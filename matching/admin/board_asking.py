"""A decision on a board: what it would do, each way, and then taking it as it was shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from common.clock import now
from common.errors import Refused
from matching.admin import board_words
from matching.admin.board_pages import Desk, desk_of, page
from matching.domain.board import asking, changing
from matching.domain.board.asking import MOVING, Foreseen
from matching.domain.board.changing import Seen
from matching.domain.board.line import Decision
from matching.models.boards import BoardVerb

LONGEST_WHY = 300
MOVES_SHOWN = 6  # further ones are folded away
AS_MANY = "all"
TITLES = {
    BoardVerb.PIN: gettext_lazy("Keep together"),
    BoardVerb.BY_HAND: gettext_lazy("Pair by hand"),
    BoardVerb.SWAP: gettext_lazy("Swap"),
    BoardVerb.FORBID: gettext_lazy("Keep apart"),
    BoardVerb.SET_ASIDE: gettext_lazy("Set aside"),
    BoardVerb.RELEASE: gettext_lazy("Release"),
}


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, site: AdminSite, run_id: UUID) -> HttpResponse:
    """What a decision would do; confirmed, it is taken."""
    desk = desk_of(request, run_id)
    decision = decision_in(request.POST if request.method == "POST" else request.GET)
    if decision is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            return _taken(request, desk, decision)
        except Refused as error:
            refused = str(error.sentence)
            desk = desk_of(request, run_id)
    try:
        foreseen = asking.foresee(run=desk.run, decision=decision, user=desk.user, now=now())
    except Refused as error:
        return _shown(request, site, desk, decision, None, refused or str(error.sentence))
    return _shown(request, site, desk, decision, foreseen, refused)


def decision_in(words: QueryDict) -> Decision | None:
    """The decision that an address or a form names; None for what is none."""
    people = ("mentee", "mentor", "other", "other_mentor")
    try:
        verb = BoardVerb(words.get("verb", ""))
        found = [UUID(str(words[name])) if words.get(name) else None for name in people]
    except ValueError:
        return None
    mentee, *others = found
    decision = Decision(verb, mentee, *others) if mentee else None
    needed = {BoardVerb.PIN: 1, BoardVerb.BY_HAND: 1, BoardVerb.FORBID: 1, BoardVerb.SWAP: 3}.get(verb, 0)
    return decision if all(others[:needed]) and not any(others[max(needed, 1) :]) else None


def _taken(request: HttpRequest, desk: Desk, decision: Decision) -> HttpResponse:
    given, version = request.POST.get("moving", ""), request.POST.get("version", "")
    moving = int(given) if given in ("0", "1", "2") else None
    change = changing.decide(
        run=desk.run,
        decision=decision,
        moving=moving,
        seen=Seen(int(version) if version.isdecimal() else -1, request.POST.get(f"digest_{given}", "")),
        why=request.POST.get("why", "")[:LONGEST_WHY],
        user=desk.user,
        now=now(),
    )
    moved = len(change.moves)
    told = ngettext("%(number)s proposal changed.", "%(number)s proposals changed.", moved) % {"number": moved}
    people = {name: getattr(decision, name) for name in ("mentee", "mentor", "other", "other_mentor")}
    names = {pk: each.name for pk, each in asking.names_of(filter(None, people.values())).items()}
    said = f"{board_words.decided(decision, names)} {told if moved else _('No proposal changed.')}"
    messages.success(request, f"{said} {_('You can undo it on this page.')}")
    return redirect("admin:board", desk.run.pk)


def _shown(
    request: HttpRequest, site: AdminSite, desk: Desk, decision: Decision, foreseen: Foreseen | None, refused: str
) -> HttpResponse:
    people = {decision.mentee, decision.mentor, decision.other, decision.other_mentor} - {None}
    choices = [each for each in foreseen.choices if each] if foreseen else []
    for choice in choices:
        people |= {person for move in choice.moves for person in (move.mentee, *_mentors(move))}
    names = asking.names_of(person for person in people if person)
    return page(
        request,
        site,
        "admin/boards/decide.html",
        desk,
        status=422 if request.method == "POST" else 200,
        title=TITLES[decision.verb],
        decision=decision,
        verb=decision.verb.value,
        sentence=board_words.decided(decision, {pk: each.name for pk, each in names.items()}),
        ways=_ways(foreseen, names) if foreseen else [],
        impossible=foreseen is not None and foreseen.choices[0] is None,
        refused=refused,
        why=request.POST.get("why", ""),
        back=reverse("admin:board_mentee", args=[desk.run.pk, decision.mentee]),
        longest=LONGEST_WHY,
    )


def _mentors(move: asking.Move) -> list[UUID]:
    return [side[0] for side in (move.before, move.after) if side]


def _ways(foreseen: Foreseen, names: Any) -> list[dict[str, Any]]:
    """The ways that differ, the one that moves fewest first; chosen beforehand is the first that matches as many as
    can be.
    """
    found: list[dict[str, Any]] = []
    known: set[str] = set()
    for moving, choice in zip(MOVING, foreseen.choices, strict=True):
        if choice is None or choice.digest in known:
            continue
        known.add(choice.digest)
        lines = [board_words.moved(move, names) for move in choice.moves]
        found.append(
            {
                "value": AS_MANY if moving is None else str(moving),
                "label": _label(moving),
                "digest": choice.digest,
                "costs": board_words.costs(choice),
                "moves": lines[:MOVES_SHOWN],
                "more": lines[MOVES_SHOWN:],
                "chosen": choice.fewer == 0 and not any(each["chosen"] for each in found),
            }
        )
    return found


def _label(moving: int | None) -> str:
    if moving is None:
        return _("The best answer, moving as many as it takes")
    if moving == 0:
        return _("Moving nobody else")
    return ngettext("Moving at most %(number)s other", "Moving at most %(number)s others", moving) % {"number": moving}
