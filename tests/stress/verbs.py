"""Everything that people, coordinators and the clock may do, done to whatever is there, at random."""

from collections.abc import Callable
from datetime import timedelta

from accounts.choices import AffiliationKind
from accounts.domain import affiliations, ownership, profiles
from accounts.models import Affiliation, Leave, MentorProfile, Organisation, Ownership, User
from cohorts.domain import enrolments
from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState, Role
from common.transitions import Actor
from engagements.cadence import Cadence
from engagements.domain import (
    agreements,
    check_in_silence,
    lengths,
    reviews,
)
from matching.domain import pairings, publishing, recheck, requests, run_work, runs, shortlist, waivers
from matching.models import MatchRun, Pairing, Request
from matching.models.pairings import EndClass
from matching.models.requests import DeclineClass
from matching.states import RUNS_ON_THEIR_WAY, PairingState
from tests.matching.factories import NOW
from tests.stress.hand import Nothing
from tests.stress.inside_verbs import InsideHand


class Hand(InsideHand):
    """Everything."""

    # --- asking -----------------------------------------------------------------------------

    def _couple(self) -> tuple[Enrolment, Enrolment]:
        mentee = self.any(Enrolment.objects.filter(role=Role.MENTEE))
        return mentee, self.any(Enrolment.objects.filter(role=Role.MENTOR, cohort=mentee.cohort))

    def ask(self) -> None:
        mentee, mentor = self._couple()
        requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=self.now())

    def wish(self) -> None:
        mentee, mentor = self._couple()
        shortlist.add(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=self.now())

    def accept(self) -> None:
        asked = self.any(Request.objects.pending())
        requests.accept(request=asked, user=asked.mentor, now=self.now())

    def decline(self) -> None:
        asked = self.any(Request.objects.pending())
        requests.decline(request=asked, user=asked.mentor, reason_class=DeclineClass.TIME, text="No.", now=self.now())

    def lift(self) -> None:
        asked = self.any(Request.objects.filter(state="declined", lift=None))
        requests.lift_decline(request=asked, user=self.coordinator(asked.cohort), now=self.now())

    def withdraw(self) -> None:
        asked = self.any(Request.objects.pending())
        user, actor = self.chance.choice(
            [(asked.mentee, Actor.MENTEE), (self.coordinator(asked.cohort), Actor.COORDINATOR)]
        )
        requests.withdraw(request=asked, user=user, actor=actor, ask_next=self.chance.random() < 0.5, now=self.now())

    def expire(self) -> None:
        requests.expire_due(now=self.later())

    def lapse(self) -> None:
        requests.lapse(request_ids=[self.any(Request.objects.pending()).pk], now=self.now())

    def match(self) -> None:
        cohort = self.any(Cohort.objects.all())
        runs.make(cohort=cohort, user=self.coordinator(cohort), terms=runs.Terms(), now=self.now())

    def run_in_steps(self) -> None:
        """A run is asked for, made by whoever is free, or cancelled in the middle of it."""
        act = self.chance.random()
        if act < 0.4:
            cohort = self.any(Cohort.objects.all())
            run_work.queue(cohort=cohort, user=self.coordinator(cohort), terms=runs.Terms(), now=self.now())
        elif act < 0.9:
            run_work.make_next(clock=self.now)
        else:
            run = self.any(MatchRun.objects.filter(state__in=RUNS_ON_THEIR_WAY))
            run_work.cancel(run=run, user=self.coordinator(run.cohort), now=self.now())

    def publish(self) -> None:
        """Some of a run or all of it, however long ago it was made; now and then it is put aside, or taken up again."""
        run = self.any(MatchRun.objects.all())
        words = {"run": run, "user": self.coordinator(run.cohort), "now": self.now()}
        if self.chance.random() < 0.2:
            self.chance.choice([publishing.discard, publishing.keep])(**words)
            return
        some = [each for each in run.proposals.order_by("pk") if self.chance.random() < 0.5]
        publishing.publish(**words, proposals=self.chance.choice([None, some]))

    # --- the pairing ------------------------------------------------------------------------

    def chemistry(self) -> None:
        pairing = self._pairing(PairingState.INTRODUCED)
        user = self.chance.choice([pairing.mentee, pairing.mentor])
        pairings.answer_chemistry(pairing=pairing, user=user, go_ahead=self.chance.random() < 0.85, now=self.now())

    def sign(self) -> None:
        pairing = self._pairing(PairingState.INTRODUCED)
        user, standing = self.chance.choice([pairing.mentee, pairing.mentor]), agreements.latest(pairing)
        if standing is not None and self.chance.random() < 0.8:
            agreements.sign(agreement=standing, user=user, now=self.now())
            return
        agreements.propose(
            pairing=pairing,
            user=user,
            meetings_a_month=1,
            cadence=Cadence.weeks(13),
            planned_end=(NOW + timedelta(days=300)).date(),
            amendments="Between us.",
            now=self.now(),
        )

    def pause(self) -> None:
        pairing = self._pairing(PairingState.ACTIVE)
        user, actor = self.of_two(pairing)
        until = (NOW + timedelta(days=30)).date()
        pairings.pause(pairing=pairing, user=user, actor=actor, until=until, now=self.now())

    def resume(self) -> None:
        pairing = self._pairing(PairingState.PAUSED)
        user, actor = self.of_two(pairing)
        pairings.resume(pairing=pairing, user=user, actor=actor, now=self.now())

    def close(self) -> None:
        pairing = self._pairing(PairingState.ACTIVE)
        user, actor = self.of_two(pairing)
        pairings.begin_closing(pairing=pairing, user=user, actor=actor, now=self.now())

    def look_back(self) -> None:
        """One of the two, for the first time or once more."""
        pairing = self._pairing(PairingState.CLOSING)
        review = pairing.reviews.get(side=self.chance.choice(Role.values))
        said = (
            reviews.MenteeReview("clearly", "no", "somewhat", "some", 4, 4, 3, "yes", takes_away="A word.")
            if review.side == Role.MENTEE
            else reviews.LearningInterview("yes", learned="A word.")
        )
        do = reviews.correct if review.is_answered else reviews.answer
        do(review=review, user=review.person, said=said, now=self.now())

    def end(self) -> None:
        pairing = self.any(Pairing.objects.open())
        user, actor = self.of_two(pairing)
        pairings.end_early(pairing=pairing, user=user, actor=actor, end_class=EndClass.OTHER, now=self.now())

    def pair_again(self) -> None:
        pairing = self._pairing(PairingState.COMPLETED, PairingState.ENDED_EARLY)
        for user in (pairing.mentee, pairing.mentor):
            pairings.pair_again(pairing=pairing, user=user, now=self.now())

    # --- people and what they are tied to ---------------------------------------------------

    def capacity(self) -> None:
        offer = self.any(MentorProfile.objects.all())
        topics = [(each.topic, each.depth) for each in offer.expertise.select_related("topic")]
        profiles.save_offer(
            person=offer.person, about="", capacity=self.chance.choice([1, 2, 3]), expertise=topics, now=self.now()
        )

    def capacity_here(self) -> None:
        enrolment = self.any(Enrolment.objects.filter(role=Role.MENTOR))
        enrolments.set_capacity(
            enrolment=enrolment,
            capacity=self.chance.choice([None, 1, 2]),
            user=self.coordinator(enrolment.cohort),
            now=self.now(),
        )

    def employer(self) -> None:
        person = self.any(User.objects.filter(enrolments__isnull=False).distinct())
        try:
            for old in person.affiliations.filter(kind=AffiliationKind.EMPLOYER, ends_on=None):
                affiliations.end_affiliation(affiliation=old, ends_on=NOW.date(), now=self.now())
        except Affiliation.DoesNotExist:  # another hand has put it out of the way, which no verb of the site does
            raise Nothing from None
        # Out of the way, or soon everybody would have worked for everybody.
        Affiliation.objects.filter(person=person, ends_on__isnull=False).delete()
        affiliations.save_affiliation(
            person=person,
            organisation=self.any(Organisation.objects.all()),
            kind=AffiliationKind.EMPLOYER,
            starts_on=NOW.date() - timedelta(days=1 + self.chance.randrange(900)),
            now=self.now(),
        )

    def owner(self) -> None:
        standing = Ownership.objects.filter(ends_on=None)
        if standing.count() > 1:
            ownership.end_ownership(ownership=self.any(standing), ends_on=NOW.date(), user=None, now=self.now())
            return
        child, parent = self.any(Organisation.objects.all()), self.any(Organisation.objects.all())
        began = NOW.date() - timedelta(days=1 + self.chance.randrange(900))
        ownership.save_ownership(child=child, parent=parent, starts_on=began, user=None, now=self.now())

    def waive(self) -> None:
        mentee, mentor = self._couple()
        waivers.waive(
            cohort=mentee.cohort,
            mentee=mentee.person,
            mentor=mentor.person,
            user=self.coordinator(mentee.cohort),
            why="Agreed.",
            until=(NOW + timedelta(days=60)).date(),
            now=self.now(),
        )

    def leave(self) -> None:
        if self.chance.random() < 0.6 and Leave.objects.exists():
            profiles.remove_leave(leave=self.any(Leave.objects.all()), now=NOW)
            return
        person = self.any(User.objects.filter(mentor_profile__isnull=False))
        profiles.add_leave(person=person, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=2), now=NOW)

    def step_out(self) -> None:
        enrolment = self.any(Enrolment.objects.filter(state=EnrolmentState.APPROVED))
        user = self.chance.choice([enrolment.person, self.coordinator(enrolment.cohort)])
        enrolments.withdraw_enrolment(enrolment=enrolment, user=user, now=self.now())

    def step_in(self) -> None:
        enrolment = self.any(Enrolment.objects.exclude(state=EnrolmentState.APPROVED))
        enrolments.approve(enrolment=enrolment, user=self.coordinator(enrolment.cohort), now=self.now())

    # --- the clock --------------------------------------------------------------------------

    def sweep(self) -> None:
        self.chance.choice(
            [
                lambda: recheck.recheck(now=self.now()),
                lambda: requests.ask_all_next(now=self.now()),
                lambda: pairings.resume_due(now=NOW + timedelta(days=31)),
                lambda: pairings.sweep_closing(now=NOW + timedelta(days=20)),
                lambda: lengths.sweep(now=NOW + timedelta(days=self.chance.randrange(200))),
                lambda: check_in_silence.sweep(now=NOW + timedelta(days=self.chance.randrange(200))),
            ]
        )()


WEIGHTS: dict[str, int] = {
    "ask": 22,
    "wish": 8,
    "accept": 16,
    "decline": 4,
    "match": 1,
    "run_in_steps": 3,
    "publish": 6,
    "lift": 8,
    "withdraw": 4,
    "expire": 1,
    "lapse": 1,
    "chemistry": 12,
    "sign": 10,
    "check_in": 3,
    "goal": 2,
    "decision": 3,
    "note": 3,
    "length": 3,
    "talk": 1,
    "stock": 2,
    "share_scores": 1,
    "propose_meeting": 6,
    "answer_meeting": 12,
    "pause": 3,
    "resume": 3,
    "close": 3,
    "look_back": 6,
    "end": 7,
    "pair_again": 8,
    "capacity": 3,
    "capacity_here": 3,
    "employer": 3,
    "owner": 1,
    "waive": 2,
    "leave": 2,
    "step_out": 1,
    "step_in": 4,
    "sweep": 1,
}


def verbs(hand: Hand) -> list[tuple[str, Callable[[], None], int]]:
    """Every verb of a hand with its name and weight."""
    return [(name, getattr(hand, name), weight) for name, weight in WEIGHTS.items()]
