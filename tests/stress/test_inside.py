"""Whatever the two, an assistant, a coordinator and a stranger try inside one pairing, in any order: who may not is
refused, what is refused leaves nothing behind, what is done is told, and history explains every state there is.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from cohorts.states import Role
from common.transitions import Actor
from engagements import states
from engagements.domain import (
    agreements,
    check_in_silence,
    decisions,
    goals,
    lengths,
    meeting_outcomes,
    meetings,
    notes,
    reviews,
    shared_scores,
    stock,
    talks,
)
from engagements.models import Decision, Goal, LengthProposal, Meeting, Note, Review, StockRound, Talk
from engagements.states import ASKING, MEETING, NOTED, PAIR_LASTS, PAIR_WRITES
from matching.domain import pairings
from matching.states import PAIRING_TRANSITIONS
from tests.engagements import stories
from tests.stress.hand import Nothing
from tests.stress.inside import DAY, Inside

BOTH, HANDLING = ("mentee", "mentor"), ("mentee", "mentor", "assistant")
EVERYBODY = (*BOTH * 5, "assistant", "coordinator", "outsider")
LONG, MAY_MISS = 5_000, 18  # a short run may miss so many of those below; a long one comes to all
HALF, REST = 0.5, ("pause", "resume")
# What the stories must have come to, or nothing was shown.
NEEDED = {
    *("propose meeting", "accept", "counter", "reschedule", "keep", "cancel", "hold", "miss", "note meeting"),
    *("propose goal", "take_up", "reach", "reopen", "ask decision", "view", "decide", "drop"),
    *("write note", "rewrite note", "delete note", "propose length", "agree", "decline", "withdraw"),
    *("ask talk", "take_back", "share", "stop", "sign", "pause", "resume", "begin_closing", "end_early", "review"),
}


# How often each is tried.
WEIGHTS = {
    "propose_meeting": 6,
    "handle_meeting": 14,
    "say_whether_they_met": 8,
    "note_meeting": 3,
    "propose_goal": 3,
    "act_on_goal": 12,
    "ask_decision": 3,
    "act_on_decision": 10,
    "write_note": 3,
    "act_on_note": 5,
    "propose_length": 3,
    "answer_length": 6,
    "ask_talk": 2,
    "settle_talk": 2,
    "share_scores": 3,
    "take_stock": 2,
    "sign": 3,
    "move": 3,
    "finish": 1,
    "review": 6,
    "wait": 10,
}


class Tried(Inside):
    """Every verb, by everybody."""

    @rule()
    def act(self) -> None:
        """Somebody tries something that there is to be tried; where all is over, two others may begin."""
        state = self.there().state
        if state in ("completed", "ended_early") and self.chance.random() < HALF:
            self.meet()
        if state == "paused" and self.chance.random() < HALF:
            self.move(self.chance.choice(BOTH))
        while True:
            (name,), who = self.chance.choices([*WEIGHTS], [*WEIGHTS.values()]), self.chance.choice(EVERYBODY)
            try:
                getattr(self, name)(who)
            except Nothing:
                continue
            return

    # --- meetings ---------------------------------------------------------------------------

    def propose_meeting(self, who: str) -> None:
        pairing = self.there()
        first = self.chance.randint(1, 4)
        times = [self.now + (first + number) * DAY for number in range(self.chance.randint(1, 3))]
        self.attempt(
            who,
            "propose meeting",
            who in HANDLING and pairing.state in MEETING,
            partial(meetings.propose, pairing=pairing, times=times, minutes=45, **self.handling(who)),
            told="propose",
        )

    def handle_meeting(self, who: str) -> None:
        meeting = self.one(Meeting.objects.open().order_by("-changed_at", "pk"))
        who = self.likely(who, "mentee" if meeting.offered_by_id == self.pairing.mentor_id else "mentor")
        verb = self.chance.choice([*["accept"] * 5, *["others"] * 3, "keep", "cancel", "set_place"])
        if verb == "others":
            verb = "reschedule" if meeting.state == "agreed" else "counter"
        others, words = [self.now + 3 * DAY + timedelta(hours=2)], {"meeting": meeting, **self.handling(who)}
        place = {"meeting": meeting, "place": "Here.", "in_invitation": True, **self.by(who)}
        calls: dict[str, Callable[[], Any]] = {
            "accept": partial(meetings.accept, starts_at=[*meeting.offered, self.now + DAY][0], **words),
            "counter": partial(meetings.offer_others, times=others, **words),
            "reschedule": partial(meetings.offer_others, times=others, **words),
            "keep": partial(meetings.keep, **words),
            "cancel": partial(meetings.cancel, **words),
            "set_place": partial(meetings.set_place, **place),
        }
        may = who in BOTH if verb == "set_place" else self.allowed(states.MEETING_TRANSITIONS, verb, meeting.state, who)
        self.attempt(who, verb, may, calls[verb], told=verb)

    def say_whether_they_met(self, who: str) -> None:
        begun = Meeting.objects.filter(starts_at__lte=self.now).order_by("-starts_at", "pk")
        meeting, verb = self.one(begun), self.chance.choice(["hold", "miss"])
        words = {"meeting": meeting, **self.by(who)}
        call = {
            "hold": partial(meeting_outcomes.hold, **words),
            "miss": partial(meeting_outcomes.miss, absent="both", **words),
        }[verb]
        self.attempt(who, verb, self.allowed(states.MEETING_TRANSITIONS, verb, meeting.state, who), call, told=verb)

    def note_meeting(self, who: str) -> None:
        pairing = self.there()
        noted = self.pairing.meetings.held().filter(starts_at=None, noted_by=self.people[who]).first()
        if noted and self.chance.random() < HALF:
            call = partial(meeting_outcomes.take_back, meeting=noted, **self.by(who))
            self.attempt(who, "take back meeting", who in BOTH, call, told="take_back")
            return
        today = {"pairing": pairing, "held_on": self.now.date()}
        may = who in BOTH and pairing.state in ASKING
        self.attempt(who, "note meeting", may, partial(meeting_outcomes.note, **today, **self.by(who)))

    # --- goals, decisions, notes ------------------------------------------------------------

    def propose_goal(self, who: str) -> None:
        pairing, words = self.there(), goals.GoalWords("A goal.", milestones=("A step.",))
        may = who in BOTH and pairing.state in PAIR_WRITES
        self.attempt(
            who,
            "propose goal",
            may,
            partial(goals.propose, pairing=pairing, words=words, **self.by(who)),
            told="propose",
        )

    def act_on_goal(self, who: str) -> None:
        goal = self.one(Goal.objects.order_by("-proposed_at", "pk"))
        verb = self.fitting(states.GOAL_TRANSITIONS, goal.state)
        who = self.likely(who, *sorted(states.GOAL_TRANSITIONS[verb].actors))
        if verb in {"change", "revise"}:
            verb = "revise" if who == "mentor" else "change"
        words, step = {"goal": goal, **self.by(who)}, goal.milestones.filter(done_at=None).first()
        if verb == "tick" and step is None:
            raise Nothing
        calls: dict[str, Callable[[], Any]] = {
            "tick": partial(goals.tick, milestone=step, done=True, **self.by(who)),
            "change": partial(goals.rewrite, words=goals.GoalWords("Another."), **words),
            "revise": partial(goals.rewrite, words=goals.GoalWords("Another."), **words),
        }
        call = calls.get(verb, partial(goals.act, verb=verb, line="A line.", **words))
        may = self.allowed(states.GOAL_TRANSITIONS, verb, goal.state, who) and goal.pairing.state in PAIR_WRITES
        self.attempt(who, verb, may, call, told=verb)

    def ask_decision(self, who: str) -> None:
        pairing, who = self.there(), self.likely(who, "mentee")
        may = who == "mentee" and pairing.state in PAIR_WRITES
        call = partial(decisions.ask, pairing=pairing, question=self.question(), **self.by(who))
        self.attempt(who, "ask decision", may, call, told="ask")

    def question(self) -> decisions.Question:
        return decisions.Question("Sell the mill?", "", "", "", 60, (self.now + 9 * DAY).date())

    def act_on_decision(self, who: str) -> None:
        decision = self.one(Decision.objects.order_by("-asked_at", "pk"))
        verb = self.fitting(states.DECISION_TRANSITIONS, decision.state)
        who = self.likely(who, *sorted(states.DECISION_TRANSITIONS[verb].actors))
        words, later = {"decision": decision, **self.by(who)}, (self.now + 30 * DAY).date()
        calls: dict[str, Callable[[], Any]] = {
            "view": partial(decisions.give_view, view=decisions.View("A consequence."), **words),
            "change": partial(decisions.change, question=self.question(), **words),
            "drop": partial(decisions.drop, **words),
            "decide": partial(decisions.decide, choice="Sold.", confidence_after=70, look_back_on=later, **words),
            "look_back": partial(decisions.look_back, outcome="hoped", lesson="A line.", **words),
        }
        may = self.allowed(states.DECISION_TRANSITIONS, verb, decision.state, who)
        self.attempt(who, verb, may and decision.pairing.state in PAIR_WRITES, calls[verb], told=verb)

    def write_note(self, who: str) -> None:
        pairing, shared = self.there(), self.chance.random() < HALF
        call = partial(notes.write, pairing=pairing, text="A.", shared=shared, **self.by(who))
        told = "share" if shared else ""
        self.attempt(who, "write note", who in BOTH and pairing.state in NOTED, call, told=told)

    def act_on_note(self, who: str) -> None:
        note, shared = self.one(Note.objects.order_by("-written_at", "pk")), self.chance.random() < HALF
        own, words = note.by_id == self.people[who].pk, {"note": note, **self.by(who)}
        if self.chance.random() < 0.3:
            told = "delete" if note.is_shared else ""
            self.attempt(who, "delete note", own, partial(notes.delete, **words), told=told)
            return
        told = "" if note.is_shared == shared else "share" if shared else "keep_back"
        call = partial(notes.rewrite, text="Another.", shared=shared, **words)
        self.attempt(who, "rewrite note", own and note.pairing.state in NOTED, call, told=told)

    # --- lengths, talks, scores, stock ------------------------------------------------------

    def propose_length(self, who: str) -> None:
        pairing, days = self.there(), self.chance.randint(20, 90)
        words = {"pairing": pairing, "planned_end": (self.now + days * DAY).date()}
        may = who in BOTH and pairing.state in PAIR_LASTS
        self.attempt(who, "propose length", may, partial(lengths.propose, **words, **self.by(who)), told="propose")

    def answer_length(self, who: str) -> None:
        row = self.one(LengthProposal.objects.filter(state="open"))
        who = self.likely(who, "mentee" if row.proposed_by_id == self.pairing.mentor_id else "mentor")
        may, own = who in BOTH and row.pairing.state in PAIR_LASTS, row.proposed_by_id == self.people[who].pk
        if self.chance.random() < HALF:
            call = partial(lengths.agree, proposal=row, **self.by(who))
            self.attempt(who, "agree", may, call, told="" if own else "agree")
            return
        told = "withdraw" if own else "decline"
        self.attempt(who, told, may, partial(lengths.decline, proposal=row, **self.by(who)), told=told)

    def ask_talk(self, who: str) -> None:
        pairing = self.there()
        call = partial(talks.ask, pairing=pairing, to=pairing.cohort.concern_email, with_phone=False, **self.by(who))
        self.attempt(who, "ask talk", who in BOTH, call, told="ask")

    def settle_talk(self, who: str) -> None:
        row, act = self.one(Talk.objects.filter(state="asked")), self.chance.choice(["take_back", "settle"])
        call = {"take_back": talks.take_back, "settle": talks.settle}[act]
        own = row.person_id == self.people[who].pk
        self.attempt(who, act, own, partial(call, talk=row, **self.by(who)), told=act)

    def share_scores(self, who: str) -> None:
        pairing, verb = self.there(), self.chance.choice(["share", "stop"])
        may = who in BOTH and (verb == "stop" or pairing.state in PAIR_WRITES)
        do = getattr(shared_scores, verb)
        self.attempt(who, verb, may, partial(do, pairing=pairing, **self.by(who)), told=verb)

    def take_stock(self, who: str) -> None:
        row = self.one(StockRound.objects.order_by("opens_on", "pk"))
        said = stock.Stock(dict.fromkeys(row.topics, 3), strengths="A strength.")
        may = who in BOTH and row.state == "planned"
        self.attempt(who, "take stock", may, partial(stock.take, row=row, said=said, **self.by(who)))

    # --- the pairing ------------------------------------------------------------------------

    def sign(self, who: str) -> None:
        pairing = self.there()
        standing, may = agreements.latest(pairing), who in BOTH
        if standing is None:
            words = {"pairing": pairing, **stories.TERMS, **self.by(who)}
            self.attempt(who, "sign", may, partial(agreements.propose, **words), told="sign_agreement")
        else:
            self.attempt(who, "sign", may, partial(agreements.sign, agreement=standing, **self.by(who)))

    def move(self, who: str) -> None:
        self.change(who, self.fitting({verb: PAIRING_TRANSITIONS[verb] for verb in REST}, self.there().state))

    def finish(self, who: str) -> None:
        self.change(who, self.chance.choice(["begin_closing", "end_early"]))

    def change(self, who: str, verb: str) -> None:
        pairing = self.there()
        words: dict[str, Any] = {"pairing": pairing, **self.by(who)}
        words["actor"] = Actor.MENTEE if who in {"outsider", "assistant"} else Actor(who)
        if verb == "pause":
            words["until"] = (self.now + 9 * DAY).date()
        elif verb == "end_early":
            words["end_class"] = "time"
        may = who != "assistant" and self.allowed(PAIRING_TRANSITIONS, verb, pairing.state, who)
        self.attempt(who, verb, may, partial(getattr(pairings, verb), **words), told=verb)

    def review(self, who: str) -> None:
        """Its own, or that of the other side."""
        row = self.one(Review.objects.all())
        who = self.likely(who, row.side)
        said: reviews.Said = reviews.LearningInterview("yes")
        if row.side == Role.MENTEE:
            said = reviews.MenteeReview("clearly", "no", "somewhat", "some", 4, 4, 3, "yes")
        verb = "correct" if row.is_answered else "answer"
        may = row.side == who and self.allowed(states.REVIEW_TRANSITIONS, verb, row.state, who)
        do = getattr(reviews, verb)
        self.attempt(who, "review", may, partial(do, review=row, said=said, **self.by(who)), told=verb)

    def wait(self, _who: str) -> None:
        """The clock moves, and does what is due."""
        self.now += self.chance.choice([1, 2, 3, 9]) * DAY
        for sweep in (
            meeting_outcomes.sweep,
            lengths.sweep,
            pairings.resume_due,
            pairings.sweep_closing,
            check_in_silence.sweep,
        ):
            sweep(now=self.now)


@pytest.mark.slow(reason="a pairing's whole life is tried a few times over, each step held against all that must hold")
@pytest.mark.django_db
def test_nobody_breaks_a_pairing_from_inside(pytestconfig: pytest.Config) -> None:
    long = int(pytestconfig.getoption("stress") or 0)
    Tried.tally.clear()
    run_state_machine_as_test(
        Tried,
        settings=settings(
            max_examples=long // 100 or 4,
            stateful_step_count=50,
            derandomize=not long,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a failure is shown as it came: making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = {name for name, _who, was_done in Tried.tally if was_done}
    assert len(NEEDED - done) <= (0 if long >= LONG else MAY_MISS), NEEDED - done
    doers = {who for _name, who, was_done in Tried.tally if was_done}
    assert doers >= ({*HANDLING, "coordinator"} if long >= LONG else {*BOTH}), doers
    assert sum(Tried.tally[name, "outsider", False] for name in NEEDED) > 0
