"""Who reads an answer to an e-mail: the cohort's coordinator, or nobody, and the e-mail says so."""

import pytest
from django.core import mail

from accounts.models import User
from cohorts.domain.offers import offer
from cohorts.letters import coordinator_of
from cohorts.states import Role
from matching.domain.requests import ask
from outbox.domain.delivery import deliver_due
from outbox.models import Letter
from tests import people
from tests.matching.factories import NOW, cohort, enrolment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("coordinated", [True, False])
def test_an_email_of_a_cohort_says_who_reads_answers(coordinated):
    boss = people.person("Cora Coordinator")
    here = cohort(coordinators=(boss,) if coordinated else ())
    mentee, mentor = enrolment(here, people.mentee()), enrolment(here, people.mentor(), Role.MENTOR)
    ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    deliver_due(NOW)
    (message,) = mail.outbox
    assert message.message()["Reply-To"] == (boss.email if coordinated else None)
    assert (f"reaches {boss.email}" in message.body) is coordinated
    assert ("are not read" in message.body) is not coordinated


@pytest.mark.parametrize("open_account", [True, False])
def test_an_answer_to_an_invitation_reaches_whoever_invited(open_account):
    boss = people.person("Cora Coordinator")
    offer(email="new@firm.example", name="N", cohort=cohort(coordinators=(boss,)), role=Role.MENTEE, user=boss, now=NOW)
    User.objects.filter(pk=boss.pk).update(is_active=open_account)
    deliver_due(NOW)
    (message,) = mail.outbox
    assert message.message()["Reply-To"] == (boss.email if open_account else None)
    assert (f"{boss.name} answers questions" in message.body) is open_account
    assert ("are not read" in message.body) is not open_account


def test_nobody_answers_themselves_and_nobody_inactive_is_written_to():
    boss, gone = people.person("Anna"), people.person("Aaron")
    here = cohort(coordinators=(boss, gone))
    gone.is_active = False
    gone.save()
    assert coordinator_of(Letter(cohort_id=here.pk)) == boss.email
    assert coordinator_of(Letter(cohort_id=here.pk, person=boss)) == ""
    assert coordinator_of(Letter()) == ""
    enrolment(here, boss)
    assert coordinator_of(Letter(cohort_id=here.pk)) == "", "they may be party to what the answer is about"
