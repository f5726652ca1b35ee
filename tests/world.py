"""One of everything that pages show, and then as much again as is asked for."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Model
from django.urls import reverse

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, Competition, Invitation, Leave, OtherName, Ownership, QuietPeriod, Topic
from cohorts.models import Cohort, SheetImport
from cohorts.states import Role
from common.clock import now
from common.models import Event
from common.transitions import Actor
from engagements.domain import calendar_feeds, stock
from engagements.models import Assistant, CheckIn, Decision, Goal, GoalEntry, Meeting, Milestone, Note, StockRound
from engagements.states import CheckInState, GoalState, MeetingState
from matching.domain import runs, shortlist
from matching.models import Alert, MatchRun, Pairing, Request, ShortlistEntry, Waiver
from matching.models.alerts import AlertKind
from matching.states import PairingState, RequestState
from outbox.domain.post import post
from tests import people
from tests.engagements import stories
from tests.matching import crowd, factories

OF_NOTHING = {f"engagements:{name}" for name in ("pairings", "calendar", "assistants", "assisting")}
YEAR, WEEK = timedelta(days=365), timedelta(days=7)
OPEN_AT_MOST = 15  # of a mentor, who has twenty places


class World:
    """One of everything, and then two hundred."""

    def __init__(self) -> None:
        at, today = now(), now().date()
        self.coordinator = people.person("Co", staff=True)
        dates = {"starts_on": today - timedelta(days=90), "ends_on": today + timedelta(days=300)}
        self.cohort = factories.cohort(coordinators=(self.coordinator,), **dates)
        self.mentor = factories.enrolment(self.cohort, people.mentor(capacity=20), Role.MENTOR)
        self.free = factories.enrolment(self.cohort, people.mentor(), Role.MENTOR)
        other = factories.enrolment(self.cohort, people.mentor(), Role.MENTOR)
        self.pairing = stories.active(
            mentee=factories.enrolment(self.cohort),
            mentor=self.mentor,
            now=at - timedelta(days=40),
            terms={"planned_end": self.cohort.ends_on},
        )
        self.closing = stories.closing(
            mentee=factories.enrolment(self.cohort),
            mentor=factories.enrolment(self.cohort, people.mentor(), Role.MENTOR),
            now=at - timedelta(days=20),
            terms={"planned_end": self.cohort.ends_on},
        )
        self.request = factories.request(factories.enrolment(self.cohort), self.mentor, at=at, note="A note.")
        self.seeker = factories.enrolment(self.cohort, people.mentee())
        for each in (self.free, other):
            shortlist.add(mentee_enrolment=self.seeker, mentor_enrolment=each, user=self.seeker.person, now=at)
        self.tie = people.affiliation(
            self.seeker.person, people.organisation(), kind=AffiliationKind.BOARD, since=today, until=today + YEAR
        )
        Affiliation.objects.filter(pk=self.tie.pk).update(entered_at=at)
        self.assistant = stories.assistant(self.pairing.mentee, now=at)
        self.people = {
            "assistant": self.assistant.person,
            "coordinator": self.coordinator,
            "mentor": self.mentor.person,
            "mentee": self.pairing.mentee,
            "seeker": self.seeker.person,
            "closing": self.closing.mentor,
        }
        self.grow(1)

    def grow(self, many: int) -> None:
        """So many more of everything."""
        at, today = now(), now().date()
        pairings = crowd.open_pairings(self.cohort, many, at)
        crowd.enrolments(self.cohort, Role.MENTOR, many, at)
        self._more_for_the_mentor(many, at)
        self._more_for_the_seeker(many, today)
        self._more_in_the_pairing(many, at)
        self._more_at_the_desk(pairings, at)

    def _more_for_the_mentor(self, many: int, at: datetime) -> None:
        mentees = crowd.enrolments(self.cohort, Role.MENTEE, 2 * many, at)
        sides = crowd.sides_of(self.cohort, mentees, [self.mentor] * len(mentees))
        waiting, accepted = (
            Request.objects.bulk_create(
                Request(**side, state=state, asked_at=at, deadline=at + WEEK, answered_at=answered_at) for side in half
            )
            for half, state, answered_at in (
                (sides[:many], RequestState.PENDING, None),
                (sides[many:], RequestState.ACCEPTED, at),
            )
        )
        assert waiting
        over = {"state": PairingState.COMPLETED, "activated_at": at, "ended_at": at}
        Pairing.objects.bulk_create(
            Pairing(
                **side, request=asked, introduced_at=at, planned_end=self.cohort.ends_on,
                **(over if place >= OPEN_AT_MOST else {}),
            )
            for place, (side, asked) in enumerate(zip(sides[many:], accepted, strict=True))
        )  # fmt: skip

    def _more_for_the_seeker(self, many: int, today: date) -> None:
        who = self.seeker.person
        before = who.leaves.count()
        days = [today + timedelta(days=2 * (before + number)) for number in range(many)]
        Leave.objects.bulk_create(Leave(person=who, starts_on=day, ends_on=day) for day in days)
        QuietPeriod.objects.bulk_create(QuietPeriod(person=who, starts_on=day, ends_on=day) for day in days)
        Affiliation.objects.bulk_create(
            Affiliation(person=who, organisation=each, kind=AffiliationKind.ADVISER, starts_on=people.LONG_AGO)
            for each in crowd.organisations(many, now())
        )

    def _more_in_the_pairing(self, many: int, at: datetime) -> None:
        pairing, last = self.pairing, self.pairing.check_ins.order_by("-round").values_list("round", flat=True)[0]
        CheckIn.objects.bulk_create(
            CheckIn(
                pairing=pairing, side=Role.MENTEE, person=pairing.mentee, round=last + 1 + number,
                day=at.date(), due_at=at, state=CheckInState.MISSED,
            )
            for number in range(many)
        )  # fmt: skip
        held = at.date() - timedelta(days=pairing.meetings.count())
        Meeting.objects.bulk_create(
            Meeting(
                pairing=pairing, state=MeetingState.HELD, held_on=held - timedelta(days=number),
                noted_by=pairing.mentor, noted_at=at, changed_at=at,
            )
            for number in range(many)
        )  # fmt: skip
        agreed = {"pairing": pairing, "state": MeetingState.AGREED, "changed_at": at}
        ahead = [Meeting(**agreed, starts_at=at + timedelta(days=2, hours=number)) for number in range(many)]
        over = Meeting(**agreed, starts_at=at - timedelta(days=2))
        self.meeting, *_more, self.meeting_over = Meeting.objects.bulk_create([*ahead, over])
        self._more_goals(many, at)
        self._more_stock(many, at)
        Decision.objects.bulk_create(
            Decision(pairing=pairing, state="asked", asked_at=at, decide_by=at.date(), confidence_before=50)
            for _ in range(many)
        )
        self._more_of_the_assistant(many, at)
        for _ in range(many):
            Event.record(verb="pause", subject=pairing, actor=Actor.MENTEE, now=at, user=pairing.mentee)

    def _more_of_the_assistant(self, many: int, at: datetime) -> None:
        """Other leaders, one more invited assistant for each, and lines of what was done."""
        others = Pairing.objects.exclude(mentee=self.pairing.mentee).values_list("mentee", flat=True)
        served = {*Assistant.objects.values_list("leader", flat=True)}
        for leader in [pk for pk in others if pk not in served][:many]:
            by = {"email": f"{uuid4()}@many.example", "name": "Kim", "created_at": at, "expires_at": at + WEEK}
            invitation = Invitation.objects.create(**by, token_hash=uuid4().hex, code_hash=uuid4().hex)
            serves = {"state": "serving", "person": self.assistant.person, "began_at": at}
            Assistant.objects.create(leader_id=leader, invitation=invitation, **serves)
        acted = {"actor": Actor.ASSISTANT, "user": self.assistant.person, "fields": ["mentee"]}
        for _ in range(many):
            Event.record(verb="keep", subject=self.meeting, now=at, **acted)
        Meeting.objects.filter(pairing=self.pairing, state=MeetingState.AGREED).update(handled=self.assistant)

    def _more_goals(self, many: int, at: datetime) -> None:
        """As many goals, and steps and lines of the first, as no form would let anybody add."""
        by = {"written_by": self.pairing.mentee}
        Goal.objects.bulk_create(
            Goal(pairing=self.pairing, state=GoalState.OPEN, proposed_by=self.pairing.mentee, proposed_at=at, **by)
            for _ in range(many)
        )
        Note.objects.bulk_create(Note(pairing=self.pairing, by=self.pairing.mentee, written_at=at) for _ in range(many))
        goal = self.pairing.goals.order_by("proposed_at", "pk").first()
        Milestone.objects.bulk_create(Milestone(goal=goal, position=number, **by) for number in range(many))
        GoalEntry.objects.bulk_create(
            GoalEntry(goal=goal, act="note", by=self.pairing.mentee, at=at) for _ in range(many)
        )

    def _more_stock(self, many: int, at: datetime) -> None:
        """As many rounds as no pairing has, all open, in which both have said something."""
        last = self.pairing.stock_rounds.order_by("-number").first()
        rounds = StockRound.objects.bulk_create(
            StockRound(
                pairing=self.pairing, number=last.number + 1 + number, moment="middle", opens_on=at.date(),
                closes_on=at.date() + timedelta(days=13), topics=last.topics,
            )
            for number in range(many)
        )  # fmt: skip
        for row in rounds:
            said = stock.Stock(dict.fromkeys(row.topics, 3), "A strength.")
            stock.take(row=row, user=self.pairing.mentor, said=said, now=at)
            if row.number % 2:
                stock.take(row=row, user=self.pairing.mentee, said=said, now=at)

    def _more_at_the_desk(self, pairings: list[Pairing], at: datetime) -> None:
        for number, pairing in enumerate(pairings):
            post(kind="introduced_idle", subject=pairing, person=pairing.mentee, due_at=at, occasion=str(number))
        Alert.objects.bulk_create(
            Alert(
                cohort=self.cohort, kind=AlertKind.INTRODUCED_IDLE, subject_type="pairing", subject_id=each.pk,
                pairing=each, raised_at=at,
            )
            for each in pairings
        )  # fmt: skip
        Waiver.objects.bulk_create(
            Waiver(
                cohort=self.cohort, mentee=each.mentee, mentor=self.free.person, given_by=self.coordinator,
                why="Long ago", given_at=at, until=self.cohort.ends_on,
            )
            for each in pairings
        )  # fmt: skip
        made = crowd.organisations(3 * len(pairings), at)
        thirds = list(zip(made[::3], made[1::3], made[2::3], strict=True))
        Ownership.objects.bulk_create(Ownership(child=c, parent=p, starts_on=people.LONG_AGO) for c, p, _ in thirds)
        rivals = [sorted((child, third), key=lambda each: each.pk) for child, _, third in thirds]
        Competition.objects.bulk_create(Competition(first=first, second=second) for first, second in rivals)
        OtherName.objects.bulk_create(OtherName(organisation=c, name=f"Once {c.name}") for c, _, _ in thirds)
        Topic.objects.bulk_create(Topic(name=f"Topic of many {uuid4()}", group="Leading") for _ in pairings)
        Invitation.objects.bulk_create(
            Invitation(
                email=f"{uuid4()}@many.example", name="Somebody", invited_by=self.coordinator, created_at=at,
                expires_at=at + WEEK, token_hash=uuid4().hex, code_hash=uuid4().hex,
            )
            for _ in pairings
        )  # fmt: skip
        SheetImport.objects.bulk_create(
            SheetImport(
                kind="people",
                cohort=self.cohort,
                user=self.coordinator,
                file_name="a.csv",
                uploaded_at=at,
                state="done",
            )
            for _ in pairings
        )
        others = Cohort.objects.bulk_create(
            Cohort(name=f"Cohort of many {uuid4()}", starts_on=at.date(), ends_on=at.date() + YEAR) for _ in pairings
        )
        for each in others:
            each.coordinators.add(self.coordinator)
        made_run = runs.make(cohort=self.cohort, user=self.coordinator, terms=runs.Terms(), now=at)
        MatchRun.objects.bulk_create(again(made_run) for _ in pairings[1:])

    def address(self, name: str) -> str:
        """Where a page of PAGES lies."""
        route, _, step = name.partition(" ")
        entry = ShortlistEntry.objects.filter(mentee=self.seeker).first()
        of = {
            **dict.fromkeys(("matching:mentor", "matching:ask"), self.free),
            "admin:care": self.cohort,
            "admin:ask_for": self.seeker,
            **dict.fromkeys(("matching:request", "matching:decline"), self.request),
            "matching:shortlist_note": entry,
            **dict.fromkeys(
                ("engagements:goal", "engagements:rewrite_goal", "engagements:goal_note"), self.pairing.goals.first()
            ),
            **dict.fromkeys(
                [f"engagements:decision{step}" for step in ("", "_change", "_decide", "_view")],
                self.pairing.decisions.first(),
            ),
            "engagements:note": self.pairing.notes.filter(by=self.pairing.mentee).last(),
            "engagements:take_stock": self.pairing.stock_rounds.last(),
            "engagements:correct_goal_line": GoalEntry.objects.first(),
            **dict.fromkeys(
                (f"engagements:{name}" for name in ("meeting", "other_times", "cancel_meeting")), self.meeting
            ),
            "engagements:meeting_outcome": self.meeting_over,
            **dict.fromkeys(("engagements:review", "engagements:mentor_too"), self.closing),
            "engagements:check_in": self.pairing.check_ins.filter(side=Role.MENTEE).order_by("round").first(),
        }
        if route.startswith("engagements:assisted_"):
            about = self.pairing if route == "engagements:assisted_propose" else self.meeting
            return reverse(route, kwargs={"assistant": self.assistant.pk, "pk": about.pk})
        if step:
            return reverse(route, args=[step])
        if route == "engagements:calendar_feed":
            feed = calendar_feeds.make(person=self.pairing.mentee, now=now())
            return reverse(route, args=[calendar_feeds.token_of(feed)])
        if route == "matching:compare":
            return f"{reverse(route)}?{'&'.join(f'mentor={each.mentor_id}' for each in self.seeker.shortlist.all())}"
        if route.startswith("accounts:affiliation_") and route != "accounts:affiliation_new":
            return reverse(route, args=[self.tie.pk])
        single = of.get(route) or (self.pairing if route.startswith("engagements:") else None)
        return reverse(route, args=[single.pk]) if single and route not in OF_NOTHING else reverse(route)


def again(row: Model) -> Any:
    """The same row once more."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**fields, "id": uuid4()})
