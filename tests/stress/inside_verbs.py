"""What the two do inside their pairing, at random."""

from datetime import timedelta

from engagements.domain import (
    check_ins,
    decisions,
    goals,
    lengths,
    meeting_outcomes,
    meetings,
    notes,
    shared_scores,
    stock,
    talks,
)
from engagements.models import CheckIn, Meeting, StockRound
from engagements.states import GOAL_TRANSITIONS, NOTED, PAIR_LASTS, PAIR_WRITES
from matching.models import Pairing
from matching.states import PairingState
from tests.matching.factories import NOW
from tests.stress.hand import BaseHand

FIVE = range(1, 6)


class InsideHand(BaseHand):
    """Check-ins, goals, decisions, notes, lengths, talks, stock and meetings."""

    def check_in(self) -> None:
        row = self.any(CheckIn.objects.filter(state="scheduled"))
        if self.chance.random() < 0.3:
            check_ins.snooze(check_in=row, user=row.person, until="days", now=row.due_at)
            return
        check_ins.answer(
            check_in=row,
            user=row.person,
            **{score: self.chance.choice(FIVE) for score in ("connection", "clarity", "competency")},
            met=True,
            now=row.due_at,
        )

    def goal(self) -> None:
        """One more, or something done to one that is there."""
        pairing = self._pairing(PairingState.ACTIVE, PairingState.CLOSING)
        goal, user = pairing.goals.first(), self.chance.choice([pairing.mentee, pairing.mentor])
        if goal is None or self.chance.random() < 0.3:
            words = goals.GoalWords("A goal.", milestones=("A step.",))
            goals.propose(pairing=pairing, user=user, words=words, now=self.now())
            return
        verb = self.chance.choice([verb for verb in GOAL_TRANSITIONS if verb not in {"tick", "change", "revise"}])
        goals.act(goal=goal, verb=verb, user=user, line="A line.", now=self.now())

    def decision(self) -> None:
        """One more, or something done to one that is there, by either side."""
        pairing = self._pairing(*PAIR_WRITES)
        decision, words = pairing.decisions.first(), {"user": self.one_of_two(pairing), "now": self.now()}
        question = decisions.Question("Sell?", "", "", "", 60, (NOW + timedelta(days=90)).date())
        if decision is None or self.chance.random() < 0.2:
            decisions.ask(pairing=pairing, question=question, **{**words, "user": pairing.mentee})
            return
        words["decision"] = decision
        self.chance.choice(
            [
                lambda: decisions.give_view(view=decisions.View(question="Why now?"), **words),
                lambda: decisions.change(question=question, **words),
                lambda: decisions.drop(**words),
                lambda: decisions.decide(choice="Sold.", confidence_after=70, look_back_on=question.decide_by, **words),
                lambda: decisions.look_back(outcome="hoped", lesson="A line.", **words),
            ]
        )()

    def note(self) -> None:
        """One more, or one of either side changed, shared, kept back or deleted."""
        pairing = self._pairing(*NOTED)
        note, words = pairing.notes.first(), {"user": self.one_of_two(pairing), "now": self.now()}
        shared = self.chance.random() < 0.5
        if note is None or self.chance.random() < 0.3:
            notes.write(pairing=pairing, text="A note.", shared=shared, **words)
        elif self.chance.random() < 0.7:
            notes.rewrite(note=note, text="Another.", shared=shared, **words)
        else:
            notes.delete(note=note, **words)

    def length(self) -> None:
        """Another length is proposed by either side, agreed to or declined."""
        pairing = self._pairing(*PAIR_LASTS)
        row, words = pairing.length_proposals.filter(state="open").first(), {"now": self.now()}
        words["user"] = self.one_of_two(pairing)
        if row is None or self.chance.random() < 0.2:
            ends = (NOW + timedelta(days=self.chance.randrange(100, 400))).date()
            lengths.propose(pairing=pairing, planned_end=ends, **words)
            return
        self.chance.choice([lengths.agree, lengths.agree, lengths.decline])(proposal=row, **words)

    def talk(self) -> None:
        """Somebody asks the concern contact to get in touch, or no longer."""
        pairing = self.any(Pairing.objects.all())
        words = {"user": self.one_of_two(pairing), "now": self.now()}
        row = talks.latest(pairing=pairing, user=words["user"])
        if row is None or not row.is_asked:
            talks.ask(pairing=pairing, to=pairing.cohort.concern_email, with_phone=False, **words)
            return
        self.chance.choice([talks.take_back, talks.settle])(talk=row, **words)

    def stock(self) -> None:
        """One of the two takes stock, or corrects it."""
        row = self.any(StockRound.objects.filter(state="planned"))
        said = stock.Stock(dict.fromkeys(row.topics, self.chance.choice(FIVE)), strengths="A word.")
        opens = row.opens_on - NOW.date() + timedelta(days=1)
        stock.take(row=row, user=self.one_of_two(row.pairing), said=said, now=NOW + opens)

    def share_scores(self) -> None:
        """One of the two shows its scores, or no longer."""
        pairing = self._pairing(*PAIR_WRITES)
        do = self.chance.choice([shared_scores.share, shared_scores.share, shared_scores.stop])
        do(pairing=pairing, user=self.one_of_two(pairing), now=self.now())

    def propose_meeting(self) -> None:
        pairing = self.any(Pairing.objects.open())
        times = [self.later() + timedelta(hours=number) for number in range(self.chance.randrange(1, 4))]
        user = self.chance.choice([pairing.mentee, pairing.mentor])
        meetings.propose(pairing=pairing, user=user, times=times, minutes=60, place="Here.", now=self.now())

    def answer_meeting(self) -> None:
        """Whatever may be done with a meeting, by either side, at a time that fits or not."""
        meeting = self.any(Meeting.objects.all())
        words = {"meeting": meeting, "user": self.chance.choice([meeting.pairing.mentee, meeting.pairing.mentor])}
        times = meeting.offered or [self.later()]
        self.chance.choice(
            [
                lambda: meetings.accept(**words, starts_at=times[0], now=self.now()),
                lambda: meetings.accept(**words, starts_at=times[-1], now=self.now()),
                lambda: meetings.offer_others(**words, times=[self.later()], now=self.now()),
                lambda: meetings.keep(**words, now=self.now()),
                lambda: meetings.cancel(**words, now=self.now()),
                lambda: meetings.set_place(**words, place="There.", in_invitation=True, now=self.now()),
                lambda: meeting_outcomes.hold(**words, now=self.later()),
                lambda: meeting_outcomes.miss(**words, absent="both", now=self.later()),
            ]
        )()
