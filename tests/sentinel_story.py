"""The story that the sentinels live through: everything confidential in it carries a mark of its own."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.models import Aim, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from engagements.domain import calendar_feeds
from engagements.models import Agreement, CalendarFeed, Decision, Goal, Meeting
from matching.domain import pairings, requests
from matching.models import Pairing, Request, ShortlistEntry
from outbox.domain.delivery import deliver_due
from tests import people
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.matching import factories
from tests.sentinels import hits, mark
from tests.test_access_matrix import routes

SECRETS = (
    *("note", "left note", "second note", "decline", "amendments", "place", "line", "end"),
    *("goal", "why", "signs", "milestone", "progress", "own note", "shared note", "mentor's note"),
    *("title", "situation", "options", "leaning"),
    *("consequences", "perception", "blind_spot", "question", "choice", "lesson"),
    *("learned", "does_differently", "takes away"),
    *("strengths", "challenges", "strengths of mentor", "challenges of mentor"),
)
NAME = "Tomas Varga"


@dataclass
class Life:
    """What was said in confidence, by its kind, and what came out of it."""

    coordinator: User
    logged: str
    open_aim: str
    calendar: bytes = b""
    assistant: list[bytes] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=lambda: {kind: mark() for kind in SECRETS})
    clients: dict[UUID, Client] = field(default_factory=dict)

    def client(self, who: User) -> Client:
        """This person, signed in by one session throughout."""
        if who.pk not in self.clients:
            self.clients[who.pk] = Client()
            self.clients[who.pk].force_login(who)
        return self.clients[who.pk]

    def say(self, who: User, page: str, pk: UUID, **said: Any) -> None:
        """Send a form, and have the letters that it led to delivered."""
        address = reverse(page, args=[pk])
        assert self.client(who).get(address).status_code == 200
        answer = self.client(who).post(address, said)
        assert answer.status_code == 302, answer.context["form"].errors
        assert self.client(who).get(answer.headers["Location"]).status_code == 200
        deliver_due(FrozenClock.moment)

    def found_in(self, where: bytes) -> list[str]:
        """The kinds of confidences that can be found there; there ought to be none."""
        return [kind for kind, text in self.marks.items() if hits(where, text)]


class Kept(logging.Handler):
    """Everything that any logger is told, with its parameters and extras."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.__dict__}")


@contextmanager
def listening() -> Iterator[Kept]:
    """Every logger speaks at DEBUG, the one of SQL statements too, and is listened to."""
    kept = Kept()
    loggers = (logging.root, *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict)))
    with pytest.MonkeyPatch.context() as patch:
        for logger in loggers:
            ends_here = not logger.propagate or logger.parent is None
            patch.setattr(logger, "level", logging.DEBUG if ends_here else logging.NOTSET)
            if ends_here:
                patch.setattr(logger, "handlers", [*logger.handlers, kept])
        patch.setattr(connections["default"], "force_debug_cursor", True)
        logging.root.manager._clear_cache()
        yield kept
    logging.root.manager._clear_cache()


def lived() -> Life:
    """A request declined, the next one accepted, an agreement, a goal, a decision, a check-in, and an early end;
    and another pair that looks back.
    """
    coordinator = people.person("Ingrid Solberg", staff=True)
    cohort = factories.cohort(coordinators=(coordinator,))
    led = Life(coordinator, mark(), mark())
    mentee = factories.enrolment(cohort, people.mentee("Amara Diallo"))
    Aim.objects.filter(mentee__person=mentee.person).update(text=led.open_aim)
    ask(led, mentee, people.mentor("Priya Nair"), "note")
    declined = Request.objects.get()
    leave_a_note(led, mentee)
    words = {"reason_class": "time", "text": led.marks["decline"]}
    led.say(declined.mentor, "matching:decline", declined.pk, **words)
    ask(led, mentee, people.mentor(NAME), "second note")
    asked = Request.objects.get(mentor__name=NAME)
    pairing = requests.accept(request=asked, user=asked.mentor, now=FrozenClock.moment)
    lead_to_the_end(led, pairing)
    look_back(led, cohort)
    logging.getLogger("engagements").info("a line on purpose: %s", led.logged)
    return led


def ask(led: Life, mentee: Enrolment, mentor: User, kind: str) -> None:
    wanted = factories.enrolment(mentee.cohort, mentor, Role.MENTOR)
    led.say(mentee.person, "matching:ask", wanted.pk, note=led.marks[kind])


def leave_a_note(led: Life, mentee: Enrolment) -> None:
    wanted = factories.enrolment(mentee.cohort, people.mentor("Hugo Brandt"), Role.MENTOR)
    entry = ShortlistEntry.objects.create(mentee=mentee, mentor=wanted, rank=1)
    led.say(mentee.person, "matching:shortlist_note", entry.pk, note=led.marks["left note"])
    ShortlistEntry.objects.filter(pk=entry.pk).update(skipped_at=FrozenClock.moment)


def lead_to_the_end(led: Life, pairing: Pairing) -> None:
    mentee, mentor = pairing.mentee, pairing.mentor
    for person in (mentee, mentor):
        pairings.answer_chemistry(pairing=pairing, user=person, go_ahead=True, now=FrozenClock.moment)
    terms = {
        **stories.TERMS,
        "cadence": stories.TERMS["cadence"].code,
        "planned_end": stories.END.isoformat(),
        "based_on": "0",
    }
    led.say(mentee, "engagements:change_agreement", pairing.pk, **terms, amendments=led.marks["amendments"])
    led.client(mentor).post(reverse("engagements:sign", args=[Agreement.objects.get().pk]))
    set_a_goal(led, pairing)
    note(led, pairing)
    decide(led, pairing)
    take_stock(led, pairing)
    meet(led, pairing)
    first = stories.check_in(pairing)
    FrozenClock.moment = first.due_at + timedelta(minutes=1)
    answers = {**stories.ANSWERS, "met": "yes"}
    led.say(mentee, "engagements:check_in", first.pk, **answers, line=led.marks["line"])
    seen = led.client(mentor).get(reverse("engagements:pairing", args=[pairing.pk])).content.decode()
    assert led.marks["line"] in seen
    led.say(mentor, "engagements:end", pairing.pk, end_class="time", text=led.marks["end"])
    pairing.refresh_from_db()
    assert pairing.state == "ended_early"


def set_a_goal(led: Life, pairing: Pairing) -> None:
    """The mentor proposes it, the mentee takes it up, and both read it."""
    said = {name: led.marks[kind] for name, kind in (("title", "goal"), ("why", "why"), ("signs", "signs"))}
    led.say(pairing.mentor, "engagements:new_goal", pairing.pk, **said, milestone_1=led.marks["milestone"])
    goal = Goal.objects.get()
    led.client(pairing.mentee).post(reverse("engagements:goal_take_up", args=[goal.pk]))
    led.say(pairing.mentee, "engagements:goal_note", goal.pk, line=led.marks["progress"])
    for person in (pairing.mentee, pairing.mentor):
        seen = led.client(person).get(reverse("engagements:goal", args=[goal.pk])).content.decode()
        assert all(led.marks[kind] in seen for kind in ("goal", "why", "signs", "milestone", "progress"))


def note(led: Life, pairing: Pairing) -> None:
    """The mentee for themselves and for both, the mentor for themselves; the other side reads what is shared alone."""
    for person, kind, shared in (
        (pairing.mentee, "own note", ""), (pairing.mentee, "shared note", "on"), (pairing.mentor, "mentor's note", "")
    ):  # fmt: skip
        led.say(person, "engagements:notes", pairing.pk, text=led.marks[kind], shared=shared)
    seen = led.client(pairing.mentor).get(reverse("engagements:notes", args=[pairing.pk])).content.decode()
    shown = {kind: led.marks[kind] in seen for kind in ("own note", "shared note", "mentor's note")}
    assert shown == {"own note": False, "shared note": True, "mentor's note": True}


def decide(led: Life, pairing: Pairing) -> None:
    """The mentee asks, the mentor answers, and it is decided and looked back on; both read all of it."""
    mentee, mentor, day = pairing.mentee, pairing.mentor, stories.END.isoformat()
    words = {name: led.marks[name] for name in ("title", "situation", "options", "leaning")}
    led.say(mentee, "engagements:new_decision", pairing.pk, **words, confidence_before="50", decide_by=day)
    made = Decision.objects.get()
    view = {name: led.marks[name] for name in ("consequences", "perception", "blind_spot", "question")}
    led.say(mentor, "engagements:decision_view", made.pk, **view)
    said = {"choice": led.marks["choice"], "confidence_after": "70", "look_back_on": day}
    led.say(mentee, "engagements:decision_decide", made.pk, **said)
    led.say(mentee, "engagements:decision_look_back", made.pk, outcome="hoped", lesson=led.marks["lesson"])
    for person in (mentee, mentor):
        seen = led.client(person).get(reverse("engagements:decision", args=[made.pk])).content.decode()
        assert all(led.marks[name] in seen for name in (*words, *view, "choice", "lesson"))


def look_back(led: Life, cohort: Cohort) -> None:
    """Another pair closes; both look back, and each reads what the other gave them to read."""
    other = factories.pairing(*factories.couple(cohort), state="active", at=FrozenClock.moment)
    mentee, mentor = other.mentee, other.mentor
    led.say(mentor, "engagements:close", other.pk)
    interview = {name: led.marks[name] for name in ("learned", "does_differently")}
    led.say(mentor, "engagements:review", other.pk, **interview, again="yes", shared="on")
    said = {**stories.LOOKED_BACK, "takes_away": led.marks["takes away"]}
    led.say(mentee, "engagements:review", other.pk, **said, shared="on")
    other.refresh_from_db()
    assert other.state == "completed"
    for person in (mentee, mentor):
        seen = led.client(person).get(reverse("engagements:pairing", args=[other.pk])).content.decode()
        assert all(led.marks[kind] in seen for kind in ("learned", "does_differently", "takes away"))


def take_stock(led: Life, pairing: Pairing) -> None:
    """Both say it, and then both read both; the second of them only after the first."""
    row, both = stories.stock_round(pairing), (pairing.mentee, pairing.mentor)
    page = reverse("engagements:stock", args=[pairing.pk])
    for person, of in zip(both, ("", " of mentor"), strict=True):
        said = {name: led.marks[f"{name}{of}"] for name in ("strengths", "challenges")}
        led.say(person, "engagements:take_stock", row.pk, **said)
        assert led.marks["strengths"] in led.client(both[0]).get(page).content.decode()
        assert (led.marks["strengths"] in led.client(both[1]).get(page).content.decode()) == bool(of)


def meet(led: Life, pairing: Pairing) -> None:
    """Agreed on, told to both calendars, and read by one more."""
    mentee, mentor, address = pairing.mentee, pairing.mentor, reverse("engagements:calendar")
    at = (FrozenClock.moment + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    words = {"own_1": at, "minutes": "60", "place": led.marks["place"]}
    kim = stories.assistant(mentee, now=FrozenClock.moment)
    led.say(mentee, "engagements:propose_meeting", pairing.pk, **words)
    meeting = Meeting.objects.get()
    picked = {"starts_at": meeting.offered[0].isoformat()}
    led.client(mentor).post(reverse("engagements:accept_meeting", args=[meeting.pk]), picked)
    deliver_due(FrozenClock.moment)
    led.client(mentor).post(address, {"act": "make"})
    feed = calendar_feeds.token_of(CalendarFeed.objects.get(person=mentor))
    led.calendar = Client().get(reverse("engagements:calendar_feed", args=[feed])).content
    shown = led.client(mentor).get(reverse("engagements:meeting", args=[meeting.pk])).content.decode()
    assert led.marks["place"] in shown
    led.assistant = fetched_by(led.client(kim.person), kim.person, pairing)


def fetched_by(client: Client, who: User, pairing: Pairing) -> list[bytes]:
    """Whatever a session finds: every page that its links lead to, and every page of every record of the pairing."""
    found: list[bytes] = []
    client.post(reverse("engagements:calendar"), {"act": "make"})
    feed = calendar_feeds.token_of(CalendarFeed.objects.get(person=who))
    calendar = reverse("engagements:calendar_feed", args=[feed])
    waiting, seen = [reverse("home"), calendar, *guessed(pairing)], set()
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/accounts/", "/demo/", "/static/", "/you/data/")):
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        if answer.status_code == 200:
            found.append(answer.content)
            waiting += re.findall(r'href="(/[^"#?]*)"', answer.content.decode())
    return found


def guessed(pairing: Pairing) -> Iterator[str]:
    """Every address of the site with the id of every record that belongs to the pairing."""
    of_pairing = (
        *("agreements", "check_ins", "goals", "decisions", "notes", "meetings", "stock_rounds", "length_proposals"),
        *("talks", "score_sharings"),
    )
    records = [pairing, pairing.request, *(row for name in of_pairing for row in getattr(pairing, name).all())]
    for name, pattern in routes():
        if set(pattern.pattern.converters) == {"pk"} and name.startswith(("engagements:", "matching:")):
            yield from (reverse(name, args=[record.pk]) for record in records)
