"""How a cohort comes along: who may see it, what waits with its acts, and numbers that follow from dates alone."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.domain import offers
from cohorts.states import Role
from common.clock import now
from engagements.domain import care
from engagements.domain.care import Health
from engagements.models import CheckIn, Meeting
from matching.models import Pairing, Waiver
from matching.states import PairingState, RequestState
from outbox.models import Letter, LetterState
from tests import people
from tests.admin.conftest import Desk
from tests.engagements import ended
from tests.matching import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LONG = 70 * DAY  # more than two rounds of four weeks, and a week


def shown(desk: Desk, who: Any = None) -> Any:
    return desk.client(who or desk.coordinator).get(reverse("admin:care", args=[desk.cohort.pk]))


def parts(desk: Desk, who: Any = None) -> dict[str, Any]:
    return {part.key: part for part in shown(desk, who).context["parts"]}


def pair(desk: Desk, since: timedelta, state: str = PairingState.ACTIVE, mentee: Any = None) -> Pairing:
    """A pairing that was introduced, and began, so long ago."""
    two = factories.couple(desk.cohort, mentee)
    return factories.pairing(*two, state=state, at=now() - since)


def test_only_whoever_looks_after_the_cohort_sees_it_and_is_led_there(desk: Desk) -> None:
    where = reverse("admin:care", args=[desk.cohort.pk])
    assert shown(desk).status_code == shown(desk, desk.superuser).status_code == 200
    assert shown(desk, desk.stranger).status_code == shown(desk, people.person(staff=True)).status_code == 404
    client = desk.client(desk.coordinator)
    assert client.get(reverse("admin:care", args=[uuid4()])).status_code == 404
    assert desk.client(desk.pairing.mentee).get(where).status_code == Client().get(where).status_code == 302
    assert client.post(where).status_code == 405
    assert where in client.get(reverse("admin:index")).text
    assert where in client.get(reverse("admin:cohorts_cohort_change", args=[desk.cohort.pk])).text
    assert where not in desk.client(desk.stranger).get(reverse("admin:index")).text


def test_pairs_come_along_by_dates_alone_and_silent_ones_come_first(desk: Desk) -> None:
    heard, met, silent = (pair(desk, LONG) for _each in range(3))
    CheckIn.objects.create(
        pairing=heard, side=Role.MENTOR, person=heard.mentor, round=1, day=now().date(), due_at=now(),
        state="answered", answered_at=now() - 2 * DAY, connection=1, clarity=1, competency=1, met=False,
    )  # fmt: skip
    Meeting.objects.create(
        pairing=met, state="held", held_on=(now() - 40 * DAY).date(), noted_by=met.mentor, noted_at=now(),
        changed_at=now(),
    )  # fmt: skip
    rests, idle, longest = (
        pair(desk, LONG, PairingState.PAUSED),
        pair(desk, 22 * DAY, PairingState.INTRODUCED),
        pair(desk, LONG + DAY),
    )
    begins = pair(desk, DAY, PairingState.INTRODUCED)
    found = {each.pairing: each for each in care.pairs(desk.cohort, desk.coordinator, now())}
    assert {row: each.health for row, each in found.items()} == {
        longest: Health.SILENT, silent: Health.SILENT, idle: Health.NOT_BEGUN, met: Health.QUIET, rests: Health.RESTS,
        begins: Health.BEGINS, desk.pairing: Health.WELL, heard: Health.WELL,
    }  # fmt: skip
    assert list(found)[:4] == [longest, silent, idle, met]
    page = parts(desk)
    assert [line.who for line in page["silent"].lines] == [str(longest), str(silent)]
    assert page["silent"].lines[0].said.endswith(", 71 days ago.")
    assert [str(act.label) for act in page["silent"].lines[0].acts] == ["Write to both", "Pause", "Begin closing"]
    assert [line.who for line in page["not_begun"].lines] == [str(idle)]


def test_what_waits_stands_there_with_what_can_be_done(desk: Desk) -> None:
    looking = factories.enrolment(desk.cohort, people.mentee("Lena Looking"))
    paired = Waiver.objects.create(
        cohort=desk.cohort, mentee=desk.pairing.mentee, mentor=desk.pairing.mentor, given_by=desk.coordinator,
        why="Known", given_at=now(), until=(now() + 9 * DAY).date(),
    )  # fmt: skip
    Letter.objects.update(state=LetterState.DEAD, reason="refused")
    page = parts(desk)
    assert list(page) == ["approvals", "waivers", "requests", "looking", "letters"]
    assert {key: [line.who for line in part.lines] for key, part in page.items()} == {
        "approvals": ["Waiting Person"],
        "waivers": [str(paired)],
        "requests": [str(desk.request)],
        "looking": [looking.person.name],
        "letters": ["Mia Mentee"],
    }
    text = shown(desk).text
    for said in ('value="approve"', 'value="resend"', 'value="withdraw"', f"waiver={paired.pk}", "mailto:"):
        assert said in text
    begun = desk.client(desk.coordinator).get(page["waivers"].lines[0].acts[0].href).text
    assert (str(desk.pairing.mentee_id) in begun, "Known" in begun) == (True, True)
    longer = {name: getattr(paired, name) for name in ("cohort", "mentee", "mentor", "given_by", "why", "given_at")}
    Waiver.objects.create(**longer, until=desk.cohort.ends_on)
    assert "waivers" not in parts(desk)
    assert "Nothing waits" not in text


def test_what_one_is_party_to_is_neither_listed_nor_counted(desk: Desk) -> None:
    before, numbers = shown(desk), (care.funnel, care.rates, care.paces)
    counted = [each(desk.cohort, desk.coordinator) for each in numbers[1:]]
    own = pair(desk, LONG, mentee=desk.coordinator)
    CheckIn.objects.create(
        pairing=own, side=Role.MENTOR, person=own.mentor, round=1, day=now().date(), due_at=now(), state="missed"
    )
    factories.request(
        factories.enrolment(desk.cohort, people.mentee("Own Asker")),
        factories.enrolment(desk.cohort, desk.superuser, Role.MENTOR),
        at=now(),
    )
    after = shown(desk)
    assert [each(desk.cohort, desk.coordinator) for each in numbers[1:]] == counted
    assert after.context["health"] == before.context["health"]
    assert care.funnel(desk.cohort, desk.coordinator)["introduced"] == 1
    assert own.mentor.name not in after.text
    assert "Own Asker" not in shown(desk, desk.superuser).text


def test_shares_and_days_are_told_from_five_on(desk: Desk) -> None:
    for number in (4, 5):
        while len(Pairing.objects.filter(state=PairingState.COMPLETED)) < number:
            (over,) = ended.pairings(desk.cohort, [now() - DAY])
            ended.checked_in(over, 1)
        paces = {each.step: each.days for each in care.paces(desk.cohort, desk.coordinator)}
        rates = {each.of: (each.asked, each.percent) for each in care.rates(desk.cohort, desk.coordinator)}
        assert rates["mentee"] == (number, None if number == 4 else 100)
        assert paces["completing"] == (None if number == 4 else 120.0)
    assert rates["mentor"] == (0, None)
    text = shown(desk).text
    assert "half of 5 took up to 120 days" in text
    assert "too few to say" in text
    factories.request(factories.enrolment(desk.cohort), desk.request.mentor_enrolment, state=RequestState.EXPIRED)
    rates = {each.of: (each.asked, each.answered) for each in care.rates(desk.cohort, desk.coordinator)}
    assert rates["requests"] == (7, 6)


def test_the_funnel_counts_mentees_from_the_invitation_on(desk: Desk) -> None:
    whom = {"email": "new@example.org", "name": "New Person", "cohort": desk.cohort, "role": Role.MENTEE}
    offers.offer(**whom, user=desk.coordinator, now=now())
    counted = care.funnel(desk.cohort, desk.coordinator)
    assert counted == {"invited": 1, "taking_part": 2, "asked": 2, "introduced": 1, "began": 1, "completed": 0}
