"""Who may read what was said."""

import pytest

from matching import permissions
from matching.states import RequestState
from tests import people
from tests.matching.factories import cohort, couple, request

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", RequestState.values)
def test_a_note_is_its_writers_and_the_mentors_while_asked_or_accepted(state):
    coordinator, superuser = people.person(), people.person()
    superuser.is_superuser = superuser.is_staff = True
    asked = request(*couple(cohort(coordinators=(coordinator,))), state=state)
    for may in (permissions.may_read_note, permissions.may_read_intake):
        assert may(asked.mentee, asked)
        assert may(asked.mentor, asked) == (state in {"pending", "accepted"})
        assert not may(coordinator, asked)
        assert not may(superuser, asked)
    assert permissions.may_read_decline_text(asked.mentor, asked)
    assert not permissions.may_read_decline_text(asked.mentee, asked)
    assert not permissions.may_read_decline_text(coordinator, asked)
    assert not permissions.may_read_decline_text(superuser, asked)
