"""How one cohort comes along, on one page: what waits for a coordinator first, each line with what can be done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin import AdminSite, helpers
from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.admin.base import coordinator
from accounts.models import User
from cohorts.letters import MESSAGE
from cohorts.models import Cohort, Enrolment
from common.clock import now
from common.dates import day_of, short_day, time_to_act
from engagements.domain import care
from engagements.domain.care import Health, Pair
from matching.admin.alert_offers import GoTo, Offered, UseVerb, WriteTo, possible
from matching.models import Request, Waiver
from mentorship.desk import front_page, scope
from mentorship.desk.admin.letters import kind_in_words
from outbox.models import Letter, LetterState

Act = UseVerb | GoTo | WriteTo
SHOWN = 10  # lines of each kind; the rest stands in the list
TROUBLED = (LetterState.DEAD, LetterState.HELD)
HEALTH: dict[Health, Promise] = {
    Health.SILENT: gettext_lazy("Silent: not heard of for two rounds of check-ins and a week"),
    Health.NOT_BEGUN: gettext_lazy("Introduced three weeks ago or longer, and not begun"),
    Health.QUIET: gettext_lazy("Quiet: not heard of for one round of check-ins and a week"),
    Health.RESTS: gettext_lazy("Paused"),
    Health.BEGINS: gettext_lazy("Just introduced"),
    Health.WELL: gettext_lazy("Heard of lately"),
}
STEPS: dict[str, Promise] = {
    "invited": gettext_lazy("Invited"),
    "taking_part": gettext_lazy("Take part"),
    "asked": gettext_lazy("Have asked a mentor"),
    "introduced": gettext_lazy("Were introduced"),
    "began": gettext_lazy("Have begun"),
    "completed": gettext_lazy("Have completed"),
}
PACES: dict[str, Promise] = {
    "joining": gettext_lazy("From the invitation to joining"),
    "answering": gettext_lazy("From a request to the mentor’s answer"),
    "beginning": gettext_lazy("From the introduction to a signed agreement"),
    "completing": gettext_lazy("From the agreement to the end"),
}
RATES: dict[str, Promise] = {
    "requests": gettext_lazy("Requests that mentors answered in time"),
    "mentee": gettext_lazy("Check-ins that mentees answered"),
    "mentor": gettext_lazy("Check-ins that mentors answered"),
}
_BOTH = WriteTo(gettext_lazy("Write to both"), lambda pairing: (pairing.mentee, pairing.mentor))
OF_SILENT: tuple[Act, ...] = (
    _BOTH,
    UseVerb("pause", gettext_lazy("Pause")),
    UseVerb("begin_closing", gettext_lazy("Begin closing")),
)
OF_NOT_BEGUN: tuple[Act, ...] = (_BOTH, UseVerb("end_early", gettext_lazy("End")))
OF_REQUESTS: tuple[Act, ...] = (
    UseVerb("remind", gettext_lazy("Remind")),
    WriteTo(gettext_lazy("Write to the mentor"), lambda request: (request.mentor,)),
    UseVerb("withdraw", gettext_lazy("Withdraw")),
)
OF_WAIVERS: tuple[Act, ...] = (
    GoTo(
        gettext_lazy("Extend"),
        lambda waiver: f"{reverse('admin:matching_waiver_add')}?{urlencode({'waiver': waiver.pk})}",
    ),
)
OF_MESSAGES: tuple[Act, ...] = (UseVerb("stop", gettext_lazy("Stop")),)
OF_LETTERS: tuple[Act, ...] = (
    UseVerb("resend", gettext_lazy("Send again")),
    UseVerb("leave", gettext_lazy("Leave it")),
)
OF_LOOKING: tuple[Act, ...] = (
    GoTo(gettext_lazy("Ask a mentor for them"), lambda enrolment: reverse("admin:ask_for", args=[enrolment.pk])),
    UseVerb("write", gettext_lazy("Write to them")),
)
OF_APPROVALS: tuple[Act, ...] = (UseVerb("approve", gettext_lazy("Approve")),)


@dataclass(frozen=True, slots=True)
class Line:
    """Something to look at: where it is looked after, what is the matter, and what can be done."""

    who: str
    href: str
    said: str
    acts: list[Offered]


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one kind: those shown, how many there are, and the list of all."""

    key: str
    title: str
    lines: list[Line]
    number: int
    href: str

    @property
    def more(self) -> bool:
        """Whether there are others than those shown."""
        return self.number > len(self.lines)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the page, in words and as part of a hundred."""

    title: str
    said: str
    percent: int | None = None


def urls(site: AdminSite) -> list[URLPattern]:
    """The page, for whom the desk is open to."""
    return [path("care/<uuid:object_id>/", site.admin_view(of_cohort), {"site": site}, name="care")]


@require_safe
def of_cohort(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """All of it, of one cohort that this person looks after."""
    user, moment = coordinator(request), now()
    cohort: Cohort = get_object_or_404(Cohort.objects.as_coordinator(user), pk=object_id)
    pairs = care.pairs(cohort, user, moment)
    shown = {
        **site.each_context(request),
        "title": _("How %(cohort)s comes along") % {"cohort": cohort},
        "cohort": cohort,
        "alerts": front_page.open_alerts(request, cohort),
        "parts": _parts(request, cohort, user, pairs, moment),
        "steps": _steps(cohort, user),
        "health": _health(pairs),
        "paces": [Figure(str(PACES[each.step]), _days(each)) for each in care.paces(cohort, user)],
        "rates": [_rate(each) for each in care.rates(cohort, user)],
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/care.html", shown)


# --- what waits -----------------------------------------------------------------------------------------------------


def _parts(request: HttpRequest, cohort: Cohort, user: User, pairs: Sequence[Pair], now: datetime) -> list[Part]:
    """What waits, by kind; kinds of which nothing waits are left out."""
    parts = (
        _approvals(request, cohort, user),
        _pairs(request, cohort, pairs, Health.SILENT, OF_SILENT, now),
        _pairs(request, cohort, pairs, Health.NOT_BEGUN, OF_NOT_BEGUN, now),
        _part(
            "waivers",
            _("Waivers that end soon"),
            care.waivers_ending(cohort, user, now),
            _listed("matching_waiver", cohort),
            lambda row: _line(request, row, "matching_waiver", _waived(row), OF_WAIVERS),
        ),
        _part(
            "requests",
            _("Mentors who have been asked"),
            care.asked(cohort, user),
            _listed("matching_request", cohort, state__exact="pending"),
            lambda row: _line(request, row, "matching_request", _until(row), OF_REQUESTS),
        ),
        _part(
            "looking",
            _("Mentees for whom nothing is on its way"),
            care.looking(cohort, user),
            _listed("cohorts_enrolment", cohort, role__exact="mentee"),
            lambda row: _line(request, row, "cohorts_enrolment", _looks(row), OF_LOOKING, who=str(row.person)),
        ),
        _messages(request, cohort, user),
        _letters(request, cohort, user),
    )
    return [part for part in parts if part.lines]


def _part(key: str, title: str, rows: QuerySet[Any], href: str, line: Callable[[Any], Line]) -> Part:
    """The first of these rows, and in the same query how many there are."""
    shown = list(rows.annotate(of_all=Window(Count("pk")))[:SHOWN])
    return Part(key, title, [line(row) for row in shown], shown[0].of_all if shown else 0, href)


def _line(request: HttpRequest, record: Any, page: str, said: str, acts: Iterable[Act], who: str = "") -> Line:
    href = reverse(f"admin:{page}_change", args=[record.pk])
    return Line(who or str(record), href, said, possible(acts, record, request))


def _listed(page: str, cohort: Cohort, **filters: str) -> str:
    query = urlencode({"cohort__id__exact": cohort.pk, **filters})
    return f"{reverse(f'admin:{page}_changelist')}?{query}"


def _approvals(request: HttpRequest, cohort: Cohort, user: User) -> Part:
    rows = front_page.to_approve(user).filter(cohort=cohort).select_related("person").order_by("person__name", "pk")
    said = {"mentor": _("Waits for approval as a mentor"), "mentee": _("Waits for approval as a mentee")}

    def line(row: Enrolment) -> Line:
        return _line(request, row, "cohorts_enrolment", said[row.role], OF_APPROVALS, who=str(row.person))

    href = _listed("cohorts_enrolment", cohort, state__exact="pending")
    return _part("approvals", _("Who waits for approval"), rows, href, line)


def _pairs(
    request: HttpRequest, cohort: Cohort, pairs: Sequence[Pair], health: Health, acts: tuple[Act, ...], now: datetime
) -> Part:
    of_these = [each for each in pairs if each.health == health]
    titles = {Health.SILENT: _("Silent pairs"), Health.NOT_BEGUN: _("Introduced, and not begun")}
    lines = [_line(request, each.pairing, "matching_pairing", _heard(each, now), acts) for each in of_these[:SHOWN]]
    return Part(health.value, titles[health], lines, len(of_these), _listed("matching_pairing", cohort))


def _heard(pair: Pair, now: datetime) -> str:
    days = (day_of(now) - pair.heard_on).days
    said = (
        ngettext("Introduced on %(day)s, %(days)d day ago.", "Introduced on %(day)s, %(days)d days ago.", days)
        if pair.health == Health.NOT_BEGUN
        else ngettext(
            "Last heard of on %(day)s, %(days)d day ago.", "Last heard of on %(day)s, %(days)d days ago.", days
        )
    )
    return said % {"day": short_day(pair.heard_on), "days": days}


def _waived(waiver: Waiver) -> str:
    return _("Ends on %(day)s; without another one, the two are in conflict then.") % {"day": short_day(waiver.until)}


def _until(request: Request) -> str:
    return _("Has until %(time)s to answer.") % {"time": time_to_act(request.waits_until)}


def _looks(enrolment: Any) -> str:
    if enrolment.priority_since is None:
        return _("Has no mentor, and nobody is asked.")
    return _("Has no mentor, nobody is asked, and was let down on %(day)s.") % {
        "day": short_day(enrolment.priority_since)
    }


def _letters(request: HttpRequest, cohort: Cohort, user: User) -> Part:
    """E-mails that did not arrive, or may have."""
    rows = scope.letters(user).filter(cohort_id=cohort.pk, state__in=TROUBLED).select_related("person")
    href = f"{reverse('admin:outbox_letter_changelist')}?{urlencode({'state__exact': LetterState.DEAD.value})}"

    def line(letter: Letter) -> Line:
        who = str(letter.person or kind_in_words(letter.kind))
        said = f"{kind_in_words(letter.kind)} · {letter.get_state_display()}. {letter.reason_sentence()}"
        return _line(request, letter, "outbox_letter", said, OF_LETTERS, who=who)

    return _part("letters", _("E-mails that did not arrive"), rows.order_by("due_at", "pk"), href, line)


def _messages(request: HttpRequest, cohort: Cohort, user: User) -> Part:
    """What coordinators have written that has not left yet, a line for each message."""
    rows = scope.letters(user).filter(cohort_id=cohort.pk, kind=MESSAGE, state=LetterState.PENDING)
    first = Letter.objects.filter(pk__in=rows.order_by("occasion", "pk").distinct("occasion").values("pk"))
    href = f"{reverse('admin:outbox_letter_changelist')}?{urlencode({'kind': MESSAGE})}"

    def line(letter: Letter) -> Line:
        said = _("Leaves at %(time)s.") % {"time": time_to_act(letter.due_at)}
        return _line(request, letter, "outbox_letter", said, OF_MESSAGES, who=kind_in_words(MESSAGE))

    return _part("messages", _("Messages that leave soon"), first.order_by("due_at", "pk"), href, line)


# --- numbers --------------------------------------------------------------------------------------------------------


def _steps(cohort: Cohort, user: User) -> list[Figure]:
    counted = care.funnel(cohort, user)
    most = max(counted.values()) or 1
    return [Figure(str(STEPS[key]), str(number), round(100 * number / most)) for key, number in counted.items()]


def _health(pairs: Sequence[Pair]) -> list[Figure]:
    numbers = {health: sum(each.health == health for each in pairs) for health in Health}
    return [
        Figure(str(HEALTH[health]), str(number), round(100 * number / len(pairs)))
        for health, number in numbers.items()
        if number
    ]


def _days(pace: care.Pace) -> str:
    if pace.days is None:
        return _("too few to say")
    days = round(pace.days)
    said = ngettext("half of %(number)d took up to %(days)d day", "half of %(number)d took up to %(days)d days", days)
    return said % {"number": pace.number, "days": days}


def _rate(rate: care.Rate) -> Figure:
    said = _("%(answered)d of %(asked)d") % {"answered": rate.answered, "asked": rate.asked}
    return Figure(str(RATES[rate.of]), said if rate.percent is not None else _("too few to say"), rate.percent)
