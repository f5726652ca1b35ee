"""The cast itself."""

import pytest

from tests import people

pytestmark = pytest.mark.django_db


def test_everybody_is_complete_and_independent() -> None:
    mentee, mentor = people.mentee(), people.mentor(capacity=2)
    assert mentee.affiliations.get().organisation != mentor.affiliations.get().organisation
    assert mentee.mentee_profile.aims.count() == mentor.mentor_profile.expertise.count() == 1
