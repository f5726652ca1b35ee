"""Each rule of independence on real rows, in one place for suggestions, requests and acceptance."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import AffiliationKind
from accounts.domain.families import families_on
from accounts.models import Affiliation, Competition, Leave, MentorProfile, NeverWith, Organisation, Ownership
from cohorts.states import Role
from common.errors import Refused
from matching.domain import independence, pools, requests
from matching.domain.pools import others
from matching.engine import suggest
from matching.engine.facts.rules import TABLE
from matching.models import Alert, Request, ShortlistEntry, Waiver
from matching.models.alerts import AlertKind
from matching.sentences import RULES
from matching.states import PairingState, RequestState
from tests import people
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, pool_for, request

pytestmark = pytest.mark.django_db


def employer_of(who):
    """The first one: tests add more."""
    return (
        Affiliation.objects.filter(person=who, kind=AffiliationKind.EMPLOYER)
        .order_by("starts_on", "pk")
        .first()
        .organisation
    )


def rules(mentee, mentor):
    return [rule.key for rule in independence.broken(mentee=mentee, mentor=mentor, now=NOW)]


def compete(one, other):
    first, second = sorted((one, other), key=lambda organisation: organisation.pk)
    Competition.objects.create(first=first, second=second)


def same_employer(mentee, mentor):
    people.affiliation(mentor.person, employer_of(mentee.person))


def sister_company(mentee, mentor):
    parent = people.organisation()
    for who in (mentee, mentor):
        Ownership.objects.create(child=employer_of(who.person), parent=parent, starts_on=date(2020, 1, 1))


def grandparent(mentee, mentor):
    middle = people.organisation(parent=employer_of(mentor.person))
    Ownership.objects.create(child=employer_of(mentee.person), parent=middle, starts_on=date(2020, 1, 1))


def family_of_competitors(mentee, mentor):
    one, other = people.organisation(), people.organisation()
    Ownership.objects.create(child=employer_of(mentee.person), parent=one, starts_on=date(2020, 1, 1))
    Ownership.objects.create(child=employer_of(mentor.person), parent=other, starts_on=date(2020, 1, 1))
    compete(employer_of(mentee.person), other)


def board_seat(mentee, mentor):
    people.affiliation(mentor.person, employer_of(mentee.person), kind=AffiliationKind.BOARD)


def investor(mentee, mentor):
    people.affiliation(
        mentee.person, people.organisation(parent=employer_of(mentor.person)), kind=AffiliationKind.INVESTOR
    )


def one_table(mentee, mentor):
    """Both sit on boards of one third family, one of the parent and one of a daughter."""
    parent = people.organisation()
    people.affiliation(mentee.person, parent, kind=AffiliationKind.BOARD)
    people.affiliation(mentor.person, people.organisation(parent=parent), kind=AffiliationKind.INVESTOR)


def former_employment(mentee, mentor):
    people.affiliation(mentor.person, employer_of(mentee.person), until=date(2025, 1, 15))


def the_other_way_round(mentee, mentor):
    MentorProfile.objects.create(person=mentee.person)
    back = enrolment(mentee.cohort, mentor.person), enrolment(mentee.cohort, mentee.person, Role.MENTOR)
    pairing(*back)


def together_elsewhere(mentee, mentor):
    MentorProfile.objects.filter(person=mentor.person).update(capacity=3)
    there = cohort()
    pairing(enrolment(there, mentee.person), enrolment(there, mentor.person, Role.MENTOR))


def together_before(mentee, mentor):
    pairing(mentee, mentor, state=PairingState.COMPLETED)


def declined(mentee, mentor):
    request(mentee, mentor, state=RequestState.DECLINED)


def unconfirmed_mentee(mentee, mentor):
    people.affiliation(mentee.person, people.organisation(confirmed=False))


def mentee_without_employer(mentee, mentor):
    mentee.person.affiliations.all().delete()


def seat_with_a_competitor(mentee, mentor):
    rival = people.organisation(parent=people.organisation())
    compete(rival, employer_of(mentee.person))
    people.affiliation(mentor.person, rival, kind=AffiliationKind.BOARD)


def advice_to_a_competitor(mentee, mentor):
    rival = people.organisation()
    compete(rival, employer_of(mentor.person))
    people.affiliation(mentee.person, rival, kind=AffiliationKind.ADVISER)


def seats_with_two_competitors(mentee, mentor):
    one, other = people.organisation(), people.organisation()
    compete(one, other)
    people.affiliation(mentee.person, one, kind=AffiliationKind.INVESTOR)
    people.affiliation(mentor.person, other, kind=AffiliationKind.BOARD)


def seat_left_two_days_ago(mentee, mentor):
    people.affiliation(
        mentor.person, employer_of(mentee.person), kind=AffiliationKind.BOARD, until=NOW.date() - timedelta(days=2)
    )


def holding_sold_last_year(mentee, mentor):
    where = people.organisation(parent=employer_of(mentor.person))
    people.affiliation(mentee.person, where, kind=AffiliationKind.INVESTOR, until=date(2025, 6, 1))


def joint_venture_of_their_groups(mentee, mentor):
    for owner in (people.organisation(), people.organisation(parent=employer_of(mentor.person)), people.organisation()):
        Ownership.objects.create(child=employer_of(mentee.person), parent=owner, starts_on=date(2020, 1, 1))


def two_ventures_with_one_owner(mentee, mentor):
    shared = people.organisation()
    for employee in (mentee, mentor):
        for owner in (people.organisation(), shared):
            Ownership.objects.create(child=employer_of(employee.person), parent=owner, starts_on=date(2020, 1, 1))


def seat_at_a_venture_of_their_group(mentee, mentor):
    venture = people.organisation(parent=people.organisation())
    Ownership.objects.create(child=venture, parent=employer_of(mentee.person), starts_on=date(2020, 1, 1))
    people.affiliation(mentor.person, venture, kind=AffiliationKind.BOARD)


def competitor_of_an_owner(mentee, mentor):
    rival, own = people.organisation(), employer_of(mentee.person)
    for owner in (people.organisation(), rival):
        Ownership.objects.create(child=own, parent=owner, starts_on=date(2020, 1, 1))
    compete(rival, employer_of(mentor.person))


NAMED = {
    joint_venture_of_their_groups: "same_family",
    two_ventures_with_one_owner: "same_family",
    seat_at_a_venture_of_their_group: "current_tie",
    competitor_of_an_owner: "competitors",
    seat_with_a_competitor: "competitors",
    advice_to_a_competitor: "competitors",
    seats_with_two_competitors: "competitors",
    seat_left_two_days_ago: "former_tie",
    holding_sold_last_year: "former_tie",
    same_employer: "same_employer",
    sister_company: "same_family",
    grandparent: "same_family",
    family_of_competitors: "competitors",
    board_seat: "current_tie",
    investor: "current_tie",
    one_table: "shared_tie",
    former_employment: "former_tie",
    the_other_way_round: "reverse_pairing",
    together_elsewhere: "already_paired",
    together_before: "paired_before",
    declined: "declined",
    unconfirmed_mentee: "mentee_unconfirmed",
    mentee_without_employer: "mentee_unconfirmed",
}


@pytest.mark.parametrize(("tie", "key"), NAMED.items(), ids=lambda value: getattr(value, "__name__", value))
def test_each_rule_has_a_sentence_and_keeps_the_mentor_out_of_suggestions(tie, key):
    mentee, mentor = couple()
    assert rules(mentee, mentor) == []
    tie(mentee, mentor)
    assert rules(mentee, mentor)[0] == key
    with pytest.raises(Refused) as refused:
        requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    assert (refused.value.code, refused.value.sentence) == (key, RULES[key].refusal)
    pool, card = pool_for(mentee)
    assert suggest(pool, card, 3) == ()
    assert dict(others(pool, card).excluded) == {key: 1}
    assert not Request.objects.pending().exists()


def ask_oneself():
    who = people.mentor()
    here = cohort()
    return enrolment(here, who), enrolment(here, who, Role.MENTOR)


def test_nobody_asks_themselves():
    mentee, mentor = ask_oneself()
    with pytest.raises(Refused) as refused:
        requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
    assert refused.value.code == "same_person"


def dated(tie_until, day):
    mentee, mentor = couple()
    people.affiliation(mentor.person, employer_of(mentee.person), until=tie_until)
    return [rule.key for rule in independence.broken(mentee=mentee, mentor=mentor, now=day)]


def test_the_look_back_ends():
    assert dated(date(2024, 3, 20), NOW) == ["former_tie"]
    assert dated(date(2024, 3, 1), NOW) == []


def test_a_look_back_is_the_cohorts():
    mentee, mentor = couple(cohort(lookback_months=6))
    people.affiliation(mentor.person, employer_of(mentee.person), until=date(2025, 8, 1))
    assert rules(mentee, mentor) == []


def test_what_has_not_begun_or_is_over_binds_nobody():
    mentee, mentor = couple()
    where, own, parent = employer_of(mentee.person), employer_of(mentor.person), people.organisation()
    people.affiliation(mentor.person, where, since=date(2026, 6, 1))
    people.affiliation(mentor.person, where, kind=AffiliationKind.BOARD, until=date(2024, 1, 1))
    Ownership.objects.create(child=where, parent=parent, starts_on=date(2020, 1, 1), ends_on=NOW.date())
    Ownership.objects.create(child=own, parent=parent, starts_on=date(2020, 1, 1))
    assert rules(mentee, mentor) == []


def test_families_and_the_databases_kin_agree_on_any_web_of_owners():
    chance, day = Random(11), NOW.date()  # noqa: S311 - any web will do, always the same one
    firms = Organisation.objects.bulk_create(
        Organisation(name=f"Firm {number}", industry="energy", country="GB") for number in range(30)
    )
    for place, firm in enumerate(firms[:-1]):
        owners = chance.sample(firms[place + 1 :], min(chance.choice([0, 0, 1, 1, 2, 3]), len(firms) - place - 1))
        for owner in owners:
            begins = date(2020, 1, 1) if chance.random() < 0.8 else date(2026, 12, 1)
            Ownership.objects.create(child=firm, parent=owner, starts_on=begins)
    found = families_on(day)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one.id, other.id FROM accounts_organisation one, accounts_organisation other WHERE EXISTS ("
            "SELECT matching_kin(one.id, %s) INTERSECT SELECT matching_kin(other.id, %s))",
            [day, day],
        )
        kin = set(cursor.fetchall())
    ids = [firm.pk for firm in firms]
    assert kin == {(one, other) for one in ids for other in ids if found[one] & found[other]}
    assert 60 < len(kin) < 800, "a web that tells something"


def test_two_owners_of_one_venture_are_independent_of_each_other():
    mentee, mentor = couple()
    for employee in (mentee, mentor):
        Ownership.objects.create(
            child=people.organisation("Venture") if employee is mentee else Organisation.objects.get(name="Venture"),
            parent=employer_of(employee.person),
            starts_on=date(2020, 1, 1),
        )
    assert rules(mentee, mentor) == []


def test_two_independents_are_independent():
    assert rules(*couple(mentee=people.mentee(independent=True), mentor=people.mentor(independent=True))) == []


class TestRelaxedCompetitors:
    def test_they_may_be_paired_and_the_coordinators_are_alerted(self):
        coordinator = people.person()
        mentee, mentor = couple(cohort(coordinators=(coordinator,), competitors_flag_only=True))
        compete(employer_of(mentee.person), employer_of(mentor.person))
        asked = requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
        made = requests.accept(request=asked, user=mentor.person, now=NOW)
        raised = Alert.objects.get()
        assert (raised.kind, raised.subject_id, raised.facts) == (
            AlertKind.COMPETITORS,
            made.pk,
            {"rules": ["competitors"]},
        )


class TestWaivers:
    def waive(self, mentee, mentor, until=date(2026, 3, 10)):
        return Waiver.objects.create(
            cohort=mentee.cohort, mentee=mentee.person, mentor=mentor.person, why="asked for", given_at=NOW, until=until
        )

    @pytest.mark.parametrize("tie", [same_employer, sister_company, board_seat, together_before, declined])
    def test_one_lets_the_pair_through(self, tie):
        mentee, mentor = couple()
        tie(mentee, mentor)
        self.waive(mentee, mentor)
        asked = requests.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, user=mentee.person, now=NOW)
        assert requests.accept(request=asked, user=mentor.person, now=NOW).state == PairingState.INTRODUCED

    def test_until_its_last_day_for_this_pair_in_this_cohort(self):
        mentee, mentor = couple()
        same_employer(mentee, mentor)
        self.waive(mentee, mentor, until=date(2026, 3, 9))
        self.waive(*couple(mentee.cohort))
        there = cohort()
        self.waive(enrolment(there, mentee.person), enrolment(there, mentor.person, Role.MENTOR))
        assert rules(mentee, mentor)[0] == "same_employer"

    def test_never_a_private_list_nor_what_is_practical(self):
        mentee, mentor = couple()
        NeverWith.objects.put(owner=mentor.person, person=mentee.person)
        self.waive(mentee, mentor)
        assert rules(mentee, mentor) == ["never_with"]


def test_leave_counts_by_the_calendar_where_the_mentor_is():
    mentee, mentor = couple(mentor=people.mentor(country="NZ", zone="Pacific/Auckland"))
    Leave.objects.create(person=mentor.person, starts_on=date(2026, 3, 11), ends_on=date(2026, 3, 11))
    found = independence.broken(mentee=mentee, mentor=mentor, now=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    assert [rule.key for rule in found] == ["away"]


def test_any_number_of_mentors_takes_the_same_number_of_queries(django_assert_num_queries):
    mentee, _mentor = couple()
    NeverWith.objects.put(owner=mentee.person, organisation=people.organisation())
    with CaptureQueriesContext(connection) as few:
        pool_for(mentee)
    for _more in range(5):
        enrolment(mentee.cohort, role=Role.MENTOR)
    pools.forget()
    with django_assert_num_queries(len(few)):
        pool, card = pool_for(mentee)
    assert len(suggest(pool, card, 10)) == 6
    assert len(few) <= 27  # the pool is prepared here, once; afterwards only the mentee is read (see test_pools)


def test_the_mentee_s_card_carries_wishes_in_order_and_the_place_in_line():
    mentee, first = couple()
    second = enrolment(mentee.cohort, role=Role.MENTOR)
    for rank, mentor in ((2, second), (1, first)):
        ShortlistEntry.objects.create(mentee=mentee, mentor=mentor, rank=rank)

    card = independence.cards_for(mentee, first, now=NOW)[0]
    assert card.shortlist == (first.person_id, second.person_id)
    assert not card.let_down

    mentee.priority_since = NOW
    assert independence.cards_for(mentee, first, now=NOW)[0].let_down


def test_what_passes_with_time_are_rules_of_the_table() -> None:
    assert {rule.key for rule in TABLE} > independence.PASSES_FOR_SHORTLIST
