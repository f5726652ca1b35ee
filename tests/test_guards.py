"""Each constraint and trigger refuses what nothing else refuses in its name: drop it, and its case goes through."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import Error, transaction

from common.sentences import constraint_of
from matching import checks
from tests import guards, guards_of_runs, guards_of_states, guards_of_words
from tests.stress.unguarded import drop

pytestmark = pytest.mark.django_db
CASES = {**guards.CASES, **guards_of_words.CASES, **guards_of_states.CASES, **guards_of_runs.CASES}

# What refuses under another name than its own.
TRIGGERS = {
    "request_same_employer": "request_independent",
    "pairing_same_employer": "pairing_independent",
    "mentor_has_profile": "pairing_counts",
}
# The keys that others refer to (each holds an id that is unique anyway), and the triggers that count and never refuse
# (`test_triggers.py` drops nothing to see them work: a count that is not kept fails there).
NEVER_REFUSE = {"enrolment_whole", "request_whole", "mentor_count_kept", "mentor_count_begun", "enrolment_count_kept"}


def refused_as(write: Callable[[], object]) -> str | None:
    """The name of the constraint or trigger that refuses it."""
    try:
        with transaction.atomic():
            write()
    except Error as error:
        return constraint_of(error)
    return None


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_refuses_and_nothing_else_does_in_its_name(name: str) -> None:
    write = CASES[name]()
    assert refused_as(write) == name
    drop(TRIGGERS.get(name, name))
    assert refused_as(write) != name


def test_there_is_a_case_for_every_guard() -> None:
    named = {
        constraint.name
        for app in ("accounts", "cohorts", "matching", "engagements")
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }
    in_sql = frozenset().union(*checks.IN_SQL.values())
    assert {TRIGGERS.get(name, name) for name in CASES} == (named | in_sql) - NEVER_REFUSE
