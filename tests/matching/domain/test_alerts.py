"""Alerts in one go: each once while it is open, and told to those who may know of it."""

from datetime import timedelta

import pytest

from accounts.models import User
from common.subjects import subject_of
from matching.domain.alerts import alert, alert_all, settle_automatically
from matching.models import Alert
from matching.models.alerts import AlertKind
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def raise_for(*records, facts=None, now=NOW):
    found = {subject_of(record): facts or {} for record in records}
    return alert_all(kind=AlertKind.INDEPENDENCE, found=found, now=now)


def told():
    return {(letter.person, letter.pairing_id) for letter in Letter.objects.select_related("person")}


def test_coordinators_are_told_of_their_own_cohorts_and_not_of_themselves():
    one, both, superuser, gone = people.person(), people.mentor(), people.person(), people.person()
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    here, there = cohort(coordinators=(one, both)), cohort(coordinators=(both, superuser, gone))
    first, own, third = pairing(*couple(here)), pairing(*couple(here, mentor=both)), pairing(*couple(there))
    raise_for(first, own, third)
    assert told() == {(one, first.pk), (both, first.pk), (one, own.pk), (both, third.pk), (superuser, third.pk)}


def test_only_those_that_were_not_open_are_told_of_and_facts_are_kept_up_to_date(django_assert_num_queries):
    coordinator = people.person()
    here = cohort(coordinators=(coordinator,))
    first, second = pairing(*couple(here)), pairing(*couple(here))
    known = alert(kind=AlertKind.INDEPENDENCE, subject=first, facts={"rules": ["same_family"]}, now=NOW)
    raised = raise_for(first, second, facts={"rules": ["current_tie"]}, now=LATER)
    assert [(each.pairing_id, each.raised_at) for each in raised] == [(first.pk, NOW), (second.pk, LATER)]
    assert known in raised
    assert list(Alert.objects.values_list("facts", flat=True)) == [{"rules": ["current_tie"]}] * 2
    assert Letter.objects.count() == 2
    with django_assert_num_queries(1):  # those rows
        raise_for(first, second, facts={"rules": ["current_tie"]}, now=LATER)


def test_one_that_was_settled_is_raised_anew():
    here = cohort(coordinators=(people.person(),))
    made = [pairing(*couple(here)) for _ in range(3)]
    raise_for(*made)
    settled = [each.pk for each in made[:2]]
    assert settle_automatically(kind=AlertKind.COMPETITORS, subject_ids=settled, now=NOW) == 0
    assert settle_automatically(kind=AlertKind.INDEPENDENCE, subject_ids=settled, now=NOW) == 2
    assert Alert.objects.open().get().pairing == made[2]
    assert Letter.objects.filter(state=LetterState.CANCELLED).count() == 2
    raise_for(*made, now=LATER)
    assert Alert.objects.open().count() == 3
    assert Letter.objects.filter(state=LetterState.PENDING).count() == 3


def test_an_alert_is_about_what_its_kind_says():
    with pytest.raises(ValueError, match="about a pairing, not about a enrolment"):
        raise_for(enrolment(cohort()))
