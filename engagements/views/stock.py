"""Taking stock: the page of all rounds, and the form of the one that is open."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.calendars import today_of
from accounts.signed_in import signed_in_user
from common.clock import now as programme_now
from common.dates import short_day
from common.errors import Refused
from common.given_back import give_back
from engagements.domain import stock
from engagements.domain.pairing_status import PairingStatus
from engagements.domain.stock import Round, rounds_of, topics_of
from engagements.forms.stock import StockForm, initial_of
from engagements.models import StockRound
from engagements.views import stock_pictures
from engagements.views.fetch import pairing_status_of
from engagements.views.timeline import at_noon


@login_required
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All rounds of a pairing: what was said, as far as it may be read, what changed, and where the two differ."""
    now = programme_now()
    status = pairing_status_of(request, pk, now)
    rounds = _rounds(status, now)
    topics = topics_of(each.row for each in rounds)
    begun = [each for each in rounds if each.is_open or each.is_over]
    context = {
        "status": status,
        "pairing": status.pairing,
        "rounds": [_told(each) for each in reversed(begun)],
        "ahead": [each.row for each in rounds if each not in begun],
        "open": next((each for each in rounds if each.is_open), None),
        "picture": stock_pictures.picture(rounds, topics, status),
    }
    return render(request, "engagements/stock/page.html", context)


def _rounds(status: PairingStatus, now: datetime) -> list[Round]:
    return rounds_of(pairing=status.pairing, user=status.me, today=today_of(status.me, now))


def _told(each: Round) -> dict[str, Any]:
    """A round with the words in it that may be read."""
    return {
        "row": each.row,
        "is_open": each.is_open,
        "is_over": each.is_over,
        "mine": each.mine,
        "theirs": each.theirs,
        "other_answered": each.other_answered,
        "my_words": stock.read(each.mine) if each.mine else None,
        "their_words": stock.read(each.theirs) if each.theirs else None,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer a round that is open, or correct what one said. What came too late is given back."""
    now = programme_now()
    found = get_object_or_404(StockRound.objects.visible_to(signed_in_user(request)), pk=pk)
    status = pairing_status_of(request, found.pairing_id, now)
    each = next((each for each in _rounds(status, now) if each.row.pk == pk), None)
    if each is None or not each.is_open:
        return _closed(request, status, each)
    topics = topics_of([each.row])
    form = StockForm(
        request.POST if request.method == "POST" else None,
        side=status.side,
        other=status.other.get_short_name(),
        topics=topics,
        initial=initial_of(stock.read(each.mine)) if each.mine else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            stock.take(row=each.row, user=status.me, said=form.said, now=now)
        except Refused as error:
            form.refuse(error)
        else:
            messages.success(request, _thanks(each, status))
            return redirect("engagements:stock", pk=status.pairing.pk)
    context = {"status": status, "pairing": status.pairing, "round": each, "form": form}
    return render(request, "engagements/stock/form.html", context)


def _thanks(each: Round, status: PairingStatus) -> str:
    name = {"name": status.other.get_short_name(), "day": short_day(each.row.closes_on)}
    if each.other_answered:
        return _("Saved. You both read what the other said.")
    return _("Saved. %(name)s reads it once they have answered, or after %(day)s.") % name


def _closed(request: HttpRequest, status: PairingStatus, each: Round | None) -> HttpResponse:
    """The page instead of a form that is not open; what was typed into it is given back."""
    onward = reverse("engagements:stock", args=[status.pairing.pk])
    if request.method != "POST":
        return redirect(onward)
    why = _("This round is over.") if each and each.is_over else _("This round is not open.")
    return give_back(
        request,
        status=409,
        title=_("What you wrote was not kept"),
        text=why + " " + _("Bring it to your next meeting."),
        onward=onward,
        onward_label=_("Look at what stands"),
    )


def section(status: PairingStatus, now: datetime) -> dict[str, Any]:
    """What the pairing's page shows: the round that is open or was the last, and the next one."""
    rounds = _rounds(status, now)
    today = today_of(status.me, now)
    begun = [each for each in rounds if each.row.opens_on <= today]
    return {
        "last": begun[-1] if begun else None,
        "next": next((each for each in rounds if each.row.opens_on > today), None),
        "begun": status.pairing.activated_at is not None,
    }


def coming_lines(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The next round, as a line of a timeline."""
    coming = found["next"]
    return [{"when": at_noon(coming.row.opens_on), "text": _("Taking stock"), "tone": "ahead"}] if coming else []
