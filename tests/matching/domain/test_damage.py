"""Coordinators are told of zones that this machine does not know, until it does."""

import pytest

from accounts.models import Profile
from matching.domain import damage
from matching.models import Alert
from tests import people
from tests.matching import factories

pytestmark = pytest.mark.django_db


def test_an_unknown_zone_is_told_once_where_the_person_takes_part_and_settled_when_it_is_known() -> None:
    here, over = factories.cohort(), factories.cohort(ends_on=factories.NOW.date().replace(day=1))
    person = people.mentee(zone="Europe/Nowhere", country="CH")
    place = factories.enrolment(here, person)
    factories.enrolment(over, person)
    factories.enrolment(here)
    for _hour in range(2):
        assert damage.watch_zones(now=factories.NOW) == 1
    raised = Alert.objects.get()
    assert (raised.kind, raised.subject_id, raised.cohort) == ("zone_unknown", place.pk, here)
    (sentence,) = raised.sentences()
    assert "“Europe/Nowhere”" in sentence
    assert "Europe/Zurich stands in" in sentence
    Profile.objects.filter(person=person).update(zone="Europe/Zurich")
    assert damage.watch_zones(now=factories.NOW) == 0
    raised.refresh_from_db()
    assert raised.settled_at == factories.NOW
