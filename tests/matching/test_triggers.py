"""What must never be, whoever writes: plain SQL through the ORM, without any of our verbs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import Error, connection, transaction
from psycopg import IsolationLevel

from accounts.choices import AffiliationKind
from accounts.models import Affiliation, MentorProfile, Ownership
from cohorts.models import Enrolment
from cohorts.states import Role
from common.models import Event
from common.sentences import constraint_of, refusal, registered
from common.transitions import Actor
from matching import checks
from matching.models import Pairing, Request, ShortlistEntry, Waiver
from matching.states import PairingState, RequestState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request
from tests.stress.unguarded import drop

pytestmark = pytest.mark.django_db


def broken_by(write):
    """The name of the constraint that refuses `write`, which has a sentence of its own."""
    with pytest.raises(Error) as refused, transaction.atomic():
        write()
    name = constraint_of(refused.value)
    assert refusal(refused.value).sentence == registered()[name]
    return name


def employer_of(who):
    return Affiliation.objects.get(person=who, kind=AffiliationKind.EMPLOYER).organisation


def colleagues(**words):
    employer = people.organisation()
    return couple(cohort(**words), people.mentee(employer=employer), people.mentor(employer=employer))


def sisters():
    top = people.organisation()
    middle = people.organisation(parent=top)
    return couple(
        mentee=people.mentee(employer=people.organisation(parent=middle)),
        mentor=people.mentor(employer=people.organisation(parent=top)),
    )


def waive(mentee, mentor, until):
    Waiver.objects.create(
        cohort=mentee.cohort, mentee=mentee.person, mentor=mentor.person, why="agreed", given_at=NOW, until=until
    )


class TestIndependence:
    def test_same_employer_and_same_family(self):
        assert broken_by(lambda: request(*colleagues())) == "request_same_employer"
        assert broken_by(lambda: request(*sisters())) == "request_same_family"

    def test_pairings_too(self):
        mentee, mentor = couple()
        asked = request(mentee, mentor, state=RequestState.ACCEPTED)
        people.affiliation(mentor.person, employer_of(mentee.person))
        words = {"cohort": asked.cohort, "mentee_enrolment": mentee, "mentor_enrolment": mentor}
        assert (
            broken_by(
                lambda: Pairing.objects.create(
                    request=asked,
                    **words,
                    mentee=mentee.person,
                    mentor=mentor.person,
                    introduced_at=NOW,
                    planned_end=date(2026, 12, 1),
                )
            )
            == "pairing_same_employer"
        )

    def test_ownership_counts_on_the_records_own_day(self):
        mentee, mentor = couple()
        now = datetime.now(UTC)
        Ownership.objects.create(
            child=employer_of(mentee.person),
            parent=employer_of(mentor.person),
            starts_on=now.date() + timedelta(days=1),
        )
        first = request(mentee, mentor, at=now)
        Request.objects.filter(pk=first.pk).update(state="withdrawn", answered_at=now)
        assert broken_by(lambda: request(mentee, mentor, at=now + timedelta(days=1))) == "request_same_family"

    def test_an_earlier_date_gets_nobody_round_it(self):
        mentee, mentor = couple()
        people.affiliation(mentor.person, employer_of(mentee.person), since=datetime.now(UTC).date())
        assert broken_by(lambda: request(mentee, mentor, at=NOW)) == "request_same_employer"

    def test_a_ring_of_owners_comes_to_an_end(self):
        mentee, mentor = couple()
        one, other = people.organisation(), people.organisation()
        for child, parent in ((one, other), (other, one), (employer_of(mentee.person), one)):
            Ownership.objects.create(child=child, parent=parent, starts_on=date(2020, 1, 1))
        assert request(mentee, mentor).pk

    def test_a_waiver_lets_the_pair_through_on_its_days(self):
        mentee, mentor = colleagues()
        waive(mentee, mentor, NOW.date() - timedelta(days=1))
        assert broken_by(lambda: request(mentee, mentor)) == "request_same_employer"
        waive(mentee, mentor, NOW.date())
        assert request(mentee, mentor).pk

    def test_a_later_change_of_job_never_blocks_and_nobody_is_taken_up_again_past_the_rules(self):
        made = pairing(*couple(), state="active")
        people.affiliation(made.mentor, employer_of(made.mentee))
        reopen = Pairing.objects.filter(pk=made.pk)
        reopen.update(state="closing", closing_since=NOW)
        reopen.update(state="ended_early", ended_at=NOW)
        over = Pairing.objects.filter(pk=pairing(*couple(), state="ended_early").pk)
        assert broken_by(lambda: over.update(state="active")) == "pairing_transition"
        assert broken_by(lambda: reopen.update(state="introduced", ended_at=None)) == "pairing_same_employer"
        again = Request.objects.filter(pk=request(state=RequestState.DECLINED).pk)
        assert broken_by(lambda: again.update(state="pending")) == "request_transition"

    def test_history_may_be_written_down(self):
        mentee, mentor = couple()
        asked = request(mentee, mentor, state="accepted")
        people.affiliation(mentor.person, employer_of(mentee.person))
        assert Pairing.objects.create(
            request=asked,
            cohort=mentee.cohort,
            mentee_enrolment=mentee,
            mentor_enrolment=mentor,
            mentee=mentee.person,
            mentor=mentor.person,
            state="completed",
            introduced_at=NOW,
            planned_end=date(2026, 12, 1),
            ended_at=NOW,
        ).pk


class TestCapacity:
    def counts(self, mentor):
        return (
            MentorProfile.objects.get(person=mentor.person).open_pairings,
            Enrolment.objects.get(pk=mentor.pk).open_pairings,
        )

    def test_the_counts_follow_every_way_of_writing(self):
        mentee, mentor = couple(mentor=people.mentor(capacity=2))
        first = pairing(mentee, mentor)
        second = pairing(enrolment(mentee.cohort), mentor)
        assert self.counts(mentor) == (2, 2)
        for guard in ("pairing_transition", "pairing_activated_by_both", "pairing_kept"):
            drop(guard)
        for state, expected in (("active", 2), ("ended_early", 1), ("introduced", 2), ("completed", 1)):
            Pairing.objects.filter(pk=first.pk).update(state=state)
            assert self.counts(mentor) == (expected, expected)
        Pairing.objects.filter(pk=second.pk).delete()
        Pairing.objects.filter(pk=first.pk).delete()
        assert self.counts(mentor) == (0, 0)

    def test_a_row_saved_as_it_was_read_does_not_write_its_count_back(self):
        mentee, mentor = couple(mentor=people.mentor(capacity=2))
        stale = MentorProfile.objects.get(person=mentor.person), Enrolment.objects.get(pk=mentor.pk)
        pairing(mentee, mentor)
        for row in stale:
            row.save()
        assert self.counts(mentor) == (1, 1)
        MentorProfile.objects.filter(person=mentor.person).delete()
        made = MentorProfile.objects.create(person=mentor.person, open_pairings=7, capacity=9)
        made.refresh_from_db()
        assert made.open_pairings == 1

    def test_one_too_many_is_refused_across_cohorts(self):
        mentee, mentor = couple()
        pairing(mentee, mentor)
        there = cohort()
        elsewhere = enrolment(there, mentor.person, Role.MENTOR)
        assert broken_by(lambda: pairing(enrolment(there), elsewhere)) == "mentor_within_capacity"

    def test_an_enrolment_may_only_lower_it(self):
        mentee, mentor = couple(mentor=people.mentor(capacity=3))
        Enrolment.objects.filter(pk=mentor.pk).update(capacity=1)
        pairing(mentee, mentor)
        assert broken_by(lambda: pairing(enrolment(mentee.cohort), mentor)) == "enrolment_within_capacity"

    def test_it_cannot_be_lowered_below_what_is_open(self):
        mentee, mentor = couple(mentor=people.mentor(capacity=2))
        pairing(mentee, mentor)
        pairing(enrolment(mentee.cohort), mentor)
        lower = MentorProfile.objects.filter(person=mentor.person)
        assert broken_by(lambda: lower.update(capacity=1)) == "mentor_within_capacity"

    def test_a_mentor_without_an_offer_has_no_place(self):
        mentee, mentor = couple(mentor=people.person())
        assert broken_by(lambda: pairing(mentee, mentor)) == "mentor_has_profile"

    def test_one_open_pairing_and_one_pending_request(self):
        mentee, mentor = couple()
        other = enrolment(mentee.cohort, role=Role.MENTOR)
        pairing(mentee, mentor)
        assert broken_by(lambda: pairing(mentee, other)) == "pairing_one_open_per_mentee"
        request(mentee, mentor)
        assert broken_by(lambda: request(mentee, other)) == "request_one_pending"


class TestWhatFits:
    def test_nobody_is_paired_with_themselves(self):
        who, here = people.mentor(), cohort()
        both = enrolment(here, who), enrolment(here, who, Role.MENTOR)
        waive_oneself = {"cohort": here, "mentee": who, "mentor": who, "why": "x", "given_at": NOW, "until": NOW.date()}
        assert broken_by(lambda: request(*both, state=RequestState.DECLINED)) == "request_not_of_oneself"
        assert broken_by(lambda: Waiver.objects.create(**waive_oneself)) == "waiver_not_of_oneself"

    def test_roles_and_cohorts(self):
        mentee, mentor = couple()
        assert broken_by(lambda: request(mentee, enrolment(role=Role.MENTOR))) == "request_fits_mentor"
        assert broken_by(lambda: request(mentee, enrolment(mentee.cohort))) == "request_fits_mentor"
        assert broken_by(lambda: request(mentor, enrolment(mentee.cohort, role=Role.MENTOR))) == "request_fits_mentee"
        assert (
            broken_by(lambda: ShortlistEntry.objects.create(mentee=mentor, mentor=mentee, rank=1))
            == "shortlist_fits_enrolments"
        )

    def test_a_pairing_is_its_requests(self):
        made = pairing(*couple())
        _other, stranger = couple(made.cohort)
        asked = request(enrolment(made.cohort), stranger, state=RequestState.ACCEPTED)
        words = {
            field.attname: getattr(made, field.attname)
            for field in Pairing._meta.concrete_fields
            if field.name not in {"id", "request"}
        }
        copy = {**words, "state": "completed", "request": asked}
        assert broken_by(lambda: Pairing.objects.create(**copy)) == "pairing_fits_request"
        again = {**words, "state": "completed", "request": made.request}
        assert broken_by(lambda: Pairing.objects.create(**again)) == "pairing_once_a_request"

    def test_people_never_change(self):
        made = pairing(*couple())
        other = enrolment(made.cohort, role=Role.MENTOR)
        of_pairing, of_request = Pairing.objects.filter(pk=made.pk), Request.objects.filter(pk=made.request_id)
        assert broken_by(lambda: of_pairing.update(mentor=other.person)) == "pairing_people_fixed"
        assert broken_by(lambda: of_pairing.update(mentor_enrolment=other)) == "pairing_people_fixed"
        assert broken_by(lambda: of_request.update(mentor=other.person)) == "request_people_fixed"
        moved = Enrolment.objects.filter(pk=made.mentor_enrolment_id)
        assert broken_by(lambda: moved.update(cohort=cohort())) == "enrolment_fixed"
        assert broken_by(lambda: moved.update(role="mentee")) == "enrolment_fixed"

    def test_history_stays(self):
        line = Event.record(verb="ask", subject=request(*couple()), actor=Actor.MENTEE, now=NOW)
        assert broken_by(lambda: Event.objects.filter(pk=line.pk).update(verb="accept")) == "event_append_only"
        assert broken_by(lambda: Event.objects.filter(pk=line.pk).delete()) == "event_append_only"


def test_verbs_run_read_committed():
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)
    assert connection.settings_dict["OPTIONS"]["isolation_level"] == IsolationLevel.READ_COMMITTED


class TestTheCheck:
    def test_all_triggers_are_there(self):
        call_command("check", database=["default"])

    @pytest.mark.parametrize(
        ("name", "loss"),
        [
            ("pairing_counts", "DROP TRIGGER pairing_counts ON matching_pairing"),
            (
                "shortlist_fits_enrolments",
                "ALTER TABLE matching_shortlistentry DISABLE TRIGGER shortlist_fits_enrolments",
            ),
            ("request_fits_mentee", "ALTER TABLE matching_request DROP CONSTRAINT request_fits_mentee"),
            ("mentor_within_capacity", "ALTER TABLE accounts_mentorprofile DROP CONSTRAINT mentor_within_capacity"),
            ("request_one_pending", "DROP INDEX request_one_pending"),
            ("check_in_once", "ALTER TABLE engagements_checkin DROP CONSTRAINT check_in_once"),
        ],
    )
    def test_one_that_is_gone_or_switched_off_is_an_error(self, name, loss):
        with connection.cursor() as cursor:
            cursor.execute(loss)
        with pytest.raises(SystemCheckError, match=f"{name}, which holds an invariant"):
            call_command("check", database=["default"])

    def test_a_trigger_that_tells_of_changes_is_missed_as_well(self):
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER accounts_leave_pool_insert ON accounts_leave")
        with pytest.raises(SystemCheckError, match="accounts_leave_pool_insert, which tells of changes"):
            call_command("check", database=["default"])

    def test_a_state_table_that_has_changed_since_its_migration_is_an_error(self):
        call_command("check", database=["default"])
        drop("request_transition")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER request_transition BEFORE UPDATE OF state ON matching_request FOR EACH ROW"
                " EXECUTE FUNCTION common_check_transition('pending>accepted')"
            )
        with pytest.raises(SystemCheckError, match=r"request_transition in the database .* takes other changes"):
            call_command("check", database=["default"])

    def test_nothing_is_missing_before_its_migration_or_without_a_database(self, monkeypatch):
        monkeypatch.setattr(checks, "IN_SQL", {("matching", "9999_later"): frozenset({"not_yet"})})
        assert list(checks.invariants_are_held(databases=["default"])) == []
        assert list(checks.invariants_are_held(databases=None)) == []
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app IN ('accounts', 'matching')")
            cursor.execute("ALTER TABLE accounts_mentorprofile DROP CONSTRAINT mentor_within_capacity")
        assert list(checks.invariants_are_held(databases=["default"])) == []


@pytest.mark.parametrize("state", PairingState.values)
def test_only_open_states_count(state):
    made = pairing(*couple(), state=state)
    assert MentorProfile.objects.get(person=made.mentor).open_pairings == int(made.is_open)
