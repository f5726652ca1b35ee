"""The review board of a run: decisions are shown, taken against what was seen, undone and redone; and what stands is
published.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from accounts.models import NeverWith, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from matching.domain import publishing, runs
from matching.domain.board import asking, changing, live, notes
from matching.domain.board.changing import Seen
from matching.domain.board.line import Decision, line_of
from matching.domain.publishing import discard
from matching.engine import match
from matching.models import BoardChange, BoardNote, MatchRun, Proposal, Request, Unmatched
from matching.models.boards import BoardVerb
from matching.models.runs import HeldBack
from tests import people
from tests.matching.factories import NOW, cohort, enrolment

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    live.forget()
    yield
    live.forget()


class Programme:
    """Five mentees, four mentors with one place each, two coordinators, a run."""

    def __init__(self, mentees: int = 5, mentors: int = 4) -> None:
        self.coordinator, self.second = people.person("Cora Lind", staff=True), people.person("Theo Berg", staff=True)
        self.cohort: Cohort = cohort(coordinators=(self.coordinator, self.second))
        self.mentees = [enrolment(self.cohort) for _ in range(mentees)]
        self.mentors = [enrolment(self.cohort, role=Role.MENTOR) for _ in range(mentors)]
        self.run: MatchRun = runs.make(cohort=self.cohort, user=self.coordinator, terms=runs.Terms(), now=NOW)

    @property
    def pairs(self) -> dict[UUID, UUID]:
        return dict(Proposal.objects.filter(run=self.run).values_list("mentee_id", "mentor_id"))

    @property
    def alone(self) -> set[UUID]:
        return set(Unmatched.objects.filter(run=self.run).values_list("mentee_id", flat=True))

    @property
    def version(self) -> int:
        return line_of(self.run).version

    def foresee(self, decision: Decision, user: User | None = None) -> asking.Foreseen:
        return asking.foresee(run=self.run, decision=decision, user=user or self.coordinator, now=LATER)

    def decide(self, decision: Decision, moving: int | None = None, user: User | None = None) -> BoardChange:
        foreseen = self.foresee(decision, user)
        choice = foreseen.choice(moving)
        assert choice is not None
        return changing.decide(
            run=self.run,
            decision=decision,
            moving=moving,
            seen=Seen(foreseen.line.version, choice.digest),
            user=user or self.coordinator,
            now=LATER,
        )

    def undo(self, user: User | None = None) -> BoardChange:
        return changing.undo(run=self.run, seen=Seen(self.version), user=user or self.coordinator, now=LATER)

    def redo(self) -> BoardChange:
        return changing.redo(run=self.run, seen=Seen(self.version), user=self.coordinator, now=LATER)

    def apart(self) -> tuple[UUID, UUID]:
        """A mentee and a mentor who may be paired and are not."""
        mentee, mentor = next(iter(sorted(self.pairs.items())))
        return mentee, next(each for each in sorted(self.pairs.values()) if each != mentor)


def rows(run: MatchRun) -> list[object]:
    """Everything that stands, but for ids of rows."""
    proposals = Proposal.objects.filter(run=run).order_by("mentee").values("mentee", "mentor", "score", "reasons")
    alone = Unmatched.objects.filter(run=run).order_by("mentee").values("mentee", "fit", "excluded", "help", "gain")
    return [*proposals, *alone]


def test_a_pair_by_hand_is_shown_first_and_then_stands_as_it_was_shown() -> None:
    here = Programme()
    mentee, mentor = here.apart()
    before, decision = rows(here.run), Decision(BoardVerb.BY_HAND, mentee, mentor)

    foreseen = here.foresee(decision)

    assert rows(here.run) == before
    assert foreseen.choices[0] is None, "the mentor has one place, and somebody has it"
    best = foreseen.choice(None)
    assert best
    assert (best.fewer, best.points) == (0, 0)
    change = here.decide(decision)
    assert here.pairs[mentee] == mentor
    assert {UUID(move["mentee"]) for move in change.moves} == {move.mentee for move in best.moves}
    assert here.pairs.keys() | here.alone == {row.person_id for row in here.mentees}
    assert not here.pairs.keys() & here.alone
    assert sum(Proposal.objects.filter(run=here.run).values_list("score", flat=True)) == change.total == best.total
    assert Event.objects.filter(verb="change_board", subject_id=here.run.pk, user=here.coordinator).count() == 1


def test_the_best_answer_is_that_of_a_new_match_with_the_same_pins() -> None:
    here = Programme(8, 6)
    first, second = sorted(here.pairs.items())[:2]
    here.decide(Decision(BoardVerb.BY_HAND, first[0], second[1]))
    here.decide(Decision(BoardVerb.SET_ASIDE, second[0]))
    third = max(here.pairs.items())
    change = here.decide(Decision(BoardVerb.FORBID, *third))

    with live.live(here.run, now=LATER) as at_hand:
        cards = [card for card in at_hand.cards.values() if card.id != second[0]]
        anew = match(at_hand.pool, cards, pinned=[(first[0], second[1])], forbidden=[third])
    assert (change.matched, change.total) == (anew.matched, anew.total)
    assert third[1] != here.pairs.get(third[0])
    assert second[0] in here.alone


def test_undo_and_redo_are_exact_and_a_new_decision_takes_the_place_of_what_was_undone() -> None:
    here = Programme()
    states = [rows(here.run)]
    mentee, mentor = here.apart()
    for decision in (Decision(BoardVerb.BY_HAND, mentee, mentor), Decision(BoardVerb.SET_ASIDE, mentee)):
        here.decide(decision)
        states.append(rows(here.run))
    here.undo()
    assert rows(here.run) == states[1]
    here.undo()
    assert rows(here.run) == states[0]
    with pytest.raises(Refused):
        here.undo()
    here.redo()
    here.redo()
    assert rows(here.run) == states[2]
    with pytest.raises(Refused):
        here.redo()
    here.undo()
    here.decide(Decision(BoardVerb.FORBID, mentee, mentor))
    with pytest.raises(Refused):
        here.redo()
    assert [each.verb for each in line_of(here.run).changes] == ["by_hand", "forbid"]
    assert BoardChange.objects.filter(run=here.run).count() == 3, "what was undone is kept"


def test_two_coordinators_never_overwrite_each_other_in_silence() -> None:
    here = Programme()
    mentee, mentor = here.apart()
    mine = here.foresee(Decision(BoardVerb.SET_ASIDE, mentee))
    here.decide(Decision(BoardVerb.BY_HAND, mentee, mentor), user=here.second)
    stood, choice = rows(here.run), mine.choice(None)
    assert choice
    words = {"run": here.run, "user": here.coordinator, "now": LATER}
    for act in (
        lambda: changing.decide(
            decision=mine.decision, moving=None, seen=Seen(mine.line.version, choice.digest), **words
        ),
        lambda: changing.undo(seen=Seen(mine.line.version), **words),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "changed_meanwhile"
        assert "Theo Berg" in str(refused.value.sentence)
    assert rows(here.run) == stood
    with pytest.raises(Refused):  # what would happen is no longer what was shown
        changing.decide(decision=mine.decision, moving=None, seen=Seen(here.version, "something else"), **words)


def test_a_rule_is_never_overridden_and_what_is_private_reads_like_everything_else() -> None:
    here = Programme()
    mentee, mentor = here.apart()
    boss, other = here.mentees[0], here.mentors[0]
    people.affiliation(boss.person, other.person.affiliations.get().organisation)
    with pytest.raises(Refused) as refused:
        here.foresee(Decision(BoardVerb.BY_HAND, boss.person_id, other.person_id))
    assert refused.value.code == HeldBack.SAME_EMPLOYER
    NeverWith.objects.put(owner=User.objects.get(pk=mentor), person=User.objects.get(pk=mentee))
    with pytest.raises(Refused) as refused:
        here.foresee(Decision(BoardVerb.BY_HAND, mentee, mentor))
    assert str(refused.value.sentence) == str(HeldBack.OTHER.label)


def test_who_may_change_a_board_and_until_when() -> None:
    here = Programme()
    decision = Decision(BoardVerb.SET_ASIDE, here.apart()[0])
    with pytest.raises(NotPermitted):
        here.foresee(decision, people.person(staff=True))
    enrolment(here.cohort, here.second, Role.MENTOR)
    with pytest.raises(Refused) as refused:
        here.foresee(decision, here.second)
    assert refused.value.code == "takes_part"
    discard(run=here.run, user=here.coordinator, now=LATER)
    here.run.refresh_from_db()
    with pytest.raises(WrongState):
        here.foresee(decision)


def test_what_is_published_is_what_stands_on_the_board() -> None:
    here = Programme()
    mentee, mentor = here.apart()
    here.decide(Decision(BoardVerb.BY_HAND, mentee, mentor))
    aside = next(each for each in here.pairs if each != mentee)
    here.decide(Decision(BoardVerb.SET_ASIDE, aside), 0)

    publishing.publish(run=here.run, user=here.coordinator, now=LATER)

    asked = dict(Request.objects.values_list("mentee_id", "mentor_id"))
    assert asked == here.pairs
    assert asked[mentee] == mentor
    assert aside not in asked
    here.run.refresh_from_db()
    with pytest.raises(WrongState):
        here.undo()


def test_people_who_have_changed_since_do_not_slip_through() -> None:
    here = Programme()
    mentee, mentor = here.apart()
    decision = Decision(BoardVerb.BY_HAND, mentee, mentor)
    foreseen = here.foresee(decision)
    Enrolment.objects.filter(cohort=here.cohort, person_id=mentor).update(capacity=0)
    with pytest.raises(Refused):
        changing.decide(
            run=here.run,
            decision=decision,
            moving=None,
            seen=Seen(foreseen.line.version, foreseen.choice(None).digest),
            user=here.coordinator,
            now=LATER,
        )


def test_a_swap_and_a_release() -> None:
    here = Programme()
    (one, first), (other, second) = sorted(here.pairs.items())[:2]
    here.decide(Decision(BoardVerb.SWAP, one, second, other, first), 0)
    assert (here.pairs[one], here.pairs[other]) == (second, first)
    change = here.decide(Decision(BoardVerb.RELEASE, one), 0)
    assert change.moves == []
    assert here.pairs[one] == second
    best = here.decide(Decision(BoardVerb.RELEASE, other))
    with live.live(here.run, now=LATER) as at_hand:
        assert best.total == match(at_hand.pool, tuple(at_hand.cards.values())).total
    with pytest.raises(Refused):
        here.foresee(Decision(BoardVerb.RELEASE, other))


def test_a_note_is_never_overwritten_in_silence() -> None:
    here = Programme()
    mentee, words = here.apart()[0], {"run": here.run, "now": LATER}
    note = notes.write(mentee=mentee, text=" Ask her first. ", seen="", user=here.coordinator, **words)
    assert note
    assert note.text == "Ask her first."
    with pytest.raises(Refused) as refused:
        notes.write(mentee=mentee, text="Another", seen="", user=here.second, **words)
    assert "Ask her first." in str(refused.value.sentence)
    assert refused.value.field == "text"
    notes.write(mentee=mentee, text="", seen=notes.seen_of(note), user=here.second, **words)
    assert not BoardNote.objects.exists()
