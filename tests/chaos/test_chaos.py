"""A short attack on every run of the suite. The long one is `python3 dev.py chaos`.

The same attack on two ways of sending that are wrong must find them wrong: it is known to bite.
"""

from collections.abc import Iterator

import pytest

from tests.chaos.harness import Stage, stage
from tests.chaos.plans import CONTROL, SHORT
from tools.process import StackError

SEED = 20261124


pytestmark = pytest.mark.slow(reason="workers, broker and database are killed, and have to come back")


@pytest.fixture(scope="module")
def attacked() -> Iterator[Stage]:
    try:
        with stage() as made:
            yield made
    except StackError as problem:
        pytest.skip(f"needs servers of its own, to be killed: {problem}")


def test_nothing_is_lost_and_every_copy_is_accounted_for(attacked: Stage) -> None:
    verdict = attacked.attack(task="outbox.tasks.deliver", letters=1000, deeds=SHORT, seed=SEED)
    assert verdict.lost == []
    assert verdict.unrecorded == []
    assert verdict.kills >= 30
    assert verdict.deeds == SHORT
    assert verdict.states["sent"] == 1000 - 20 - 3
    assert verdict.together > 0
    assert verdict.doubts > 0, "an attack without any doubt has shown nothing"


def test_marking_first_loses_letters(attacked: Stage) -> None:
    verdict = attacked.attack(task="chaos.mark_first", letters=300, deeds=CONTROL, seed=SEED, faults=False)
    assert verdict.lost


def test_sending_first_doubles_letters(attacked: Stage) -> None:
    verdict = attacked.attack(task="chaos.send_first", letters=300, deeds=CONTROL, seed=SEED, faults=False)
    assert verdict.unrecorded
