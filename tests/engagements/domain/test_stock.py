"""Taking stock: when rounds are planned and moved, who may answer, and who reads what from when on."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from accounts.domain import profiles
from accounts.models import Topic
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from engagements.domain import stock, stock_planning
from engagements.domain.stock import Stock
from engagements.models import StockAnswer, StockRound
from engagements.stock_letters import KINDS
from matching.domain import pairings
from matching.models import Pairing
from matching.signals import pairing_changed
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.engagements.stories import END
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)
BY_NAME = {kind.name: kind for kind in KINDS}


def at(day: date) -> datetime:
    return NOW + (day - TODAY)


def planned(pairing):
    return {row.moment: row.opens_on for row in StockRound.objects.planned().filter(pairing=pairing)}


def read(pairing, user, day):
    return {each.row.moment: each for each in stock.rounds_of(pairing=pairing, user=user, today=day)}


# --- planning ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "found"),
    [
        (10, ["start"]),
        (27, ["start"]),
        (28, ["start", "end"]),
        (53, ["start", "end"]),
        (180, ["start", "middle", "end"]),
    ],
)
def test_rounds_fit_into_the_length_and_never_overlap(length, found):
    rows = stock_planning.days(TODAY, TODAY + length * DAY)
    assert [row.moment for row in rows] == found
    for before, after in pairwise(rows):
        assert before.opens_on + stock_planning.OPEN_FOR < after.opens_on
    assert all(row.opens_on + stock_planning.OPEN_FOR < TODAY + length * DAY for row in rows[1:])


def test_an_agreement_plans_three_rounds_with_two_e_mails_for_each_side():
    pairing = stories.active()
    assert planned(pairing) == {"start": TODAY, "middle": TODAY + (END - TODAY) / 2, "end": END - 14 * DAY}
    letters = Letter.objects.filter(kind__in=BY_NAME, state="pending", pairing_id=pairing.pk)
    assert letters.count() == 12
    start = stories.stock_round(pairing)
    mine = letters.filter(subject_id=start.pk, person=pairing.mentee).order_by("due_at")
    assert [(row.kind, row.due_at.date() > TODAY) for row in mine] == [("stock_due", True), ("stock_reminder", True)]


def test_what_is_rated_is_what_the_mentee_came_with_and_the_same_in_each_round():
    board, people_first, listed = (people.topic(name) for name in ("Working with a board", "Succession", "Zeal"))
    mentee = people.mentee(topics=[people_first], challenges=[board])
    pairing = stories.active(mentee=factories.enrolment(person=mentee))
    rounds = list(pairing.stock_rounds.all())
    assert rounds[0].topics[:2] == [people_first.pk, board.pk]
    assert listed.pk in rounds[0].topics or len(rounds[0].topics) == stock_planning.FEW_TOPICS
    assert {tuple(row.topics) for row in rounds} == {tuple(rounds[0].topics)}


def test_a_moved_end_moves_what_is_ahead_and_leaves_what_has_begun():
    pairing = stories.active()
    before = planned(pairing)
    pairing.planned_end = END + 60 * DAY
    pairing.save()
    pairing_changed.send(sender=Pairing, pairing=pairing, verb="move_end", now=at(TODAY + 2 * DAY))
    after = planned(pairing)
    assert after["start"] == before["start"]
    assert after["end"] == END + 46 * DAY
    assert after["middle"] > before["middle"]
    moved = stories.stock_round(pairing, "end")
    waiting = Letter.objects.filter(subject_id=moved.pk, state="pending")
    assert {row.occasion for row in waiting} == {moved.opens_on.isoformat()}
    assert set(Letter.objects.filter(subject_id=moved.pk, state="cancelled").values_list("reason", flat=True)) == {
        "stock_moved"
    }


def test_a_longer_pairing_is_asked_once_more_towards_its_new_end():
    pairing = stories.active()
    stories.stock_taken(pairing, moment="end")
    now = at(END - 2 * DAY)
    pairing.planned_end = END + 90 * DAY
    pairing.save()
    for _twice in range(2):
        stock_planning.follow(pairing=pairing, now=now)
    ends = pairing.stock_rounds.filter(moment="end", state="planned").order_by("number")
    assert [row.opens_on for row in ends] == [END - 14 * DAY, END + 76 * DAY]


def test_a_pause_takes_back_what_is_ahead_and_resuming_plans_it_anew():
    pairing = stories.active()
    now, until = at(TODAY + 20 * DAY), TODAY + 40 * DAY
    mentee = {"user": pairing.mentee, "actor": Actor.MENTEE}
    pairings.pause(pairing=pairing, **mentee, until=until, now=now)
    assert set(planned(pairing)) == {"start"}
    pairings.resume(pairing=pairing, **mentee, now=at(until))
    pairing.refresh_from_db()
    assert planned(pairing)["end"] == pairing.planned_end - 14 * DAY
    assert set(planned(pairing)) == {"start", "middle", "end"}


def test_closing_before_the_time_opens_the_last_round_at_once():
    pairing = stories.active()
    day = TODAY + 30 * DAY
    pairings.begin_closing(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, now=at(day))
    assert planned(pairing) == {"start": TODAY, "end": day}


def test_an_end_cancels_what_nobody_has_answered_and_keeps_the_rest():
    pairing = stories.active()
    stories.stock_taken(pairing)
    pairings.end_early(
        pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="time", now=at(TODAY + 2 * DAY)
    )
    pairing.refresh_from_db()
    assert set(planned(pairing)) == {"start"}
    assert Event.objects.filter(verb="cancel", subject_type="stockround").count() == 2
    assert not Letter.objects.filter(kind__in=BY_NAME, state="pending", subject_id__in=_cancelled()).exists()
    assert read(pairing, pairing.mentor, TODAY + 2 * DAY)["start"].theirs is not None  # over with its pairing


def _cancelled():
    return StockRound.objects.filter(state="cancelled").values("pk")


def test_e_mails_follow_a_leave():
    pairing = stories.active()
    middle = stories.stock_round(pairing, "middle")
    profiles.add_leave(
        person=pairing.mentor, starts_on=middle.opens_on, ends_on=middle.opens_on + 3 * DAY, now=at(TODAY + 3 * DAY)
    )
    invited = Letter.objects.get(kind="stock_due", subject_id=middle.pk, person=pairing.mentor)
    assert invited.due_at.date() > middle.opens_on + 3 * DAY


# --- answering ---------------------------------------------------------------------------------


def test_each_reads_the_other_only_once_both_have_answered():
    pairing = stories.active()
    stories.stock_taken(pairing, strengths="Patience.")
    day = TODAY + DAY
    seen = read(pairing, pairing.mentor, day)["start"]
    assert (seen.theirs, seen.other_answered, seen.mine) == (None, True, None)
    stories.stock_taken(pairing, "mentor", mark=5)
    for user, words in ((pairing.mentor, "Patience."), (pairing.mentee, "")):
        theirs = read(pairing, user, day)["start"].theirs
        assert stock.read(theirs).strengths == words


def test_the_round_is_over_for_both_after_its_last_day():
    pairing = stories.active()
    answer = stories.stock_taken(pairing)
    last = answer.round.closes_on
    assert read(pairing, pairing.mentor, last)["start"].theirs is None
    assert read(pairing, pairing.mentor, last + DAY)["start"].theirs is not None
    with pytest.raises(Refused, match="over"):
        stock.take(row=answer.round, user=pairing.mentor, said=Stock(strengths="Late."), now=at(last + 2 * DAY))


def test_an_answer_is_corrected_until_then_and_stays_one():
    pairing = stories.active()
    first = stories.stock_taken(pairing)
    stories.stock_taken(pairing, mark=5, challenges="Time.")
    row = StockAnswer.objects.get()
    assert (row.pk, row.corrected_at is not None) == (first.pk, True)
    assert (set(stock.read(row).marks.values()), stock.read(row).challenges) == ({5}, "Time.")
    verbs = (
        Event.objects.filter(subject_type="stockround", actor="mentee").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["answer", "correct"]


def test_answering_takes_back_ones_own_e_mails_alone():
    pairing = stories.active()
    row = stories.stock_taken(pairing).round
    waiting = Letter.objects.filter(subject_id=row.pk, state="pending")
    assert {letter.person_id for letter in waiting} == {pairing.mentor_id}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Stock(), "one topic at least"),
        (Stock(strengths=" \n"), "one topic at least"),
        (Stock({Topic().pk: 3}), "from 1 to 5"),
    ],
)
def test_what_is_refused(said, why):
    pairing = stories.active()
    with pytest.raises(Refused, match=why):
        stock.take(row=stories.stock_round(pairing), user=pairing.mentee, said=said, now=NOW)


def test_who_may_not_and_when():
    pairing = stories.active()
    start, end = stories.stock_round(pairing), stories.stock_round(pairing, "end")
    said = Stock(dict.fromkeys(start.topics, 6))
    with pytest.raises(Refused, match="from 1 to 5"):
        stock.take(row=start, user=pairing.mentee, said=said, now=NOW)
    with pytest.raises(NotPermitted):
        stock.take(row=start, user=people.person(), said=said, now=NOW)
    with pytest.raises(Refused, match="not begun"):
        stock.take(row=end, user=pairing.mentee, said=Stock(strengths="Early."), now=NOW)
    StockRound.objects.filter(pk=start.pk).update(state="cancelled")
    with pytest.raises(WrongState):
        stock.take(row=start, user=pairing.mentee, said=Stock(strengths="Gone."), now=NOW)
    with pytest.raises(NotPermitted):
        stock.rounds_of(pairing=pairing, user=people.person(), today=TODAY)


# --- e-mails -----------------------------------------------------------------------------------


def due(row, now):
    return BY_NAME[row.kind].still_due(row, now)


def test_e_mails_hold_while_the_round_waits_for_their_reader():
    pairing = stories.active()
    start = stories.stock_round(pairing)
    rows = {row.person_id: row for row in Letter.objects.filter(kind="stock_due", subject_id=start.pk)}
    mine, theirs = rows[pairing.mentee_id], rows[pairing.mentor_id]
    assert due(mine, NOW) is None
    stories.stock_taken(pairing)
    assert (due(mine, NOW), due(theirs, NOW)) == ("stock_taken", None)
    assert due(theirs, at(start.closes_on + 2 * DAY)) == "stock_over"
    StockRound.objects.filter(pk=start.pk).update(opens_on=start.opens_on - DAY)
    assert due(theirs, NOW) == "stock_moved"
    StockRound.objects.filter(pk=start.pk).update(state="cancelled")
    assert due(theirs, NOW) == "stock_cancelled"
    pairings.pause(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, until=TODAY + 9 * DAY, now=NOW)
    assert due(theirs, NOW) == "pairing_paused"
    StockAnswer.objects.all().delete()
    StockRound.objects.all().delete()
    assert due(theirs, NOW) == "stock_gone"
