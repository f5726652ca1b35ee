"""What has happened to one pair, told with the same domain functions that the pages use, at back-dated moments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from cohorts.models import Enrolment
from cohorts.states import Role
from common.transitions import Actor
from engagements.cadence import Cadence
from engagements.domain import agreements, check_ins, meeting_outcomes, meeting_times, meetings
from engagements.domain.goals import of_check_in
from engagements.models import CheckIn, Meeting
from matching.domain import asking, pairings, requests
from matching.models import Pairing, Request

WEEKS_BETWEEN = 4
HOURS_TO_ANSWER = 26
HALF_A_YEAR = 182
LINES = (
    "Short this time, and to the point. I did what we had agreed, and it was easier than I feared.",
    "We spoke about the board for most of the hour. I left with one question I had not thought of.",
    "A busy month; thank you for moving our conversation.",
    "",
)


@dataclass(slots=True)
class Story:
    """A mentee and a mentor, and the day on which everything is told as of."""

    mentee: Enrolment
    mentor: Enrolment
    today: datetime

    def at(self, days_ago: float) -> datetime:
        """A moment so many days before today."""
        return self.today - timedelta(days=days_ago)

    def ask(self, days_ago: float, note: str) -> Request:
        """The mentee asks."""
        asked: Request = asking.ask(
            mentee_enrolment=self.mentee,
            mentor_enrolment=self.mentor,
            note=note,
            user=self.mentee.person,
            now=self.at(days_ago),
        )
        return asked

    def introduce(self, days_ago: float, note: str) -> Pairing:
        """Asked two days earlier, the mentor accepts."""
        asked = self.ask(days_ago + 2, note)
        return requests.accept(request=asked, user=self.mentor.person, now=self.at(days_ago))

    def agree_to_go_on(self, pairing: Pairing, days_ago: float, *, sides: Iterable[User]) -> None:
        """After the first conversation these say yes."""
        for person in sides:
            pairings.answer_chemistry(pairing=pairing, user=person, go_ahead=True, now=self.at(days_ago))

    def both(self) -> tuple[User, User]:
        """The two people."""
        return self.mentee.person, self.mentor.person

    def begin(self, days_ago: float, note: str, *, days_long: int = HALF_A_YEAR) -> Pairing:
        """From the first question to an active pairing: ten days before it, asked; then talked, written, signed."""
        pairing = self.introduce(days_ago + 8, note)
        self.agree_to_go_on(pairing, days_ago + 4, sides=self.both())
        self.sign(pairing, days_ago, days_long=days_long, sides=self.both())
        pairing.refresh_from_db()
        return pairing

    def sign(self, pairing: Pairing, days_ago: float, *, days_long: int, sides: Iterable[User]) -> None:
        """The mentee writes the agreement, and these sign it."""
        written = agreements.propose(
            pairing=pairing,
            user=self.mentee.person,
            meetings_a_month=1,
            cadence=Cadence.weeks(WEEKS_BETWEEN),
            planned_end=(self.at(days_ago) + timedelta(days=days_long)).date(),
            amendments="We speak by telephone while walking, whenever the weather allows.",
            now=self.at(days_ago + 0.5),
        )
        for person in sides:
            agreements.sign(agreement=written, user=person, now=self.at(days_ago))

    def propose_to_meet(self, pairing: Pairing, days_ago: float, place: str = "") -> Meeting:
        """The mentee proposes the three times suggested first."""
        now = self.at(days_ago)
        found = meeting_times.suggest(pairing=pairing, user=self.mentee.person, minutes=60, now=now)
        return meetings.propose(
            pairing=pairing, user=self.mentee.person, times=found.times[:3], minutes=60, place=place, now=now
        )

    def meet(self, pairing: Pairing, days_ago: float, place: str = "") -> None:
        """Times are proposed, the mentor picks one some hours later, and what lies behind us was held."""
        proposed = self.propose_to_meet(pairing, days_ago, place)
        mentor, picked = self.mentor.person, proposed.offered[-1]
        agreed = meetings.accept(
            meeting=proposed, user=mentor, starts_at=picked, now=self.at(days_ago) + timedelta(hours=5)
        )
        if picked + timedelta(hours=2) < self.today:
            meeting_outcomes.hold(meeting=agreed, user=mentor, now=picked + timedelta(hours=2))

    def report(self, pairing: Pairing, *, until_days_ago: float = 0, silent: str = "", last: int = 99) -> None:
        """Each side answers what has fallen due; `silent` names a side that answers no round after `last`."""
        due = pairing.check_ins.filter(due_at__lt=self.at(until_days_ago) - timedelta(hours=HOURS_TO_ANSWER))
        for check_in in due.order_by("due_at", "side").select_related("person"):
            if check_in.side == silent and check_in.round > last:
                continue
            self._answer(check_in)

    def _answer(self, check_in: CheckIn) -> None:
        better, pairing = min(5, 2 + check_in.round), check_in.pairing
        check_ins.answer(
            check_in=check_in,
            user=check_in.person,
            connection=better,
            clarity=max(2, better - (check_in.side == Role.MENTOR)),
            competency=max(2, better - 1),
            met=check_in.round % 3 != 0,
            standings={goal.pk: _standing(check_in.round, place) for place, goal in enumerate(of_check_in(pairing))},
            line=LINES[(check_in.round + (check_in.side == Role.MENTEE)) % len(LINES)],
            now=check_in.due_at + timedelta(hours=HOURS_TO_ANSWER),
        )


def _standing(check_in_round: int, place: int) -> str:
    """How the goal at this place comes on, round after round."""
    told = ("slow", "on_track", "on_track") if place == 0 else ("on_track", "stuck", "slow")
    return told[(check_in_round - 1) % len(told)]


def close(story: Story, pairing: Pairing, *, began: float) -> None:
    """The planned end comes."""
    story.report(pairing, until_days_ago=began)
    pairings.begin_closing(pairing=pairing, user=None, actor=Actor.CLOCK, now=story.at(began))
