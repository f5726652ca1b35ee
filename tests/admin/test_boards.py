"""The review board at the desk: what it shows to whom, and from a decision shown to one taken, and undone."""

import re
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import MentorProfile
from cohorts.models import Cohort
from cohorts.states import Role
from common.clock import now
from matching.domain import runs
from matching.domain.board import live
from matching.models import BoardChange, MatchRun, Proposal
from tests import people
from tests.admin.conftest import running
from tests.matching import crowd
from tests.matching.factories import enrolment

pytestmark = pytest.mark.django_db
MANY = 200
_number = count(1)
PAGES = ("admin:board", "admin:board_groups", "admin:board_mentee", "admin:board_ask")


class Board:
    """A run of so many mentees and mentors, as its coordinator sees it."""

    def __init__(self, mentees: int = 3, mentors: int = 2) -> None:
        live.forget()
        self.coordinator = people.person("Clara Coordinator", staff=True)
        self.cohort: Cohort = running(f"Spring {next(_number)}", self.coordinator)
        crowd.enrolments(self.cohort, Role.MENTEE, mentees, now())
        crowd.enrolments(self.cohort, Role.MENTOR, mentors, now())
        self.run: MatchRun = runs.make(cohort=self.cohort, user=self.coordinator, terms=runs.Terms(), now=now())
        self.client = Client()
        self.client.force_login(self.coordinator)

    @property
    def first(self) -> Proposal:
        found: Proposal = self.run.proposals.order_by("score", "pk")[0]
        return found

    def address(self, name: str) -> str:
        about = [self.first.mentee_id] if name == "admin:board_mentee" else []
        asked = f"?verb=set_aside&mentee={self.first.mentee_id}" if name == "admin:board_ask" else ""
        return reverse(name, args=[self.run.pk, *about]) + asked

    def page(self, name: str, client: Client | None = None, **asked: str) -> str:
        answer = (client or self.client).get(self.address(name), asked or None)
        assert answer.status_code == 200
        return " ".join(unescape(answer.content.decode()).split())


def inputs(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    said = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    chosen = re.search(r'type="radio" name="moving" value="(\w+)" checked', page)
    assert chosen
    return {**said, "moving": chosen[1]}


def test_from_the_run_to_a_decision_that_is_undone() -> None:
    here = Board()
    run_page = here.client.get(reverse("admin:matching_matchrun_change", args=[here.run.pk])).content.decode()
    assert reverse("admin:board", args=[here.run.pk]) in run_page
    board, pair = here.page("admin:board"), here.first
    assert f"{pair.mentee.name} → {pair.mentor.name}" in board
    assert "nothing was decided by hand" in board
    address = next(each for each in re.findall(r'href="([^"]+)"', board) if "verb=forbid" in each)
    asked = here.client.get(address)
    page = " ".join(unescape(asked.content.decode()).split())
    assert "kept apart in this run" in page
    assert "Moving nobody else" in page

    said = {**inputs(page), "why": "They have met."}
    answer = here.client.post(urlsplit(address).path, said, follow=True)

    page = " ".join(unescape(answer.content.decode()).split())
    change = BoardChange.objects.get()
    assert (change.verb, change.why, change.made_by) == ("forbid", "They have met.", here.coordinator)
    assert "1 decision was taken by hand, by Clara Coordinator" in page
    assert "They have met." in page
    again = here.client.post(urlsplit(address).path, {**said, "why": "Mine."})  # of a page that is older by now
    assert again.status_code == 422
    assert "Clara Coordinator changed this board on" in unescape(again.content.decode())
    assert BoardChange.objects.count() == 1
    publishing = here.client.post(
        reverse("admin:matching_matchrun_changelist"), {"action": "publish", "_selected_action": str(here.run.pk)}
    )
    assert "1 decision was taken by hand" in publishing.content.decode()
    page = here.client.post(here.address("admin:board"), {"act": "undo", "version": "1"}, follow=True).content.decode()
    assert "Undone:" in page
    assert "Redo" in page


def test_mentors_are_compared_and_notes_kept() -> None:
    here = Board(3, 3)
    page = here.page("admin:board_mentee")
    assert page.count("<article") == 3
    assert "The parts of the fit" in page
    assert "Swap with" in page
    address, text = here.address("admin:board_mentee"), "Ask her first."
    here.client.post(address, {"text": text, "seen": ""})
    stale = here.client.post(address, {"text": "Mine", "seen": ""})
    assert stale.status_code == 422
    assert ">Mine</textarea>" in stale.content.decode()
    assert text in here.page("admin:board", show="noted")
    for asked in ({"q": "Somebody"}, {"q": "nobody of that name"}, {"with": "no id"}):
        here.page("admin:board_mentee", **asked)
    for show in ("", "pinned", "moved", "alone"):
        for sort in ("", "best", "mentee", "mentor"):
            here.page("admin:board", show=show, sort=sort, q="some")


def test_a_board_is_for_the_coordinators_of_its_cohort_alone_and_never_about_themselves() -> None:
    here = Board()
    stranger, second = people.person(staff=True), people.person(staff=True)
    running("Elsewhere", stranger)
    here.cohort.coordinators.add(second)
    MentorProfile.objects.create(person=second, capacity=1)
    enrolment(here.cohort, second, Role.MENTOR)
    Proposal.objects.filter(pk=here.first.pk).update(mentor=second)
    for who, status in ((stranger, 404), (people.mentee(), 302), (second, 200)):
        client = Client()
        client.force_login(who)
        for name in PAGES:
            seen = 404 if who == second and name == "admin:board_mentee" else status
            assert client.get(here.address(name)).status_code == seen, (name, who)
    page = here.page("admin:board", client)
    assert "You take part in this run yourself" in page
    assert second.name not in page.replace(f'<span class="person">{second.name}</span>', "")
    assert client.post(here.address("admin:board"), {"act": "undo", "version": "0"}).status_code == 302
    assert not BoardChange.objects.exists()


def test_an_address_that_names_no_decision_is_not_found() -> None:
    here = Board()
    where = reverse("admin:board_ask", args=[here.run.pk])
    mentee, mentor = here.first.mentee_id, here.first.mentor_id
    for asked in ("", "verb=odd", f"verb=pin&mentee={mentee}", "verb=pin&mentee=x", f"verb=swap&mentee={mentee}"):
        assert here.client.get(f"{where}?{asked}").status_code == 404, asked
    for asked in (f"verb=pin&mentee={mentor}&mentor={mentor}", f"verb=release&mentee={mentee}"):
        page: Any = here.client.get(where, dict(parse_qsl(asked)))
        assert page.status_code == 200
        assert "errornote" in page.content.decode()


@pytest.mark.slow(reason="two hundred mentees and mentors")
def test_as_many_queries_for_two_hundred_as_for_one() -> None:
    counts = []
    for size in (1, MANY):
        here, found = Board(size, size), {}
        for name in PAGES:
            here.page(name)
            with CaptureQueriesContext(connection) as queries:
                here.client.get(here.address(name))
            found[name] = len(queries)
        counts.append(found)
    few, many = counts
    assert many == few
    assert many["admin:board"] <= 25
