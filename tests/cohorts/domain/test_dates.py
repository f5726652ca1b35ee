"""The last day of a cohort is moved: who is asked, who follows, who is told, what is refused, and the way back."""

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
from engagements.domain import lengths
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


def letters(pairing: Pairing, kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind, pairing_id=pairing.pk, state=LetterState.PENDING))


def test_pairs_planned_until_the_former_end_are_asked_and_nobody_is_moved(coordinated: tuple[Cohort, Any]) -> None:
    cohort, coordinator = coordinated
    asked, own = pair(cohort), pair(cohort, terms={"planned_end": SOONER})
    before = days(asked)
    moved = dates.move_end(cohort=cohort, ends_on=NEW, user=coordinator, now=NOW)
    for each in (asked, own):
        each.refresh_from_db()
    assert (moved.ends_on, asked.planned_end, own.planned_end) == (NEW, OLD, SOONER)
    assert days(asked) == before
    proposal = asked.length_proposals.get()
    assert (proposal.planned_end, proposal.proposed_by, proposal.state) == (NEW, None, "open")
    assert {letter.person_id for letter in letters(asked, "length_proposed")} == {asked.mentee_id, asked.mentor_id}
    assert not own.length_proposals.exists()
    told = tell(list(Event.objects.filter(verb__in=("move_end", "propose")).order_by("id")))
    assert [line.split(" ")[0] for line in told] == ["Clara", "The"]


def test_it_follows_once_both_agree_with_its_check_ins(coordinated: tuple[Cohort, Any]) -> None:
    cohort, coordinator = coordinated
    asked = pair(cohort)
    before = days(asked)
    dates.move_end(cohort=cohort, ends_on=NEW, user=coordinator, now=NOW)
    for person in (asked.mentor, asked.mentee):
        asked.refresh_from_db()
        assert asked.planned_end == OLD
        lengths.agree(proposal=asked.length_proposals.get(), user=person, now=NOW)
    asked.refresh_from_db()
    assert asked.planned_end == NEW
    assert days(asked)[: len(before)] == before
    assert max(before) < OLD <= max(days(asked)) < NEW
    assert days(asked) == days(asked, "mentor")


def test_it_is_moved_back_and_only_the_last_move_is_asked_about(coordinated: tuple[Cohort, Any]) -> None:
    cohort, coordinator = coordinated
    pairing = pair(cohort)
    for ends_on, states in ((NEW, ["open"]), (SOONER, ["lapsed", "open"]), (OLD, ["lapsed", "lapsed"])):
        cohort.refresh_from_db()
        dates.move_end(cohort=cohort, ends_on=ends_on, user=coordinator, now=NOW)
        found = pairing.length_proposals.order_by("planned_end").values_list("state", flat=True)
        assert sorted(found) == sorted(states)
    pairing.refresh_from_db()
    assert pairing.planned_end == OLD
    assert letters(pairing, "length_proposed") == []


def test_one_that_has_not_begun_follows_and_what_closes_is_not_asked(coordinated: tuple[Cohort, Any]) -> None:
    cohort, coordinator = coordinated
    introduced, closing, paused = factories.pairing(*factories.couple(cohort)), pair(cohort), pair(cohort)
    pairings.begin_closing(pairing=closing, user=closing.mentee, actor=Actor.MENTEE, now=NOW)
    pairings.pause(
        pairing=paused, user=paused.mentee, actor=Actor.MENTEE, until=NOW.date() + timedelta(days=30), now=NOW
    )
    dates.move_end(cohort=cohort, ends_on=NEW, user=coordinator, now=NOW)
    ends = [Pairing.objects.get(pk=each.pk).planned_end for each in (introduced, closing, paused)]
    assert ends == [NEW, OLD, OLD]
    assert [each.length_proposals.count() for each in (introduced, closing, paused)] == [0, 0, 1]
    [first, _second] = letters(introduced, "pairing_end_moved")
    assert "12 March" in registered()["pairing_end_moved"].render(first, person_of(first)).text
    assert registered()["pairing_end_moved"].still_due(first, NOW) is None
    Pairing.objects.filter(pk=introduced.pk).update(planned_end=OLD)
    assert registered()["pairing_end_moved"].still_due(first, NOW) == NotNeeded.END_MOVED_SINCE
    for person in (paused.mentee, paused.mentor):
        lengths.agree(proposal=paused.length_proposals.get(), user=person, now=NOW)
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
    follows, _asked = factories.pairing(*factories.couple(cohort), planned_end=OLD), pair(cohort)
    pair(cohort, terms={"planned_end": SOONER})
    factories.enrolment(cohort, state="pending")
    factories.request(*factories.couple(cohort), at=NOW)
    with django_assert_max_num_queries(10):
        told = dates.foreseen(cohort=cohort, ends_on=NOW.date() + timedelta(days=2), now=NOW)
    assert told[0].startswith("1 pairing that has begun was planned until the former last day")
    assert "1 pairing has not begun and is planned until 12 March 2026 instead" in told[1]
    assert str(follows) in told[1]
    assert told[2].startswith("1 pairing has agreed on an end after that day")
    assert told[3].startswith("1 request can be answered after that day")
    assert "until 12 March 2026" in told[4]
    assert told[-1].startswith("1 enrolment waits for approval")
    many = [factories.pairing(*factories.couple(cohort), planned_end=OLD) for _ in range(11)]
    assert "and 2 more" in dates.foreseen(cohort=cohort, ends_on=NEW, now=NOW)[1]
    assert len(many) == 11
    assert not Event.objects.filter(verb="move_end").exists()
