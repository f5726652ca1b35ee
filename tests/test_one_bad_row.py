"""One bad value stops nobody.

Each kind of value that something else has to read is spoilt in turn, by plain SQL, as a wrong restore, an older version
or another version of the machine's data would leave it. Then everything that looks at many people at once runs: every
sweep, a batch of e-mails, a whole match, the pages of those concerned, of the others and of the desk. Where the
database itself refuses the value, that is its answer, and named here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import Leave, NeverWith, QuietPeriod, User
from accounts.models.private_lists import LIST_KEY
from accounts.tasks import sweep_addresses
from cohorts.models import Cohort
from cohorts.states import Role
from common.errors import Refused
from common.models import ContentKey
from engagements.domain import goals, notes
from engagements.models import CheckIn
from engagements.tasks import sweep_check_ins, sweep_outcomes
from matching.domain import independence, pools, requests, runs
from matching.domain.alerts import alert
from matching.domain.mentors import mentors_for
from matching.engine import OTHER
from matching.engine.facts.rules import LIST_UNREADABLE
from matching.models import Alert, MatchRun, Pairing, Proposal, Request
from matching.models.alerts import AlertKind
from matching.tasks import sweep_independence, sweep_pairings, sweep_requests
from mentorship.own_data.tasks import sweep_erasures
from outbox.domain.delivery import deliver_due
from outbox.domain.post import post
from tests import people
from tests.bad_values import ASKED, BENEATH, POISONS, REFUSED
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.guards_of_runs import a_board_change
from tests.matching import factories
from tests.stress.unguarded import drop

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow(reason="every sweep, a delivery, a match and a score of pages, for each kind of bad value"),
]

WORDS = "In confidence"
SWEEPS = (
    *(sweep_addresses, sweep_erasures, sweep_check_ins, sweep_outcomes, sweep_requests, sweep_pairings),
    sweep_independence,
)
DESK = (
    *("matching_alert", "matching_pairing", "matching_request", "matching_matchrun", "matching_proposal"),
    *("matching_unmatched", "outbox_letter", "common_event"),
)


@dataclass
class World:
    """A pair at work, a request that waits, and others who have nothing to do with either."""

    cohort: Cohort
    pairing: Pairing
    asked: Request
    mentee: User
    mentor: User
    coordinator: User
    today: datetime

    def pages(self, area: str) -> list[tuple[User, str]]:
        """Whose page, and its address, of those that may read what is spoilt."""
        return {"people": self._of_people, "words": self._of_words, "desk": self._of_the_desk}[area]()

    def _of_people(self) -> list[tuple[User, str]]:
        mentee, mentor = self.pairing.mentee, self.pairing.mentor
        names = ("home", "accounts:profile", "matching:suggestions")
        steps = [reverse("accounts:profile_step", args=[step]) for step in ("position", "times", "ties", "never")]
        return [
            *((person, reverse(name)) for person in (self.mentee, mentee) for name in names),
            *((mentor, address) for address in (reverse("home"), reverse("oneself:quiet"), *steps)),
            (self.mentee, reverse("matching:directory")),
            (mentee, reverse("engagements:pairing", args=[self.pairing.pk])),
            (self.asked.mentee, reverse("matching:request", args=[self.asked.pk])),
            (self.asked.mentor, reverse("matching:request", args=[self.asked.pk])),
            (self.coordinator, reverse("admin:cohorts_enrolment_changelist")),
            (self.coordinator, reverse("admin:index")),
        ]

    def _of_words(self) -> list[tuple[User, str]]:
        addresses = [
            reverse("engagements:pairing", args=[self.pairing.pk]),
            reverse("engagements:agreement", args=[self.pairing.pk]),
            reverse("matching:request", args=[self.pairing.request_id]),
            reverse("engagements:decision", args=[self.pairing.decisions.get().pk]),
            reverse("engagements:decisions", args=[self.pairing.pk]),
            reverse("engagements:goal", args=[self.pairing.goals.get().pk]),
            reverse("engagements:notes", args=[self.pairing.pk]),
            reverse("engagements:stock", args=[self.pairing.pk]),
        ]
        both, asked = (self.pairing.mentee, self.pairing.mentor), reverse("matching:request", args=[self.asked.pk])
        rows = CheckIn.objects.filter(pairing=self.pairing, round=1)
        return [
            *((person, address) for person in both for address in addresses),
            *((row.person, reverse("engagements:check_in", args=[row.pk])) for row in rows),
            *((who, asked) for who in (self.asked.mentee, self.asked.mentor)),
            (both[0], reverse("home")),
            (self.coordinator, reverse("admin:engagements_checkin_changelist")),
        ]

    def _of_the_desk(self) -> list[tuple[User, str]]:
        kept = [("matchrun", MatchRun), ("alert", Alert)]
        addresses = [
            reverse("admin:index"),
            *(reverse(f"admin:{name}_changelist") for name in DESK),
            *(
                reverse(f"admin:matching_{name}_change", args=[row.pk])
                for name, model in kept
                for row in model.objects.all()
            ),
        ]
        addresses += [reverse("admin:board", args=[run.pk]) for run in MatchRun.objects.all()]
        return [*((self.coordinator, address) for address in addresses), (self.mentee, reverse("home"))]


@pytest.fixture(scope="module")
def built(module_db: None) -> World:
    with override_settings(CLOCK="tests.frozen_clock.now"):
        return build()


@pytest.fixture
def world(clock: Any, built: World) -> Iterator[World]:
    clock.moment = built.today
    pools.forget()
    yield built
    pools.forget()


def build() -> World:
    coordinator = people.person("Ingrid Solberg", staff=True)
    here = factories.cohort(coordinators=(coordinator,))
    both = factories.couple(here, people.mentee("Amara Diallo"), people.mentor("Priya Nair", capacity=2))
    pairing = stories.active(mentee=both[0], mentor=both[1], terms={"amendments": WORDS})
    goal = goals.propose(
        pairing=pairing, user=pairing.mentee, words=goals.GoalWords(WORDS, milestones=(WORDS,)), now=factories.NOW
    )
    notes.write(pairing=pairing, user=pairing.mentee, text=WORDS, shared=True, now=factories.NOW)
    stories.asked(pairing, title=WORDS, situation=WORDS)
    for side in Role.values:
        stories.stock_taken(pairing, side, strengths=WORDS)
    stories.answered(stories.check_in(pairing), line=WORDS, standings={goal.pk: "slow"})
    today = FrozenClock.moment = stories.check_in(pairing).due_at + timedelta(days=1)
    two = factories.couple(here, people.mentee("Lena Vogt"), people.mentor("Tomas Varga"))
    asked = factories.request(*two, at=today, note=WORDS)
    mentee, mentor = people.mentee("Omar Haddad"), people.mentor("Sofia Lind", capacity=3)
    factories.enrolment(here, mentee)
    factories.enrolment(here, mentor, Role.MENTOR)
    for wary in (two[0].person, both[1].person):
        NeverWith.objects.put(owner=wary, email="rival@example.org")
    Leave.objects.create(person=pairing.mentor, starts_on=today.date(), ends_on=today.date())
    for person in (pairing.mentor, asked.mentor):
        QuietPeriod.objects.create(person=person, starts_on=today.date(), ends_on=today.date())
    a_board_change(run=runs.make(cohort=here, user=coordinator, terms=runs.Terms(), now=today))
    facts = {"mentee": ["2026-03-10"], "mentor": [], "last_answer": None}
    alert(kind=AlertKind.CHECK_INS_MISSED, subject=pairing, now=FrozenClock.moment, facts=facts)
    for person in (asked.mentor, asked.mentee):
        post(kind="request_asked", subject=asked, person=person, due_at=FrozenClock.moment)
    post(kind="request_withdrawn", subject=asked, person=mentor, due_at=FrozenClock.moment)
    return World(here, pairing, asked, mentee, mentor, coordinator, today)


def spoil(world: World, name: str) -> str:
    """Put the value in; the name of the guard if the database refuses it."""
    _area, (statement, parameters) = POISONS[name]
    given = [world.asked.mentor_id if each == ASKED else each for each in parameters]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, given)
            assert cursor.rowcount, "nothing was spoilt"
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return ""


def failures(world: World, areas: Iterable[str]) -> Iterator[str]:
    """Everything that did not go on."""
    yield from _tried("delivery", lambda: deliver_due(FrozenClock.moment))
    if not any(world.mentor.email in message.to for message in mail.outbox):
        yield "another person's e-mail did not leave"
    for sweep in SWEEPS:
        yield from _tried(sweep.name, sweep)
    yield from _tried("match", lambda: _match(world))
    pages: dict[User, Client] = {}
    for person, address in (page for area in areas for page in world.pages(area)):
        if person not in pages:
            pages[person] = Client(raise_request_exception=False)
            pages[person].force_login(User.objects.get(pk=person.pk))
        answer = pages[person].get(address)
        if answer.status_code >= 500:
            yield f"{address} for {person.name}: {answer.exc_info[1]!r}"


def _tried(name: str, act: Any) -> Iterator[str]:
    try:
        with transaction.atomic():
            act()
    except Exception as error:  # noqa: BLE001 - whatever it is, it stopped everybody
        yield f"{name}: {error!r}"


def _match(world: World) -> None:
    pools.forget()
    run = runs.make(
        cohort=world.cohort, user=world.coordinator, terms=runs.Terms(protect_worst_off=True), now=FrozenClock.moment
    )
    assert Proposal.objects.filter(run=run, mentee=world.mentee).exists(), "the others are not matched"


def test_nothing_fails_while_nothing_is_spoilt(world: World) -> None:
    assert list(failures(world, ("people", "words", "desk"))) == []


@pytest.mark.parametrize("name", POISONS)
def test_one_bad_value_stops_nobody(world: World, name: str) -> None:
    for first in BENEATH.get(name, ()):
        assert spoil(world, name) == first
        drop(first)
    guard = spoil(world, name)
    assert guard == REFUSED.get(name, "")
    if not guard:
        assert list(failures(world, [POISONS[name][0]])) == []


LISTS = [name for name in POISONS if "private list" in name or "entr" in name]


@pytest.mark.parametrize("name", LISTS)
def test_whose_private_list_cannot_be_read_is_suggested_to_nobody_and_waits(world: World, name: str) -> None:
    """Nobody can say whom they may meet, so they meet nobody; nothing ends, no coordinator learns whose list it is."""
    wary, other = world.asked.mentee_enrolment, world.asked.mentor_enrolment
    assert independence.broken(mentee=wary, mentor=other, now=world.today, leave_out=world.asked.pk) == ()
    assert {card.id for card in pools.pool_of(world.cohort, now=world.today).mentors if not card.list_readable} == set()
    assert spoil(world, name) == ""
    pools.forget()
    pool = pools.pool_of(world.cohort, now=world.today)
    assert {card.id for card in pool.mentors if not card.list_readable} == {world.pairing.mentor_id}
    found = independence.broken(mentee=wary, mentor=other, now=world.today, leave_out=world.asked.pk)
    assert LIST_UNREADABLE in found
    with pytest.raises(Refused) as refused:
        requests.accept(request=world.asked, user=world.asked.mentor, now=world.today)
    assert refused.value.code == OTHER
    sweep_independence()
    world.asked.refresh_from_db()
    assert (world.asked.state, world.asked.held_for) == ("pending", "")
    (raised,) = Alert.objects.filter(kind=AlertKind.UNDECIDABLE)
    said = " ".join([raised.subject_name(), *raised.sentences()])
    assert world.cohort.name in said
    assert not [each for each in (world.asked.mentee, world.pairing.mentor) if each.name in said]
    assert "list" not in said
    if "key of" in name:
        hidden = set(mentors_for(world.mentee, at=world.today).values_list("person", flat=True))
        assert world.pairing.mentor_id not in hidden, "who has a list looks like having left"


def test_a_list_that_is_put_right_counts_again_within_a_minute_and_the_alert_is_settled(world: World) -> None:
    key = ContentKey.objects.get(pk=LIST_KEY)
    ContentKey.objects.filter(pk=LIST_KEY).update(wrapped=b"x")
    pools.forget()
    pools.pool_of(world.cohort, now=world.today)
    sweep_independence()
    ContentKey.objects.filter(pk=LIST_KEY).update(wrapped=key.wrapped)
    later = world.today + timedelta(minutes=1)
    assert all(card.list_readable for card in pools.pool_of(world.cohort, now=later).mentors)
    sweep_independence()
    assert Alert.objects.get(kind=AlertKind.UNDECIDABLE).settled_at == world.today
