"""Any two organisations are merged with all they carry; what it does is said before, and nothing else is lost."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.choices import AffiliationKind
from accounts.domain import affiliations, merging, organisations, ownership
from accounts.models import (
    Affiliation,
    Competition,
    NeverWith,
    Organisation,
    OtherName,
    Ownership,
    PreparedProfile,
    User,
)
from common.errors import Refused
from common.models import Event
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
# What points at an organisation, and is moved; so are private lists, which name one without pointing at it. Add to
# `merging` whatever a new key brings.
MOVED = {
    (Affiliation, "organisation"),
    (Ownership, "child"),
    (Ownership, "parent"),
    (Competition, "first"),
    (Competition, "second"),
    (OtherName, "organisation"),
    (PreparedProfile, "organisation"),
}


@pytest.fixture
def coordinator() -> User:
    return people.person("Clara", staff=True)


def own(child: Organisation, parent: Organisation, **words: Any) -> Ownership:
    return Ownership.objects.create(**{"child": child, "parent": parent, "starts_on": date(2020, 1, 1), **words})


def compete(one: Organisation, other: Organisation) -> Competition:
    return ownership.declare_competitors(one=one, other=other, user=None, now=NOW)


def test_whatever_points_at_an_organisation_is_moved() -> None:
    related = (each for each in Organisation._meta.get_fields(include_hidden=True) if each.one_to_many)
    pointing = {(each.related_model, each.field.name) for each in related}
    assert pointing == MOVED


@pytest.mark.parametrize("confirmed", [(True, True), (False, True), (True, False), (False, False)])
def test_any_two_rows_merge_with_all_they_carry(
    confirmed: tuple[bool, bool], coordinator: User, heard: list[Any]
) -> None:
    row = people.organisation("Alliantz SE", confirmed=confirmed[0])
    kept = people.organisation("Allianz", confirmed=confirmed[1])
    owner, owned, rival = people.organisation(), people.organisation(), people.organisation()
    worker, sitter, wary = people.person(employer=row), people.person(), people.person()
    people.affiliation(sitter, row, kind=AffiliationKind.BOARD, until=date(2025, 1, 1))
    NeverWith.objects.put(owner=wary, organisation=row)
    own(row, owner)
    own(owned, row)
    compete(row, rival)
    OtherName.objects.create(organisation=row, name="Vereinte", until=date(2003, 1, 1))
    heard.clear()
    sentences = merging.preview(organisation=row, into=kept, user=coordinator, now=NOW)
    assert sentences[:3] == ["2 ties move.", "2 ownerships move.", "1 competitor moves."]
    assert Organisation.objects.filter(pk=row.pk).exists()
    assert not kept.affiliations.exists()
    assert heard == []

    merging.merge(organisation=row, into=kept, user=coordinator, now=NOW)

    kept.refresh_from_db()
    assert (kept.confirmed_at is not None) is any(confirmed)
    assert not Organisation.objects.filter(pk=row.pk).exists()
    assert set(kept.affiliations.values_list("person", flat=True)) == {worker.pk, sitter.pk}
    assert kept.ownerships.get().parent == owner
    assert kept.holdings.get().child == owned
    assert {rival.pk, kept.pk} == set(Competition.objects.values_list("first", "second").get())
    assert [entry.organisation_id for entry in wary.never_with.opened()] == [kept.pk]
    names = {(each.name, each.merged_id) for each in kept.other_names.all()}
    assert names == {("Vereinte", None), ("Alliantz SE", row.pk)}
    assert list(Organisation.objects.search("alliantz")) == [kept]
    (told,) = heard
    assert told >= {worker.pk, sitter.pk, wary.pk}


def test_ties_of_one_person_at_both_become_one(coordinator: User) -> None:
    row, kept = people.organisation(), people.organisation()
    who = people.person(independent=True)

    def tie(where: Organisation, since: int, until: int | None, kind: str, title: str) -> None:
        ends = date(until, 1, 1) if until else None
        Affiliation.objects.create(
            person=who, organisation=where, kind=kind, title=title, starts_on=date(since, 1, 1), ends_on=ends
        )

    tie(row, 2018, None, "employer", "Head")
    tie(kept, 2020, None, "employer", "Director")
    tie(row, 2010, 2015, "board", "Chair")
    tie(kept, 2012, 2016, "board", "")
    tie(row, 2005, 2008, "adviser", "")
    tie(kept, 2008, 2009, "adviser", "")
    tie(kept, 2001, None, "investor", "")
    sentences = merging.preview(organisation=row, into=kept, user=coordinator, now=NOW)
    assert any(sentence.startswith("2 ties are of somebody who has the same one at both") for sentence in sentences)
    merging.merge(organisation=row, into=kept, user=coordinator, now=NOW)
    found = kept.affiliations.order_by("kind", "starts_on").values_list(
        "kind", "starts_on__year", "ends_on__year", "title"
    )
    assert list(found) == [
        ("adviser", 2005, 2008, ""),
        ("adviser", 2008, 2009, ""),
        ("board", 2010, 2016, "Chair"),
        ("employer", 2018, None, "Director"),
        ("investor", 2001, None, ""),
    ]
    assert Event.objects.filter(verb="change_ties", person=who, user=coordinator).count() == 2


def test_what_is_on_record_for_both_is_kept_once(coordinator: User) -> None:
    row, kept, owner, rival = (people.organisation() for _ in range(4))
    own(row, owner, starts_on=date(2015, 1, 1), ends_on=date(2021, 1, 1))
    own(kept, owner)
    own(kept, row)
    compete(row, rival)
    compete(kept, rival)
    compete(row, kept)
    wary = people.person()
    for where in (row, kept):
        NeverWith.objects.put(owner=wary, organisation=where)
    told = " ".join(merging.preview(organisation=row, into=kept, user=coordinator, now=NOW))
    assert "1 ownership is on record for both" in told
    assert "one of the two owns the other ends" in told
    assert "2 declarations of competitors end" in told
    merging.merge(organisation=row, into=kept, user=coordinator, now=NOW)
    owned = kept.ownerships.get()
    assert (owned.parent, owned.starts_on, owned.ends_on) == (owner, date(2015, 1, 1), None)
    assert not kept.holdings.exists()
    assert Competition.objects.count() == wary.never_with.count() == 1


def test_nobody_comes_to_own_itself(coordinator: User) -> None:
    row, middle, kept = (people.organisation() for _ in range(3))
    own(row, middle)
    own(middle, kept)
    for verb in (merging.preview, merging.merge):
        with pytest.raises(Refused, match="own itself"):
            verb(organisation=row, into=kept, user=coordinator, now=NOW)
    assert row.ownerships.get().parent == middle


def test_not_with_itself_and_not_twice(coordinator: User) -> None:
    row, kept = people.organisation(), people.organisation()
    with pytest.raises(Refused, match="another organisation"):
        merging.merge(organisation=row, into=row, user=coordinator, now=NOW)
    merging.merge(organisation=row, into=kept, user=coordinator, now=NOW)
    with pytest.raises(Refused, match="merged meanwhile"):
        merging.merge(organisation=row, into=kept, user=coordinator, now=NOW)


def test_two_that_were_merged_by_mistake_are_parted_by_hand(coordinator: User) -> None:
    kept, other = people.organisation("Kept Works"), people.organisation("Other Works")
    person = people.person(employer=other)
    merging.merge(organisation=other, into=kept, user=coordinator, now=NOW)
    words = {"industry": kept.industry, "country": kept.country, "user": coordinator, "now": NOW}
    anew = organisations.add(name="Other Works", seen={kept.pk}, **words)
    affiliations.take_back(affiliation=person.affiliations.get(), now=NOW, user=coordinator)
    tie = {"kind": AffiliationKind.EMPLOYER, "starts_on": date(2020, 1, 1), "now": NOW, "user": coordinator}
    affiliations.save_affiliation(person=person, organisation=anew, **tie)
    assert person.affiliations.get().organisation == anew != kept
