"""A small cohort around the programme's clock: one mentee, two mentors who fit, one colleague who does not."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.clock import now
from tests import people
from tests.matching import factories


@dataclass
class Cast:
    cohort: Cohort
    mentee: Enrolment
    ruth: Enrolment
    kenji: Enrolment
    colleague: Enrolment


@pytest.fixture
def cast(db: None) -> Cast:
    today = now().date()
    cohort = factories.cohort(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=300))
    employer = people.organisation("Northwind")
    mentee = people.mentee("Amara Lindqvist", employer=employer)
    return Cast(
        cohort,
        factories.enrolment(cohort, mentee),
        factories.enrolment(cohort, people.mentor("Ruth Adeyemi", capacity=2), Role.MENTOR),
        factories.enrolment(cohort, people.mentor("Kenji Watanabe"), Role.MENTOR),
        factories.enrolment(cohort, people.mentor("Nadia Colleague", employer=employer), Role.MENTOR),
    )


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def mentee_client(cast: Cast) -> Client:
    return signed_in(cast.mentee.person)


@pytest.fixture
def ruth_client(cast: Cast) -> Client:
    return signed_in(cast.ruth.person)
