"""Organisations have an identity: near names are shown, namesakes asked about, former names kept and found."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts import letters
from accounts.domain import affiliations, organisations
from accounts.domain.near_names import NearDuplicates, abbreviations, near_names, possible_duplicates
from accounts.models import Affiliation, Organisation, OtherName, User
from common.errors import Refused, WrongState
from common.models import Event
from outbox.kinds import recipient_for
from outbox.models import Letter
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
EVERYBODY = Organisation.objects.all()
SAID: dict[str, Any] = {"industry": "energy", "country": "GB"}


def names(found: list[Organisation]) -> list[str]:
    return [each.name for each in found]


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Société Générale", "Societe Generale"),
        ("L’Oréal", "Loreal"),
        ("E.ON", "EON"),
        ("3M", "3M Company"),
        ("3M Company", "3M"),
        ("Total", "TotalEnergies"),
        ("TotalEnergies", "Total"),
        ("Газпром", "Gazprom"),
        ("Gazprom", "ПАО Газпром"),
        ("Unilever", "Hindustan Unilever"),
        ("Unilever", "Unilevr"),
        ("Ørsted A/S", "Orsted"),
        ("Toyota", "株式会社トヨタ"),
    ],
)
def test_near_names_are_found_and_shown_to_who_proposes_one(known: str, typed: str) -> None:
    there, who = people.organisation(known), people.person()
    people.organisation("Northwind Logistics")
    assert names(near_names(typed, among=EVERYBODY)) == [known]
    with pytest.raises(NearDuplicates) as refused:
        organisations.propose(name=typed, **SAID, user=who)
    assert refused.value.candidates == [there]
    assert organisations.propose(name=typed, **SAID, user=who, seen=[there.pk]).name == typed


def test_who_proposes_sees_the_confirmed_one_behind_any_number_of_names_they_may_not_see() -> None:
    who, other = people.person(), people.person()
    meant = people.organisation("Baltica Reinsurance")
    for number in range(6):
        proposed = people.organisation(f"Baltica Re {number}", confirmed=False)
        Organisation.objects.filter(pk=proposed.pk).update(proposed_by=other)
    with pytest.raises(NearDuplicates) as refused:
        organisations.propose(name="Baltica Re", **SAID, user=who)
    assert refused.value.candidates == [meant]


@pytest.mark.parametrize(
    ("one", "other"), [("PwC", "PricewaterhouseCoopers"), ("IBM", "International Business Machines")]
)
def test_abbreviations_are_hinted_to_coordinators_both_ways_and_to_nobody_else(one: str, other: str) -> None:
    for known, typed in ((one, other), (other, one)):
        there = people.organisation(known)
        assert abbreviations(typed, among=EVERYBODY) == possible_duplicates(typed) == [there]
        assert near_names(typed, among=EVERYBODY) == []
        there.delete()


@pytest.mark.parametrize("typed", ["alliantz", "Alliantz SE", "Alli\u200bantz", "ALLIANTZ  Group"])
def test_the_desk_is_asked_before_it_adds_or_renames(typed: str) -> None:
    there, coordinator = people.organisation("Alliantz", country="DE"), people.person(staff=True)
    mistyped = people.organisation("Quite Another")
    for attempt in (
        lambda seen: organisations.add(name=typed, **SAID, user=coordinator, now=NOW, seen=seen),
        lambda seen: organisations.edit(
            organisation=mistyped, name=typed, industry="energy", country="FR", user=coordinator, now=NOW, seen=seen
        ),
    ):
        with pytest.raises(NearDuplicates) as refused:
            attempt([])
        assert there in refused.value.candidates
        assert attempt([each.pk for each in refused.value.candidates]).confirmed_at


def test_one_name_in_one_country_and_industry_is_one_organisation_whoever_adds_it() -> None:
    there, coordinator, who = people.organisation("Alliantz"), people.person(staff=True), people.person()
    for spelling in ("alliantz", "Alliantz\u200b", "ALLI ANTZ"):
        with pytest.raises(Refused, match="of this name in this country"):
            organisations.add(name=spelling, **SAID, user=coordinator, now=NOW, seen=[there.pk])
        with pytest.raises(Refused, match=r"Alliantz \(Energy.*tells the two apart"):
            organisations.propose(name=spelling, **SAID, user=who, seen=[there.pk])


def test_a_namesake_is_asked_about_and_stands_beside_the_other() -> None:
    first, second, coordinator = people.person(), people.person(), people.person(staff=True)
    rail = organisations.propose(name="Atlas", industry="logistics", country="GB", user=first)
    bank = organisations.propose(name="ATLAS", industry="banking", country="DE", user=second)
    assert bank != rail  # what the second person said is not lost in what the first one had said
    assert [each.described for each in possible_duplicates("Atlas", besides=bank.pk)] == [rail.described]
    assert "Germany" in bank.described
    organisations.confirm(organisation=rail, user=coordinator, now=NOW)
    with pytest.raises(NearDuplicates) as refused:
        organisations.propose(name="Atlas", industry="energy", country="FR", user=people.person())
    assert refused.value.candidates == [rail]


class TestFormerNames:
    def renamed(self, until: date | None = date(2025, 5, 4)) -> Organisation:
        where, coordinator = people.organisation("Facebook"), people.person(staff=True)
        return organisations.edit(
            organisation=where, name="Meta Platforms", **SAID, user=coordinator, now=NOW, former_until=until
        )

    def test_it_is_found_by_the_old_name_which_is_dated_and_kept(self) -> None:
        where = self.renamed()
        assert (where.name, where.name_on(date(2025, 5, 3)), where.name_on(date(2025, 5, 4))) == (
            "Meta Platforms",
            "Facebook",
            "Meta Platforms",
        )
        assert list(Organisation.objects.search("faceb")) == [where]
        assert "formerly Facebook" in where.described
        with pytest.raises(NearDuplicates) as refused:
            organisations.propose(name="Facebook Inc.", **SAID, user=people.person())
        assert refused.value.candidates == [where]

    def test_old_jobs_show_the_name_of_their_time(self) -> None:
        where = self.renamed()
        who = people.person(employer=where)
        old = people.affiliation(who, where, kind="board", until=date(2024, 1, 1))
        assert [old.called, who.affiliations.get(kind="employer").called] == [
            "Facebook (today Meta Platforms)",
            "Meta Platforms",
        ]
        assert people.affiliation(people.person(independent=True), None).called == ""

    def test_the_history_says_what_changed(self) -> None:
        where = self.renamed()
        event = Event.objects.get(verb="rename")
        assert event.subject_id == OtherName.objects.get(organisation=where).pk
        organisations.edit(
            organisation=where, name=where.name, industry="media", country="US", user=event.user, now=NOW
        )
        assert Event.objects.get(verb="change", subject_type="organisation").codes() == ["country", "industry"]

    def test_what_was_only_written_wrongly_is_found_and_never_shown_as_a_former_name(self) -> None:
        where = self.renamed(until=None)
        assert list(Organisation.objects.search("facebook")) == [where]
        assert "formerly" not in where.described
        assert where.name_on(date(2020, 1, 1)) == "Meta Platforms"

    def test_several_in_a_row(self) -> None:
        where = self.renamed(until=date(2020, 1, 1))
        organisations.edit(
            organisation=where, name="Third", **SAID, user=people.person(), now=NOW, former_until=date(2024, 1, 1)
        )
        where.refresh_from_db()
        days = (date(2019, 1, 1), date(2022, 1, 1), date(2024, 1, 1))
        assert [where.name_on(day) for day in days] == ["Facebook", "Meta Platforms", "Third"]

    def test_a_name_cannot_end_on_a_day_to_come(self) -> None:
        with pytest.raises(Refused, match="yet to come"):
            self.renamed(until=date(2026, 11, 5))
        assert not OtherName.objects.exists()


@pytest.mark.parametrize("typed", ["generale", "SOCIÉTÉ", "gener soc", "societe generale s.a.", "Génér soc"])
def test_search_finds_parts_of_names_whatever_the_accents(typed: str) -> None:
    there = people.organisation("Société Générale")
    people.organisation("General Electric")
    assert list(Organisation.objects.search(typed)) == [there]


def test_the_columns_follow_the_name_however_it_is_saved() -> None:
    where = people.organisation("Один")
    where.name = "Два"
    where.save(update_fields=["name"])
    where.refresh_from_db()
    assert (where.identity, where.folded) == ("два", "dva")
    (bulk,) = Organisation.objects.bulk_create([Organisation(name="Три", industry="energy", country="GB")])
    assert bulk.folded == "tri"


class TestRefused:
    def proposed(self, who: User) -> Organisation:
        made = organisations.propose_with_tie(
            person=who, name="asdf", **SAID, kind="employer", title="Boss", starts_on=date(2024, 1, 1), now=NOW
        )
        return Organisation.objects.get(pk=made.organisation_id)

    def refused(self, who: User) -> Organisation:
        return organisations.refuse(
            organisation=self.proposed(who), reason="Please write it in full.", user=people.person(staff=True), now=NOW
        )

    def test_who_named_it_is_told_and_it_counts_as_not_said(self) -> None:
        who = people.person()
        who.affiliations.all().delete()
        where = self.refused(who)
        assert (where.refused_at, where.refusal) == (NOW, "Please write it in full.")
        letter = Letter.objects.get(kind="organisation_refused")
        assert letter.person == who
        assert letters.REFUSED_ORGANISATION.still_due(letter, NOW) is None
        assert "/you/ties/" in letters.REFUSED_ORGANISATION.render(letter, recipient_for(who, who.email)).text
        assert list(Affiliation.objects.counted().filter(person=who)) == []
        assert where not in organisations.choosable_by(who)
        with pytest.raises(Refused, match="has not accepted this organisation: “Please write it in full"):
            affiliations.save_affiliation(
                person=people.person(), organisation=where, kind="board", starts_on=date(2024, 1, 1), now=NOW
            )
        with pytest.raises(WrongState):
            organisations.refuse(organisation=where, reason="Again.", user=who, now=NOW)

    def test_it_is_taken_back_at_any_time(self) -> None:
        who = people.person()
        where = self.refused(who)
        affiliations.take_back(affiliation=who.affiliations.get(organisation=where), now=NOW + timedelta(days=90))
        assert not who.affiliations.filter(organisation=where).exists()
        assert Event.objects.filter(verb="change_ties", person=who).count() == 1
        assert Event.objects.filter(verb="take_back_tie", person=who).count() == 1
        letter = Letter.objects.get(kind="organisation_refused")
        assert letters.REFUSED_ORGANISATION.still_due(letter, NOW) == letters.NotNeeded.ORGANISATION_SETTLED
        with pytest.raises(WrongState):
            affiliations.take_back(affiliation=who.affiliations.get(), now=NOW)
        with pytest.raises(WrongState):
            affiliations.take_back(affiliation=people.person(independent=True).affiliations.get(), now=NOW)

    def test_who_named_it_reads_why_when_they_try_again_and_somebody_else_has_it_looked_at_once_more(self) -> None:
        who, other = people.person(), people.person()
        where = self.refused(who)
        with pytest.raises(Refused, match="Please write it in full"):
            organisations.propose(name="ASDF", **SAID, user=who)
        assert organisations.propose(name="Asdf", **SAID, user=other) == where
        where.refresh_from_db()
        assert (where.refused_at, where.refusal, where.proposed_by) == (None, "", other)

    def test_it_can_be_confirmed_all_the_same_and_a_confirmed_one_is_not_refused(self) -> None:
        who = people.person()
        where = organisations.confirm(organisation=self.refused(who), user=who, now=NOW)
        assert (where.confirmed_at, where.refused_at, where.refusal) == (NOW, None, "")
        with pytest.raises(WrongState):
            organisations.refuse(organisation=where, reason="No.", user=who, now=NOW)
