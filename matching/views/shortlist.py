"""The shortlist: up to three mentors, asked one at a time in this order. Every change is a POST."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.signed_in import signed_in_user
from cohorts.states import Role
from common.clock import now
from common.errors import Refused
from matching.domain import notes, shortlist
from matching.forms import NoteForm
from matching.models import Request, ShortlistEntry
from matching.models.requests import SHORTLIST_SIZE
from matching.views.candidates import Candidates
from matching.views.deadline_strip import strip
from matching.views.seeking import mentor_and_seeker, seeker

FEWEST_TO_COMPARE = 2


@dataclass(frozen=True)
class Listed:
    """One entry as it is drawn. `askable`: whether their page is there and they may be asked now."""

    entry: ShortlistEntry
    name: str
    state: str
    askable: bool
    may_note: bool
    first: bool
    last: bool


def listed(rows: Sequence[ShortlistEntry], may_ask: Callable[[UUID], bool], waiting: Request | None) -> list[Listed]:
    """These entries, in order. Why somebody cannot be asked at present is never said."""
    askable = {row.mentor.person_id for row in rows if may_ask(row.mentor.person_id)}
    return [
        Listed(
            entry=row,
            name=row.mentor.person.name,
            state=_state(row, askable, waiting),
            askable=row.mentor.person_id in askable,
            may_note=row.asked_at is None and row.skipped_at is None,
            first=place == 0,
            last=place == len(rows) - 1,
        )
        for place, row in enumerate(rows)
    ]


def around(candidates: Candidates) -> dict[str, Any]:
    """What a page needs to draw the shortlist, and the request that waits, the pairing, or who is to be asked next."""
    shortlist = listed(candidates.shortlist, candidates.may_ask, candidates.waiting)
    return {
        "waiting": candidates.waiting,
        "strip": strip(candidates.waiting, now()) if candidates.waiting else None,
        "pairing": candidates.pairing,
        "next_entry": next((row for row in shortlist if row.askable), None),
        "shortlist": shortlist,
        "room": SHORTLIST_SIZE,
        "full": len(shortlist) >= SHORTLIST_SIZE,
        "comparable": sum(row.askable for row in shortlist) >= FEWEST_TO_COMPARE,
    }


def _state(entry: ShortlistEntry, askable: Collection[UUID], waiting: Request | None) -> str:
    if waiting is not None and waiting.mentor_enrolment_id == entry.mentor_id:
        return _("Asked, waiting for an answer")
    if entry.skipped_at is not None:
        return _("Was not available when it was their turn")
    if entry.asked_at is not None:
        return _("Asked before")
    return _("Can be asked") if entry.mentor.person_id in askable else _("Not available at present")


@login_required
@require_safe
def shortlist_page(request: HttpRequest) -> HttpResponse:
    """The shortlist by itself."""
    found = seeker(request)
    if found is None or not found.may_look:
        return redirect("matching:suggestions")
    candidates = Candidates(found.enrolment, now())
    return render(request, "matching/shortlist/list.html", {"mentee": found.enrolment, **around(candidates)})


@login_required
@require_POST
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a mentor at the end of the list."""
    mentor, mentee = mentor_and_seeker(request, pk)
    done = _("%(name)s is on your shortlist.") % {"name": mentor.person.name}
    return _change(
        request,
        lambda: shortlist.add(
            mentee_enrolment=mentee, mentor_enrolment=mentor, user=signed_in_user(request), now=now()
        ),
        done,
    )


@login_required
@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a mentor off the list."""
    entry = _own_entry(request, pk)
    done = _("%(name)s is off your shortlist.") % {"name": entry.mentor.person.name}
    return _change(
        request,
        lambda: shortlist.remove(mentee_enrolment=entry.mentee, entry_id=entry.pk, user=signed_in_user(request)),
        done,
    )


@login_required
@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One place up or down (`direction`)."""
    entry = _own_entry(request, pk)
    up = request.POST.get("direction") == "up"
    return _change(
        request,
        lambda: shortlist.move(mentee_enrolment=entry.mentee, entry_id=entry.pk, up=up, user=signed_in_user(request)),
        "",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The note that goes along when this mentor's turn comes."""
    entry = _own_entry(request, pk)
    if request.method != "POST" and (entry.asked_at or entry.skipped_at):
        return redirect("matching:shortlist")
    data, name = request.POST if request.method == "POST" else None, entry.mentor.person.get_short_name()
    form = NoteForm(data, name=name, initial={"note": entry.words_of("note", instead="")})
    if form.is_valid():
        said = form.cleaned_data["note"]
        try:
            notes.leave(mentee_enrolment=entry.mentee, entry_id=entry.pk, note=said, user=signed_in_user(request))
        except Refused as refused:
            form.refuse(refused)
        else:
            kept = _("Your note to %(name)s is kept. It goes along when their turn comes.")
            messages.success(request, (kept if said else _("%(name)s gets no note.")) % {"name": name})
            return redirect("matching:shortlist")
    context = {"form": form, "entry": entry}
    return render(request, "matching/shortlist/note.html", context, status=422 if form.errors else 200)


def _own_entry(request: HttpRequest, pk: UUID) -> ShortlistEntry:
    own = ShortlistEntry.objects.filter(mentee__person=signed_in_user(request), mentee__role=Role.MENTEE)
    entry = own.select_related("mentee", "mentor__person", "key").filter(pk=pk).first()
    if entry is None:
        raise Http404
    return entry


def _change(request: HttpRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused.sentence))
    else:
        if done:
            messages.success(request, done)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where the button was pressed, if that is a page of ours."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours and target.startswith("/") else "matching:suggestions"
