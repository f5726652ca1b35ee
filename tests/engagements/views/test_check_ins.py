"""The check-in page: two minutes, on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common.errors import NotPermitted, Refused, WrongState
from common.transitions import Actor
from engagements.domain import check_in_silence, check_ins
from engagements.models import CheckIn
from matching.domain import pairings
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.engagements.views.conftest import MISSING, as_missing

pytestmark = pytest.mark.django_db
TYPED = {"connection": "4", "clarity": "5", "competency": "3", "met": "yes", "line": SECRET}


def page_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def due(clock):
    """A check-in of a mentee that has just fallen due."""
    row = stories.check_in(stories.active())
    clock.moment = row.due_at
    return row


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_answered_in_one_go(visit, send, clock, side):
    row = stories.check_in(stories.active(), side)
    clock.moment = row.due_at + timedelta(hours=2)
    page = page_of(visit(row.person, "check_in", row.pk))
    assert "How is it going with" in page
    assert "Your first check-in" in page
    assert page.count('type="radio"') == 17
    response = send(row.person, "check_in", row.pk, **TYPED)
    assert response.headers["Location"] == reverse("engagements:check_in", args=[row.pk])
    row.refresh_from_db()
    assert (row.state, row.connection, row.met) == ("answered", 4, True)
    after = page_of(visit(row.person, "check_in", row.pk))
    for expected in ("Your check-in is in", SECRET, "4 of 5", "The next one is due on", "does not see your scores"):
        assert expected in after


def test_the_page_says_since_when(visit, clock):
    pairing = stories.active()
    stories.answered(stories.check_in(pairing))
    second = stories.check_in(pairing, round=2)
    clock.moment = second.due_at
    assert "Since your last check-in on 7 April" in page_of(visit(second.person, "check_in", second.pk))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("connection", ""),
        ("clarity", "6"),
        ("competency", "0"),
        ("competency", "very"),
        ("met", ""),
        ("met", "maybe"),
        ("line", "x" * 601),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_typed_is_lost(send, due, field, value):
    response = send(due.person, "check_in", due.pk, **{**TYPED, field: value})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    page = page_of(response)
    assert f'id="id_{field}_error"' in page
    if field != "line":
        assert SECRET in page
    assert page.count(" checked") >= 3
    due.refresh_from_db()
    assert due.state == "scheduled"


def test_an_empty_form_is_told_what_it_lacks(send, due):
    response = send(due.person, "check_in", due.pk)
    assert list(response.context["form"].errors) == ["connection", "clarity", "competency", "met"]


def shown(client, user, name, row):
    """What a browser would send of the page as it is shown."""
    client.force_login(user)
    form = client.get(reverse(f"engagements:{name}", args=[row.pk])).context["form"]
    return {"version": form.version, **{name: form[name].value() or "" for name in form.fields}}


def test_the_same_twice_says_nothing(send, due):
    for _ in range(2):
        assert send(due.person, "check_in", due.pk, **TYPED).status_code == 302
    due.refresh_from_db()
    assert due.connection == 4


@pytest.mark.parametrize("other", [{"connection": "1"}, {"met": "no"}, {"line": "Another line of mine."}])
def test_a_second_answer_is_told_the_truth_and_may_correct_the_first(client, send, due, other):
    blank = shown(client, due.person, "check_in", due)
    send(due.person, "check_in", due.pk, **{**blank, **TYPED})
    second = {**TYPED, **other}
    response = send(due.person, "check_in", due.pk, **{**blank, **second})
    page = page_of(response)
    assert "Correct your check-in" in page
    assert "You answered it on" in page
    form = response.context["form"]
    assert list(form.errors) == list(other)
    assert "was changed elsewhere" in page
    due.refresh_from_db()
    assert (due.connection, due.met, due.read("line")) == (4, True, SECRET)
    again = send(due.person, "check_in", due.pk, **{**second, "version": form.version, "correct": "1"})
    assert again.status_code == 302
    due.refresh_from_db()
    assert str(due.connection) == second["connection"]
    assert due.met == (second["met"] == "yes")
    assert due.read("line") == second["line"]


def test_a_line_can_be_taken_back_within_a_day(client, visit, send, due, clock):
    send(due.person, "check_in", due.pk, **TYPED)
    assert SECRET in page_of(visit(due.pairing.mentor, "pairing", due.pairing.pk))
    clock.moment += timedelta(hours=23)
    assert "Correct it, or take back the line" in page_of(visit(due.person, "check_in", due.pk))
    page = shown(client, due.person, "correct_check_in", due)
    assert (page["connection"], page["line"]) == (4, SECRET)
    response = send(due.person, "check_in", due.pk, **{**page, "line": "", "correct": "1"})
    assert response.status_code == 302
    assert SECRET not in page_of(visit(due.pairing.mentor, "pairing", due.pairing.pk))
    assert "or take back the line" not in page_of(visit(due.person, "check_in", due.pk)), "it is taken back"


def test_it_is_corrected_until_the_next_one_is_due(visit, send, due, clock):
    send(due.person, "check_in", due.pk, **TYPED)
    following = stories.check_in(due.pairing, due.side, due.round + 1)
    clock.moment = following.due_at - timedelta(minutes=1)
    assert visit(due.person, "correct_check_in", due.pk).status_code == 200
    check_ins.correct(check_in=due, user=due.person, now=clock.moment, **stories.ANSWERS)
    due.refresh_from_db()
    assert check_ins.correctable_until(due) == following.due_at


def test_the_last_one_is_corrected_until_the_end(send, due, clock):
    send(due.person, "check_in", due.pk, **TYPED)
    due.pairing.check_ins.filter(state="scheduled").update(state="cancelled")
    due.refresh_from_db()
    assert check_ins.correctable_until(due).date() == due.pairing.planned_end
    pairings.begin_closing(pairing=due.pairing, user=due.pairing.mentor, actor=Actor.MENTOR, now=clock.moment)
    again = type(due).objects.get(pk=due.pk)
    assert check_ins.correctable_until(again).date() == again.pairing.closes_at.date()


def test_until_when_it_is_corrected_is_said_as_it_may_end(visit, send, due, clock):
    send(due.person, "check_in", due.pk, **TYPED)
    pairing, mentor = due.pairing, due.pairing.mentor
    assert "until Tuesday 5 May" in page_of(visit(due.person, "check_in", due.pk))
    until = clock.moment.date() + timedelta(days=9)
    pairings.pause(pairing=pairing, user=mentor, actor=Actor.MENTOR, until=until, now=clock.moment)
    page = page_of(visit(due.person, "check_in", due.pk))
    assert "until the next one is due, once your pairing goes on" in page
    assert "until Friday 11 December" not in page, "the planned end, which moves"
    pairings.resume(pairing=pairing, user=mentor, actor=Actor.MENTOR, now=clock.moment)
    closing = pairings.begin_closing(pairing=pairing, user=mentor, actor=Actor.MENTOR, now=clock.moment)
    assert "until your pairing has ended, on" in page_of(visit(due.person, "check_in", due.pk))
    row = type(due).objects.get(pk=due.pk)
    assert check_ins.correctable_until(row) == closing.closes_at, "not the next working day, when it is over"


def test_after_that_it_stands_and_the_line_is_given_back(client, visit, send, due, clock):
    send(due.person, "check_in", due.pk, **TYPED)
    page = shown(client, due.person, "correct_check_in", due)
    clock.moment = stories.check_in(due.pairing, due.side, due.round + 1).due_at
    assert visit(due.person, "correct_check_in", due.pk).status_code == 302
    assert "Correct it" not in page_of(visit(due.person, "check_in", due.pk))
    response = send(due.person, "check_in", due.pk, **{**page, "line": "A word too late.", "correct": "1"})
    assert response.status_code == 409
    assert "A word too late." in page_of(response)
    due.refresh_from_db()
    assert due.read("line") == SECRET
    with pytest.raises(Refused, match="until the next one is due"):
        check_ins.correct(check_in=due, user=due.person, now=clock.moment, **stories.ANSWERS)


def test_only_its_own_side_corrects_and_only_what_was_answered(visit, send, due, clock):
    with pytest.raises(WrongState):
        check_ins.correct(check_in=due, user=due.person, now=clock.moment, **stories.ANSWERS)
    send(due.person, "check_in", due.pk, **TYPED)
    with pytest.raises(NotPermitted):
        check_ins.correct(check_in=due, user=due.pairing.mentor, now=clock.moment, **stories.ANSWERS)
    assert visit(due.pairing.mentor, "correct_check_in", due.pk).status_code == 404
    pairings.end_early(
        pairing=due.pairing, user=due.person, actor=Actor.MENTEE, end_class="time", text="", now=clock.moment
    )
    with pytest.raises(WrongState):
        check_ins.correct(check_in=due, user=due.person, now=clock.moment, **stories.ANSWERS)


def test_answered_between_reading_and_writing(send, due, monkeypatch):
    def meanwhile(*, check_in, user, now, **_words):
        monkeypatch.undo()
        stories.answered(check_in, connection=2)
        return check_ins.answer(check_in=check_in, user=user, now=now, **stories.ANSWERS)

    monkeypatch.setattr(check_ins, "answer", meanwhile)
    response = send(due.person, "check_in", due.pk, **TYPED)
    assert "Correct your check-in" in page_of(response)
    assert SECRET in page_of(response)


def test_a_late_answer_to_a_missed_round_is_refused_kindly_and_kept_on_the_page(visit, send, due, clock):
    second = stories.check_in(due.pairing, round=2)
    clock.moment = second.due_at
    check_in_silence.sweep(now=clock.moment)
    response = send(due.person, "check_in", due.pk, **TYPED)
    page = page_of(response)
    assert "This round has closed" in page
    assert SECRET in page
    assert reverse("engagements:check_in", args=[second.pk]) in page
    due.refresh_from_db()
    assert due.state == "missed"
    seen = page_of(visit(due.person, "check_in", due.pk))
    assert "This round has closed" in seen
    assert reverse("engagements:check_in", args=[second.pk]) in seen


def test_before_it_is_due_it_says_when(visit, send, clock):
    row = stories.check_in(stories.active())
    assert "It opens on Tuesday 7 April, 09:00" in page_of(visit(row.person, "check_in", row.pk))
    page = page_of(send(row.person, "check_in", row.pk, **TYPED))
    assert "This check-in opens on 7 April 2026" in page
    assert SECRET in page


def test_after_the_end_it_is_no_longer_needed(visit, send, due, clock):
    pairing = due.pairing
    pairings.end_early(
        pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="time", text="", now=clock.moment
    )
    assert "no longer needed" in page_of(visit(due.person, "check_in", due.pk))
    page = page_of(send(due.person, "check_in", due.pk, **TYPED))
    assert "This has changed since the page was shown" in page
    assert SECRET in page
    assert CheckIn.objects.get(pk=due.pk).state == "cancelled"


def test_a_foreign_check_in_is_a_missing_one_even_for_the_other_side(visit, send, due):
    pairing = due.pairing
    coordinator = people.person(staff=True)
    pairing.cohort.coordinators.add(coordinator)
    for stranger in (pairing.mentor, coordinator, people.person()):
        assert as_missing(visit(stranger, "check_in", due.pk), visit(stranger, "check_in", MISSING), due.pk, MISSING)
        assert as_missing(
            send(stranger, "check_in", due.pk, **TYPED), send(stranger, "check_in", MISSING, **TYPED), due.pk, MISSING
        )


def test_only_reading_and_answering(client, due):
    client.force_login(due.person)
    assert client.delete(reverse("engagements:check_in", args=[due.pk])).status_code == 405
