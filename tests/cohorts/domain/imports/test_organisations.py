"""A sheet of organisations: owners, former names, competitors, near names and circles."""

from datetime import date

import pytest

from accounts.domain import organisations, ownership
from accounts.models import Competition, Organisation, OtherName, Ownership, User
from cohorts.domain.imports import verbs
from cohorts.domain.imports.plans import Outcome, Plan, PlannedRow
from cohorts.models import SheetImport
from cohorts.states import ImportState, SheetKind
from tests import people
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
HEAD = "Name\tCountry\tIndustry\tParent\tOwned since\tOwned until\tFormer names\tCompetitors\n"


@pytest.fixture
def clara() -> User:
    return people.person("Clara", staff=True)


def uploaded(user: User, *lines: str) -> SheetImport:
    content = (HEAD + "\n".join(lines)).encode("utf-8-sig")
    return verbs.upload(
        kind=SheetKind.ORGANISATIONS, cohort=None, file_name="list.tsv", content=content, user=user, now=NOW
    )


def planned(user: User, *lines: str, **answers: str) -> Plan:
    row = uploaded(user, *lines)
    if answers:
        keys = [each.key for each in verbs.plan_of(row, now=NOW).open_questions]
        row = verbs.answer(row=row, answers=dict(zip(keys, answers.values(), strict=False)), user=user)
    return verbs.plan_of(row, now=NOW)


def only(plan: Plan) -> PlannedRow:
    (row,) = plan.rows
    return row


def faults(plan: Plan) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in plan.faults]


def brought_in(user: User, *lines: str) -> SheetImport:
    row = uploaded(user, *lines)
    verbs.confirm(row=row, promised=verbs.plan_of(row, now=NOW).digest(), user=user, now=NOW)
    assert verbs.bring_in_all(now=NOW) == 1
    row.refresh_from_db()
    assert row.state == ImportState.DONE, row.problem
    return row


FAMILY = (
    "Nordwind\tGermany\tEnergy\tMeridian\t2018-01-01\t2024-12-31\tWindkraft Alt (2017-12-31); NW\tSolaris",
    "Meridian\tFR\tbanking\t\t\t\t\t",
    "Solaris\tUnited Kingdom\tEnergy\t\t\t\t\t",
)


def test_a_file_names_what_it_brings_in_itself_in_any_order(clara: User) -> None:
    done = brought_in(clara, *FAMILY)
    assert (done.added, done.changed, done.emails) == (3, 0, 0)
    own = Ownership.objects.get()
    assert (own.child.name, own.parent.name) == ("Nordwind", "Meridian")
    assert (own.starts_on, own.ends_on) == (date(2018, 1, 1), date(2025, 1, 1))
    assert Competition.objects.count() == 1
    names = dict(OtherName.objects.values_list("name", "until"))
    assert names == {"Windkraft Alt": date(2018, 1, 1), "NW": None}
    assert all(Organisation.objects.filter(country__in=("DE", "FR", "GB")).values_list("confirmed_at", flat=True))


def test_the_same_file_twice_changes_nothing(clara: User) -> None:
    brought_in(clara, *FAMILY)
    again = planned(clara, *FAMILY)
    assert {row.outcome for row in again.rows} == {Outcome.UNCHANGED}
    assert not again.may_be_confirmed


def test_a_further_owner_stands_in_a_further_row(clara: User) -> None:
    lines = (
        "Venture\tDE\tEnergy\tOne\t2020-01-01",
        "Venture\tDE\tEnergy\tOther\t2020-01-01",
        "One\tDE\tEnergy",
        "Other\tFR\tEnergy",
    )
    brought_in(clara, *lines)
    assert Ownership.objects.filter(child__name="Venture").count() == 2


def test_near_names_are_asked_about_and_neither_joined_nor_doubled(clara: User) -> None:
    known = people.organisation("Unilever plc")
    plan = planned(clara, "Unilever\tNetherlands\tConsumer goods")
    (question,) = plan.open_questions
    assert [value for value, _label in question.options] == [str(known.pk), "another", "leave"]
    assert only(plan).outcome == Outcome.ASKED
    assert not plan.may_be_confirmed
    same = only(planned(clara, "Unilever\tNetherlands\tConsumer goods", a=str(known.pk)))
    assert (same.outcome, same.said) == (Outcome.CHANGED, ["“Unilever” is kept as another spelling of Unilever plc."])
    assert only(planned(clara, "Unilever\tNetherlands\tConsumer goods", a="another")).outcome == Outcome.NEW
    assert only(planned(clara, "Unilever\tNetherlands\tConsumer goods", a="leave")).outcome == Outcome.LEFT_OUT


def test_nothing_is_asked_about_a_row_that_is_refused_anyhow(clara: User) -> None:
    people.organisation("Unilever plc")
    plan = planned(clara, "Unilever\tAtlantis\tEnergy", "Meridian\tFR\tBanking")
    assert [row.outcome for row in plan.rows] == [Outcome.REFUSED, Outcome.NEW]
    assert plan.may_be_confirmed


def test_near_names_within_the_file_are_asked_about(clara: User) -> None:
    lines = (
        "Unilever\tNL\tConsumer goods",
        "UNILEVER N.V.\tNL\tConsumer goods\tHolding\t2020-01-01",
        "Holding Alpha\tNL\tBanking",
    )
    plan = planned(clara, *lines)
    assert [row.outcome for row in plan.rows][:2] == [Outcome.NEW, Outcome.ASKED]
    first = plan.rows[0].does.place.key
    answered = planned(clara, lines[0], lines[1].replace("Holding", "Unilever", 1), a=str(first))
    assert faults(answered) == [(3, "Parent")]  # it would own itself


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("Nordwind\tDE\tEnergy\tNobody\t2018-01-01", "Parent"),
        ("Nordwind\tDE\tEnergy\tNordwind\t2018-01-01", "Parent"),
        ("Nordwind\tDE\tEnergy\tMeridian", "Owned since"),
        ("Nordwind\tDE\tEnergy\tMeridian\t2018-01-01\t2017-01-01", "Owned until"),
        ("Nordwind\tDE\tEnergy\t\t2018-01-01", "Parent"),
        ("Nordwind\tDE\tEnergy\t\t\t\tOld (2031-01-01)", "Former names"),
        ("Nordwind\tDE\tEnergy\t\t\t\t\tNordwind", "Competitors"),
        ("Nordwind\tDE\tEnergy\t\t\t\t\tNobody", "Competitors"),
        ("Nordwind\tAtlantis\tEnergy", "Country"),
        ("Nordwind\tDE\tAlchemy", "Industry"),
        ("\tDE\tEnergy", "Name"),
    ],
)
def test_each_fault_is_named_with_its_column(clara: User, line: str, column: str) -> None:
    people.organisation("Meridian")
    assert faults(planned(clara, line)) == [(2, column)]


def test_circles_of_owners_are_refused_where_they_close(clara: User) -> None:
    lines = (
        "Alpha One\tDE\tEnergy\tBeta Two\t2018-01-01",
        "Beta Two\tDE\tEnergy\tGamma Three\t2018-01-01",
        "Gamma Three\tDE\tEnergy\tAlpha One\t2018-01-01",
    )
    plan = planned(clara, *lines)
    assert (4, "Parent") in faults(plan)
    apart = lines[2].replace("2018-01-01", "2016-01-01\t2017-12-31")
    assert faults(planned(clara, *lines[:2], apart)) == []


def test_a_circle_with_what_is_on_record_is_refused(clara: User) -> None:
    child, parent = people.organisation("Kleinwerk"), people.organisation("Grosswerk")
    ownership.save_ownership(child=child, parent=parent, starts_on=date(2018, 1, 1), user=None, now=NOW)
    assert faults(planned(clara, "Grosswerk\tGB\tEnergy\tKleinwerk\t2020-01-01")) == [(2, "Parent")]


def test_whoever_names_a_refused_row_is_refused_as_well(clara: User) -> None:
    plan = planned(clara, "Alpha One\tDE\tEnergy\tBeta Two\t2018-01-01", "Beta Two\tAtlantis\tEnergy")
    assert faults(plan) == [(2, "Parent"), (3, "Country")]


def test_an_end_is_written_to_the_ownership_on_record_and_other_days_are_refused(clara: User) -> None:
    child, parent = people.organisation("Kleinwerk"), people.organisation("Grosswerk")
    ownership.save_ownership(child=child, parent=parent, starts_on=date(2018, 1, 1), user=None, now=NOW)
    assert faults(planned(clara, "Kleinwerk\tGB\tEnergy\tGrosswerk\t2019-01-01")) == [(2, "Owned since")]
    brought_in(clara, "Kleinwerk\tGB\tEnergy\tGrosswerk\t2018-01-01\t2025-12-31")
    assert Ownership.objects.get().ends_on == date(2026, 1, 1)


def test_a_name_that_was_refused_is_not_brought_in(clara: User) -> None:
    row = people.organisation("Hollow", confirmed=False)
    organisations.refuse(organisation=row, reason="Nobody knows it.", user=clara, now=NOW)
    plan = planned(clara, "Hollow\tGB\tEnergy")
    assert faults(plan) == [(2, "Name")]
    assert "Nobody knows it." in plan.faults[0].right


def test_a_name_taken_meanwhile_is_found_and_nothing_is_written(clara: User) -> None:
    row = uploaded(clara, *FAMILY)
    verbs.confirm(row=row, promised=verbs.plan_of(row, now=NOW).digest(), user=clara, now=NOW)
    people.organisation("Solaris", country="GB")
    assert verbs.bring_in_all(now=NOW) == 0
    row.refresh_from_db()
    assert (row.state, row.problem) == (ImportState.WAITING, "changed")
    assert not Organisation.objects.filter(name="Nordwind").exists()
