"""Whom one can be in the demo: one person for each part, found by where they stand."""

import pytest
from django.core.management import CommandError, call_command

from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentState
from mentorship.demo.sign_ins import choose_cast, sign_ins
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    cohort = Cohort.objects.create(
        name="Winter", starts_on="2026-11-01", ends_on="2027-11-01", concern_name="C", concern_email="c@example.org"
    )
    coordinator, mentee = person("Miriam Castle", staff=True), person("Amara Okafor")
    cohort.coordinators.add(coordinator)
    Enrolment.objects.create(cohort=cohort, person=mentee, role="mentee", state=EnrolmentState.APPROVED)
    return {"coordinator": coordinator, "mentee": mentee}


def test_parts_are_played_by_those_who_stand_there(programme):
    assert [(str(each.part), each.person) for each in sign_ins()] == [
        ("Mentee, at first looking for a mentor", programme["mentee"]),
        ("Coordinator", programme["coordinator"]),
    ]


def test_the_cast_stays_the_same_as_one_acts(programme):
    choose_cast()
    Enrolment.objects.filter(person=programme["mentee"]).update(state=EnrolmentState.WITHDRAWN)
    Enrolment.objects.create(
        cohort=Cohort.objects.get(), person=person("Aaron Early"), role="mentee", state=EnrolmentState.APPROVED
    )
    assert [each.person for each in sign_ins()] == [programme["mentee"], programme["coordinator"]]


def test_the_command_prints_them_and_how_to_get_in(programme, capsys):
    call_command("demo_sign_ins")
    shown = capsys.readouterr().out
    assert "/demo/mailbox/" in shown
    for each in programme.values():
        assert f"{each.name} <{each.email}>" in shown


def test_an_empty_demo_says_what_to_do():
    with pytest.raises(CommandError, match="seed_demo"):
        call_command("demo_sign_ins")
