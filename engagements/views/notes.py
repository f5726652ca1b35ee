"""Notes of a pairing: one page with all that one may read, and one for each note of one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.errors import Refused, WrongState
from common.given_back import give_back
from engagements.domain import notes
from engagements.domain.pairing_status import PairingStatus
from engagements.forms.notes import NoteForm
from engagements.models import Note
from engagements.states import NOTED
from engagements.views.fetch import pairing_status_of

NOTES_A_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one may read, the latest first, and room for a new one."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    name = status.other.get_short_name()
    if request.method != "POST":
        return _page(request, status, NoteForm(other=name))
    form = NoteForm(request.POST, other=name)
    if form.is_valid():
        try:
            notes.write(pairing=status.pairing, user=status.me, now=now, **form.cleaned_data)
        except WrongState as error:
            return _not_kept(request, status, error)
        except Refused as error:
            form.refuse(error)
        else:
            shared = form.cleaned_data["shared"]
            said = _("Saved. %(name)s can read it.") % {"name": name} if shared else _("Saved, for you alone.")
            messages.success(request, said)
            return redirect("engagements:notes", pk=pk)
    return _page(request, status, form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rewrite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a note of one's own, or who reads it. One of the other side is missing."""
    now = programme_now()
    note, status = _own(request, pk)
    if request.method != "POST" and status.pairing.state not in NOTED:
        messages.info(request, str(WrongState().sentence))
        return redirect("engagements:notes", pk=status.pairing.pk)
    form = NoteForm(
        request.POST if request.method == "POST" else None,
        other=status.other.get_short_name(),
        initial={"text": note.words_of("text", instead=""), "shared": note.is_shared},
    )
    if request.method == "POST" and form.is_valid():
        try:
            notes.rewrite(note=note, user=status.me, now=now, **form.cleaned_data)
        except WrongState as error:
            return _not_kept(request, status, error)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("engagements:notes", pk=status.pairing.pk)
    context = {"note": note, "status": status, "pairing": status.pairing, "form": form}
    return render(request, "engagements/notes/form.html", context)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a note of one's own."""
    note, status = _own(request, pk)
    try:
        notes.delete(note=note, user=status.me, now=programme_now())
    except Refused as error:
        messages.warning(request, str(error.sentence))
    else:
        messages.success(request, _("The note is deleted."))
    return redirect("engagements:notes", pk=status.pairing.pk)


def _own(request: HttpRequest, pk: UUID) -> tuple[Note, PairingStatus]:
    note = get_object_or_404(Note, pk=pk, by=signed_in_user(request))
    status = pairing_status_of(request, note.pairing_id, programme_now())
    note.pairing = status.pairing
    return note, status


def _page(request: HttpRequest, status: PairingStatus, form: NoteForm) -> HttpResponse:
    found = Note.objects.filter(pairing=status.pairing).visible_to(status.me)
    shown = Paginator(found, NOTES_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "status": status,
        "pairing": status.pairing,
        "form": form,
        "may_write": status.pairing.state in NOTED,
        "page": shown,
        "notes": [_row(note, status) for note in shown],
    }
    return render(request, "engagements/notes/page.html", context)


def _row(note: Note, status: PairingStatus) -> dict[str, Any]:
    note.pairing = status.pairing
    return {"note": note, "mine": note.by_id == status.me.pk, "text": note.words_of("text")}


def _not_kept(request: HttpRequest, status: PairingStatus, why: Refused) -> HttpResponse:
    return give_back(
        request,
        status=409,
        title=_("Your note was not kept"),
        text=str(why.sentence),
        onward=reverse("engagements:notes", args=[status.pairing.pk]),
        onward_label=_("Look at the notes"),
    )
