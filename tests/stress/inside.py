"""One pairing in which anybody may try anything: how it is tried, and what must hold after every step."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from psycopg import sql

from common.errors import Refused
from common.invariants import broken
from common.models import Event
from common.transitions import Actor, Transition, next_state
from engagements import states
from engagements.invariants import QUERIES
from engagements.models import (
    Decision,
    Goal,
    LengthProposal,
    Meeting,
    Note,
    Review,
    ScoreSharing,
    Signature,
    StockRound,
    Talk,
)
from matching.models import Pairing
from matching.states import PAIRING_TRANSITIONS
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW
from tests.stress.hand import Nothing

DAY, MOSTLY = timedelta(days=1), 0.8
# The queries of what must never be inside a pairing, as one.
BROKEN = sql.SQL(" UNION ALL ").join(
    sql.SQL("SELECT {}, id::text FROM ({}) q(id)").format(name, sql.SQL(query)) for name, query in QUERIES.items()
)


@dataclass(frozen=True)
class History:
    """How a record's state follows from what is told of it: the table, what it begins as, and by which verbs."""

    table: Mapping[str, Transition]
    first: str = ""
    begins: Mapping[str, str] = field(default_factory=dict)


def _without(table: Mapping[str, Transition], verb: str) -> dict[str, Transition]:
    return {name: row for name, row in table.items() if name != verb}


HISTORIES: dict[type[Any], History] = {
    # Whose answer to the first conversation it was, history does not say.
    Pairing: History(_without(PAIRING_TRANSITIONS, "answer_chemistry"), "introduced"),
    Meeting: History(states.MEETING_TRANSITIONS, begins={"propose": "proposed", "note": "held"}),
    Goal: History(states.GOAL_TRANSITIONS, begins={"propose": "open"}),
    Decision: History(states.DECISION_TRANSITIONS, begins={"ask": "asked"}),
    Note: History(states.NOTE_TRANSITIONS, "private"),
    LengthProposal: History(states.LENGTH_TRANSITIONS, begins={"propose": "open"}),
    Talk: History(states.TALK_TRANSITIONS, begins={"ask": "asked"}),
    ScoreSharing: History(states.SHARING_TRANSITIONS, "off"),
    StockRound: History(states.STOCK_TRANSITIONS, "planned"),
    Review: History(states.REVIEW_TRANSITIONS, "asked"),
}


class Inside(RuleBasedStateMachine):
    """One pairing, and five who try everything in it."""

    tally: ClassVar[Counter[tuple[str, str, bool]]] = Counter()  # what was tried, by whom, and whether it was done

    def __init__(self) -> None:
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.now = NOW
        self.signed: set[tuple[Any, str]] = set()

    @initialize(seed=st.integers(0, 2**64))
    def begin(self, seed: int) -> None:
        """What comes follows from the seed."""
        self.chance = Random(seed)
        self.meet()

    def meet(self) -> None:
        """An active pairing, or one whose agreement is still to be signed, with all who will try something in it."""
        start = self.chance.choice([stories.active, stories.active, stories.agreeing])
        self.pairing, self.now = start(), NOW
        self.kim = stories.assistant(self.pairing.mentee)
        coordinator = people.person(staff=True)
        self.pairing.cohort.coordinators.add(coordinator)
        self.people = {
            "mentee": self.pairing.mentee,
            "mentor": self.pairing.mentor,
            "assistant": self.kim.person,
            "coordinator": coordinator,
            "outsider": people.person(),
        }

    def teardown(self) -> None:
        """At the end of the story, all that must hold anywhere."""
        assert broken(self.now.date()) == {}
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    # --- how something is tried -------------------------------------------------------------

    def attempt(self, who: str, name: str, may: bool, call: Callable[[], Any], *, told: str = "") -> None:
        """Whoever may not is refused; nothing is told of what was refused, and `told` of what was done."""
        note(f"{self.now:%d %b}: {who} tries {name}, which {'may' if may else 'must not'} be")
        before, done = Event.objects.aggregate(last=Max("pk"))["last"] or 0, True
        try:
            call()
        except Refused:
            done = False
        assert may or not done, f"{who} could {name}"
        new = Event.objects.filter(pk__gt=before)
        if not done:
            assert not new, f"{name} was refused and told"
        elif told:
            assert new.filter(verb=told, user=self.people[who], actor=who).exists(), f"{name} is not told"
        self.tally[name, who, done] += 1

    def allowed(self, table: Mapping[str, Transition], verb: str, state: str, who: str) -> bool:
        """By the state table; a stranger plays no part in any."""
        return who != "outsider" and Actor(who) in table[verb].actors and state in table[verb].sources

    def fitting(self, table: Mapping[str, Transition], state: str) -> str:
        """A verb, mostly of those that this state knows."""
        known = [verb for verb, row in table.items() if state in row.sources]
        return self.chance.choice(known if known and self.chance.random() < MOSTLY else [*table])

    def likely(self, who: str, *those: str) -> str:
        """Mostly one of those, else whoever it is."""
        return self.chance.choice(those) if those and self.chance.random() < MOSTLY else who

    def one(self, rows: QuerySet[Any]) -> Any:
        """One of these, of this pairing; or `Nothing`."""
        found = list(rows.filter(pairing=self.pairing))
        if not found:
            raise Nothing
        row = self.chance.choice(found)
        row.pairing = self.there()
        return row

    def there(self) -> Pairing:
        """The pairing as it stands."""
        return Pairing.objects.select_related("mentee", "mentor", "cohort", "key").get(pk=self.pairing.pk)

    def by(self, who: str) -> dict[str, Any]:
        return {"user": self.people[who], "now": self.now}

    def handling(self, who: str) -> dict[str, Any]:
        """A stranger tries it as somebody else's assistant."""
        return {**self.by(who), "assistant": self.kim if who in {"assistant", "outsider"} else None}

    # --- after every step -------------------------------------------------------------------

    @invariant()
    def no_signature_is_lost(self) -> None:
        standing = set(Signature.objects.values_list("agreement", "side"))
        assert self.signed <= standing
        self.signed = standing

    @invariant()
    def history_explains_every_state(self) -> None:
        lines: dict[Any, list[Event]] = {}
        for event in Event.objects.filter(pairing_id__isnull=False).order_by("pk"):
            lines.setdefault(event.subject_id, []).append(event)
        for number, pk, state in _rows(STATES):
            assert _replayed([*HISTORIES.values()][number], lines.get(pk, [])) == state, f"{number} {pk}"

    @invariant()
    def what_must_hold_in_a_pairing_holds(self) -> None:
        assert _rows(BROKEN) == []


STATES = sql.SQL(" UNION ALL ").join(
    sql.SQL("SELECT {}, id, state FROM {}").format(number, sql.Identifier(model._meta.db_table))
    for number, model in enumerate(HISTORIES)
)


def _rows(query: sql.Composable) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _replayed(history: History, lines: list[Event]) -> str:
    """The state that follows from these lines; each step must be one of the table, by its actor."""
    state = history.first
    for line in lines:
        if line.verb in history.begins and not state:
            state = history.begins[line.verb]
            if line.subject_type == "goal" and line.actor == Actor.MENTOR:
                state = "proposed"
        elif line.verb in history.table:
            state = next_state(history.table, line.verb, state, Actor(line.actor))
    return state
