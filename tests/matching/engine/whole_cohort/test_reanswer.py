from itertools import product
from typing import Any

import numpy as np
import pytest

from matching.engine import (
    Arrive,
    Decline,
    EngineError,
    Forbid,
    Match,
    Pin,
    PinError,
    Pool,
    Withdraw,
    match,
    match_columns,
    reanswer,
)
from tests.matching.engine.builders import mentee, mentor
from tests.matching.engine.oracle import Instance, by_scipy
from tests.matching.engine.whole_cohort.test_match import some_people, table

SEED = 20_260_105


def changes(found: Match, cards: Any, rng: np.random.Generator) -> list[Any]:
    """One of each kind, about people who take part."""
    mentees, mentors = found.cohort.mentees.ids, found.cohort.mentors.ids
    pairs = list(found.mentor_of.items())
    one, other = pairs[int(rng.integers(len(pairs)))]
    anybody, anyone = mentees[int(rng.integers(len(mentees)))], mentors[int(rng.integers(len(mentors)))]
    newcomer = mentee(id="new", aims=("boards", "teams"), families=frozenset({3}))
    return [
        Decline(one, other),
        Forbid(anybody, anyone),
        Withdraw(one),
        Withdraw(other),
        Arrive(newcomer),
        Pin(anybody, anyone),
    ]


def changed(pool: Pool, cards: Any, change: Any, accepted: Any) -> tuple[Instance, int, int]:
    """The table after the change without who is fixed by then; how many are, and their total."""
    cards = [*cards, change.card] if isinstance(change, Arrive) else list(cards)
    truth = table(pool, cards)
    scores, capacity = truth.scores.copy(), truth.capacity.copy()
    row_of = {card.id: row for row, card in enumerate(cards)}
    column_of = {card.id: column for column, card in enumerate(pool.ordered)}
    fixed = set(accepted)
    if isinstance(change, Pin):
        fixed = {pair for pair in fixed if pair[0] != change.mentee} | {(change.mentee, change.mentor)}
    elif isinstance(change, Forbid):
        fixed.discard((change.mentee, change.mentor))
        scores[row_of[change.mentee], column_of[change.mentor]] = -1
    elif isinstance(change, Withdraw):
        fixed = {pair for pair in fixed if change.person not in pair}
        if change.person in row_of:
            scores[row_of[change.person]] = -1
        else:
            scores[:, column_of[change.person]] = -1
    total = sum(int(truth.scores[row_of[one], column_of[other]]) for one, other in fixed)
    for one, other in fixed:
        scores[row_of[one]] = -1
        capacity[column_of[other]] -= 1
    return Instance(scores, capacity), len(fixed), total


@pytest.mark.parametrize("part", range(4))
def test_the_best_answer_is_that_of_a_new_match_and_options_keep_their_word(part: int) -> None:
    rng = np.random.default_rng([SEED, part])
    for size in (6, 12, 20, 30):
        pool, cards = some_people(rng, size, size)
        found = match(pool, cards)
        pairs = list(found.mentor_of.items())
        for change, keep in product(changes(found, cards, rng) if pairs else [], (0, len(pairs) // 2)):
            accepted = [pairs[place] for place in rng.permutation(len(pairs))[:keep]]
            try:
                answer = reanswer(found, change, accepted=accepted)
            except PinError:
                assert isinstance(change, Pin)
                continue
            instance, fixed, fixed_total = changed(pool, cards, change, accepted)
            if (instance.capacity < 0).any():
                continue
            matched, total = by_scipy(instance)
            assert (answer.best.matched, answer.best.total) == (matched + fixed, total + fixed_total), change
            check_options(answer, found, change, accepted, pool, cards)


def check_options(answer: Any, found: Match, change: Any, accepted: Any, pool: Pool, cards: Any) -> None:
    everybody = [*cards, change.card] if isinstance(change, Arrive) else list(cards)
    truth = table(pool, everybody)
    row_of = {card.id: row for row, card in enumerate(everybody)}
    column_of = {card.id: column for column, card in enumerate(pool.ordered)}
    lost = sum(other == change.person for other in found.mentor_of.values()) if isinstance(change, Withdraw) else 1
    for number, option in enumerate([*answer.options, answer.best]):
        after = {**found.mentor_of, **option.mentor_of}
        if isinstance(change, Withdraw):
            after.pop(change.person, None)
        pairs = {(one, other) for one, other in after.items() if other is not None}
        scores = [int(truth.scores[row_of[one], column_of[other]]) for one, other in pairs]
        assert min(scores, default=0) >= 0
        assert (option.matched, option.total) == (len(pairs), sum(scores))
        load = np.bincount([column_of[other] for _, other in pairs], minlength=len(column_of))
        assert (load <= truth.capacity).all()
        if isinstance(change, Pin):
            assert (change.mentee, change.mentor) in pairs
        elif isinstance(change, Forbid):
            assert (change.mentee, change.mentor) not in pairs
        elif isinstance(change, Withdraw):
            assert not any(change.person in pair for pair in pairs)
        about = {getattr(change, "mentee", None), getattr(change, "mentor", None), getattr(change, "person", None)}
        assert {pair for pair in accepted if not about & set(pair)} <= pairs
        if number < len(answer.options):
            assert option.others <= 2 * 2 * max(lost, 1)
            assert (option.fewer, option.points) == (
                answer.best.matched - option.matched,
                answer.best.total - option.total,
            )
            assert (option.matched, option.total) <= (answer.best.matched, answer.best.total)
    if not isinstance(change, Pin):
        assert answer.options[0].others == 0


def arrival_by_trying(truth: Instance, before: list[int], row: int, most: int) -> tuple[int, int]:
    """The best total when the last row comes in and at most so many others move to other mentors."""
    best = (0, 0)
    options = [[-1, *np.flatnonzero(own >= 0).tolist()] for own in truth.scores]
    for chosen in product(*options):
        moved = sum(1 for place, mentor in enumerate(chosen) if place != row and mentor != before[place])
        lost = any(place != row and mentor == -1 != before[place] for place, mentor in enumerate(chosen))
        load = np.bincount([mentor for mentor in chosen if mentor >= 0], minlength=len(truth.capacity))
        if moved <= most and not lost and (load <= truth.capacity).all():
            scores = [int(truth.scores[place, mentor]) for place, mentor in enumerate(chosen) if mentor >= 0]
            best = max(best, (len(scores), sum(scores)))
    return best


def test_paths_for_somebody_who_arrives_are_the_best_there_are() -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(25):
        pool, cards = some_people(rng, 4, 4)
        found = match(pool, cards)
        if found.unmatched:
            continue  # an arrival lets them in as well: then not one path but several
        newcomer = mentee(id="new", aims=("boards",))
        truth = table(pool, [*cards, newcomer])
        column_of = {card.id: column for column, card in enumerate(pool.ordered)}
        before = [*(column_of[found.mentor_of[card.id]] for card in cards), -1]
        answer = reanswer(found, Arrive(newcomer))
        for most in range(3):
            options = [option for option in answer.options if option.others <= most]
            best = max((option.matched, option.total) for option in options)
            expected = arrival_by_trying(truth, before, 4, most)
            assert best[0] == expected[0]
            if expected[0] == 5:
                assert best == expected


def test_a_match_is_left_as_it_is() -> None:
    pool, cards = some_people(np.random.default_rng(SEED), 20, 20)
    found = match(pool, cards)
    before = found.assignment.mentor_of.copy()
    one, other = next(iter(found.mentor_of.items()))

    assert reanswer(found, Decline(one, other)) == reanswer(found, Decline(one, other))
    assert (found.assignment.mentor_of == before).all()
    found.certificate()


def test_who_is_not_here_is_named() -> None:
    pool = Pool((mentor(families=frozenset({1})), mentor(id=3)))
    found = match(pool, [mentee(), mentee(id=7, families=frozenset({1}))])

    for change in (Decline("nobody", 2), Decline(1, "nobody"), Withdraw("nobody"), Arrive(mentee(id=7))):
        with pytest.raises(EngineError, match=r"nobody|7"):
            reanswer(found, change)
    with pytest.raises(PinError, match="may not be made"):
        reanswer(found, Pin(7, 2))
    holder = next(one for one, other in found.mentor_of.items() if other == 3)
    with pytest.raises(PinError, match="accepted pairs hold all places"):
        reanswer(found, Pin(1 if holder == 7 else 7, 3), accepted=[(holder, 3)])
    with pytest.raises(EngineError, match="not made from cards"):
        reanswer(match_columns(found.cohort, pool.weights), Arrive(mentee(id=9)))
