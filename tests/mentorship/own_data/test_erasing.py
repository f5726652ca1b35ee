"""Somebody is erased: nothing of theirs is found again, and everybody else's pages, runs and sweeps go on as before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.domain import erasing, invitations
from accounts.domain import people as joining
from accounts.models import AddressChange, Affiliation, Aim, Invitation, NeverWith, Profile, User
from accounts.models.private_lists import LIST_KEY
from accounts.tasks import sweep_addresses
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common import invariants
from common.models import ContentKey, Event, SealedField
from engagements.domain import decisions, goals
from engagements.domain.goals import GoalWords
from engagements.models import Agreement, CheckIn, Decision, Goal, GoalEntry, Milestone, StockAnswer
from engagements.tasks import sweep_check_ins, sweep_outcomes
from matching.domain import runs
from matching.domain.alerts import alert
from matching.domain.waivers import waive
from matching.models import Alert, Pairing, Request, ShortlistEntry
from matching.models.alerts import AlertKind
from matching.tasks import sweep_independence, sweep_pairings, sweep_requests
from mentorship.own_data import erasing as carrying_out
from mentorship.own_data import taking
from mentorship.own_data.erasure import ANSWERS, NOBODYS, WORDS_THAT_STAY, Empty
from mentorship.own_data.registry import KEPT
from mentorship.own_data.tasks import sweep_erasures
from outbox.domain import enclosures
from outbox.domain.delivery import deliver_due
from outbox.models import Enclosure, Letter
from tests import people
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.matching import factories
from tests.matching.factories import NOW
from tests.sentinels import dump, hits, mark

pytestmark = pytest.mark.django_db

NAME, ADDRESS = "Zuleika Quartermain", "zuleika@quartermain.example"
DUE = NOW + erasing.DELAY
PLAIN = (
    *("phone", "headline", "city", "offer", "intake", "aim", "title", "why", "note", "log", "former", "detail"),
    "session",
)


@dataclass
class World:
    """A mentor who has also been a mentee, and all that was written by and about them."""

    person: User
    pairing: Pairing
    before: Pairing
    coordinator: User
    marks: dict[str, str] = field(default_factory=lambda: {name: mark() for name in PLAIN})
    sealed: dict[str, str] = field(default_factory=dict)
    was: bytes = b""
    letters: list[Any] = field(default_factory=list)

    @property
    def other(self) -> User:
        return self.pairing.mentee

    @property
    def plain(self) -> dict[str, str]:
        return {"name": NAME, "address": ADDRESS, **self.marks}


def build() -> World:
    coordinator = people.person("Ingrid Solberg", staff=True)
    here = factories.cohort("Spring", coordinators=(coordinator,))
    person = people.mentor(NAME, email=ADDRESS, capacity=3)
    mentor = factories.enrolment(here, person, Role.MENTOR)
    pairing = stories.active(
        mentee=factories.enrolment(here, people.mentee("Amara Diallo")),
        mentor=mentor,
        terms={"amendments": "Terms of the other side"},
    )
    earlier = factories.cohort("Autumn")
    joining.become_mentee(person)
    before = factories.pairing(
        factories.enrolment(earlier, person), state="ended_early", ended_by=person, activated_at=None
    )
    world = World(person, pairing, before, coordinator)
    fill_profile(world)
    fill_pairings(world, mentor)
    fill_what_others_keep(world)
    return world


def fill_profile(world: World) -> None:
    person, marks = world.person, world.marks
    Profile.objects.filter(person=person).update(**{name: marks[name][:40] for name in ("phone", "headline", "city")})
    type(person.mentor_profile).objects.filter(person=person).update(about=marks["offer"])
    type(person.mentee_profile).objects.filter(person=person).update(about=marks["intake"])
    Aim.objects.create(mentee=person.mentee_profile, rank=1, topic=people.topic(), text=marks["aim"])
    Affiliation.objects.filter(person=person).update(title=marks["title"])
    EmailAddress.objects.create(user=person, email=ADDRESS, verified=True, primary=True)
    AddressChange.objects.create(
        person=person,
        old=f"{marks['former']}@x.example".lower(),
        new=ADDRESS,
        asked_at=NOW,
        takes_effect_at=DUE,
        done_at=DUE,
    )
    marks["former"] = marks["former"].lower()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    Session.objects.create(session_key="old", session_data=marks["session"], expire_date=NOW - timedelta(days=4000))
    for key, address in (("tried", ADDRESS), ("another", "another@example.org")):
        data = SessionStore().encode({"login_code": {"email": address}})
        Session.objects.create(session_key=key, session_data=data, expire_date=NOW + timedelta(days=4000))
    NeverWith.objects.put(owner=person, email="rival@example.org")
    Invitation.objects.create(
        email=ADDRESS,
        name=NAME,
        created_at=NOW,
        expires_at=DUE,
        token_hash="one",
        completed_at=NOW,
        completed_by=person,
    )


def fill_pairings(world: World, mentor: Enrolment) -> None:
    Request.objects.filter(pk=world.before.request_id).update(note=None)
    asked, ended = world.before.request, world.before
    asked.write("note", "Sealed note")
    asked.save()
    ended.write("end_text", "Sealed end")
    ended.save()
    declined = factories.request(None, mentor, state="declined", note="Note of another")
    declined.write("decline_text", "Sealed decline")
    declined.save()
    Agreement.objects.create(
        pairing=world.pairing,
        version=9,
        check_in_every=4,
        planned_end=world.pairing.planned_end,
        written_by=world.person,
        written_at=NOW,
    )
    last = Agreement(
        pairing=world.pairing,
        version=10,
        check_in_every=4,
        planned_end=world.pairing.planned_end,
        written_by=world.person,
        written_at=NOW,
    )
    last.write("amendments", "Sealed terms")
    last.save()
    for side in Role.values:
        stories.answered(stories.check_in(world.pairing, side), line=f"Line of the {side}")
    words = GoalWords("Sealed title", milestones=("Sealed step",))
    goals.propose(pairing=world.pairing, user=world.person, words=words, line="Sealed proposal", now=NOW)
    goals.propose(pairing=world.pairing, user=world.other, words=GoalWords("Goal of the mentee"), now=NOW)
    asked = stories.asked(world.pairing, title="Decision of the mentee")
    view = decisions.View(consequences="Sealed view")
    decisions.give_view(decision=asked, user=world.person, view=view, now=NOW)
    for side in Role.values:
        stories.stock_taken(world.pairing, side, strengths=f"Strengths, says the {side}")
    wanted = factories.enrolment(world.before.cohort, role=Role.MENTOR)
    entry = ShortlistEntry(mentee=world.before.mentee_enrolment, mentor=wanted, rank=1, key=ContentKey.make())
    entry.write("note", "Sealed wish")
    entry.save()


def fill_what_others_keep(world: World) -> None:
    person, other, marks = world.person, world.other, world.marks
    NeverWith.objects.put(owner=other, email=ADDRESS, person=person)
    NeverWith.objects.put(owner=world.before.mentor, person=person)
    invitations.invite(email=ADDRESS, name=NAME, user=world.coordinator, now=NOW)
    pair = {"mentee": person, "mentor": people.mentor(), "user": people.superuser()}
    waive(cohort=world.before.cohort, **pair, why=marks["why"], until=NOW.date(), now=NOW)
    raised = alert(kind=AlertKind.MENTOR_SILENT, subject=world.pairing.mentor_enrolment, now=NOW)
    Alert.objects.filter(pk=raised.pk).update(note=marks["note"])
    LogEntry.objects.log_actions(
        world.coordinator.pk, User.objects.filter(pk=person.pk), CHANGE, change_message=f"{marks['log']} {NAME}"
    )
    Letter.objects.filter(person=person).update(detail=f"550 {marks['detail']}", state="dead")
    seeking = factories.enrolment(world.pairing.cohort, people.mentee("Lena Vogt"))
    ShortlistEntry.objects.create(mentee=seeking, mentor=world.pairing.mentor_enrolment, rank=1)
    factories.enrolment(world.pairing.cohort, people.mentor("Tomas Varga"), Role.MENTOR)


@pytest.fixture(scope="module")
def world(module_db: None) -> World:
    """Erased, with the dump as it was before, and the e-mails that were sent on the way."""
    built = build()
    built.was = dump()
    erasing.begin(person=built.person, user=built.person, now=NOW)
    assert carrying_out.carry_out_due(now=DUE - timedelta(seconds=1)) == 0
    assert carrying_out.carry_out_due(now=DUE) == 1
    assert carrying_out.carry_out_due(now=DUE) == 0, "once"
    built.letters = list(Letter.objects.filter(kind__in=("partner_account_closed", "partner_erased")))
    return built


@pytest.fixture
def clock(settings: Any) -> Iterator[type[FrozenClock]]:
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = DUE
    yield FrozenClock
    FrozenClock.moment = NOW


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


# --- the answers -------------------------------------------------------------------------------


def tables() -> set[str]:
    every = apps.get_models(include_auto_created=True)
    return {model._meta.label for model in every if not model.__module__.startswith("tests.")}


def test_each_table_has_an_answer() -> None:
    assert set(ANSWERS) == tables()
    assert {*tables(), "accounts.Photo"} - set(ANSWERS) == {"accounts.Photo"}, "a new table fails the test"
    assert {kept.model._meta.label for kept in KEPT if ANSWERS[kept.model._meta.label] == NOBODYS} == set()


def words(model: type[models.Model]) -> set[str]:
    """Columns that could hold what somebody wrote."""
    written = (models.CharField, models.TextField, models.JSONField, models.BinaryField, SealedField)
    return {each.name for each in model._meta.concrete_fields if isinstance(each, written) and not each.choices}


@pytest.mark.parametrize("table", sorted(ANSWERS))
def test_no_words_stay_of_which_nothing_is_said(table: str) -> None:
    answer = ANSWERS[table]
    if answer == NOBODYS:
        return
    steps = answer if isinstance(answer, tuple) else ()
    emptied = {name for step in steps if isinstance(step, Empty) for name in (*step.columns, *step.instead)}
    stays = set() if steps and not emptied else words(apps.get_model(table)) - emptied
    assert stays == set(WORDS_THAT_STAY.get(table, ()))


# --- what is left ------------------------------------------------------------------------------


def test_neither_name_nor_address_nor_words_are_found(world: World, clock: Any) -> None:
    assert [name for name, text in world.plain.items() if not hits(world.was, text)] == [], "found before"
    deliver_due(DUE)
    enclosures.clear()
    assert not Enclosure.objects.exists()
    now = dump()
    assert hits(now, world.other.name), "the search finds others"
    assert set(Session.objects.values_list("session_key", flat=True)) & {"old", "tried", "another"} == {"another"}
    assert [name for name, text in world.plain.items() if hits(now, text)] == []


def test_their_sealed_words_are_gone_and_those_of_others_can_be_read(world: World) -> None:
    asked = Request.objects.get(pk=world.before.request_id)
    assert (asked.note, Pairing.objects.get(pk=world.before.pk).end_text) == (None, None)
    declined = Request.objects.get(state="declined")
    assert (declined.decline_text, declined.read("note")) == (None, "Note of another")
    first, *_middle, last = Agreement.objects.filter(pairing=world.pairing).order_by("version")
    assert (first.read("amendments"), last.amendments) == ("Terms of the other side", None)
    lines = {row.side: row.read("line") for row in CheckIn.objects.filter(state="answered")}
    assert lines == {"mentee": "Line of the mentee", "mentor": ""}
    titles = {goal.proposed_by_id == world.person.pk: goal.called() for goal in Goal.objects.all()}
    assert titles == {True: "A goal of a former member", False: "Goal of the mentee"}
    decision = Decision.objects.get()
    assert (decision.called(), decision.consequences) == ("Decision of the mentee", None)
    stock = {row.side: (row.read("strengths"), bool(row.marks)) for row in StockAnswer.objects.all()}
    assert stock == {"mentee": ("Strengths, says the mentee", True), "mentor": ("", False)}
    assert not any(step.text for step in Milestone.objects.all())
    assert not any(entry.line for entry in GoalEntry.objects.filter(by=world.person))
    assert not ShortlistEntry.objects.filter(mentee__person=world.person).exists()
    used = [key for model in (Request, Pairing, ShortlistEntry) for key in model.objects.values_list("key", flat=True)]
    assert set(ContentKey.objects.values_list("pk", flat=True)) == {*used, LIST_KEY} - {None}, "no key opens nothing"


def test_the_row_of_the_person_stays_and_says_a_former_member(world: World) -> None:
    husk = User.objects.get(pk=world.person.pk)
    assert (str(husk), f"{husk.name}", husk.get_short_name()) == ("Former member",) * 3
    assert husk.is_erased
    assert (husk.is_active, husk.is_staff, husk.has_usable_password()) == (False, False, False)
    pairing = Pairing.objects.get(pk=world.pairing.pk)
    assert (pairing.state, pairing.mentor_id) == ("ended_early", husk.pk)
    assert set(Enrolment.objects.filter(person=husk).values_list("state", flat=True)) == {EnrolmentState.WITHDRAWN}
    assert Event.objects.filter(person=husk, verb__in=("ask_erasure", "erase")).count() == 2
    assert Event.objects.filter(mentor=husk, verb="end_early").exists()
    husk.save()
    assert User.objects.get(pk=husk.pk).is_erased, "saved whole, it stays what it is"


def test_lists_of_others_keep_addresses_and_no_page(world: World) -> None:
    by_address = world.other.never_with.opened()
    assert [(entry.email, entry.person_id) for entry in by_address] == [(ADDRESS, None)]
    assert world.before.mentor.never_with.opened() == []


def test_when_both_are_erased_nobody_is_left_to_read_and_the_key_goes(world: World) -> None:
    erasing.begin(person=world.other, user=world.other, now=DUE)
    assert carrying_out.carry_out_due(now=DUE + erasing.DELAY) == 1
    pairing = Pairing.objects.get(pk=world.pairing.pk)
    assert (pairing.key, pairing.request.key) == (None, None)
    assert Pairing.objects.get(pk=world.before.pk).key is not None
    assert invariants.broken((DUE + erasing.DELAY).date()) == {}


# --- the others --------------------------------------------------------------------------------


def test_the_other_side_reads_on_and_names_a_former_member(world: World, clock: Any) -> None:
    client = signed_in(world.other)
    for page in ("pairing", "agreement"):
        shown = client.get(reverse(f"engagements:{page}", args=[world.pairing.pk]))
        assert shown.status_code == 200
        assert "Former member" in shown.content.decode()
        assert "erased.invalid" not in shown.content.decode()
    seeking, asked = signed_in(User.objects.get(name="Lena Vogt")), signed_in(world.before.mentor)
    for page in ("home", "engagements:pairings", "matching:suggestions", "matching:shortlist", "matching:inbox"):
        for who in (client, seeking, asked):
            assert who.get(reverse(page)).status_code in {200, 302}, page  # who seeks nobody is led to another page
    assert "Former member" in seeking.get(reverse("matching:shortlist")).content.decode()
    assert asked.get(reverse("matching:request", args=[world.before.request_id])).status_code == 200
    data = taking.as_json(world.other, now=DUE)
    assert data["data"]["matching_pairing"][0]["mentor"] == "Former member"


def test_the_desk_lists_and_shows_what_is_left(world: World, clock: Any) -> None:
    superuser = people.superuser()
    client = signed_in(superuser)
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{base}_changelist")).status_code == 200, base
    assert client.get(reverse("admin:index")).status_code == 200
    page = client.get(reverse("admin:accounts_user_change", args=[world.person.pk]))
    assert "Former member" in page.content.decode()
    assert page.context["verbs"] == [], "nothing brings them back"
    assert client.get(reverse("admin:accounts_user_history", args=[world.person.pk])).status_code == 200
    history = client.get(reverse("admin:common_event_changelist")).content.decode()
    assert "What was held of a person was erased" in history


def test_runs_sweeps_and_what_must_never_be(world: World, clock: Any) -> None:
    made = runs.make(cohort=world.pairing.cohort, user=world.coordinator, terms=runs.Terms(), now=DUE)
    assert made.matched == 1
    others = (sweep_addresses, sweep_check_ins, sweep_outcomes, sweep_requests, sweep_pairings, sweep_independence)
    for sweep in (sweep_erasures, *others):
        sweep()
    assert invariants.broken(DUE.date()) == {}


def test_who_is_told(world: World, clock: Any) -> None:
    assert {(letter.kind, letter.person_id) for letter in world.letters} == {
        ("partner_account_closed", world.other.pk),
        ("partner_erased", world.other.pk),
    }
    deliver_due(DUE)
    to_other = [message for message in mail.outbox if message.to == [world.other.email]]
    assert any("account of the other side no longer exists" in message.body for message in to_other)
    assert not any(NAME in message.body for message in mail.outbox)
    (last,) = (message for message in mail.outbox if message.to == [ADDRESS])
    assert "is erased" in last.body
    assert not Letter.objects.filter(person=world.person).exists()


def test_nobody_signs_in_and_the_address_is_invited_as_somebody_new(world: World, client: Client) -> None:
    client.post(reverse("account_login"), {"login": ADDRESS, "password": people.PASSWORD})
    assert "_auth_user_id" not in client.session
    assert Invitation.objects.filter(revoked_at=None, completed_at=None).count() == 0
    again = invitations.invite(email=ADDRESS, name=NAME, user=world.coordinator, now=DUE)
    new = invitations.join(token=again.secrets()[0], name=NAME, zone="UTC", now=DUE)
    assert (new.pk != world.person.pk, new.email, new.name) == (True, ADDRESS, NAME)
    assert [entry.person_id for entry in world.other.never_with.opened()] == [new.pk]
    assert not Enrolment.objects.filter(person=new).exists()
