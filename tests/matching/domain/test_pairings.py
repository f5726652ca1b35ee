"""The pairing's states, and what each step leads to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import MentorProfile
from cohorts.models import Enrolment
from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from matching.domain import pairings, requests, shortlist
from matching.models import Alert, ChemistryAnswer, Pairing, Pause, Request
from matching.models.alerts import AlertKind
from matching.signals import pairing_changed
from matching.states import PairingState
from matching.tasks import sweep_independence, sweep_pairings, sweep_requests
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, signed
from tests.stress.unguarded import drop

pytestmark = pytest.mark.django_db


def introduced(mentee=None, mentor=None):
    if mentee is None:
        mentee, mentor = couple()
    asked = requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    return requests.accept(request=asked, user=mentor.person, now=NOW)


def told(kind):
    return {letter.person_id for letter in Letter.objects.filter(kind=kind, state=LetterState.PENDING)}


class TestChemistry:
    def test_a_yes_is_private_until_both_said_so(self):
        made = introduced()
        pairings.answer_chemistry(pairing=made, user=made.mentee, go_ahead=True, now=NOW)
        assert told("chemistry_agreed") == set()
        pairings.answer_chemistry(pairing=made, user=made.mentor, go_ahead=True, now=NOW)
        assert told("chemistry_agreed") == {made.mentee_id, made.mentor_id}

    @pytest.mark.parametrize("side", ["mentee", "mentor"])
    def test_a_no_ends_it_without_naming_anybody_and_asks_the_next_wish(self, side):
        mentee, mentor = couple()
        second = enrolment(mentee.cohort, role=Role.MENTOR)
        shortlist.add(mentee_enrolment=mentee, mentor_enrolment=second, user=mentee.person, now=NOW)
        made = introduced(mentee, mentor)
        pairings.answer_chemistry(pairing=made, user=getattr(made, side), go_ahead=False, now=NOW)
        made = Pairing.objects.get(pk=made.pk)
        assert (made.state, made.end_class, made.ended_by, made.ended_at) == ("ended_early", "chemistry", None, NOW)
        ending = Event.objects.get(subject_id=made.pk, verb="end_early")
        assert (ending.person, ending.actor) == (None, "system")
        assert told("pairing_ended") == {made.mentee_id, made.mentor_id}
        assert told("introduced_idle") == set()
        assert Request.objects.pending().get().mentor_enrolment == second
        assert MentorProfile.objects.get(person=mentor.person).open_pairings == 0

    @pytest.mark.parametrize("no", ["mentee", "mentor"])
    @pytest.mark.parametrize("other_has_said_yes", [True, False])
    def test_no_row_says_who_said_no(self, no, other_has_said_yes):
        """Whoever reads the database: what is left is the same, whichever of the two it was."""
        made = introduced()
        if other_has_said_yes:
            other = made.mentor if no == "mentee" else made.mentee
            pairings.answer_chemistry(pairing=made, user=other, go_ahead=True, now=NOW)
        pairings.answer_chemistry(pairing=made, user=getattr(made, no), go_ahead=False, now=NOW)
        assert not ChemistryAnswer.objects.exists()
        lines = Event.objects.filter(subject_id=made.pk).exclude(verb="introduce")
        assert {(line.user_id, line.actor, line.person_id) for line in lines} == {(None, "system", None)}
        assert Pairing.objects.get(pk=made.pk).ended_by is None

    def test_a_yes_may_become_a_no(self):
        made = introduced()
        pairings.answer_chemistry(pairing=made, user=made.mentee, go_ahead=True, now=NOW)
        pairings.answer_chemistry(pairing=made, user=made.mentee, go_ahead=False, now=NOW)
        assert Pairing.objects.get(pk=made.pk).state == PairingState.ENDED_EARLY

    @pytest.mark.parametrize("side", ["mentee", "mentor"])
    def test_what_both_were_told_of_stands(self, side):
        """A page from before the other's yes ends nothing that both have heard goes ahead."""
        made = introduced()
        for person in (made.mentee, made.mentor):
            pairings.answer_chemistry(pairing=made, user=person, go_ahead=True, now=NOW)
        with pytest.raises(WrongState):
            pairings.answer_chemistry(pairing=made, user=getattr(made, side), go_ahead=False, now=NOW)
        assert Pairing.objects.get(pk=made.pk).state == PairingState.INTRODUCED
        assert ChemistryAnswer.objects.filter(go_ahead=True).count() == 2

    def test_a_coordinator_has_no_answer(self):
        with pytest.raises(NotPermitted):
            pairings.answer_chemistry(pairing=introduced(), user=people.person(), go_ahead=True, now=NOW)


def test_activation_takes_two_yeses():
    made = introduced()
    pairings.answer_chemistry(pairing=made, user=made.mentee, go_ahead=True, now=NOW)
    with pytest.raises(WrongState):
        pairings.activate(pairing=made, planned_end=date(2026, 9, 1), now=NOW)
    pairings.answer_chemistry(pairing=made, user=made.mentor, go_ahead=True, now=NOW)
    signed(made)
    begun = pairings.activate(pairing=made, planned_end=date(2026, 9, 1), now=NOW)
    assert (begun.state, begun.activated_at, begun.planned_end) == ("active", NOW, date(2026, 9, 1))
    assert told("introduced_idle") == told("chemistry_agreed") == set()


class TestPausing:
    def test_the_planned_end_moves_by_the_days_rested(self):
        made = pairing(*couple(), state=PairingState.ACTIVE)
        pairings.pause(pairing=made, user=made.mentee, actor=Actor.MENTEE, until=date(2026, 4, 30), now=NOW)
        assert told("pairing_paused") == {made.mentor_id}
        back = pairings.resume(pairing=made, user=made.mentor, actor=Actor.MENTOR, now=NOW + timedelta(days=10))
        assert back.planned_end == date(2026, 12, 21)
        assert told("pairing_paused") == set()
        assert told("pairing_resumed") == {made.mentee_id}

    def test_it_goes_on_by_itself_the_day_after(self):
        made = pairing(*couple(), state=PairingState.ACTIVE)
        pairings.pause(pairing=made, user=made.mentee, actor=Actor.MENTEE, until=date(2026, 3, 20), now=NOW)
        assert pairings.resume_due(now=datetime(2026, 3, 20, 23, 0, tzinfo=UTC)) == 0
        assert pairings.resume_due(now=datetime(2026, 3, 21, 0, 0, tzinfo=UTC)) == 1
        made.refresh_from_db()
        assert (made.state, made.planned_end) == ("active", date(2026, 12, 22))
        assert told("pairing_resumed") == {made.mentee_id, made.mentor_id}

    @pytest.mark.parametrize("until", [date(2026, 3, 10), date(2026, 3, 1), date(2027, 3, 10)])
    def test_the_day_lies_ahead_and_not_too_far(self, until):
        made = pairing(*couple(), state=PairingState.ACTIVE)
        with pytest.raises(Refused) as refused:
            pairings.pause(pairing=made, user=made.mentee, actor=Actor.MENTEE, until=until, now=NOW)
        assert refused.value.field == "until"


class TestEnding:
    def test_the_planned_end_begins_the_closing_and_thirty_days_complete_it(self):
        made = pairing(*couple(), state=PairingState.ACTIVE, planned_end=date(2026, 6, 1))
        # a minute to midnight in London
        assert pairings.sweep_closing(now=datetime(2026, 5, 31, 22, 59, tzinfo=UTC)) == 0
        begun = datetime(2026, 6, 1, 0, 1, tzinfo=UTC)
        assert pairings.sweep_closing(now=begun) == 1
        assert told("pairing_closing") == {made.mentee_id, made.mentor_id}
        assert pairings.sweep_closing(now=begun + timedelta(days=29)) == 0
        assert pairings.sweep_closing(now=begun + timedelta(days=30)) == 1
        made.refresh_from_db()
        assert (made.state, made.ended_at) == ("completed", begun + timedelta(days=30))
        assert told("pairing_closing") == set()
        assert told("pairing_completed") == {made.mentee_id, made.mentor_id}

    def test_early_with_a_class_for_the_coordinator_and_words_for_nobody(self):
        made = introduced()
        pairings.end_early(
            pairing=made, user=made.mentor, actor=Actor.MENTOR, end_class="time", text="Private words", now=NOW
        )
        made = Pairing.objects.get(pk=made.pk)
        assert (made.state, made.end_class, made.ended_by) == ("ended_early", "time", made.mentor)
        assert b"Private" not in bytes(made.end_text)
        assert made.read("end_text") == "Private words"
        assert told("pairing_ended") == {made.mentee_id}
        assert Enrolment.objects.get(pk=made.mentee_enrolment_id).priority_since == NOW
        assert Enrolment.objects.get(pk=made.mentor_enrolment_id).open_pairings == 0

    def test_a_mentee_who_ends_it_is_not_put_first(self):
        made = introduced()
        pairings.end_early(pairing=made, user=made.mentee, actor=Actor.MENTEE, end_class="fit", now=NOW)
        assert Enrolment.objects.get(pk=made.mentee_enrolment_id).priority_since is None

    def test_a_running_pause_ends_with_it(self):
        made = pairing(*couple(), state=PairingState.ACTIVE)
        pairings.pause(pairing=made, user=made.mentee, actor=Actor.MENTEE, until=date(2026, 4, 30), now=NOW)
        pairings.end_early(pairing=made, user=made.mentee, actor=Actor.MENTEE, end_class="moved", now=NOW)
        assert Pause.objects.get().resumed_at == NOW

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            ({"end_class": "mood"}, "end_class"),
            ({"end_class": "chemistry"}, "end_class"),
            ({"end_class": "fit", "text": "x" * 1201}, "text"),
        ],
    )
    def test_bad_input_names_its_field(self, words, field):
        made = introduced()
        with pytest.raises(Refused) as refused:
            pairings.end_early(pairing=made, user=made.mentee, actor=Actor.MENTEE, now=NOW, **words)
        assert refused.value.field == field

    def test_a_coordinator_never_ends_their_own(self):
        coordinator = people.mentor()
        mentee, mentor = couple(cohort(coordinators=(coordinator,)), mentor=coordinator)
        made = introduced(mentee, mentor)
        with pytest.raises(NotPermitted):
            pairings.end_early(pairing=made, user=coordinator, actor=Actor.COORDINATOR, end_class="fit", now=NOW)

    @pytest.mark.parametrize("actor", [Actor.CLOCK, Actor.SYSTEM])
    def test_nobody_acts_as_the_clock(self, actor):
        made = pairing(*couple(), state=PairingState.CLOSING)
        with pytest.raises(NotPermitted):
            pairings.complete(pairing=made, user=made.mentee, actor=actor, now=NOW)


class TestMeetingAgain:
    def test_it_takes_both(self):
        mentee, mentor = couple()
        made = introduced(mentee, mentor)
        with pytest.raises(WrongState):
            pairings.pair_again(pairing=made, user=made.mentee, now=NOW)
        made = pairings.end_early(pairing=made, user=made.mentee, actor=Actor.MENTEE, end_class="time", now=NOW)
        pairings.pair_again(pairing=made, user=made.mentee, now=NOW)
        with pytest.raises(Refused) as refused:
            introduced(mentee, mentor)
        assert refused.value.code == "paired_before"
        pairings.pair_again(pairing=made, user=made.mentor, now=NOW)
        assert introduced(mentee, mentor).state == PairingState.INTRODUCED

    def test_strangers_have_no_say(self):
        with pytest.raises(NotPermitted):
            pairings.pair_again(pairing=pairing(*couple(), state="completed"), user=people.person(), now=NOW)


def test_an_introduction_that_idles_alerts_the_coordinators_once():
    coordinator = people.person()
    made = introduced(*couple(cohort(coordinators=(coordinator,))))
    on_time = datetime(2026, 3, 31, 8, 0, tzinfo=UTC)  # 09:00 in London, 15 working days on
    assert pairings.sweep_introduced(now=on_time - timedelta(minutes=1)) == 0
    for _twice in range(2):
        assert pairings.sweep_introduced(now=on_time) == 1
    raised = Alert.objects.get()
    assert (raised.kind, raised.subject_id) == (AlertKind.INTRODUCED_IDLE, made.pk)
    assert told("coordinator_alert") == {coordinator.pk}
    for side in (made.mentee, made.mentor):
        pairings.answer_chemistry(pairing=made, user=side, go_ahead=True, now=on_time)
    signed(made)
    pairings.activate(pairing=made, planned_end=date(2026, 9, 1), now=on_time)
    assert not Alert.objects.open().exists()


def test_every_step_is_told_inside_its_transaction():
    heard = []

    def hear(sender, *, pairing, verb, now, **_more):
        heard.append((verb, pairing.state, now))

    pairing_changed.connect(hear)
    try:
        made = introduced()
        pairings.end_early(pairing=made, user=made.mentee, actor=Actor.MENTEE, end_class="time", now=NOW)
    finally:
        pairing_changed.disconnect(hear)
    assert heard == [("introduce", "introduced", NOW), ("end_early", "ended_early", NOW)]


def test_a_receiver_that_raises_undoes_the_step():
    def refuse(sender, **_words):
        raise Refused("not now")

    made = introduced()
    pairing_changed.connect(refuse)
    try:
        with pytest.raises(Refused):
            pairings.end_early(pairing=made, user=made.mentee, actor=Actor.MENTEE, end_class="time", now=NOW)
    finally:
        pairing_changed.disconnect(refuse)
    assert Pairing.objects.get(pk=made.pk).state == PairingState.INTRODUCED


def test_one_that_is_gone_is_a_wrong_state():
    made = introduced()
    mentee = made.mentee
    drop("pairing_kept")
    Pairing.objects.filter(pk=made.pk).delete()
    with pytest.raises(WrongState):
        pairings.end_early(pairing=made, user=mentee, actor=Actor.MENTEE, end_class="time", now=NOW)
    with pytest.raises(WrongState):
        pairings.pause(pairing=made, user=mentee, actor=Actor.MENTEE, until=date(2026, 4, 1), now=NOW)


def test_the_clock_pokes_all_of_it():
    old = NOW - timedelta(days=3000)
    asked = requests.ask(
        mentee_enrolment=(two := couple(cohort(starts_on=date(2017, 1, 1))))[0],
        mentor_enrolment=two[1],
        user=two[0].person,
        now=old,
    )
    resting = pairing(*couple(), state=PairingState.PAUSED)
    Pause.objects.create(pairing=resting, since=old, until=old.date())
    for sweep in (sweep_requests, sweep_pairings, sweep_independence):
        sweep()
    asked.refresh_from_db()
    resting.refresh_from_db()
    assert (asked.state, resting.state) == ("expired", "active")


def test_only_the_clock_is_nobody():
    made = pairing(*couple(), state=PairingState.CLOSING, closing_since=NOW - timedelta(days=30))
    with pytest.raises(NotPermitted):
        pairings.complete(pairing=made, user=None, actor=Actor.MENTEE, now=NOW)
    assert pairings.complete(pairing=made, user=None, actor=Actor.CLOCK, now=NOW).state == PairingState.COMPLETED
