"""Publishing a run at the desk: what is said before it, the verbs, and what became of each proposal afterwards."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.verbs import Verb
from accounts.models import User
from common.clock import now
from common.dates import long_day
from common.errors import Refused
from common.transitions import Actor, allowed_verbs
from matching.admin import board_words
from matching.domain import publishing
from matching.domain.board.line import line_of
from matching.models import MatchRun, Proposal
from matching.models.runs import HeldBack
from matching.states import RUN_TRANSITIONS, RequestState, RunState

# What became of a proposal, by the state of its request; the other two have none.
HELD_BACK, NOT_PUBLISHED = "held_back", "not_published"
BECAME: Mapping[str, Promise] = {
    RequestState.PENDING: gettext_lazy("waiting for the mentor’s answer"),
    RequestState.ACCEPTED: gettext_lazy("accepted"),
    RequestState.DECLINED: gettext_lazy("declined"),
    RequestState.EXPIRED: gettext_lazy("not answered in time"),
    RequestState.WITHDRAWN: gettext_lazy("withdrawn"),
    RequestState.LAPSED: gettext_lazy("closed, because something had changed"),
    HELD_BACK: gettext_lazy("held back"),
    NOT_PUBLISHED: gettext_lazy("not published"),
}


def became(proposal: Proposal) -> str:
    """What became of it, as a key of `BECAME`; its request is at hand."""
    if proposal.request is not None:
        return str(proposal.request.state)
    return HELD_BACK if proposal.held_back else NOT_PUBLISHED


def _such(key: str) -> Q:
    if key == HELD_BACK:
        return ~Q(held_back="")
    if key == NOT_PUBLISHED:
        return Q(request=None, held_back="")
    return Q(request__state=key)


class BecameFilter(admin.SimpleListFilter):
    """By what became of a proposal."""

    title = gettext_lazy("what became of it")
    parameter_name = "became"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(BECAME.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> QuerySet[Proposal]:
        return queryset.filter(_such(str(self.value()))) if self.value() in BECAME else queryset


def outcome_table(run: MatchRun, reader: User) -> list[tuple[str, int, str]]:
    """How many of the proposals this coordinator may see became what: words, number, and the address of the list."""
    rows = Proposal.objects.as_coordinator(reader).filter(run=run).order_by()
    counted: Counter[str] = Counter()
    for state, held, number in rows.values_list("request__state", "held_back").annotate(number=Count("pk")):
        counted[state or (HELD_BACK if held else NOT_PUBLISHED)] += number
    address = f"{reverse('admin:matching_proposal_changelist')}?run__id__exact={run.pk}&became="
    return [(str(words), counted[key], f"{address}{key}") for key, words in BECAME.items() if counted[key]]


def standing(run: MatchRun) -> str:
    """Where a run stands, in sentences that hold in its state."""
    since = publishing.published_since(run)
    lines = [_standing_line(run)]
    if since is not None and run.state == RunState.PROVEN:
        older = _(
            'It is older than <a href="{}">the run published on {}</a>: who was asked since is held back when you '
            "publish this one."
        )
        lines.append(format_html(older, reverse("admin:matching_matchrun_change", args=[since.pk]), _at(since)))
    return format_html("{} {}", lines[0], lines[1]) if len(lines) > 1 else lines[0]


def _standing_line(run: MatchRun) -> str:
    if run.state == RunState.DISCARDED:
        return _("Discarded: nobody was asked, and nobody was told. It can be kept after all.")
    if run.state == RunState.PROVEN:
        return _("Not published: nobody has been asked, and nobody but coordinators sees it.")
    words = {"moment": _at(run), "name": run.published_by.name if run.published_by else _("somebody")}
    said = _("Published on %(moment)s by %(name)s.") % words
    if left := run.proposals.to_publish().count():
        more = ngettext(
            "%(number)s proposal of it is not published; it can follow.",
            "%(number)s proposals of it are not published; they can follow.",
            left,
        )
        said = f"{said} {more % {'number': left}}"
    return said


def _at(run: MatchRun) -> str:
    return date_format(localtime(run.published_at), "DATETIME_FORMAT") if run.published_at else "–"


# --- before it ---


def foreseen(run: MatchRun, proposals: Collection[Proposal] | None, user: User) -> list[str]:
    """What publishing would do, a sentence each."""
    at = now()
    return list(_foreseen(run, publishing.foresee(run=run, user=user, proposals=proposals, now=at), at))


def _foreseen(run: MatchRun, outlook: publishing.Outlook, at: datetime) -> Iterator[str]:
    yield from board_words.stands(line_of(run))
    if outlook.asked:
        yield from _what_leaves(run, outlook, at)
    else:
        yield _("Nobody of them can be asked at present, so nothing is published.")
    left = run.proposals.to_publish().count() - len(outlook.asked) - len(outlook.held_back)
    if left and outlook.asked:
        yield ngettext(
            "%(number)s proposal of the run is not among them. It can follow later.",
            "%(number)s proposals of the run are not among them. They can follow later.",
            left,
        ) % {"number": left}
    for proposal, reason in outlook.held_back:
        words = {"mentee": proposal.mentee.name, "mentor": proposal.mentor.name, "reason": HeldBack(reason).label}
        yield _("Held back: %(mentee)s → %(mentor)s. %(reason)s") % words


def _what_leaves(run: MatchRun, outlook: publishing.Outlook, at: datetime) -> Iterator[str]:
    number, mentors = len(outlook.asked), outlook.told - len(outlook.asked)
    yield ngettext(
        "%(number)s proposal becomes a request: the mentor is asked, and the mentee is told.",
        "%(number)s proposals become requests: the mentors are asked, and the mentees are told.",
        number,
    ) % {"number": number}
    yield (
        ngettext(
            "%(number)s e-mail leaves within minutes.", "%(number)s e-mails leave within minutes.", number + mentors
        )
        % {"number": number + mentors}
        + " "
        + _(
            "A mentor gets one however many requests there are; whoever was asked earlier today gets it tomorrow "
            "morning."
        )
    )
    first, *more = outlook.deadlines(at)
    last = more[-1] if more else first
    until = {"first": long_day(first), "last": long_day(last), "days": run.cohort.answer_days}
    several = _(
        "Mentors have %(days)s working days to answer: until %(first)s at the earliest, %(last)s at the latest."
    )
    yield (several if until["first"] != until["last"] else _("Mentors can answer until %(first)s.")) % until


def _said(outlook: publishing.Outlook) -> str:
    made = ngettext(
        "Published: %(number)s request is made", "Published: %(number)s requests are made", len(outlook.asked)
    )
    held = ngettext("%(number)s proposal is held back", "%(number)s proposals are held back", len(outlook.held_back))
    return f"{made % {'number': len(outlook.asked)}}; {held % {'number': len(outlook.held_back)}}."


# --- the verbs ---


def _is_open(verb: str, run: MatchRun) -> bool:
    return verb in allowed_verbs(RUN_TRANSITIONS, run.state, Actor.COORDINATOR)


def _publish_run(run: MatchRun, user: User, _said_before: dict[str, Any]) -> str:
    return _said(publishing.publish(run=run, user=user, now=now()))


def _run_of(proposals: list[Proposal]) -> MatchRun:
    if len({each.run_id for each in proposals}) > 1:
        raise Refused(_("Choose proposals of one match run: they are published together."), code="several_runs")
    return proposals[0].run


def _publish_proposals(proposals: list[Proposal], user: User, _said_before: dict[str, Any]) -> str:
    return _said(publishing.publish(run=_run_of(proposals), user=user, proposals=proposals, now=now()))


def _discard(run: MatchRun, user: User, _said_before: dict[str, Any]) -> None:
    publishing.discard(run=run, user=user, now=now())


def _keep(run: MatchRun, user: User, _said_before: dict[str, Any]) -> None:
    publishing.keep(run=run, user=user, now=now())


EXPLANATION = gettext_lazy(
    "Everybody is looked at again at this moment. Mentors are asked, and mentees are told that the programme proposes. "
    "Nobody is paired before the mentor accepts."
)
REPAIR = gettext_lazy(
    "Requests are not taken back together. While one waits for its answer, its mentee can withdraw it, and so can you, "
    "on its page; both are told."
)
OF_A_RUN = (
    Verb(
        name="publish",
        label=gettext_lazy("Publish"),
        explanation=EXPLANATION,
        repair=REPAIR,
        do=_publish_run,
        open_to=lambda run: _is_open("publish", run) and run.proposals.to_publish().exists(),
        foresee=lambda run, user, said: foreseen(run, None, user),
    ),
    Verb(
        name="discard",
        label=gettext_lazy("Discard"),
        explanation=gettext_lazy("The run cannot be published any more. Nobody is told."),
        repair=gettext_lazy("Any coordinator of the cohort can keep it after all."),
        do=_discard,
        open_to=lambda run: _is_open("discard", run),
        ends=True,
    ),
    Verb(
        name="keep",
        label=gettext_lazy("Keep after all"),
        explanation=gettext_lazy("The run can be published again. Nobody is told."),
        repair=gettext_lazy("It can be discarded again."),
        do=_keep,
        open_to=lambda run: _is_open("keep", run),
    ),
)
OF_PROPOSALS = (
    Verb(
        name="publish",
        label=gettext_lazy("Publish"),
        explanation=EXPLANATION,
        repair=REPAIR,
        do=_publish_proposals,
        open_to=lambda proposal: became(proposal) == NOT_PUBLISHED and _is_open("publish", proposal.run),
        foresee=lambda proposals, user, said: foreseen(_run_of(proposals), proposals, user),
        together=True,
    ),
)


def request_link(proposal: Proposal) -> SafeString | str:
    """What became of it, with the way to its request."""
    words = BECAME.get(became(proposal), _("in an unknown state"))
    if proposal.request is None:
        return f"{words}: {proposal.get_held_back_display()}" if proposal.held_back else str(words)
    address = reverse("admin:matching_request_change", args=[proposal.request.pk])
    return format_html('<a href="{}">{}</a>', address, words)
