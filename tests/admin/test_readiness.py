"""Readiness at the desk: who reads it, what it says, and where its lines lead."""

from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Aim
from cohorts.states import Role
from tests import people
from tests.admin.conftest import Desk
from tests.matching.factories import enrolment


def page(desk: Desk) -> str:
    answer = desk.client(desk.coordinator).get(reverse("admin:readiness", args=[desk.cohort.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_whoever_looks_after_the_cohort_reads_it(desk: Desk) -> None:
    where = reverse("admin:readiness", args=[desk.cohort.pk])
    assert (
        where
        in desk.client(desk.coordinator)
        .get(reverse("admin:cohorts_cohort_change", args=[desk.cohort.pk]))
        .content.decode()
    )
    assert desk.client(desk.superuser).get(where).status_code == 200
    assert desk.client(desk.stranger).get(where).status_code == 404
    assert desk.client(desk.coordinator).get(reverse("admin:readiness", args=[uuid4()])).status_code == 404
    assert desk.client(desk.pairing.mentee).get(where).status_code == 302
    assert Client().get(where).status_code == 302
    assert desk.client(desk.coordinator).post(where).status_code == 405


def test_each_line_says_what_is_so_and_leads_on(desk: Desk) -> None:
    theirs = people.organisation()
    alone = people.mentee("Nora Nobody", employer=theirs)
    enrolment(desk.cohort, alone)
    assert "With fewer than 5 mentors, this page does not say whom nobody fits." in page(desk)
    for _ in range(6):
        enrolment(desk.cohort, people.mentor(employer=theirs), Role.MENTOR)
    shown = page(desk)
    assert "For everybody who looks for a mentor, somebody fits." in shown
    for other in (desk.pairing.mentor, desk.request.mentor):
        other.affiliations.update(organisation=theirs)
    Aim.objects.filter(mentee__person=alone).delete()
    shown = page(desk)
    assert "Nora Nobody" in shown
    assert "8 in the same organisation" in shown
    assert "More mentors." in shown
    assert reverse("admin:accounts_invitation_add") in shown
    assert f"mailto:?bcc={alone.email.replace('@', '%40')}" in shown
    assert "Requests that wait for an answer may take the last places." in shown


def test_as_many_queries_for_many_people_as_for_few(desk: Desk) -> None:
    def queries() -> int:
        page(desk)
        with CaptureQueriesContext(connection) as asked:
            page(desk)
        return len(asked)

    def more(count: int) -> None:
        for _ in range(count):
            theirs = people.organisation()
            without = people.mentee(employer=theirs)
            enrolment(desk.cohort, without)
            Aim.objects.filter(mentee__person=without).delete()
            enrolment(desk.cohort, people.mentor(employer=theirs), Role.MENTOR)

    more(5)
    few = queries()
    more(25)
    assert queries() == few
