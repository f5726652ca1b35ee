"""Two cohorts with a coordinator each, and in the first everything a page can list."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Competition, Organisation, Ownership, User
from cohorts.models import Cohort, Enrolment
from cohorts.states import Role
from common.clock import now
from common.models import Event
from common.transitions import Actor
from matching.models import Alert, Pairing, Request, Waiver
from matching.models.alerts import AlertKind
from matching.states import PairingState
from outbox.domain.post import post
from tests import people
from tests.matching import factories


@dataclass
class Desk:
    cohort: Cohort
    coordinator: User
    stranger: User
    superuser: User
    request: Request
    pairing: Pairing
    enrolment: Enrolment
    waiver: Waiver
    alert: Alert
    organisation: Organisation

    def client(self, who: User) -> Client:
        client = Client()
        client.force_login(who)
        return client


def running(name: str, *coordinators: User) -> Cohort:
    today = now().date()
    return factories.cohort(
        name, coordinators=coordinators, starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=300)
    )


@pytest.fixture
def desk(db: None) -> Desk:
    coordinator, stranger = (
        people.person("Clara Coordinator", staff=True),
        people.person("Other Coordinator", staff=True),
    )
    superuser = people.person("Super User", staff=True)
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    superuser.refresh_from_db()
    cohort = running("Spring", coordinator)
    running("Elsewhere", stranger)
    pairing = factories.pairing(
        factories.enrolment(cohort, people.mentee("Mia Mentee")),
        factories.enrolment(cohort, people.mentor("Max Mentor", capacity=3), Role.MENTOR),
        state=PairingState.ACTIVE,
        at=now(),
    )
    request = factories.request(
        factories.enrolment(cohort, people.mentee("Asking Person")),
        factories.enrolment(cohort, people.mentor("Asked Person"), Role.MENTOR),
        at=now(),
        note="Sentinel-note",
    )
    proposed = people.organisation("Unilever plc", confirmed=False)
    people.organisation("Unilever")
    owned = people.organisation("Owned", parent=people.organisation("Owner"))
    first, second = sorted((proposed, owned), key=lambda each: each.pk)
    Competition.objects.create(first=first, second=second)
    assert Ownership.objects.exists()
    Event.record(verb="introduce", subject=pairing, actor=Actor.MENTOR, now=now())
    post(kind="introduced_idle", subject=pairing, person=pairing.mentee, due_at=now() + timedelta(days=5))
    return Desk(
        cohort,
        coordinator,
        stranger,
        superuser,
        request,
        pairing,
        factories.enrolment(cohort, people.mentee("Waiting Person"), state="pending"),
        Waiver.objects.create(
            cohort=cohort,
            mentee=request.mentee,
            mentor=pairing.mentor,
            given_by=coordinator,
            why="Long ago",
            given_at=now(),
            until=cohort.ends_on,
        ),
        Alert.objects.create(
            cohort=cohort,
            kind=AlertKind.INTRODUCED_IDLE,
            subject_type="pairing",
            subject_id=pairing.pk,
            pairing=pairing,
            raised_at=now(),
        ),
        proposed,
    )
