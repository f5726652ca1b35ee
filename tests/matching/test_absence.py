"""What a mentee sees of every reason for which a mentor is not to be asked: a private list looks like having left.

`ABSENCES` says for each reason which row of `ROWS` it has; the same table stands in docs/privacy.md.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.domain import affiliations, never_with, organisations, profiles
from accounts.domain.closing import close_account
from accounts.models import User
from cohorts.domain.enrolments import withdraw_enrolment
from cohorts.models import Enrolment
from cohorts.states import Role
from common import event_kinds
from common.clock import now
from common.models import Event
from matching.domain import requests, shortlist
from matching.domain.asking import ask
from matching.models import Request, ShortlistEntry
from outbox.models import Letter
from tests import people
from tests.matching.factories import enrolment
from tests.matching.views.conftest import Cast, cast, signed_in  # noqa: F401 - `cast` is a fixture

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).parents[2] / "docs" / "privacy.md"


@dataclass(frozen=True)
class Row:
    """Everything that a mentee can see of one mentor who is not to be asked, and what becomes of a request to them.

    page        of the mentor: there, or missing like that of an unknown id
    counted     under which words among "others who cannot be asked"
    listed      in suggestions, directory, filters and the comparison
    shortlist   what stands beside the name on the shortlist
    request     what became of the request that waited
    moment      when that was, seen from the moment of the reason
    to_mentee   e-mails about it, to the mentee
    to_mentor   and to the mentor
    history     lines of history about the request
    next_asked  whether the next mentor of the shortlist was asked at once
    """

    page: str
    counted: str
    listed: str
    shortlist: str
    request: str
    moment: str
    to_mentee: str
    to_mentor: str
    history: str
    next_asked: str


NOT_NOW, ASKED_BEFORE, OTHER = "Not available at present", "Asked before", "Full, away or not available at present"
GONE = Row(
    "missing", "no", "no", NOT_NOW, "lapsed", "at once", "request_moved_on", "request_lapsed", "ask, lapse", "yes"
)
FULL = Row(
    "there", OTHER, "no", NOT_NOW, "lapsed", "at once", "request_moved_on", "request_lapsed", "ask, lapse", "yes"
)
WAITS = Row("there", OTHER, "no", NOT_NOW, "pending", "–", "–", "–", "ask", "no")
AWAY = Row("there", OTHER, "no", NOT_NOW, "pending, later", "–", "request_rescheduled", "–", "ask, move_deadline", "no")
HELD = Row("there", OTHER, "no", NOT_NOW, "held", "–", "request_rescheduled", "request_rescheduled", "ask, hold", "no")
INCOMPATIBLE = Row(
    "there",
    "In your own organisation",
    "no",
    NOT_NOW,
    "lapsed",
    "at once",
    "request_moved_on",
    "request_lapsed",
    "ask, lapse",
    "yes",
)
DECLINED = Row(
    "there",
    "Declined earlier in this cohort",
    "no",
    ASKED_BEFORE,
    "declined",
    "at once",
    "request_moved_on",
    "–",
    "ask, decline",
    "yes",
)
ROWS = (GONE, FULL, WAITS, AWAY, HELD, INCOMPATIBLE, DECLINED)
HEADINGS = (
    "page",
    "counted among the others",
    "listed",
    "on the shortlist",
    "a waiting request",
    "when",
    "e-mail to the mentee",
    "e-mail to the mentor",
    "history",
    "next one asked",
)


@dataclass(frozen=True)
class World:
    """One mentee, the mentor whom they have asked, and the next one on the shortlist."""

    mentee: Enrolment
    mentor: Enrolment
    coordinator: User


def employer(person: User) -> Any:
    return person.affiliations.get(ends_on=None).organisation


def lists(owner: str, **entry: Callable[[World], Any]) -> Callable[[World], object]:
    def act(world: World) -> object:
        words = {name: make(world) for name, make in entry.items()}
        return never_with.add(owner=getattr(world, owner).person, now=now(), **words)

    return act


def offers(**words: Any) -> Callable[[World], object]:
    given = {"about": "", "capacity": 2, "expertise": [], **words}
    return lambda world: profiles.save_offer(person=world.mentor.person, now=now(), **given)


def leaves(world: World) -> None:
    withdraw_enrolment(enrolment=world.mentor, user=world.mentor.person, now=now())


def is_withdrawn(world: World) -> None:
    withdraw_enrolment(enrolment=world.mentor, user=world.coordinator, now=now())


def accepts_others(world: World) -> None:
    profiles.save_offer(person=world.mentor.person, about="", capacity=1, expertise=[], now=now())
    fellow = enrolment(world.mentee.cohort)
    theirs = ask(mentee_enrolment=fellow, mentor_enrolment=world.mentor, user=fellow.person, now=now())
    requests.accept(request=theirs, user=world.mentor.person, now=now())


def goes_away(world: World) -> None:
    today = now().date()
    profiles.add_leave(
        person=world.mentor.person, starts_on=today, ends_on=today.replace(year=today.year + 1), now=now()
    )


def ends_the_job(world: World) -> None:
    tie = world.mentor.person.affiliations.get()
    affiliations.end_affiliation(affiliation=tie, ends_on=now().date(), now=now())


def takes_an_unknown_job(world: World) -> None:
    organisations.propose_with_tie(
        person=world.mentor.person,
        name="Somewhere Quite New",
        industry="media",
        country="GB",
        kind="employer",
        title="Director",
        starts_on=now().date(),
        seen=set(),
        now=now(),
    )


def joins_the_mentee(world: World) -> None:
    affiliations.save_affiliation(
        person=world.mentor.person,
        organisation=employer(world.mentee.person),
        kind="employer",
        title="Director",
        starts_on=now().date(),
        ends_on=None,
        now=now(),
    )


def declines(world: World) -> None:
    asked = Request.objects.get(mentor=world.mentor.person)
    requests.decline(request=asked, user=world.mentor.person, reason_class="time", now=now())


ABSENCES: dict[str, tuple[Callable[[World], object], Row]] = {
    "the mentor has the mentee on the private list": (lists("mentor", person=lambda w: w.mentee.person), GONE),
    "the mentor has the mentee’s address there": (lists("mentor", email=lambda w: w.mentee.person.email), GONE),
    "the mentor has the mentee’s employer there": (
        lists("mentor", organisation=lambda w: employer(w.mentee.person)),
        GONE,
    ),
    "the mentee has the mentor on the private list": (lists("mentee", person=lambda w: w.mentor.person), GONE),
    "the mentee has the mentor’s employer there": (
        lists("mentee", organisation=lambda w: employer(w.mentor.person)),
        GONE,
    ),
    "the mentor has left the cohort": (leaves, GONE),
    "a coordinator has withdrawn the mentor": (is_withdrawn, GONE),
    "the mentor’s account is closed": (
        lambda w: close_account(person=w.mentor.person, user=people.superuser(), now=now()),
        GONE,
    ),
    "the mentor has accepted others": (accepts_others, FULL),
    "the mentor offers fewer places": (offers(capacity=0), WAITS),
    "the mentor takes nobody new": (offers(nobody_new=True), WAITS),
    "the mentor is away": (goes_away, AWAY),
    "the mentor has no employer": (ends_the_job, HELD),
    "the mentor’s employer is to be confirmed": (takes_an_unknown_job, HELD),
    "the mentor works for the mentee’s employer": (joins_the_mentee, INCOMPATIBLE),
    "the mentor has declined": (declines, DECLINED),
}


@pytest.fixture
def world(cast: Cast) -> World:  # noqa: F811 - pytest's way
    """Ruth, whose topic nobody else has, comes first on the shortlist, before Kenji and Ines."""
    coordinator = people.person("Clara Coordinator", staff=True)
    cast.cohort.coordinators.add(coordinator)
    cast.ruth.person.mentor_profile.expertise.create(topic=people.topic("Rare"), depth=3)
    ines = enrolment(cast.cohort, people.mentor("Ines Duarte"), Role.MENTOR)
    for mentor in (cast.ruth, cast.kenji, ines):
        shortlist.add(mentee_enrolment=cast.mentee, mentor_enrolment=mentor, user=cast.mentee.person, now=now())
    return World(cast.mentee, cast.ruth, coordinator)


def asked_by(world: World) -> Request:
    return ask(mentee_enrolment=world.mentee, mentor_enrolment=world.mentor, user=world.mentee.person, now=now())


def seen_of_the_mentor(world: World, happen: Callable[[], object]) -> dict[str, str]:
    """What pages show when nothing was asked; undone again."""
    client = signed_in(world.mentee.person)
    before = dict(client.get(reverse("matching:suggestions")).context["excluded"])
    with undone():
        happen()
        page = client.get(reverse("matching:mentor", args=[world.mentor.pk])).status_code
        found = client.get(reverse("matching:suggestions")).context
        directory = client.get(reverse("matching:directory")).context
        compared = (client.get(reverse("matching:compare")).context or {}).get("columns", [])
        shown = [*found["cards"], *directory["cards"], *(column.card for column in compared)]
        facets = [str(topic) for topic in directory["filter"].filters["topics"].queryset]
        (entry,) = [row for row in found["shortlist"] if row.entry.mentor_id == world.mentor.pk]
    return {
        "page": {200: "there", 404: "missing"}[page],
        "counted": ", ".join(words for words, count in found["excluded"] if count > before.get(words, 0)) or "no",
        "listed": "yes" if world.mentor in [card.enrolment for card in shown] or "Rare" in facets else "no",
        "shortlist": entry.state,
    }


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seen_of_the_request(world: World, happen: Callable[[], object]) -> dict[str, str]:
    """What becomes of a request that waits, and who hears of it."""
    asked = asked_by(world)
    old = list(Letter.objects.values_list("pk", flat=True))
    begun = now()
    happen()
    after = Request.objects.get(pk=asked.pk)
    moved = f"{after.state}, later" if after.deadline > asked.deadline else after.state
    reminders = ("request_waiting", "request_expiring")
    new = Letter.objects.exclude(pk__in=old).exclude(kind__in=reminders)
    return {
        "request": "held" if after.held_until else moved,
        "moment": "–" if after.answered_at is None else "at once" if begun <= after.answered_at <= now() else "later",
        "to_mentee": _listed(new.filter(person=world.mentee.person), "kind"),
        "to_mentor": _listed(new.filter(person=world.mentor.person, subject_id=asked.pk), "kind"),
        "history": _listed(Event.objects.filter(subject_id=asked.pk).order_by("pk"), "verb"),
        "next_asked": "yes" if Request.objects.filter(mentee=world.mentee.person).count() > 1 else "no",
    }


def _listed(rows: QuerySet[Any], column: str) -> str:
    return ", ".join(rows.values_list(column, flat=True)) or "–"


@pytest.mark.parametrize("reason", ABSENCES)
def test_each_reason_has_its_row(
    reason: str, world: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    act, row = ABSENCES[reason]

    def happen() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            if act is declines and not Request.objects.exists():
                asked_by(world)
                ShortlistEntry.objects.exclude(mentor=world.mentor).delete()  # or the next one is asked, and counted
            act(world)

    assert Row(**seen_of_the_mentor(world, happen), **seen_of_the_request(world, happen)) == row


def test_a_private_list_looks_as_if_somebody_had_gone_and_like_nothing_else() -> None:
    """`GONE` is a row of innocent reasons, too; and the measure tells rows apart."""
    private = {reason for reason in ABSENCES if reason.endswith(("private list", "there"))}
    gone = {reason for reason, (_act, row) in ABSENCES.items() if row == GONE}
    assert private < gone
    assert len(private) == 5
    assert gone - private == {
        "the mentor has left the cohort",
        "a coordinator has withdrawn the mentor",
        "the mentor’s account is closed",
    }
    assert len({row for _act, row in ABSENCES.values()}) == len(ROWS)


def test_history_has_one_line_for_all_that_lapses() -> None:
    """Whatever has happened: the sentence of a lapse has the names of the two and nothing else to be filled in."""
    sentence = str(event_kinds.sentences()["request", "lapse"])
    assert set(re.findall(r"%\((\w+)\)s", sentence)) == {"mentee", "mentor"}


def test_the_documentation_has_the_same_table() -> None:
    table = [f"| {' | '.join(['what has happened', *HEADINGS])} |", f"|{'---|' * (len(HEADINGS) + 1)}"]
    for reason, (_act, row) in ABSENCES.items():
        table.append(f"| {' | '.join([reason, *astuple(row)])} |")
    assert "\n".join(table) in DOCS.read_text()
