"""Nothing is broken by a crowd. The long form, with its table: `python3 dev.py test tests/stress -s --stress 20000`."""

import pytest

from tests.stress import crowd, world
from tests.stress.unguarded import unguarded

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow(reason="a crowd goes on until each of its verbs has succeeded"),
]
SHORT, CONTROL = 240, 200
ROUNDS = 20  # at most: nobody can say what a crowd will come to, nor when two of it will meet
NEEDED = {"accept", "chemistry", "sign", "ask", "employer", "withdraw", "capacity", "publish"}  # or nothing was shown


@pytest.fixture
def operations(pytestconfig: pytest.Config) -> int:
    return int(pytestconfig.getoption("stress") or SHORT)


def test_a_crowd_breaks_nothing_and_sees_no_deadlock(operations: int) -> None:
    world.build()
    done: set[str] = set()
    for seed in range(ROUNDS):
        report = crowd.run(operations=operations, seed=seed)
        print(f"\n{report.table()}")
        assert report.broken == {}
        assert report.errors == {}
        assert report.operations == operations
        done |= set(report.done)
        if done >= NEEDED:
            return
    pytest.fail(f"never done: {NEEDED - done}")


def test_without_locks_and_constraints_the_same_crowd_breaks_much() -> None:
    with unguarded():
        world.build()
        reports = (crowd.run(operations=CONTROL, seed=seed, locked=False) for seed in range(ROUNDS))
        report = next((each for each in reports if each.broken), None)
    assert report
    print(f"\nwithout locks and constraints\n{report.table()}")
