"""A no that was not meant: a coordinator takes the pairing up again, and nobody learns whose it was."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import NeverWith
from cohorts.models import Cohort
from common.errors import NotPermitted, Refused, WrongState
from common.history import tell
from common.models import Event
from common.transitions import Actor
from matching.domain import pairings, requests, taking_up
from matching.models import ChemistryAnswer, Pairing, Request
from matching.models.pairings import EndClass
from matching.states import PairingState
from outbox.kinds import person_of, registered
from outbox.models import Letter, LetterState
from tests import people
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def ended_by_a_no(side: str = "mentee", *, yes_before: bool = False) -> Pairing:
    coordinator = people.person("Clara Coordinator")
    made = factories.pairing(*factories.couple(factories.cohort(coordinators=(coordinator,))))
    other = made.mentor if side == "mentee" else made.mentee
    if yes_before:
        pairings.answer_chemistry(pairing=made, user=other, go_ahead=True, now=NOW)
    pairings.answer_chemistry(pairing=made, user=getattr(made, side), go_ahead=False, now=NOW)
    return Pairing.objects.get(pk=made.pk)


def take_up(made: Pairing, **words: Any) -> Pairing:
    said = {"user": made.cohort.coordinators.get(), "actor": Actor.COORDINATOR, "now": LATER, **words}
    return taking_up.take_up_again(pairing=made, **said)


def waiting(made: Pairing, kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind, subject_id=made.pk, state=LetterState.PENDING))


def test_the_two_are_introduced_as_before_told_and_asked_anew() -> None:
    made = ended_by_a_no(yes_before=True)
    again = take_up(made)
    assert (again.state, again.end_class, again.ended_at, again.introduced_at) == ("introduced", "", None, LATER)
    two = {made.mentee_id, made.mentor_id}
    assert {letter.person_id for letter in waiting(made, "pairing_taken_up")} == two
    assert len(waiting(made, "introduced_idle")) == 4
    assert waiting(made, "pairing_ended") == []
    assert not ChemistryAnswer.objects.exists()
    for person in (made.mentee, made.mentor):
        pairings.answer_chemistry(pairing=again, user=person, go_ahead=True, now=LATER)
    assert len(waiting(made, "chemistry_agreed")) == 2
    assert "Clara Coordinator took up the pairing" in tell(list(Event.objects.filter(verb="take_up_again")))[0]
    made.mentee_enrolment.refresh_from_db()
    assert (made.mentee_enrolment.priority_since, made.mentee_enrolment.next_request_since) == (None, None)


def test_whose_answer_it_was_can_be_told_from_nothing() -> None:
    kept = []
    for side, yes_before in (("mentee", False), ("mentor", False), ("mentee", True), ("mentor", True)):
        made = take_up(ended_by_a_no(side, yes_before=yes_before))
        texts = {
            registered()[letter.kind].render(letter, person_of(letter)).subject
            for letter in waiting(made, "pairing_taken_up")
        }
        events = Event.objects.filter(subject_id=made.pk).exclude(verb="answer_chemistry").order_by("id")
        told = [(each.verb, each.actor, each.user_id == made.cohort.coordinators.get().pk) for each in events]
        kept.append((texts, told, made.ended_by, made.chemistry_answers.count()))
    assert kept[0] == kept[1] == kept[2] == kept[3]


def test_it_can_end_and_be_taken_up_once_more() -> None:
    made = take_up(ended_by_a_no())
    pairings.answer_chemistry(pairing=made, user=made.mentor, go_ahead=False, now=LATER)
    again = take_up(Pairing.objects.get(pk=made.pk), now=LATER + timedelta(days=1))
    assert again.state == PairingState.INTRODUCED
    assert len(waiting(made, "introduced_idle")) == 4


def asked_another(made: Pairing) -> None:
    factories.request(made.mentee_enrolment, factories.enrolment(made.cohort, role="mentor"), at=NOW)


def found_another(made: Pairing) -> None:
    factories.pairing(made.mentee_enrolment, factories.enrolment(made.cohort, role="mentor"))


def became_colleagues(made: Pairing) -> None:
    people.affiliation(made.mentor, made.mentee.affiliations.get().organisation)


def never_again(made: Pairing) -> None:
    NeverWith.objects.put(owner=made.mentor, person=made.mentee)


def no_place_left(made: Pairing) -> None:
    made.mentor.mentor_profile.capacity = 0
    made.mentor.mentor_profile.save()


def cohort_over(made: Pairing) -> None:
    Cohort.objects.filter(pk=made.cohort_id).update(ends_on=NOW.date())


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (asked_another, "asked somebody else meanwhile"),
        (found_another, "found another mentor"),
        (became_colleagues, "Both work for the same organisation"),
        (never_again, "not available"),
        (no_place_left, "not available"),
        (cohort_over, "ended on"),
    ],
)
def test_what_stands_against_it_refuses_it_and_private_reasons_read_like_others(happened: Any, said: str) -> None:
    made = ended_by_a_no()
    happened(made)
    made = Pairing.objects.select_related("cohort").get(pk=made.pk)
    with pytest.raises(Refused, match=said):
        take_up(made)
    assert Pairing.objects.get(pk=made.pk).state == PairingState.ENDED_EARLY


def test_only_a_coordinator_who_is_none_of_the_two_and_only_after_a_no() -> None:
    made = ended_by_a_no()
    for user, actor in ((made.mentee, Actor.MENTEE), (people.person(), Actor.COORDINATOR)):
        with pytest.raises(Refused) as refused:
            take_up(made, user=user, actor=actor)
        assert isinstance(refused.value, NotPermitted)
    Pairing.objects.filter(pk=made.pk).update(end_class=EndClass.TIME)
    with pytest.raises(WrongState):
        take_up(made)


def test_the_next_wish_that_was_asked_meanwhile_is_withdrawn_first() -> None:
    made = ended_by_a_no()
    asked_another(made)
    coordinator = made.cohort.coordinators.get()
    requests.withdraw(
        request=Request.objects.pending().get(), user=coordinator, actor=Actor.COORDINATOR, ask_next=False, now=LATER
    )
    assert take_up(made).state == PairingState.INTRODUCED
