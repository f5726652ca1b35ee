"""A cohort's last day is moved: who follows, who is told, what is refused beside the field, and the way back."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from cohorts.domain import dates
from cohorts.models import Cohort
from common.errors import NotPermitted, Refused
from common.history import tell
from common.models import Event
from common.transitions import Actor
from engagements.states import CheckInState
from matching.domain import pairings
from matching.letters import NotNeeded
from matching.models import Pairing
from outbox.kinds import person_of, registered
from outbox.models import Letter, LetterState
from tests import people
from tests.engagements import stories
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
OLD, NEW, SOONER = stories.END, date(2027, 3, 12), date(2026, 8, 14)


@pytest.fixture
def coordinated() -> tuple[Cohort, Any]:
    coordinator = people.person("Clara Coordinator")
    return factories.cohort(coordinators=(coordinator,), ends_on=OLD), coordinator


def pair(cohort: Cohort, **words: Any) -> Pairing:
    mentee, mentor = factories.couple(cohort)
    return stories.active(mentee=mentee, mentor=mentor, **words)


def days(pairing: Pairing, side: str = "mentee") -> list[date]:
    rows = pairing.check_ins.filter(side=side).exclude(state=CheckInState.CANCELLED)
    return list(rows.order_by("day").values_list("day", flat=True))


def letters(pairing: Pairing) -> list[Letter]:
    return list(Letter.objects.filter(kind="pairing_end_moved", subject_id=pairing.pk, state=LetterState.PENDING))


def test_pairings_planned_until_the_former_end_follow_with_their_check_ins_and_both_are_told(
    coordinated: tuple[Cohort, Any],
) -> None:
    cohort, coordinator = coordinated
    follows, own = pair(cohort), pair(cohort, terms={"planned_end": SOONER})
    before = days(follows)
    moved = dates.move_end(cohort=cohort, ends_on=NEW, user=coordinator, now=NOW)
    for each in (follows, own):
        each.refresh_from_db()
    assert (moved.ends_on, follows.planned_end, own.planned_end) == (NEW, NEW, SOONER)
    assert days(follows)[: len(before)] == before
    assert max(before) < OLD <= max(days(follows)) < NEW
    assert {after - first for first, after in zip(days(follows), days(follows)[1:], strict=False)} == {
        timedelta(weeks=4)
    }
    assert days(follows) == days(follows, "mentor")
    assert {letter.person_id for letter in letters(follows)} == {follows.mentee_id, follows.mentor_id}
    assert letters(own) == []
    [first, _second] = letters(follows)
    assert "12 March" in registered()["pairing_end_moved"].render(first, person_of(first)).text
    told = tell(list(Event.objects.filter(verb="move_end").order_by("id")))
    assert [line.split(" ")[0] for line in told] == ["Clara", "The"]


def test_it_is_moved_back_and_only_the_last_move_is_told(coordinated: tuple[Cohort, Any]) -> None:
    cohort, coordinator = coordinated
    pairing = pair(cohort)
    before = days(pairing)
    for ends_on in (SOONER, OLD):
        dates.move_end(cohort=cohort, ends_on=ends_on, user=coordinator, now=NOW)
        pairing.refresh_from_db()
        cohort.refresh_from_db()
        assert pairing.planned_end == cohort.ends_on == ends_on
        assert max(days(pairing)) < ends_on
        assert [letter.occasion[:8] for letter in letters(pairing)] == [f"{ends_on:%Y%m%d}"] * 2
    assert days(pairing) == before
    [first, _second] = letters(pairing)
    Pairing.objects.filter(pk=pairing.pk).update(planned_end=NEW)
    assert registered()["pairing_end_moved"].still_due(first, NOW) == NotNeeded.END_MOVED_SINCE
    Pairing.objects.filter(pk=pairing.pk).update(planned_end=OLD)
    assert registered()["pairing_end_moved"].still_due(first, NOW) is None


def test_paused_and_introduced_ones_follow_and_what_closes_or_is_over_does_not(coordinated: tuple[Cohort, Any]) -> None:
    cohort, coordinator = coordinated
    introduced, closing, paused = factories.pairing(*factories.couple(cohort)), pair(cohort), pair(cohort)
    pairings.begin_closing(pairing=closing, user=closing.mentee, actor=Actor.MENTEE, now=NOW)
    pairings.pause(
        pairing=paused, user=paused.mentee, actor=Actor.MENTEE, until=NOW.date() + timedelta(days=30), now=NOW
    )
    dates.move_end(cohort=cohort, ends_on=NEW, user=coordinator, now=NOW)
    ends = [Pairing.objects.get(pk=each.pk).planned_end for each in (introduced, closing, paused)]
    assert ends == [NEW, OLD, NEW]
    resumed = pairings.resume(pairing=paused, user=paused.mentee, actor=Actor.MENTEE, now=NOW + timedelta(days=7))
    assert resumed.planned_end == NEW + timedelta(days=7)


@pytest.mark.parametrize(
    ("ends_on", "code"), [(date(2026, 1, 12), "order"), (NOW.date() - timedelta(days=1), "past"), (OLD, "same")]
)
def test_what_cannot_be_is_refused_beside_the_field(coordinated: tuple[Cohort, Any], ends_on: date, code: str) -> None:
    cohort, coordinator = coordinated
    for tried in (dates.foreseen, partial(dates.move_end, user=coordinator)):
        with pytest.raises(Refused) as refused:
            tried(cohort=cohort, ends_on=ends_on, now=NOW)
        assert (refused.value.field, refused.value.code) == ("ends_on", code)
    with pytest.raises(NotPermitted):
        dates.move_end(cohort=cohort, ends_on=NEW, user=people.person(), now=NOW)


def test_what_it_would_do_is_said_from_what_it_does(
    coordinated: tuple[Cohort, Any], django_assert_max_num_queries: Any
) -> None:
    cohort, _coordinator = coordinated
    follows = [pair(cohort) for _ in range(2)]
    pair(cohort, terms={"planned_end": SOONER})
    factories.enrolment(cohort, state="pending")
    factories.request(*factories.couple(cohort), at=NOW)
    with django_assert_max_num_queries(10):
        told = dates.foreseen(cohort=cohort, ends_on=NOW.date() + timedelta(days=2), now=NOW)
    assert "2 pairings were planned until the former last day and are planned until 12 March 2026" in told[0]
    assert all(str(each) in told[0] for each in follows)
    assert told[1].startswith("1 pairing has agreed on an end after that day")
    assert told[2].startswith("1 request can be answered after that day")
    assert "until 12 March 2026" in told[3]
    assert told[-1].startswith("1 enrolment waits for approval")
    many = [factories.pairing(*factories.couple(cohort), planned_end=OLD) for _ in range(11)]
    assert "and 3 more" in dates.foreseen(cohort=cohort, ends_on=NEW, now=NOW)[0]
    assert len(many) == 11
    assert not Event.objects.filter(verb="move_end").exists()
