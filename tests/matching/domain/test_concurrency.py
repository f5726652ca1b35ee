"""Many at once. Each promise is shown to bite: with its locks and constraints off, the same crowd breaks it."""

from collections import Counter
from collections.abc import Callable, Iterable
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.domain import ownership
from accounts.models import Affiliation, MentorProfile
from cohorts.models import Enrolment
from cohorts.states import Role
from common.errors import Refused
from common.transitions import Actor
from matching.domain import independence, locks, publishing, requests, runs
from matching.models import Pairing, Proposal, Request
from matching.models.runs import HeldBack
from matching.states import RequestState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, request

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 40
PATIENCE = 120  # seconds until a thread that hangs fails the test
WAITING_FOR_US = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
CHECKS = {"accounts_mentorprofile": "mentor_within_capacity", "cohorts_enrolment": "enrolment_within_capacity"}


def at_once(verbs: Iterable[Callable[[], object]]) -> Counter[str]:
    """Run every verb in a thread of its own, all starting together; count how they ended."""
    calls = list(verbs)
    start, ended = Barrier(len(calls)), []

    def run(verb: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE)
            verb()
        except Refused as refused:
            ended.append(refused.code)
        except Exception as error:  # noqa: BLE001 - whatever else happens to one of them fails the count
            ended.append(repr(error))
        else:
            ended.append("done")
        finally:
            connection.close()

    threads = [Thread(target=run, args=(verb,)) for verb in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return Counter(ended)


def asked_by_a_crowd(capacity: int) -> list[Request]:
    here = cohort()
    mentor = enrolment(here, people.mentor(capacity=capacity), Role.MENTOR)
    return [request(enrolment(here), mentor) for _ in range(CROWD)]


def accepting(asked: Request) -> Callable[[], object]:
    return lambda: requests.accept(request=asked, user=asked.mentor, now=NOW)


@pytest.mark.parametrize("capacity", [1, 3])
def test_exactly_the_capacity_is_accepted(capacity):
    crowd = asked_by_a_crowd(capacity)
    ended = at_once(accepting(asked) for asked in crowd)
    assert ended["done"] == capacity
    assert Pairing.objects.open().count() == capacity
    assert MentorProfile.objects.get(person=crowd[0].mentor).open_pairings == capacity
    assert set(ended) <= {"done", "wrong_state", "other"}
    states = Counter(Request.objects.values_list("state", flat=True))
    assert states == {"accepted": capacity, "lapsed": CROWD - capacity}


@pytest.fixture
def unguarded(monkeypatch):
    """Neither locks nor the CHECKs on places; whoever has looked waits until everybody has looked."""
    looked, sound = Barrier(CROWD), independence.check

    def look_and_wait(**words):
        sound(**words)
        looked.wait(PATIENCE)

    def unlocked(model):
        return lambda ids: {row.pk: row for row in model.objects.filter(pk__in=set(ids))}

    monkeypatch.setattr(independence, "check", look_and_wait)
    monkeypatch.setattr(locks, "people", lambda _ids: {})
    monkeypatch.setattr(
        locks,
        "enrolments",
        lambda ids: Enrolment.objects.select_related("person__profile", "cohort").in_bulk(list(ids)),
    )
    monkeypatch.setattr(locks, "requests", unlocked(Request))
    monkeypatch.setattr(requests, "_made_impossible", lambda *_: [])
    definitions = {}
    with connection.cursor() as cursor:
        for table, name in CHECKS.items():
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
            definitions[name] = cursor.fetchone()[0]
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE matching_pairing DISABLE TRIGGER pairing_kept")
        cursor.execute("DELETE FROM matching_pairing")  # the trigger counts down
        cursor.execute("ALTER TABLE matching_pairing ENABLE TRIGGER pairing_kept")
        for table, name in CHECKS.items():
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definitions[name]}")


@pytest.mark.slow(reason="a crowd is let at one place until it is sold twice")
def test_without_locks_and_checks_the_same_crowd_oversells(unguarded):
    crowd = asked_by_a_crowd(1)
    ended = at_once(accepting(asked) for asked in crowd)
    assert ended == {"done": CROWD}
    assert Pairing.objects.open().count() == CROWD


def test_accept_against_withdraw_has_one_winner():
    for _round in range(6):
        asked = request(*couple())
        ended = at_once(
            [
                accepting(asked),
                lambda asked=asked: requests.withdraw(
                    request=asked, user=asked.mentee, actor=Actor.MENTEE, ask_next=False, now=NOW
                ),
            ]
        )
        assert ended == {"done": 1, "wrong_state": 1}
        asked.refresh_from_db()
        assert Pairing.objects.filter(request=asked).exists() == (asked.state == RequestState.ACCEPTED)


def test_a_double_click_asks_once():
    mentee, mentor = couple()
    ended = at_once(
        lambda: requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
        for _click in range(8)
    )
    assert ended == {"done": 1, "request_one_pending": 7}
    assert Request.objects.count() == 1


def test_one_accepted_request_is_one_pairing_however_often_it_is_clicked():
    asked = request(*couple())
    assert at_once(accepting(asked) for _click in range(8)) == {"done": 1, "wrong_state": 7}


def test_crossing_requests_neither_deadlock_nor_pair_both_ways():
    here = cohort()
    one, other = people.mentor(capacity=2), people.mentor(capacity=2)
    there = request(enrolment(here, one), enrolment(here, other, Role.MENTOR))
    back = request(enrolment(here, other), enrolment(here, one, Role.MENTOR))
    ended = at_once([accepting(there), accepting(back)])
    assert ended["done"] == 1
    assert Pairing.objects.count() == 1


def test_while_a_run_publishes_requests_wait_for_the_cohort_and_then_go_on():
    mentee, mentor = couple()
    ended: list[object] = []

    def ask():
        try:
            ended.append(requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW))
        finally:
            connection.close()

    asking = Thread(target=ask)
    with transaction.atomic():
        locks.cohort_alone(mentee.cohort_id)
        asking.start()
        wait_until_blocked()
        assert ended == []
        here = request(enrolment(mentee.cohort), enrolment(mentee.cohort, role=Role.MENTOR))
    asking.join(PATIENCE)
    assert [made.pk for made in ended] == list(Request.objects.exclude(pk=here.pk).values_list("pk", flat=True))


def overlapping_runs(runs_of_it: int = 2):
    """A cohort with two coordinators and three pairs, and runs that propose the same to the same."""
    coordinators = [people.person(staff=True) for _ in range(runs_of_it)]
    here = cohort(coordinators=tuple(coordinators))
    for _ in range(3):
        enrolment(here)
        enrolment(here, role=Role.MENTOR)
    made = [runs.make(cohort=here, user=None, terms=runs.Terms(), now=NOW) for _ in coordinators]
    return list(zip(made, coordinators, strict=True))


def publishing_it(run, user, proposals=None):
    return lambda: publishing.publish(run=run, user=user, proposals=proposals, now=NOW)


def test_two_coordinators_publish_the_same_and_one_wins_each_person():
    for _round in range(4):
        both = overlapping_runs()
        ended = at_once(publishing_it(run, user) for run, user in both)
        assert ended == {"done": 1, "nobody_to_ask": 1}
        asked = Request.objects.filter(cohort=both[0][0].cohort)
        assert asked.count() == len({each.mentee_id for each in asked}) == len({each.mentor_id for each in asked}) == 3


def test_of_two_that_overlap_the_second_is_told_who_was_taken():
    (one, first), (two, second) = overlapping_runs()
    chosen = list(one.proposals.all()[:2])
    ended = at_once([publishing_it(one, first, chosen), publishing_it(two, second)])
    assert ended["done"] >= 1
    assert set(ended) <= {"done", "nobody_to_ask"}
    taken = {each.held_back for each in Proposal.objects.exclude(held_back="")}
    assert taken <= {HeldBack.MENTEE_WAITS, HeldBack.OTHER}
    assert taken or ended["nobody_to_ask"]
    assert Request.objects.count() == 3


def test_runs_of_two_cohorts_never_give_away_one_place_twice():
    who = people.mentor(capacity=1)
    coordinator = people.person(staff=True)
    made = []
    for _ in range(2):
        here = cohort(coordinators=(coordinator,))
        enrolment(here)
        enrolment(here, who, Role.MENTOR)
        made.append(runs.make(cohort=here, user=None, terms=runs.Terms(), now=NOW))
    assert at_once(publishing_it(run, coordinator) for run in made) == {"done": 1, "nobody_to_ask": 1}
    assert Request.objects.count() == 1


def test_published_with_a_double_click_asks_once():
    (run, user), _other = overlapping_runs()
    assert at_once(publishing_it(run, user) for _click in range(6)) == {"done": 1, "published_already": 5}
    assert Request.objects.count() == 3


def test_who_asks_while_a_run_publishes_is_told_or_comes_first():
    for _round in range(4):
        (run, user), _other = overlapping_runs()
        pair = run.proposals.first()
        words = {"mentee_enrolment": pair.mentee_enrolment, "mentor_enrolment": pair.mentor_enrolment}
        ended = at_once([publishing_it(run, user), lambda w=words, p=pair: requests.ask(**w, user=p.mentee, now=NOW)])
        assert ended in ({"done": 2}, {"done": 1, "request_one_pending": 1})
        assert Request.objects.filter(cohort=run.cohort).count() == 3


def test_who_changes_an_owner_sees_what_was_asked_meanwhile():
    mentee, mentor = couple()
    child, parent = (Affiliation.objects.get(person=side.person).organisation for side in (mentee, mentor))

    def own():
        try:
            ownership.save_ownership(child=child, parent=parent, starts_on=NOW.date(), user=None, now=NOW)
        finally:
            connection.close()

    owning = Thread(target=own)
    with transaction.atomic():
        asked = requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
        owning.start()
        wait_until_blocked()
    owning.join(PATIENCE)
    asked.refresh_from_db()
    assert asked.state == RequestState.LAPSED


def wait_until_blocked():
    """Until somebody waits for a lock that this session holds; other tests on the same server wait as well."""
    with connection.cursor() as cursor:
        for _look in range(PATIENCE * 1000):
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
