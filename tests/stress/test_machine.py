"""A model of who asks whom and who is paired, held against the domain functions and the invariants after every step."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.domain import profiles
from accounts.models import MentorProfile
from cohorts.models import Enrolment
from cohorts.states import Role
from common.errors import Refused
from common.invariants import broken
from common.transitions import Actor
from engagements.cadence import Cadence
from engagements.domain import agreements, reviews
from matching.domain import pairings, requests, shortlist
from matching.models import Pairing, Request, ShortlistEntry
from tests import people
from tests.matching.factories import NOW, cohort, enrolment

MENTEES, CAPACITIES = 3, (1, 1, 2)
PATIENCE = timedelta(days=14)  # longer than five working days, wherever there are holidays
mentees, mentors = st.integers(0, MENTEES - 1), st.integers(0, len(CAPACITIES) - 1)
sides = st.sampled_from(["mentee", "mentor"])


@dataclass
class Seeker:
    """What the model knows of a mentee; mentors are numbers."""

    asks: int | None = None
    mentor: int | None = None
    state: str = ""
    yes: set[str] = field(default_factory=set)
    signed: set[str] = field(default_factory=set)
    looked_back: set[str] = field(default_factory=set)
    barred: set[int] = field(default_factory=set)  # who declined, and who was a mentor before
    shortlist: list[list[Any]] = field(default_factory=list)  # mentor, used


class Programme(RuleBasedStateMachine):
    """Three mentees, three mentors, four places."""

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.now = NOW
        here = cohort(ends_on=date(2028, 12, 11))
        self.seekers = [Seeker() for _ in range(MENTEES)]
        self.places = list(CAPACITIES)
        self.mentees = [enrolment(here) for _ in range(MENTEES)]
        self.mentors = [enrolment(here, people.mentor(capacity=each), Role.MENTOR) for each in CAPACITIES]
        self.mentor_number = {row.pk: number for number, row in enumerate(self.mentors)}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    # --- the model --------------------------------------------------------------------------

    def load(self, mentor: int) -> int:
        return sum(seeker.mentor == mentor for seeker in self.seekers)

    def may_be_asked(self, seeker: Seeker, mentor: int) -> bool:
        return mentor not in seeker.barred and self.load(mentor) < self.places[mentor]

    def free(self, seeker: Seeker) -> bool:
        return seeker.asks is None and seeker.mentor is None

    def ask_next_mentor(self, seeker: Seeker) -> None:
        for wish in seeker.shortlist:
            if not wish[1]:
                wish[1] = True
                if self.may_be_asked(seeker, wish[0]):
                    seeker.asks = wish[0]
                    return

    def over(self, seeker: Seeker) -> None:
        assert seeker.mentor is not None
        seeker.barred.add(seeker.mentor)
        seeker.mentor, seeker.state, seeker.yes, seeker.signed = None, "", set(), set()
        seeker.looked_back = set()

    # --- what is there ----------------------------------------------------------------------

    def request(self, mentee: int) -> Request:
        return Request.objects.pending().get(mentee_enrolment=self.mentees[mentee])

    def pairing(self, mentee: int) -> Pairing:
        return Pairing.objects.open().get(mentee_enrolment=self.mentees[mentee])

    def user(self, mentee: int, side: str) -> Any:
        return getattr(self.pairing(mentee), side)

    def expect(self, allowed: bool, verb: Any) -> bool:
        """The domain function does it exactly when the model says so."""
        code = "done"
        try:
            verb()
        except Refused as refused:
            code = refused.code
        assert (code == "done") == allowed, code
        return allowed

    # --- asking -----------------------------------------------------------------------------

    @rule(mentee=mentees, mentor=mentors)
    def wish(self, mentee: int, mentor: int) -> None:
        seeker, pair = self.seekers[mentee], (self.mentees[mentee], self.mentors[mentor])
        listed = [wish for wish in seeker.shortlist if wish[0] == mentor]
        waiting = any(not used or seeker.asks == mentor for _mentor, used in listed)
        allowed = mentor not in seeker.barred and seeker.mentor != mentor and not waiting
        if self.expect(allowed, lambda: shortlist.add(**_pair(*pair), user=pair[0].person, now=self.now)):
            seeker.shortlist = [wish for wish in seeker.shortlist if wish[0] != mentor] + [[mentor, False]]

    @rule(mentee=mentees, mentor=mentors)
    def ask(self, mentee: int, mentor: int) -> None:
        seeker, pair = self.seekers[mentee], (self.mentees[mentee], self.mentors[mentor])
        allowed = self.free(seeker) and self.may_be_asked(seeker, mentor)
        if self.expect(allowed, lambda: requests.ask(**_pair(*pair), user=pair[0].person, now=self.now)):
            seeker.asks = mentor
            for wish in seeker.shortlist:
                wish[1] = wish[1] or wish[0] == mentor

    @precondition(lambda self: any(seeker.asks is not None for seeker in self.seekers))
    @rule(mentee=mentees)
    def accept(self, mentee: int) -> None:
        seeker = self.seekers[mentee]
        if (mentor := seeker.asks) is None:
            return
        asked = self.request(mentee)
        requests.accept(request=asked, user=asked.mentor, now=self.now)
        seeker.asks, seeker.mentor, seeker.state = None, mentor, "introduced"
        if self.load(mentor) >= self.places[mentor]:
            let_down = [other for other in self.seekers if other.asks == mentor]
            for other in let_down:
                other.asks = None
            for other in let_down:
                self.ask_next_mentor(other)

    @rule(mentee=mentees)
    def decline(self, mentee: int) -> None:
        seeker = self.seekers[mentee]
        if seeker.asks is None:
            return
        asked = self.request(mentee)
        requests.decline(request=asked, user=asked.mentor, reason_class="time", now=self.now)
        seeker.barred.add(seeker.asks)
        seeker.asks = None
        self.ask_next_mentor(seeker)

    @rule(mentee=mentees, go_on=st.booleans())
    def withdraw(self, mentee: int, go_on: bool) -> None:
        seeker = self.seekers[mentee]
        if seeker.asks is None:
            return
        asked = self.request(mentee)
        requests.withdraw(request=asked, user=asked.mentee, actor=Actor.MENTEE, ask_next=go_on, now=self.now)
        seeker.asks = None
        if go_on:
            self.ask_next_mentor(seeker)

    @rule()
    def expire(self) -> None:
        self.now += PATIENCE
        requests.expire_due(now=self.now)
        let_down = [seeker for seeker in self.seekers if seeker.asks is not None]
        for seeker in let_down:
            seeker.asks = None
        for seeker in let_down:
            self.ask_next_mentor(seeker)

    @rule(mentor=mentors, places=st.integers(1, 3))
    def offer(self, mentor: int, places: int) -> None:
        person = self.mentors[mentor].person
        topics = [(each.topic, each.depth) for each in person.mentor_profile.expertise.select_related("topic")]
        allowed = places >= self.load(mentor)
        if self.expect(
            allowed,
            lambda: profiles.save_offer(person=person, about="", capacity=places, expertise=topics, now=self.now),
        ):
            self.places[mentor] = places

    # --- the pairing ------------------------------------------------------------------------

    @rule(mentee=mentees, side=sides, yes=st.booleans() | st.just(True))
    def chemistry(self, mentee: int, side: str, yes: bool) -> None:
        seeker = self.seekers[mentee]
        if seeker.mentor is None:
            return
        pairing, user = self.pairing(mentee), self.user(mentee, side)
        allowed = seeker.state == "introduced" and (yes or len(seeker.yes) < len(Role))
        answer = {"pairing": pairing, "user": user, "go_ahead": yes, "now": self.now}
        if not self.expect(allowed, lambda: pairings.answer_chemistry(**answer)):
            return
        if yes:
            seeker.yes.add(side)
        else:
            self.over(seeker)
            self.ask_next_mentor(seeker)

    @rule(mentee=mentees, side=sides)
    def sign(self, mentee: int, side: str) -> None:
        seeker = self.seekers[mentee]
        if seeker.mentor is None:
            return
        pairing, user = self.pairing(mentee), self.user(mentee, side)
        standing = agreements.latest(pairing)
        terms: dict[str, Any] = {
            "meetings_a_month": 1,
            "cadence": Cadence.weeks(13),
            "planned_end": pairing.cohort.ends_on,
        }
        allowed = side in seeker.signed or (seeker.state == "introduced" and len(seeker.yes) == len(Role))
        if standing is None:
            done = self.expect(allowed, lambda: agreements.propose(pairing=pairing, user=user, **terms, now=self.now))
        else:
            done = self.expect(allowed, lambda: agreements.sign(agreement=standing, user=user, now=self.now))
        if done:
            seeker.signed.add(side)
            if len(seeker.signed) == len(Role) and seeker.state == "introduced":
                seeker.state = "active"

    @rule(mentee=mentees, side=sides, verb=st.sampled_from(["pause", "resume", "begin_closing"]))
    def move(self, mentee: int, side: str, verb: str) -> None:
        seeker = self.seekers[mentee]
        if seeker.mentor is None:
            return
        source, target = MOVES[verb]
        words: dict[str, Any] = {"until": (self.now + timedelta(days=9)).date()} if verb == "pause" else {}
        act = {"pairing": self.pairing(mentee), "user": self.user(mentee, side), "actor": Actor(side), "now": self.now}
        if self.expect(seeker.state == source, lambda: getattr(pairings, verb)(**act, **words)):
            seeker.state = target

    @rule(mentee=mentees, side=sides)
    def look_back(self, mentee: int, side: str) -> None:
        """Each side once; the second completes the pairing."""
        seeker = self.seekers[mentee]
        review = self.pairing(mentee).reviews.filter(side=side).first() if seeker.mentor is not None else None
        if review is None:
            return
        said: reviews.Said = reviews.LearningInterview("yes")
        if side == "mentee":
            said = reviews.MenteeReview("clearly", "no", "somewhat", "some", 4, 4, 3, "yes")
        user = self.user(mentee, side)
        if self.expect(
            side not in seeker.looked_back,
            lambda: reviews.answer(review=review, user=user, said=said, now=self.now),
        ):
            seeker.looked_back.add(side)
            if len(seeker.looked_back) == len(Role):
                self.over(seeker)

    @rule(mentee=mentees, side=sides)
    def end(self, mentee: int, side: str) -> None:
        if self.seekers[mentee].mentor is None:
            return
        act = {"pairing": self.pairing(mentee), "user": self.user(mentee, side), "actor": Actor(side), "now": self.now}
        pairings.end_early(**act, end_class="time")
        self.over(self.seekers[mentee])

    # --- after every step -------------------------------------------------------------------

    @invariant()
    def what_is_there_is_what_the_model_says(self) -> None:
        asked = dict(Request.objects.pending().values_list("mentee_enrolment", "mentor_enrolment"))
        paired = {
            mentee: (mentor, state)
            for mentee, mentor, state in Pairing.objects.open().values_list(
                "mentee_enrolment", "mentor_enrolment", "state"
            )
        }
        for seeker, row in zip(self.seekers, self.mentees, strict=True):
            assert self.mentor_number.get(asked.get(row.pk)) == seeker.asks
            mentor, state = paired.get(row.pk, (None, ""))
            assert (self.mentor_number.get(mentor), state) == (seeker.mentor, seeker.state)
            listed = ShortlistEntry.objects.filter(mentee=row).order_by("rank")
            assert [self.mentor_number[wish.mentor_id] for wish in listed] == [wish[0] for wish in seeker.shortlist]
        counts = dict(MentorProfile.objects.values_list("person", "open_pairings"))
        here = dict(Enrolment.objects.values_list("pk", "open_pairings"))
        for number, row in enumerate(self.mentors):
            assert counts[row.person_id] == here[row.pk] == self.load(number)

    @invariant()
    def no_invariant_is_broken(self) -> None:
        assert broken(NOW.date()) == {}


MOVES = {
    "pause": ("active", "paused"),
    "resume": ("paused", "active"),
    "begin_closing": ("active", "closing"),
}


def _pair(mentee: Enrolment, mentor: Enrolment) -> dict[str, Enrolment]:
    return {"mentee_enrolment": mentee, "mentor_enrolment": mentor}


@pytest.mark.slow(reason="many steps are tried, and fewer again to find the shortest that fail")
@pytest.mark.django_db
def test_the_domain_does_what_the_model_says(pytestconfig: pytest.Config) -> None:
    long = int(pytestconfig.getoption("stress") or 0)
    run_state_machine_as_test(
        Programme,
        settings=settings(
            max_examples=long // 100 or 6,
            stateful_step_count=20,
            derandomize=not long,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a failure is shown as it came: making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
