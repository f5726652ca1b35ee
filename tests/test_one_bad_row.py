"""One bad value stops nobody.

Each kind of value that something else has to read is spoilt in turn, by plain SQL, as a wrong restore, an older version
or another version of the machine's data would leave it. Then everything that looks at many people at once runs: every
sweep, a batch of e-mails, a whole match, the pages of those concerned, of the others and of the desk. Where the
database itself refuses the value, that is its answer, and named here.
"""

import json
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
from engagements.models import CheckIn
from engagements.tasks import sweep_check_ins
from matching.domain import independence, pools, requests, runs
from matching.domain.alerts import alert
from matching.domain.mentors import mentors_for
from matching.engine import OTHER
from matching.engine.facts.rules import LIST_UNREADABLE
from matching.models import Alert, MatchRun, Pairing, Proposal, Request
from matching.models.alerts import AlertKind
from matching.tasks import sweep_independence, sweep_pairings, sweep_requests
from outbox.domain.delivery import deliver_due
from outbox.domain.post import post
from tests import people
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.matching import factories
from tests.stress.unguarded import drop

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow(reason="every sweep, a delivery, a match and a score of pages, for each kind of bad value"),
]

WORDS = "In confidence"
SWEEPS = (sweep_addresses, sweep_check_ins, sweep_requests, sweep_pairings, sweep_independence)
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
    stories.answered(stories.check_in(pairing), line=WORDS)
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
    runs.make(cohort=here, user=coordinator, terms=runs.Terms(), now=today)
    facts = {"mentee": ["2026-03-10"], "mentor": [], "last_answer": None}
    alert(kind=AlertKind.CHECK_INS_MISSED, subject=pairing, now=FrozenClock.moment, facts=facts)
    for person in (asked.mentor, asked.mentee):
        post(kind="request_asked", subject=asked, person=person, due_at=FrozenClock.moment)
    post(kind="request_withdrawn", subject=asked, person=mentor, due_at=FrozenClock.moment)
    return World(here, pairing, asked, mentee, mentor, coordinator, today)


NAMES = ["Priya Nair", "Lena Vogt", "Amara Diallo", "Tomas Varga"]
OF_NAMES = "WHERE person_id IN (SELECT id FROM accounts_user WHERE name = ANY(%s))"
SEALED = b"\x01 nothing that opens"


def profile(**values: Any) -> tuple[str, list[Any]]:
    """A statement that writes this into the profiles of the pair and of the two of the request."""
    columns = ", ".join(f"{column} = %s" for column in values)
    return f"UPDATE accounts_profile SET {columns} {OF_NAMES}", [*values.values(), NAMES]


def letter(**values: Any) -> tuple[str, list[Any]]:
    """The same for the e-mail to the mentor who was asked."""
    columns = ", ".join(f"{column} = %s" for column in values)
    return f"UPDATE outbox_letter SET {columns} WHERE person_id = %s", [*values.values(), ASKED]


def event(actor: str, verb: str, subject_type: str, fields: str) -> tuple[str, list[Any]]:
    """A statement that adds a line of history of which nobody knows how to tell it."""
    columns = "(at, actor, verb, subject_type, fields, subject_id, cohort_id)"
    kept = "SELECT at, %s, %s, %s, %s, subject_id, cohort_id FROM common_event WHERE cohort_id IS NOT NULL"
    return f"INSERT INTO common_event {columns} {kept}", [actor, verb, subject_type, fields]


ASKED = "the mentor who was asked"
NOBODY = "00000000-0000-0000-0000-000000000000"
ALERT = "UPDATE matching_alert SET facts = %s"
ODD_DAYS = {"mentee": ["no day"], "mentor": 5, "last_answer": "never"}
OF_ASKED = "WHERE person_id = %s"
# What is spoilt (the area, and the statement with its parameters), by what it is.
POISONS: dict[str, tuple[str, tuple[str, list[Any]]]] = {
    "zone of nowhere": ("people", profile(zone="Europe/Nowhere")),
    "no zone": ("people", profile(zone="")),
    "zone that is a folder": ("people", profile(zone="Europe")),
    "zone outside of the folder": ("people", profile(zone="../../etc/passwd")),
    "country": ("people", profile(country="zz")),
    "region": ("people", profile(region="zz")),
    "region of another country": ("people", profile(region="QC")),
    "no country": ("people", profile(country="")),
    "language of pages": ("people", profile(language="xx-bad")),
    "no language of pages": ("people", profile(language="")),
    "languages spoken": ("people", profile(languages=["zz", ""])),
    "a language that is nothing": ("people", profile(languages=[None, "en"])),
    "languages in two dimensions": ("people", profile(languages=[["en"], ["de"]])),
    "hours of one moment": ("people", profile(work_starts="09:00", work_ends="09:00")),
    "hours to the second": ("people", profile(work_starts="09:07:31.5", work_ends="09:07:59")),
    "function": ("people", profile(function="wizard")),
    "seniority": ("people", profile(seniority=30000)),
    "theme": ("people", profile(theme="<b>")),
    "no profile": ("people", ("DELETE FROM accounts_profile WHERE headline <> %s", [""])),
    "no name": ("people", ("UPDATE accounts_user SET name = '' WHERE name = %s", ["Lena Vogt"])),
    "industry preference": ("people", ("UPDATE accounts_menteeprofile SET industry_preference = %s", ["whatever"])),
    "depth": ("people", ("UPDATE accounts_expertise SET depth = %s", [7])),
    "topic": ("people", ("UPDATE accounts_topic SET name = %s", [""])),
    "industry": ("people", ("UPDATE accounts_organisation SET industry = %s, country = %s", ["alchemy", "zz"])),
    "kind of tie": ("people", (f"UPDATE accounts_affiliation SET kind = %s {OF_NAMES}", ["vassal", NAMES])),
    "entries of private lists": ("people", ("UPDATE accounts_neverwith SET named = %s", [SEALED])),
    "whom entries belong to": ("people", ("UPDATE accounts_neverwith SET belongs_to = %s", [SEALED])),
    "no bytes of entries": ("people", ("UPDATE accounts_neverwith SET named = %s", [b""])),
    "key of private lists": (
        "people",
        ("UPDATE common_contentkey SET wrapped = 'x' WHERE id = %s", [str(LIST_KEY)]),
    ),
    "no key of private lists": ("people", ("DELETE FROM common_contentkey WHERE id = %s", [str(LIST_KEY)])),
    "address": ("people", ("UPDATE accounts_user SET email = 'none' WHERE name = %s", ["Tomas Varga"])),
    "line break in an address": (
        "people",
        ("UPDATE accounts_user SET email = %s WHERE name = 'Tomas Varga'", ["a@b.example\nx"]),
    ),
    "tie of the year one": (
        "people",
        (f"UPDATE accounts_affiliation SET starts_on = '0001-01-01', ends_on = '0001-01-02' {OF_ASKED}", [ASKED]),
    ),
    "leave without end": (
        "people",
        ("UPDATE accounts_leave SET starts_on = %s, ends_on = '9999-12-31'", ["0001-01-01"]),
    ),
    "quiet without end": (
        "people",
        ("UPDATE accounts_quietperiod SET starts_on = %s, ends_on = '9999-12-31'", ["0001-01-01"]),
    ),
    "state of an enrolment": ("people", (f"UPDATE cohorts_enrolment SET state = 'odd' {OF_ASKED}", [ASKED])),
    "cohort to the end of time": (
        "people",
        (
            "UPDATE cohorts_cohort SET starts_on = %s, ends_on = '9999-12-31', name = ''",
            ["0001-01-01"],
        ),
    ),
    "cadence unit": ("words", ("UPDATE engagements_agreement SET check_in_unit = %s", ["moon"])),
    "cadence day": ("words", ("UPDATE engagements_agreement SET check_in_nth = %s, check_in_weekday = 9", [9])),
    "state of a check-in": (
        "words",
        ("UPDATE engagements_checkin SET state = %s WHERE state = 'scheduled'", ["lost"]),
    ),
    "answers": ("words", ("UPDATE engagements_checkin SET connection = %s WHERE connection > 0", [99])),
    "sealed amendments": ("words", ("UPDATE engagements_agreement SET amendments = %s", [SEALED])),
    "sealed line": ("words", ("UPDATE engagements_checkin SET line = %s WHERE line IS NOT NULL", [SEALED])),
    "sealed notes": ("words", ("UPDATE matching_request SET note = %s", [SEALED])),
    "sealed notes cut off": ("words", ("UPDATE matching_request SET note = substring(note FOR %s)", [5])),
    "sealed notes of nothing": ("words", ("UPDATE matching_request SET note = %s", [b""])),
    "key of another master": ("words", ("UPDATE common_contentkey SET master = %s", ["gone"])),
    "damaged keys": ("words", ("UPDATE common_contentkey SET wrapped = %s", [b"short"])),
    "no bytes of a key": ("words", ("UPDATE common_contentkey SET wrapped = %s", [b""])),
    "state of a request": ("words", ("UPDATE matching_request SET state = %s WHERE state = 'pending'", ["odd"])),
    "origin of a request": ("desk", ("UPDATE matching_request SET origin = %s", ["stork"])),
    "planned end at the end of time": ("words", ("UPDATE matching_pairing SET planned_end = %s", ["9999-12-31"])),
    "alert facts of another shape": ("desk", (ALERT, [json.dumps({"odd": 1})])),
    "alert facts that are a list": ("desk", (ALERT, [json.dumps([1, 2])])),
    "alert facts without days": ("desk", (ALERT, [json.dumps(ODD_DAYS)])),
    "kind of an alert": ("desk", ("UPDATE matching_alert SET kind = %s", ["rumour"])),
    "alert about nothing": (
        "desk",
        ("UPDATE matching_alert SET subject_type = 'ghost', pairing_id = NULL, subject_id = %s", [NOBODY]),
    ),
    "report of a run": ("desk", ("UPDATE matching_matchrun SET report = %s, weights = '{}'", ["{}"])),
    "reasons of a proposal": ("desk", ("UPDATE matching_proposal SET reasons = %s", [json.dumps([{"key": "stars"}])])),
    "kind of an e-mail": ("desk", letter(kind="rumour")),
    "e-mail about nothing": ("desk", letter(subject_id=NOBODY)),
    "reason of an e-mail": ("desk", letter(reason="odd", detail="%(nothing)s %")),
    "detail of an e-mail": ("desk", letter(reason="answered", detail="%(nothing)s %")),
    "occasion of an e-mail": ("desk", letter(occasion="odd")),
    "verb of an event": ("desk", event("witch", "enchant", "ghost", ", ,")),
    "actor of an event": ("desk", event("witch", "pause", "pairing", "")),
}
# What the database itself refuses, and which guard says so.
REFUSED = {
    "hours of one moment": "profile_hours_have_length",
    "answers": "check_in_answer_fits_state",
    "cadence day": "agreement_day_goes_with_months",
}
# Guards that have to go before the value can be put in, as by a damaged disk.
BENEATH = {
    "state of an enrolment": ("enrolment_transition", "enrolment_state_known"),
    "state of a request": ("request_transition", "request_state_known"),
    "state of a check-in": ("check_in_transition", "check_in_state_known"),
    **dict.fromkeys(("cadence unit", "cadence day", "sealed amendments"), ("agreement_kept",)),
}


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
