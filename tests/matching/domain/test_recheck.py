"""Independence after the fact, and what coordinators allow."""

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from accounts.choices import AffiliationKind
from accounts.domain import merging, organisations, ownership
from accounts.domain.conflict_changes import people_changed
from accounts.models import Affiliation, NeverWith, Organisation, Ownership
from cohorts.states import Role
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.transactions import unit_of_work
from matching.domain import alerts, recheck, waivers
from matching.models import Alert, Request, ShortlistEntry, Waiver
from matching.models.alerts import AlertKind
from matching.states import Fact, RequestState
from outbox.models import Letter, LetterState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request

pytestmark = pytest.mark.django_db


def employer_of(who):
    return (
        Affiliation.objects.filter(person=who, kind=AffiliationKind.EMPLOYER)
        .order_by("starts_on", "pk")
        .first()
        .organisation
    )


def changed(*people, now=NOW):
    """What a verb does that has changed these people's ties."""
    with unit_of_work():
        people_changed({person.pk for person in people}, now=now)


def open_alerts():
    return [(alert.kind, alert.subject_id, alert.facts) for alert in Alert.objects.open()]


class TestOpenPairings:
    def test_a_change_of_job_alerts_and_blocks_nothing(self):
        coordinator = people.person()
        made = pairing(*couple(cohort(coordinators=(coordinator,))), state="active")
        people.affiliation(made.mentor, employer_of(made.mentee), since=date(2026, 3, 1))
        changed(made.mentor)
        assert open_alerts() == [(AlertKind.INDEPENDENCE, made.pk, {"rules": ["same_employer", "same_family"]})]
        made.refresh_from_db()
        assert made.state == "active"
        assert [letter.person_id for letter in Letter.objects.filter(kind="coordinator_alert")] == [coordinator.pk]

    def test_it_is_settled_when_it_holds_again(self):
        made = pairing(*couple())
        tie = people.affiliation(made.mentor, employer_of(made.mentee), kind=AffiliationKind.BOARD)
        changed(made.mentor)
        assert len(open_alerts()) == 1
        tie.delete()
        changed(made.mentor)
        assert open_alerts() == []

    def test_an_acquisition_is_noticed_on_its_day_by_the_sweep(self):
        made = pairing(*couple())
        Ownership.objects.create(
            child=employer_of(made.mentee), parent=employer_of(made.mentor), starts_on=date(2026, 3, 12)
        )
        recheck.recheck(now=NOW)
        assert open_alerts() == []
        recheck.recheck(now=NOW + timedelta(days=2))
        assert open_alerts() == [(AlertKind.INDEPENDENCE, made.pk, {"rules": ["same_family"]})]

    def test_a_change_of_owners_alerts_and_one_that_ends_settles(self):
        made = pairing(*couple())
        owned = ownership.save_ownership(
            child=employer_of(made.mentee),
            parent=employer_of(made.mentor),
            starts_on=date(2026, 1, 1),
            user=None,
            now=NOW,
        )
        assert open_alerts() == [(AlertKind.INDEPENDENCE, made.pk, {"rules": ["same_family"]})]
        ownership.end_ownership(ownership=owned, ends_on=NOW.date(), user=None, now=NOW)
        assert open_alerts() == []

    def test_a_private_list_alerts_nobody(self):
        made = pairing(*couple())
        NeverWith.objects.put(owner=made.mentor, person=made.mentee)
        changed(made.mentor)
        assert open_alerts() == []

    def test_a_coordinator_is_not_told_of_their_own(self):
        coordinator = people.mentor()
        made = pairing(*couple(cohort(coordinators=(coordinator,)), mentor=coordinator))
        people.affiliation(made.mentor, employer_of(made.mentee))
        changed(made.mentor)
        assert len(open_alerts()) == 1
        assert not Letter.objects.filter(kind="coordinator_alert").exists()

    def test_facts_that_change_are_brought_up_to_date(self):
        made = pairing(*couple())
        people.affiliation(made.mentor, employer_of(made.mentee), kind=AffiliationKind.BOARD)
        changed(made.mentor)
        people.affiliation(made.mentee, employer_of(made.mentor))
        changed(made.mentee)
        assert [facts["rules"] for _kind, _subject, facts in open_alerts()] == [
            ["same_employer", "same_family", "current_tie"]
        ]


def own(child, parent, starts_on=date(2026, 1, 1)):
    return ownership.save_ownership(child=child, parent=parent, starts_on=starts_on, user=None, now=NOW)


def board_seat(made, where):
    people.affiliation(made.mentor, where, kind=AffiliationKind.BOARD)
    own(where, employer_of(made.mentee))


def former_employment(made, where):
    people.affiliation(made.mentor, where, until=date(2025, 6, 1))
    own(where, employer_of(made.mentee))


def grandchild(made, where):
    Ownership.objects.create(child=employer_of(made.mentee), parent=where, starts_on=date(2020, 1, 1))
    own(where, employer_of(made.mentor))


def competitors_by_their_owner(made, where):
    ownership.declare_competitors(one=where, other=employer_of(made.mentor), user=None, now=NOW)
    own(employer_of(made.mentee), where)


def competitors_bought_by_their_employers(made, where):
    """The two families compete from now on, though nobody works where the owner has changed."""
    other = people.organisation()
    ownership.declare_competitors(one=where, other=other, user=None, now=NOW)
    own(where, employer_of(made.mentee))
    own(other, employer_of(made.mentor))


def declared_competitors(made, where):
    ownership.declare_competitors(one=employer_of(made.mentee), other=employer_of(made.mentor), user=None, now=NOW)


def seat_with_a_declared_competitor(made, where):
    people.affiliation(made.mentor, where, kind=AffiliationKind.BOARD)
    ownership.declare_competitors(one=where, other=employer_of(made.mentee), user=None, now=NOW)


def a_second_owner(made, where):
    own(where, people.organisation())
    own(where, employer_of(made.mentor))
    own(employer_of(made.mentee), where)


CHANGES = {
    a_second_owner: "same_family",
    seat_with_a_declared_competitor: "competitors",
    board_seat: "current_tie",
    former_employment: "former_tie",
    grandchild: "same_family",
    competitors_by_their_owner: "competitors",
    competitors_bought_by_their_employers: "competitors",
    declared_competitors: "competitors",
}


class TestWhomAChangeConcerns:
    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
    def test_nobody_of_a_family_that_has_changed_is_missed(self, change):
        made = pairing(*couple())
        pairing(*couple(made.cohort))
        change(made, people.organisation())
        assert open_alerts() == [(AlertKind.INDEPENDENCE, made.pk, {"rules": [CHANGES[change]]})]
        recheck.recheck(now=NOW)
        assert len(open_alerts()) == 1

    @pytest.mark.parametrize("kind", ["employer", "board"])
    def test_two_organisations_that_turn_out_to_be_one(self, kind):
        made, where = pairing(*couple()), people.organisation("Alliantz")
        people.affiliation(made.mentor, where, kind=kind)
        pairing(*couple(made.cohort))
        merging.merge(organisation=where, into=employer_of(made.mentee), user=people.person(), now=NOW)
        rules = ["same_employer", "same_family"] if kind == "employer" else ["current_tie"]
        assert open_alerts() == [(AlertKind.INDEPENDENCE, made.pk, {"rules": rules})]

    def test_an_organisation_on_a_private_list(self):
        mentee, mentor = couple()
        asked, named = request(mentee, mentor), people.organisation()
        NeverWith.objects.put(owner=mentor.person, organisation=named)
        own(employer_of(mentee.person), named)
        asked.refresh_from_db()
        assert asked.state == RequestState.LAPSED

    def test_who_has_nothing_to_do_with_it_is_not_looked_at(self):
        made = pairing(*couple())
        people.affiliation(made.mentor, employer_of(made.mentee))
        own(people.organisation(), people.organisation())
        own(people.organisation(), employer_of(made.mentor), starts_on=date(2026, 12, 1))
        changed(people.person())
        assert open_alerts() == []
        recheck.recheck(now=NOW)
        assert len(open_alerts()) == 1

    def test_one_transaction_is_looked_at_as_a_whole(self):
        made = pairing(*couple())
        with unit_of_work():
            owned = own(employer_of(made.mentee), employer_of(made.mentor))
            ownership.end_ownership(ownership=owned, ends_on=NOW.date(), user=None, now=NOW)
        assert not Alert.objects.exists()

    def test_what_a_savepoint_took_back_has_not_happened(self):
        made = pairing(*couple())
        people.affiliation(made.mentee, people.organisation(confirmed=False))
        changed(made.mentee)
        (new,) = Alert.objects.open()
        with unit_of_work():
            with transaction.atomic():
                own(employer_of(made.mentee), employer_of(made.mentor))
                organisations.confirm(
                    organisation=Organisation.objects.get(pk=new.subject_id), user=people.person(), now=NOW
                )
                transaction.set_rollback(True)
            own(employer_of(made.mentee), people.organisation())
        assert open_alerts() == [(AlertKind.ORGANISATION_NEW, new.subject_id, {})]


class TestWaitingRequests:
    @pytest.mark.parametrize("private", [True, False])
    def test_what_can_no_longer_be_accepted_lapses_and_the_next_wish_is_asked(
        self, private, django_capture_on_commit_callbacks
    ):
        mentee, mentor = couple()
        second = enrolment(mentee.cohort, role=Role.MENTOR)
        ShortlistEntry.objects.create(mentee=mentee, mentor=second, rank=1)
        asked = request(mentee, mentor)
        if private:
            NeverWith.objects.put(owner=mentor.person, person=mentee.person)
        else:
            people.affiliation(mentor.person, employer_of(mentee.person))
        with django_capture_on_commit_callbacks(execute=True):
            changed(mentor.person)
        asked.refresh_from_db()
        assert asked.state == RequestState.LAPSED
        assert Request.objects.pending().get().mentor_enrolment == second
        assert open_alerts() == []

    @pytest.mark.parametrize("kind", AffiliationKind.values)
    @pytest.mark.parametrize(
        "days", [(date(2020, 1, 1), None), (date(2020, 1, 1), NOW.date()), (date(2026, 12, 1), None)]
    )
    def test_a_new_organisation_is_told_whatever_ties_somebody_to_it_and_when(self, kind, days):
        coordinator = people.person()
        mentee = enrolment(cohort(coordinators=(coordinator,)))
        new = people.organisation("Proposed", confirmed=False)
        people.affiliation(mentee.person, new, kind=kind, since=days[0], until=days[1])
        changed(mentee.person)
        assert open_alerts() == [(AlertKind.ORGANISATION_NEW, new.pk, {})]
        assert Alert.objects.get().subject_name() == "Proposed (Energy, United Kingdom)"
        assert Letter.objects.filter(kind="coordinator_alert", person=coordinator).count() == 1
        organisations.confirm(organisation=new, user=coordinator, now=NOW)
        assert open_alerts() == []

    def test_a_refused_name_settles_the_alert_and_is_no_employer(self):
        mentee, mentor = couple(cohort(coordinators=(people.person(),)))
        mentee.person.affiliations.all().delete()
        asked, new = request(mentee, mentor), people.organisation(confirmed=False)
        people.affiliation(mentee.person, new)
        changed(mentee.person)
        organisations.refuse(organisation=new, reason="No such firm.", user=people.person(), now=NOW)
        assert open_alerts() == []
        asked.refresh_from_db()
        assert (asked.state, asked.held_for) == (RequestState.PENDING, Fact.MENTEE_WITHOUT_EMPLOYER)

    def test_a_new_employer_of_the_mentee_waits_for_its_confirmation(self):
        coordinator = people.person()
        mentee, mentor = couple(cohort(coordinators=(coordinator,)))
        asked = request(mentee, mentor)
        new = people.organisation(confirmed=False)
        people.affiliation(mentee.person, new)
        changed(mentee.person)
        asked.refresh_from_db()
        assert asked.state == RequestState.PENDING
        assert open_alerts() == [(AlertKind.ORGANISATION_NEW, new.pk, {})]
        organisations.confirm(organisation=new, user=coordinator, now=NOW)
        assert open_alerts() == []


class TestWaiving:
    def words(self, made, coordinator, **words):
        return {
            "cohort": made.cohort,
            "mentee": made.mentee,
            "mentor": made.mentor,
            "user": coordinator,
            "why": "Both boards agreed.",
            "until": date(2026, 12, 31),
            "now": NOW,
            **words,
        }

    def test_who_why_and_until_settle_the_alert_and_keep_it_settled(self):
        coordinator = people.person()
        made = pairing(*couple(cohort(coordinators=(coordinator,))))
        people.affiliation(made.mentor, employer_of(made.mentee))
        changed(made.mentor)
        given = waivers.waive(**self.words(made, coordinator))
        assert (given.given_by, given.why, given.until) == (coordinator, "Both boards agreed.", date(2026, 12, 31))
        assert open_alerts() == []
        recheck.recheck(now=NOW)
        assert open_alerts() == []
        recheck.recheck(now=datetime(2027, 1, 1, 12, tzinfo=NOW.tzinfo))
        assert len(open_alerts()) == 1
        assert Event.objects.filter(verb="waive", user=coordinator).count() == 1

    def test_only_a_coordinator_and_never_for_oneself(self):
        coordinator = people.mentor()
        made = pairing(*couple(cohort(coordinators=(coordinator,)), mentor=coordinator))
        for user in (coordinator, people.person(), made.mentee):
            with pytest.raises(NotPermitted):
                waivers.waive(**self.words(made, user))
        assert not Waiver.objects.exists()

    @pytest.mark.parametrize(("words", "field"), [({"until": date(2026, 3, 9)}, "until"), ({"why": "  "}, "why")])
    def test_bad_input_names_its_field(self, words, field):
        coordinator = people.person()
        made = pairing(*couple(cohort(coordinators=(coordinator,))))
        with pytest.raises(Refused) as refused:
            waivers.waive(**self.words(made, coordinator, **words))
        assert refused.value.field == field

    def test_being_oneself_is_never_waived(self):
        coordinator = people.person()
        made = pairing(*couple(cohort(coordinators=(coordinator,))))
        with pytest.raises(Refused) as refused:
            waivers.waive(**self.words(made, coordinator, mentor=made.mentee))
        assert refused.value.field == "mentor"


def test_an_alert_is_settled_once_by_a_coordinator():
    coordinator = people.person()
    where = cohort(coordinators=(coordinator,))
    mentee = enrolment(where)
    raised = alerts.alert(kind=AlertKind.SHORTLIST_EMPTY, subject=mentee, now=NOW)
    with pytest.raises(NotPermitted):
        alerts.settle(alert=raised, user=mentee.person, now=NOW)
    settled = alerts.settle(alert=raised, user=coordinator, now=NOW)
    assert (settled.settled_by, settled.settled_at) == (coordinator, NOW)
    assert Letter.objects.get(kind="coordinator_alert").state == LetterState.CANCELLED
    with pytest.raises(WrongState):
        alerts.settle(alert=raised, user=coordinator, now=NOW)
