"""Whether a cohort is ready to be matched: what a run would find, on a page of the desk, with what mends each line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.admin.base import coordinator
from accounts.models import User
from accounts.views.steps import LABELS
from cohorts.models import Cohort
from common.clock import now
from matching.admin.unmatched_words import help_line, why_nobody
from matching.domain import readiness
from matching.domain.fairness import FEWEST
from matching.domain.readiness import NobodyFits, TopicBalance
from matching.models.runs import Help

Words = str | Promise
SHOWN = 25  # of each list
MOST_WRITTEN_TO = 50  # at once, in the coordinator's own program: longer addresses are cut by some

INVITE = gettext_lazy("Invite mentors")
# What mends it: what the link says, and the page it leads to. A page of a record is that of the cohort or the person.
MENDS: dict[Help, tuple[Words, str]] = {
    Help.CONFIRM_EMPLOYER: (gettext_lazy("Their ties"), "accounts_user_change"),
    Help.COMPETITORS: (gettext_lazy("The cohort’s rules"), "cohorts_cohort_change"),
    Help.LOOKBACK: (gettext_lazy("The cohort’s rules"), "cohorts_cohort_change"),
    Help.TIES: (gettext_lazy("Their ties"), "accounts_user_change"),
    Help.LIFT: (gettext_lazy("Requests"), "matching_request_changelist"),
    Help.AGAIN: (gettext_lazy("Their page"), "accounts_user_change"),
}


@dataclass(frozen=True, slots=True)
class Unfitted:
    """A mentee whom nobody fits, in words, with where that is mended."""

    person: User
    why: list[str]
    help: str
    mend: Words
    href: str


@dataclass(frozen=True, slots=True)
class TopicBar:
    """A topic as the page draws it: how far its places reach, with a mark for how many look for it."""

    balance: TopicBalance
    bar: dict[str, int]
    study: int
    label: str


def urls(site: AdminSite) -> list[URLPattern]:
    """The page, for whom the desk is open to."""
    return [path("readiness/<uuid:object_id>/", site.admin_view(of_cohort), {"site": site}, name="readiness")]


@require_safe
def of_cohort(request: HttpRequest, site: AdminSite, object_id: UUID) -> HttpResponse:
    """One cohort's."""
    reader = coordinator(request)
    cohort: Cohort = get_object_or_404(Cohort.objects.as_coordinator(reader), pk=object_id)
    found = readiness.of_cohort(cohort, reader=reader, now=now())
    shown = {
        "title": _("Is %(cohort)s ready to be matched?") % {"cohort": cohort},
        "cohort": cohort,
        "found": found,
        "fewest": FEWEST,
        "shown": SHOWN,
        "unfitted": [_unfitted(each, cohort) for each in (found.nobody_fits or [])[:SHOWN]],
        "incomplete": [
            (each.person, each.role.label, ", ".join(str(LABELS[part]) for part in each.missing))
            for each in found.incomplete[:SHOWN]
        ],
        "unavailable": found.cannot_be_asked[:SHOWN],
        "most_written_to": MOST_WRITTEN_TO,
        "write": _addressed(each.person for each in found.incomplete),
        "topics": _bars(found.topics[:SHOWN]),
    }
    return TemplateResponse(request, "admin/runs/readiness.html", {**site.each_context(request), **shown})


def _unfitted(each: NobodyFits, cohort: Cohort) -> Unfitted:
    words, page = MENDS.get(each.help, (INVITE, "accounts_invitation_add"))
    record = {"accounts_user_change": each.person.pk, "cohorts_cohort_change": cohort.pk}.get(page)
    href = reverse(f"admin:{page}", args=[] if record is None else [record])
    return Unfitted(each.person, why_nobody(each.excluded), help_line(each.help, each.gain), words, href)


def _addressed(people: Iterable[User]) -> str:
    """The address of an e-mail to them in the coordinator's own program, in which none sees the others."""
    found = dict.fromkeys(quote(person.email) for person in people)
    return f"mailto:?bcc={','.join(list(found)[:MOST_WRITTEN_TO])}" if found else ""


def _bars(topics: list[TopicBalance]) -> list[TopicBar]:
    most = max((max(each.wanted, each.places) for each in topics), default=1)
    return [_bar(each, most) for each in topics]


def _bar(each: TopicBalance, most: int) -> TopicBar:
    words: dict[str, Any] = {"topic": each.topic, "wanted": each.wanted, "places": each.places}
    label = _("%(topic)s: looked for by %(wanted)d, with %(places)d places") % words
    return TopicBar(each, {"x": 0, "width": 100 * each.places // most}, 100 * each.wanted // most, label)
