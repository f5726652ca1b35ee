"""State tables."""

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.transitions import Actor, allowed_verbs, next_state, transition

TABLE = {
    "accept": transition("pending", "accepted", Actor.MENTOR),
    "withdraw": transition({"pending", "accepted"}, "withdrawn", {Actor.MENTEE, Actor.COORDINATOR}),
}


def test_every_verb_state_and_actor():
    allowed = {(verb, state, actor) for verb, row in TABLE.items() for state in row.sources for actor in row.actors}
    assert len(allowed) == 5
    for verb, row in TABLE.items():
        for state in ("pending", "accepted", "withdrawn"):
            for actor in Actor:
                if (verb, state, actor) in allowed:
                    assert next_state(TABLE, verb, state, actor) == row.target
                else:
                    with pytest.raises(Refused):
                        next_state(TABLE, verb, state, actor)


def test_a_wrong_actor_is_told_so_before_a_wrong_state():
    with pytest.raises(NotPermitted) as theirs:
        next_state(TABLE, "accept", "withdrawn", Actor.MENTEE)
    with pytest.raises(WrongState) as late:
        next_state(TABLE, "accept", "withdrawn", Actor.MENTOR)
    assert (theirs.value.code, late.value.code) == ("not_permitted", "wrong_state")
    assert "has changed since" in str(late.value)


def test_buttons_come_in_the_tables_order():
    assert allowed_verbs(TABLE, "pending", Actor.MENTOR) == ["accept"]
    assert allowed_verbs(TABLE, "accepted", Actor.MENTEE) == ["withdraw"]
    assert allowed_verbs(TABLE, "withdrawn", Actor.MENTEE) == []


def test_a_refusal_names_its_field():
    refused = Refused("Choose a later day.", field="until")
    assert (refused.field, refused.sentence, refused.code) == ("until", "Choose a later day.", "refused")
