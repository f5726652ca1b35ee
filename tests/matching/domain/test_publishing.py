"""A run is published: its proposals become requests; whoever cannot be asked any more is held back with the reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, Leave, MentorProfile, NeverWith, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transitions import Actor
from matching.domain import notes, publishing, requests, runs, waivers
from matching.engine.facts.rules import TABLE
from matching.models import MatchRun, Proposal, Request, ShortlistEntry
from matching.models.requests import Origin
from matching.models.runs import HeldBack
from matching.states import RequestState, RunState
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, enrolment, pairing, request

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)


class Programme:
    """A cohort with a coordinator, so many who seek and so many who mentor, and a run of it."""

    def __init__(self, mentees: int = 3, mentors: int | None = None, **words: object) -> None:
        self.coordinator = people.person(staff=True)
        self.cohort: Cohort = cohort(coordinators=(self.coordinator,), **words)
        self.mentees = [enrolment(self.cohort) for _ in range(mentees)]
        self.mentors = [
            enrolment(self.cohort, role=Role.MENTOR) for _ in range(mentees if mentors is None else mentors)
        ]
        self.run = self.again()

    def again(self) -> MatchRun:
        return runs.make(cohort=self.cohort, user=self.coordinator, terms=runs.Terms(), now=NOW)

    def publish(self, run: MatchRun | None = None, *, user: User | None = None, **words: object) -> publishing.Outlook:
        return publishing.publish(run=run or self.run, user=user or self.coordinator, now=LATER, **words)

    @property
    def first(self) -> Proposal:
        found: Proposal = self.run.proposals.order_by("-score", "pk")[0]
        return found


def letters(kind: str) -> set[object]:
    return {letter.person for letter in Letter.objects.filter(kind=kind).select_related("person")}


def test_proposals_become_requests_with_all_that_a_request_has() -> None:
    here = Programme()

    outlook = here.publish()

    made = Request.objects.all()
    pairs = {(each.mentee_enrolment_id, each.mentor_enrolment_id) for each in here.run.proposals.all()}
    assert {(each.mentee_enrolment_id, each.mentor_enrolment_id) for each in made} == pairs
    assert {(each.origin, each.state, each.asked_at) for each in made} == {(Origin.RUN, RequestState.PENDING, LATER)}
    assert {each.deadline.isoformat() for each in made} == {"2026-03-17T18:00:00+00:00"}  # in London
    assert all(each.key is not None and each.read("note") == "" for each in made)
    assert {each.proposal.run for each in made} == {here.run}
    here.run.refresh_from_db()
    assert (here.run.state, here.run.published_at, here.run.published_by) == ("published", LATER, here.coordinator)
    assert (len(outlook.asked), len(outlook.held_back), outlook.told) == (3, 0, 6)


def test_mentors_are_asked_mentees_are_told_and_history_says_who_did_it() -> None:
    here = Programme()
    here.publish()

    assert letters("request_asked") == letters("request_waiting") == {row.person for row in here.mentors}
    assert letters("request_proposed") == letters("request_expiring") == {row.person for row in here.mentees}
    asked = Event.objects.filter(verb="ask")
    assert {(each.actor, each.user) for each in asked} == {(Actor.COORDINATOR, here.coordinator)}
    assert asked.count() == 3
    assert Event.objects.get(verb="publish").subject_id == here.run.pk


def test_only_the_chosen_are_asked_and_the_others_can_follow() -> None:
    here = Programme()
    chosen = here.first

    here.publish(proposals=[chosen])

    assert [each.proposal for each in Request.objects.all()] == [chosen]
    assert here.run.proposals.to_publish().count() == 2
    here.publish()
    assert Request.objects.count() == 3
    assert not here.run.proposals.to_publish().exists()


def test_published_twice_asks_once() -> None:
    here = Programme()
    here.publish()
    for words in ({}, {"proposals": [here.first]}):
        with pytest.raises(Refused) as refused:
            here.publish(**words)
        assert refused.value.code == "published_already"
    assert Request.objects.count() == 3


def test_who_may_publish() -> None:
    here = Programme()
    with pytest.raises(NotPermitted):
        here.publish(user=people.person(staff=True))
    superuser = people.person(staff=True)
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    superuser.refresh_from_db()
    here.publish(user=superuser)
    assert Request.objects.count() == 3


@pytest.mark.parametrize("role", Role.values)
def test_a_coordinator_who_takes_part_cannot_publish_and_another_can(role: str) -> None:
    here = Programme(mentees=1)
    if role == Role.MENTEE:
        people.become_mentee_too(here.coordinator)
        enrolment(here.cohort, here.coordinator)  # unmatched, or in a proposal
    else:
        MentorProfile.objects.create(person=here.coordinator, capacity=1)
        enrolment(here.cohort, here.coordinator, Role.MENTOR)
    run = here.again()
    with pytest.raises(Refused) as refused:
        here.publish(run)
    assert refused.value.code == "takes_part"
    other = people.person(staff=True)
    here.cohort.coordinators.add(other)
    assert here.publish(run, user=other).asked


def leaves(here: Programme, pair: Proposal) -> None:
    Enrolment.objects.filter(pk=pair.mentee_enrolment_id).update(state=EnrolmentState.WITHDRAWN)


def closes_account(here: Programme, pair: Proposal) -> None:
    User.objects.filter(pk=pair.mentee_id).update(is_active=False)


def finds_another(here: Programme, pair: Proposal) -> None:
    pairing(pair.mentee_enrolment, enrolment(here.cohort, role=Role.MENTOR))


def asks_another(here: Programme, pair: Proposal) -> None:
    request(pair.mentee_enrolment, enrolment(here.cohort, role=Role.MENTOR))


def changes_house(here: Programme, pair: Proposal) -> None:
    Affiliation.objects.filter(person=pair.mentee).update(
        organisation=Affiliation.objects.get(person=pair.mentor).organisation
    )


def joins_the_board(here: Programme, pair: Proposal) -> None:
    house = Affiliation.objects.get(person=pair.mentor).organisation
    people.affiliation(pair.mentee, house, kind=AffiliationKind.BOARD)


def names_no_employer(here: Programme, pair: Proposal) -> None:
    Affiliation.objects.filter(person=pair.mentee).delete()


def declines(here: Programme, pair: Proposal) -> None:
    request(pair.mentee_enrolment, pair.mentor_enrolment, state=RequestState.DECLINED)


def was_paired(here: Programme, pair: Proposal) -> None:
    pairing(pair.mentee_enrolment, pair.mentor_enrolment, state="completed")


def lists_the_mentor(here: Programme, pair: Proposal) -> None:
    NeverWith.objects.put(owner=pair.mentee, person=pair.mentor)


def mentor_leaves(here: Programme, pair: Proposal) -> None:
    Enrolment.objects.filter(pk=pair.mentor_enrolment_id).update(state=EnrolmentState.WITHDRAWN)


def mentor_is_away(here: Programme, pair: Proposal) -> None:
    Leave.objects.create(person=pair.mentor, starts_on=NOW.date(), ends_on=NOW.date())


def mentor_is_full(here: Programme, pair: Proposal) -> None:
    pairing(enrolment(here.cohort), pair.mentor_enrolment)


def mentor_takes_nobody_new(here: Programme, pair: Proposal) -> None:
    MentorProfile.objects.filter(person=pair.mentor).update(nobody_new=True)


def mentor_is_asked_by_another(here: Programme, pair: Proposal) -> None:
    request(enrolment(here.cohort), pair.mentor_enrolment)


MEANWHILE: list[tuple[Callable[[Programme, Proposal], None], HeldBack]] = [
    (leaves, HeldBack.MENTEE_LEFT),
    (closes_account, HeldBack.MENTEE_LEFT),
    (finds_another, HeldBack.MENTEE_PAIRED),
    (asks_another, HeldBack.MENTEE_WAITS),
    (changes_house, HeldBack.SAME_EMPLOYER),
    (joins_the_board, HeldBack.CURRENT_TIE),
    (names_no_employer, HeldBack.MENTEE_UNCONFIRMED),
    (declines, HeldBack.DECLINED),
    (was_paired, HeldBack.PAIRED_BEFORE),
    (lists_the_mentor, HeldBack.OTHER),
    (mentor_leaves, HeldBack.OTHER),
    (mentor_is_away, HeldBack.OTHER),
    (mentor_is_full, HeldBack.OTHER),
    (mentor_takes_nobody_new, HeldBack.OTHER),
    (mentor_is_asked_by_another, HeldBack.OTHER),
]


@pytest.mark.parametrize(("happens", "reason"), MEANWHILE)
def test_who_changed_meanwhile_is_held_back_with_the_reason_and_the_rest_goes_on(
    happens: Callable[[Programme, Proposal], None], reason: HeldBack
) -> None:
    here = Programme()
    pair = here.first
    happens(here, pair)
    before = Request.objects.count()

    foreseen = publishing.foresee(run=here.run, user=here.coordinator, now=LATER)
    outlook = here.publish()

    assert [each for each, _reason in foreseen.held_back] == [pair]
    assert [(each, why) for each, why in outlook.held_back] == [(pair, reason)]
    assert Request.objects.count() == before + 2
    pair.refresh_from_db()
    assert (pair.request, pair.held_back) == (None, reason)


def test_every_rule_has_a_reason_to_hold_back() -> None:
    assert {rule.public_key for rule in TABLE} <= set(HeldBack.values)
    assert all(str(each.label).strip() for each in HeldBack)


def test_a_waiver_lets_a_pair_through() -> None:
    here = Programme()
    pair = here.first
    changes_house(here, pair)
    until = NOW.date() + timedelta(days=30)
    who = {"mentee": pair.mentee, "mentor": pair.mentor, "user": here.coordinator}
    waivers.waive(cohort=here.cohort, why="Agreed with both.", until=until, now=NOW, **who)
    assert not here.publish().held_back


def test_places_are_never_given_away_twice() -> None:
    """A mentor with two places gets two requests; once one of the places is promised elsewhere, only one."""
    here = Programme(mentees=2, mentors=0)
    mentor = enrolment(here.cohort, people.mentor(capacity=2), Role.MENTOR)
    run = here.again()
    assert run.matched == 2
    elsewhere = enrolment(cohort(), mentor.person, Role.MENTOR)
    request(enrolment(elsewhere.cohort), elsewhere)

    outlook = here.publish(run)

    assert (len(outlook.asked), [reason for _each, reason in outlook.held_back]) == (1, [HeldBack.OTHER])
    assert outlook.asked[0][0].score >= outlook.held_back[0][0].score
    assert outlook.told == 2


def test_a_run_leaves_places_alone_that_waiting_requests_may_take() -> None:
    here = Programme()
    here.publish()
    enrolment(here.cohort)
    free = enrolment(here.cohort, role=Role.MENTOR)

    follow_up = here.again()

    assert (follow_up.mentees, follow_up.places) == (1, 1)
    assert follow_up.proposals.get().mentor_enrolment == free


def test_declines_and_expiries_flow_into_a_run_that_keeps_what_is_accepted() -> None:
    here = Programme(mentees=3)
    here.publish()
    one, two, three = Request.objects.all()
    requests.accept(request=one, user=one.mentor, now=LATER)
    requests.decline(request=two, user=two.mentor, reason_class="time", now=LATER)
    late = three.deadline + timedelta(hours=1)
    assert requests.expire_due(now=late) == 1
    spare = enrolment(here.cohort, role=Role.MENTOR)

    follow_up = runs.make(cohort=here.cohort, user=here.coordinator, terms=runs.Terms(), now=late)

    assert {each.person for each in runs.seekers(here.cohort)} == {two.mentee, three.mentee}
    proposed = {each.mentee_id: each.mentor_id for each in follow_up.proposals.all()}
    assert set(proposed) == {two.mentee_id, three.mentee_id}
    assert proposed[two.mentee_id] != two.mentor_id
    assert one.mentor_id not in proposed.values()
    assert set(proposed.values()) <= {two.mentor_id, three.mentor_id, spare.person_id}


def test_the_note_left_for_this_very_mentor_goes_along() -> None:
    here = Programme(mentees=1)
    pair = here.first
    entry = ShortlistEntry.objects.create(mentee=pair.mentee_enrolment, mentor=pair.mentor_enrolment, rank=1)
    notes.leave(mentee_enrolment=pair.mentee_enrolment, entry_id=entry.pk, note="Glad to meet you.", user=pair.mentee)

    here.publish()

    assert Request.objects.get().read("note") == "Glad to meet you."
    entry.refresh_from_db()
    assert (entry.asked_at, entry.note) == (LATER, None)


def test_nothing_is_published_when_nobody_can_be_asked_or_the_cohort_is_over() -> None:
    here = Programme(mentees=1)
    leaves(here, here.first)
    with pytest.raises(Refused) as refused:
        here.publish()
    assert refused.value.code == "nobody_to_ask"
    here.run.refresh_from_db()
    assert here.run.state == RunState.PROVEN
    assert here.first.held_back == ""

    there = Programme()
    Cohort.objects.filter(pk=there.cohort.pk).update(ends_on=NOW.date() - timedelta(days=1))
    there.run.cohort.refresh_from_db()
    with pytest.raises(Refused) as refused:
        there.publish()
    assert refused.value.code == "cohort_over"


def test_proposals_of_two_runs_are_not_published_together() -> None:
    here = Programme()
    other = here.again()
    with pytest.raises(Refused) as refused:
        here.publish(proposals=[here.first, other.proposals.first()])
    assert refused.value.code == "several_runs"


def test_a_discarded_run_is_not_published_until_it_is_kept_after_all() -> None:
    here = Programme()
    publishing.discard(run=here.run, user=here.coordinator, now=LATER)
    with pytest.raises(WrongState):
        here.publish()
    with pytest.raises(NotPermitted):
        publishing.keep(run=here.run, user=people.person(), now=LATER)
    publishing.keep(run=here.run, user=here.coordinator, now=LATER)
    here.publish()
    with pytest.raises(WrongState):
        publishing.discard(run=here.run, user=here.coordinator, now=LATER)
    assert [each.verb for each in Event.objects.filter(subject_id=here.run.pk).order_by("pk")] == [
        "match",
        "discard",
        "keep",
        "publish",
    ]


def test_what_was_published_since_is_known() -> None:
    here = Programme()
    older = here.again()
    assert publishing.published_since(older) is None
    here.publish()
    assert publishing.published_since(older) == here.run
    assert publishing.published_since(here.run) is None


def queries(mentees: int) -> int:
    here = Programme(mentees=mentees)
    with CaptureQueriesContext(connection) as counted:
        outlook = here.publish()
    assert len(outlook.asked) == mentees
    return len(counted)


def test_twenty_are_published_with_as_many_queries_as_one() -> None:
    """Rows are written together: no statement is added for a proposal more."""
    assert queries(1) == queries(20)
