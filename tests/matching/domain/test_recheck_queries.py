"""What a re-check costs: as many queries for a few open pairings as for many, and one re-check a transaction.

`python -m benchmarks.recheck` asks the same of 2,000 pairings.
"""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.domain.ownership import save_ownership
from accounts.signals import conflicts_changed
from common.transactions import unit_of_work
from matching.models import Alert
from outbox.models import Letter
from tests import people
from tests.matching import crowd
from tests.matching.factories import NOW, cohort
from tests.people import LONG_AGO

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 20


@contextmanager
def undone():
    """What happens here is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def pairings():
    return crowd.open_pairings(cohort(coordinators=(people.person(),)), FEW, NOW)


def more(pairings):
    """So many more that they are MANY."""
    return [*pairings, *crowd.open_pairings(pairings[0].cohort, MANY - FEW, NOW)]


def own(child, parent):
    save_ownership(child=child, parent=parent, starts_on=LONG_AGO, user=None, now=NOW)


def queries_of(change):
    with undone(), CaptureQueriesContext(connection) as captured:
        change()
    return len(captured)


def test_one_pairing_that_comes_into_conflict_costs_the_same_however_many_there_are(pairings):
    def change():
        own(crowd.employers(pairings[:1], "mentee")[0], crowd.employers(pairings[:1], "mentor")[0])
        assert Alert.objects.open().get().subject_id == pairings[0].pk

    few = queries_of(change)
    more(pairings)
    assert queries_of(change) == few <= 70


@pytest.mark.parametrize(
    ("roles", "alerts", "most"), [(("mentee", "mentor"), MANY, 60), (("mentee",), 0, 48)], ids=["conflict", "none"]
)
def test_all_of_whom_it_concerns_are_looked_at_and_told_of_together(pairings, roles, alerts, most):
    """One against all of them, whether they come into conflict or stay independent."""
    group = people.organisation()

    def concern(added):
        crowd.own_all([each for role in roles for each in crowd.employers(added, role)], group)

    def change():
        own(group, people.organisation())

    pairings = more(pairings)
    concern(pairings[:1])
    one = queries_of(change)
    concern(pairings[1:])
    assert queries_of(change) == one <= most
    change()
    assert Alert.objects.open().count() == Letter.objects.filter(kind="coordinator_alert").count() == alerts


def test_an_import_is_re_checked_once_and_costs_the_same_however_many_pairings_there_are(pairings):
    told = []

    def listen(sender, people, **_):
        told.append(len(people))

    def bring_in(many, seats):
        with undone(), CaptureQueriesContext(connection) as captured, unit_of_work():
            crowd.bring_in(many, seats, NOW)
            verbs = len(captured)
        return verbs, len(captured) - verbs

    mentors = [pairing.mentor for pairing in pairings]
    conflicts_changed.connect(listen)
    try:
        verbs, rechecks = bring_in(20, mentors)
        assert bring_in(30, mentors)[1] == rechecks <= 38
        more(pairings)
        assert bring_in(20, mentors) == (verbs, rechecks)
    finally:
        conflicts_changed.disconnect(listen)
    assert told == [FEW, FEW, FEW]
