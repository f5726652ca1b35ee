"""Another length: proposed by one, agreed to by the other, signed as a new version; and the end announced."""

from datetime import date, timedelta

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.transitions import Actor
from engagements.domain import lengths
from engagements.models import Agreement
from matching.domain import pairings
from matching.models import Pairing
from outbox.kinds import person_of, registered
from outbox.models import Letter, LetterState
from tests import people
from tests.emails import assert_says_the_same
from tests.engagements import stories
from tests.engagements.stories import END, SECRET
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
LATER, SOONER = date(2027, 3, 12), date(2026, 8, 14)


@pytest.fixture
def pairing():
    return stories.active(terms={"amendments": SECRET})


def propose(pairing, planned_end=LATER, side="mentee", now=NOW):
    return lengths.propose(pairing=pairing, user=getattr(pairing, side), planned_end=planned_end, now=now)


def letters(pairing, kind):
    return list(Letter.objects.filter(pairing_id=pairing.pk, kind=kind, state=LetterState.PENDING))


def days(pairing, side="mentee"):
    rows = pairing.check_ins.filter(side=side).exclude(state="cancelled")
    return list(rows.order_by("day").values_list("day", flat=True))


@pytest.mark.parametrize("planned_end", [LATER, SOONER])
def test_both_agree_and_a_new_version_says_so(pairing, planned_end):
    proposal = propose(pairing, planned_end)
    pairing.refresh_from_db()
    assert pairing.planned_end == END
    assert [letter.person for letter in letters(pairing, "length_proposed")] == [pairing.mentor]
    at = NOW + timedelta(hours=3)
    assert lengths.agree(proposal=proposal, user=pairing.mentor, now=at).state == "agreed"
    pairing.refresh_from_db()
    assert pairing.planned_end == planned_end
    version = Agreement.objects.filter(pairing=pairing).first()
    assert (version.version, version.planned_end, version.signed_sides()) == (2, planned_end, {"mentee", "mentor"})
    assert version.words_from().read("amendments") == SECRET
    assert version.written_by == pairing.mentee
    assert max(days(pairing)) < planned_end
    assert (planned_end == LATER) == (max(days(pairing)) >= END)
    assert letters(pairing, "length_proposed") == []
    assert [letter.person for letter in letters(pairing, "length_answered")] == [pairing.mentee]
    third = lengths.propose(pairing=pairing, user=pairing.mentor, planned_end=END, now=at)
    lengths.agree(proposal=third, user=pairing.mentee, now=at)
    version = Agreement.objects.filter(pairing=pairing).first()
    assert (version.version, version.words_from().version, version.written_by) == (3, 1, pairing.mentor)


def test_the_other_may_leave_it_and_its_writer_may_take_it_back(pairing):
    lengths.decline(proposal=propose(pairing), user=pairing.mentor, now=NOW)
    assert [letter.person for letter in letters(pairing, "length_answered")] == [pairing.mentee]
    assert lengths.decline(proposal=propose(pairing), user=pairing.mentee, now=NOW).state == "withdrawn"
    pairing.refresh_from_db()
    assert pairing.planned_end == END
    assert letters(pairing, "length_proposed") == []
    assert pairing.agreements.count() == 1


def test_a_counter_proposal_takes_its_place(pairing):
    first = propose(pairing)
    second = propose(pairing, SOONER, "mentor")
    first.refresh_from_db()
    assert (first.state, second.state) == ("lapsed", "open")
    with pytest.raises(WrongState):
        lengths.agree(proposal=first, user=pairing.mentor, now=NOW)
    assert lengths.agree(proposal=second, user=pairing.mentor, now=NOW).state == "open"  # their own word, once more


@pytest.mark.parametrize(
    ("planned_end", "code"),
    [(NOW.date(), "past"), (NOW.date() - timedelta(days=9), "past"), (END, "same"), (date(2028, 3, 1), "too_late")],
)
def test_a_day_that_cannot_be(pairing, planned_end, code):
    with pytest.raises(Refused) as refused:
        propose(pairing, planned_end)
    assert (refused.value.field, refused.value.code) == ("planned_end", code)


def test_nothing_is_agreed_to_whose_day_has_come_and_the_clock_lets_it_lapse(pairing):
    soon = NOW.date() + timedelta(days=2)
    proposal = propose(pairing, soon)
    at = NOW + timedelta(days=2)
    with pytest.raises(Refused) as refused:
        lengths.agree(proposal=proposal, user=pairing.mentor, now=at)
    assert refused.value.code == "past"
    assert lengths.sweep(now=NOW) == 0
    assert lengths.sweep(now=at) == 1
    proposal.refresh_from_db()
    assert proposal.state == "lapsed"


def test_it_is_for_the_two_while_the_pairing_lasts(pairing):
    with pytest.raises(NotPermitted):
        lengths.propose(pairing=pairing, user=people.person(), planned_end=LATER, now=NOW)
    proposal = propose(pairing)
    pairings.begin_closing(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, now=NOW)
    proposal.refresh_from_db()
    assert proposal.state == "lapsed"
    for verb in (lengths.agree, lengths.decline):
        with pytest.raises(WrongState):
            verb(proposal=proposal, user=pairing.mentor, now=NOW)
    with pytest.raises(WrongState):
        propose(Pairing.objects.get(pk=pairing.pk))


def test_the_end_is_announced_two_weeks_ahead_wherever_it_lies(pairing):
    due = letters(pairing, "pairing_end_near")
    assert {letter.person_id for letter in due} == {pairing.mentee_id, pairing.mentor_id}
    assert {letter.due_at.date() for letter in due} == {END - timedelta(days=14)}
    kind = registered()["pairing_end_near"]
    assert kind.still_due(due[0], NOW) is None
    lengths.agree(proposal=propose(pairing), user=pairing.mentor, now=NOW)
    assert kind.still_due(due[0], NOW) == "end_moved"
    assert str(LATER) in {letter.occasion for letter in letters(pairing, "pairing_end_near")}
    assert "12 March" in kind.render(due[0], person_of(due[0])).text
    stories.complete(Pairing.objects.get(pk=pairing.pk))
    assert kind.still_due(due[0], NOW) == "pairing_completed"


def test_what_the_letters_say(pairing):
    proposal = propose(pairing)
    asked = Letter.objects.get(kind="length_proposed")
    kind = registered()["length_proposed"]
    assert kind.still_due(asked, NOW) is None
    content = kind.render(asked, person_of(asked))
    assert_says_the_same(content)
    assert "12 March" in content.text
    assert f"/pairings/{pairing.pk}/length/" in content.text
    lengths.decline(proposal=proposal, user=pairing.mentor, now=NOW)
    assert kind.still_due(asked, NOW) == "length_settled"
    told = Letter.objects.get(kind="length_answered")
    answered = registered()["length_answered"]
    assert "stay planned until" in answered.render(told, person_of(told)).text
    assert answered.still_due(told, NOW) is None
    for row in (asked, told):
        assert registered()[row.kind].item(row, person_of(row)).line
    proposal.delete()
    assert kind.still_due(asked, NOW) == answered.still_due(told, NOW) == "length_gone"
