"""A sheet of people: what each row would do, what is asked, what is refused and what would be right."""

from datetime import date, timedelta

import pytest

from accounts.domain import invitations
from accounts.models import Invitation, Organisation, PreparedProfile, Topic, User
from cohorts.domain import offers
from cohorts.domain.imports import verbs
from cohorts.domain.imports.plans import Outcome, Plan, PlannedRow
from cohorts.models import Cohort, RoleOffer, SheetImport
from cohorts.states import ImportState, Role, SheetKind
from common.models import Event
from outbox.models import Letter
from tests import people
from tests.cohorts.domain.imports import sheets
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
HEAD = "E-mail;Name;Role;Organisation;Title;Places;Topics;Time zone\n"


@pytest.fixture
def clara() -> User:
    return people.person("Clara", staff=True)


@pytest.fixture
def here(clara: User) -> Cohort:
    return factories.cohort("Spring", coordinators=(clara,))


def uploaded(cohort: Cohort, user: User, content: bytes | str) -> SheetImport:
    data = content if isinstance(content, bytes) else content.encode()
    return verbs.upload(kind=SheetKind.PEOPLE, cohort=cohort, file_name="leaders.csv", content=data, user=user, now=NOW)


def planned(cohort: Cohort, user: User, *lines: str, answers: dict[str, str] | None = None) -> Plan:
    row = uploaded(cohort, user, HEAD + "\n".join(lines))
    if answers:
        row = verbs.answer(row=row, answers=answers, user=user)
    return verbs.plan_of(row, now=NOW)


def only(plan: Plan) -> PlannedRow:
    (row,) = plan.rows
    return row


def brought_in(row: SheetImport, user: User) -> SheetImport:
    plan = verbs.plan_of(row, now=NOW)
    verbs.confirm(row=row, promised=plan.digest(), user=user, now=NOW)
    assert verbs.bring_in_all(now=NOW) == 1
    row.refresh_from_db()
    assert row.state == ImportState.DONE
    return row


def test_24_faults_in_300_rows_are_each_named_with_row_and_column() -> None:
    here, clara = sheets.world()
    row = uploaded(here, clara, sheets.with_faults())
    plan = verbs.plan_of(row, now=NOW)
    told = [(fault.row, fault.column, fault.right) for fault in plan.faults]
    assert len(sheets.FAULTS) == 24
    assert [(number, column) for number, column, _right in told] == [each[:2] for each in sheets.FAULTS]
    for (_number, _column, right), (*_place, part) in zip(told, sheets.FAULTS, strict=True):
        assert part in right, (right, part)
    assert plan.counts[Outcome.REFUSED] == 24
    assert plan.counts[Outcome.NEW] == 276
    assert not plan.questions


def test_once_mended_all_are_invited_and_the_same_file_twice_changes_nothing() -> None:
    here, clara = sheets.world()
    done = brought_in(uploaded(here, clara, sheets.mended()), clara)
    assert (done.added, done.emails, done.left_out) == (300, 300, 0)
    assert Letter.objects.filter(kind="invitation").count() == 300
    first = PreparedProfile.objects.get(invitation__email="leader1@example.org")
    assert (first.since, first.zone, first.country, first.languages) == (
        date(2020, 1, 1),
        "Europe/Berlin",
        "DE",
        ["en", "de"],
    )
    assert PreparedProfile.objects.get(invitation__email="leader0@example.org").capacity == 2
    again = verbs.plan_of(uploaded(here, clara, sheets.mended()), now=NOW)
    assert again.counts[Outcome.UNCHANGED] == 300
    assert not again.may_be_confirmed


def test_what_is_refused_is_left_out_once_confirmed() -> None:
    here, clara = sheets.world()
    done = brought_in(uploaded(here, clara, sheets.with_faults()), clara)
    assert (done.added, done.left_out) == (276, 24)
    assert not Invitation.objects.filter(email="somebody.else@example.org").exists()


def test_an_address_of_another_programme_tells_nothing_else(here: Cohort, clara: User) -> None:
    known = factories.enrolment(factories.cohort(), people.mentor("Known Elsewhere", email="known@example.org"))
    row = only(planned(here, clara, "Known@Example.org;Another Name;mentor"))
    assert row.outcome == Outcome.REFUSED
    assert [fault.right for fault in row.faults] == ["This address cannot be used here. Ask who runs the site."]
    assert "Known Elsewhere" not in str(row)
    superuser = people.superuser()
    assert only(planned(here, superuser, f"{known.person.email};Another Name;mentor")).outcome == Outcome.NEW


def test_who_has_an_account_is_invited_and_their_profile_stays(here: Cohort, clara: User) -> None:
    person = factories.enrolment(here, people.mentee(email="two@example.org"), Role.MENTEE).person
    row = uploaded(here, clara, HEAD + f"two@example.org;{person.name};mentor;;Another title")
    assert only(verbs.plan_of(row, now=NOW)).said == ["Is invited; has an account, whose profile stays as it is."]
    brought_in(row, clara)
    assert not PreparedProfile.objects.exists()
    same = only(planned(here, clara, f"two@example.org;{person.name};mentee"))
    assert (same.outcome, same.said) == (
        Outcome.UNCHANGED,
        ["Takes part in this role already; their profile is their own."],
    )


def test_both_roles_are_one_invitation_and_one_e_mail(here: Cohort, clara: User) -> None:
    done = brought_in(
        uploaded(here, clara, HEAD + "bo@example.org;Bo Lind;mentor;;Chair;3\nBO@example.org;Bo Lind;mentee"), clara
    )
    assert (done.added, done.emails) == (2, 1)
    assert set(RoleOffer.objects.values_list("role", flat=True)) == {"mentor", "mentee"}
    prepared = PreparedProfile.objects.get()
    assert (prepared.capacity, prepared.title) == (3, "Chair")


def test_both_rows_of_a_person_must_agree(here: Cohort, clara: User) -> None:
    plan = planned(here, clara, "bo@example.org;Bo Lind;mentor;;Chair", "bo@example.org;Bo Lind;mentee;;Chief")
    assert [(fault.row, fault.column) for fault in plan.faults] == [(3, "Title")]


def test_an_open_invitation_is_sent_again_with_the_further_role(here: Cohort, clara: User) -> None:
    offers.offer(email="bo@example.org", name="Bo Lind", cohort=here, role=Role.MENTEE, user=clara, now=NOW)
    row = uploaded(here, clara, HEAD + "bo@example.org;Bo Lind;mentor;;;2")
    assert "sent again" in only(verbs.plan_of(row, now=NOW)).said[0]
    brought_in(row, clara)
    assert Invitation.objects.get().sends == 2
    assert PreparedProfile.objects.get().capacity == 2


def test_a_correction_reaches_who_has_not_answered_without_an_e_mail(here: Cohort, clara: User) -> None:
    brought_in(uploaded(here, clara, HEAD + "bo@example.org;Bo Lnd;mentor;;Chair;2"), clara)
    letters = Letter.objects.count()
    row = uploaded(here, clara, HEAD + "bo@example.org;Bo Lind;mentor;;Chair;3")
    plan = verbs.plan_of(row, now=NOW)
    assert only(plan).said == ["What is prepared for them changes: Places, Name. No e-mail is sent."]
    assert plan.emails == 0
    brought_in(row, clara)
    assert (Invitation.objects.get().name, PreparedProfile.objects.get().capacity) == ("Bo Lind", 3)
    assert Letter.objects.count() == letters
    assert Event.objects.get(verb="prepare").codes() == ["capacity", "name"]


def test_who_declined_is_not_invited_again_and_who_was_revoked_is(here: Cohort, clara: User) -> None:
    row = uploaded(here, clara, HEAD + "bo@example.org;Bo Lind;mentor\nal@example.org;Al Ek;mentor")
    brought_in(row, clara)
    declining = Invitation.objects.get(email="bo@example.org")
    invitations.decline(token=declining.secrets()[0], now=NOW)
    invitations.revoke(invitation=Invitation.objects.get(email="al@example.org"), user=clara, now=NOW)
    declined, revoked = planned(here, clara, "bo@example.org;Bo Lind;mentor", "al@example.org;Al Ek;mentor").rows
    assert (declined.outcome, declined.said[0].split(" on ")[0]) == (Outcome.UNCHANGED, "Declined")
    assert revoked.outcome == Outcome.NEW


def test_who_another_coordinator_invited_stays_theirs(here: Cohort, clara: User) -> None:
    other = people.person(staff=True)
    here.coordinators.add(other)
    offers.offer(email="bo@example.org", name="Bo Lind", cohort=here, role=Role.MENTOR, user=other, now=NOW)
    row = only(planned(here, clara, "bo@example.org;Bo Lind;mentor;;New title"))
    assert (row.outcome, row.said) == (Outcome.UNCHANGED, ["Was invited to this role by another coordinator."])


def test_an_invitation_out_of_date_is_not_sent_anew_by_the_same_file(here: Cohort, clara: User) -> None:
    brought_in(uploaded(here, clara, HEAD + "bo@example.org;Bo Lind;mentor"), clara)
    row = uploaded(here, clara, HEAD + "bo@example.org;Bo Lind;mentor")
    later = only(verbs.plan_of(row, now=NOW + timedelta(days=20)))
    assert later.outcome == Outcome.UNCHANGED
    assert "out of date" in later.said[0]


# --- questions ---------------------------------------------------------------------------------------------------


def test_unknown_topics_are_asked_about_once_with_the_nearest_offered(here: Cohort, clara: User) -> None:
    topic = people.topic("Working with a board")
    lines = ("bo@example.org;Bo Lind;mentor;;;;Workin with a bord", "al@example.org;Al Ek;mentee;;;;workin with a Bord")
    plan = planned(here, clara, *lines)
    (question,) = plan.open_questions
    assert question.rows == (2, 3)
    assert question.options[0] == (str(topic.pk), topic.name)
    assert not plan.may_be_confirmed
    chosen = planned(here, clara, *lines, answers={question.key: str(topic.pk)})
    assert [row.does.known.expertise or row.does.known.challenges for row in chosen.rows] == [(topic,), (topic,)]
    left = planned(here, clara, *lines, answers={question.key: "leave"})
    assert [row.does.known.said() for row in left.rows] == [{}, {}]


def test_nothing_is_asked_about_a_row_that_is_refused_anyhow(here: Cohort, clara: User) -> None:
    plan = planned(here, clara, "no address;Bo Lind;mentor;Nowhere Ltd;;;No such topic", "al@example.org;Al Ek;mentee")
    assert [row.outcome for row in plan.rows] == [Outcome.REFUSED, Outcome.NEW]
    assert plan.may_be_confirmed


def test_an_answer_that_was_not_offered_is_none(here: Cohort, clara: User) -> None:
    people.topic("Working with a board")
    line = "bo@example.org;Bo Lind;mentor;;;;Workin with a bord"
    key = planned(here, clara, line).open_questions[0].key
    hidden = people.topic("Something else entirely")
    assert planned(here, clara, line, answers={key: str(hidden.pk)}).open_questions


def test_an_organisation_that_is_not_on_the_list_is_asked_about_and_never_made(here: Cohort, clara: User) -> None:
    known = people.organisation("Nordwind Energie AG")
    count = Organisation.objects.count()
    line = "bo@example.org;Bo Lind;mentor;Nordwind Energy"
    (question,) = planned(here, clara, line).open_questions
    assert question.options[0] == (str(known.pk), known.placed)
    chosen = planned(here, clara, line, answers={question.key: str(known.pk)})
    assert only(chosen).does.known.organisation == known
    assert only(planned(here, clara, line, answers={question.key: "leave"})).does.known.organisation is None
    assert Organisation.objects.count() == count


def test_namesakes_among_organisations_are_asked_about(here: Cohort, clara: User) -> None:
    both = [people.organisation("Atlas", country=country) for country in ("DE", "FR")]
    (question,) = planned(here, clara, "bo@example.org;Bo Lind;mentor;atlas").open_questions
    assert {value for value, _label in question.options} == {str(each.pk) for each in both} | {"leave"}


def test_one_person_under_two_addresses_is_asked_about(here: Cohort, clara: User) -> None:
    factories.enrolment(here, people.mentor("Dr. Zoë Klein", email="zoe@example.org"), Role.MENTOR)
    lines = (
        "klein@example.org;Klein, Zoe;mentor",
        "bo@example.org;Bo Lind;mentee",
        "b.lind@example.org;Bo Lind;mentee",
    )
    plan = planned(here, clara, *lines)
    assert [row.outcome for row in plan.rows] == [Outcome.ASKED, Outcome.NEW, Outcome.ASKED]
    assert "zoe@example.org" in plan.open_questions[0].sentence
    answers = {plan.open_questions[0].key: "another", plan.open_questions[1].key: "leave"}
    answered = planned(here, clara, *lines, answers=answers)
    assert [row.outcome for row in answered.rows] == [Outcome.NEW, Outcome.NEW, Outcome.LEFT_OUT]


def test_namesakes_of_another_programme_are_not_told_of(here: Cohort, clara: User) -> None:
    factories.enrolment(factories.cohort(), people.mentor("Zoë Klein", email="zoe@example.org"), Role.MENTOR)
    assert only(planned(here, clara, "klein@example.org;Zoe Klein;mentor")).outcome == Outcome.NEW


# --- in how many queries ------------------------------------------------------------------------------------------


def test_a_plan_takes_as_many_queries_for_200_rows_as_for_one(
    here: Cohort, clara: User, django_assert_max_num_queries: object
) -> None:
    people.topic(sheets.TOPIC)
    people.organisation("Nordwind")
    few = uploaded(here, clara, sheets.workbook([sheets.HEADINGS, *sheets.leaders(1)]))
    many = uploaded(here, clara, sheets.workbook([sheets.HEADINGS, *sheets.leaders(200)]))
    brought_in(uploaded(here, clara, sheets.workbook([sheets.HEADINGS, *sheets.leaders(100)])), clara)
    counts = []
    for row in (few, many):
        fresh = SheetImport.objects.select_related("cohort", "user").get(pk=row.pk)
        with django_assert_max_num_queries(15) as queries:  # type: ignore[operator]
            verbs.plan_of(fresh, now=NOW)
        counts.append(len(queries))
    assert counts[0] >= counts[1]


def test_topics_are_as_offered(here: Cohort, clara: User) -> None:
    people.topic("Retired topic", active=False)
    assert planned(here, clara, "bo@example.org;Bo Lind;mentor;;;;Retired topic").open_questions
    assert Topic.objects.filter(active=False).exists()
