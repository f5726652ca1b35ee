"""Affiliations tell the higher apps inside the transaction; organisations are proposed, confirmed and merged."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.choices import AffiliationKind
from accounts.domain import affiliations, never_with, organisations, ownership
from accounts.domain import people as joining
from accounts.models import Affiliation, Competition
from accounts.signals import conflicts_changed
from common.errors import Refused, WrongState
from common.models import Event
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_every_change_of_a_tie_is_told(heard: list[Any]) -> None:
    where, other = people.organisation(), people.organisation()
    who, works, competes = people.person(), people.person(employer=where), people.person(employer=other)
    made = affiliations.save_affiliation(
        person=who, organisation=where, kind=AffiliationKind.BOARD, starts_on=date(2020, 1, 1), now=NOW
    )
    affiliations.end_affiliation(affiliation=made, ends_on=date(2024, 1, 1), now=NOW)
    entry = never_with.add(owner=who, organisation=where, now=NOW)
    never_with.remove(entry=entry, now=NOW)
    assert heard == [{who.pk}] * 4
    heard.clear()
    rivals = ownership.declare_competitors(one=where, other=other, user=None, now=NOW)
    assert ownership.declare_competitors(one=other, other=where, user=None, now=NOW) == rivals
    ownership.withdraw_competition(competition=rivals, user=None, now=NOW)
    assert heard == [{works.pk, competes.pk}, set(), {works.pk, competes.pk}]
    assert not Competition.objects.exists()


def test_what_a_receiver_refuses_is_not_saved() -> None:
    who, where = people.person(), people.organisation()

    def refuse(sender: object, **_: Any) -> None:
        raise Refused("no")

    conflicts_changed.connect(refuse)
    try:
        with pytest.raises(Refused):
            affiliations.save_affiliation(
                person=who, organisation=where, kind=AffiliationKind.BOARD, starts_on=NOW.date(), now=NOW
            )
    finally:
        conflicts_changed.disconnect(refuse)
    assert not Affiliation.objects.filter(organisation=where).exists()


def test_a_competitor_of_itself() -> None:
    where = people.organisation()
    with pytest.raises(Refused, match="compete with itself"):
        ownership.declare_competitors(one=where, other=where, user=None, now=NOW)


def test_two_who_propose_the_same_name_share_it_and_a_coordinator_confirms_it_once(heard: list[Any]) -> None:
    first, second, coordinator = people.person(), people.person(), people.person(staff=True)
    made = organisations.propose(name="Nilgiri  Hospitals", industry="health", country="IN", user=first)
    assert (made.name, made.confirmed_at) == ("Nilgiri Hospitals", None)
    assert organisations.propose(name="nilgiri hospitals", industry="health", country="IN", user=second) == made
    assert made in organisations.choosable_by(first)
    assert made not in organisations.choosable_by(second)
    people.affiliation(first, made)
    organisations.confirm(organisation=made, user=coordinator, now=NOW)
    assert heard == [{first.pk}]
    assert made in organisations.choosable_by(second)
    with pytest.raises(WrongState):
        organisations.confirm(organisation=made, user=coordinator, now=NOW)


def test_an_address_is_recognised_when_its_person_joins() -> None:
    owner = people.person()
    never_with.add(owner=owner, email="Later@Example.org", now=NOW)
    (entry,) = owner.never_with.opened()
    assert (entry.email, entry.person_id) == ("later@example.org", None)
    later = joining.create(email="later@example.org", name="Later")
    assert [entry.person_id for entry in owner.never_with.opened()] == [later.pk]
    never_with.add(owner=owner, email="later@example.org", now=NOW)
    never_with.add(owner=owner, person=later, now=NOW)
    assert owner.never_with.count() == 2


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = people.person()
    monkeypatch.setattr(never_with, "MOST", 1)
    never_with.add(owner=owner, email="one@example.org", now=NOW)
    with pytest.raises(Refused, match="full"):
        never_with.add(owner=owner, email="two@example.org", now=NOW)


def test_an_address_is_taken_once() -> None:
    people.person(email="taken@example.org")
    with pytest.raises(Refused):
        joining.create(email="TAKEN@example.org", name="Second")


def test_who_entered_a_tie_by_mistake_takes_it_back_within_a_week(heard: list[Any]) -> None:
    who, where = people.person(), people.organisation()
    made = affiliations.save_affiliation(
        person=who, organisation=where, kind=AffiliationKind.BOARD, starts_on=date(2020, 1, 1), now=NOW
    )
    affiliations.end_affiliation(affiliation=made, ends_on=date(2024, 1, 1), now=NOW)  # a wrong end, too
    week = affiliations.TAKEN_BACK_WITHIN
    with pytest.raises(WrongState):
        affiliations.take_back(affiliation=made, now=NOW + week)
    heard.clear()
    affiliations.take_back(affiliation=made, now=NOW + week - timedelta(seconds=1))
    assert heard == [{who.pk}]
    assert not who.affiliations.filter(kind=AffiliationKind.BOARD).exists()
    with pytest.raises(WrongState):
        affiliations.take_back(affiliation=made, now=NOW)


def test_a_coordinator_takes_away_what_was_entered_by_mistake_at_any_time() -> None:
    who, coordinator = people.person(), people.person()
    affiliations.take_back(affiliation=who.affiliations.get(), now=NOW, user=coordinator)
    assert not who.affiliations.exists()
    assert Event.objects.get(verb="take_back_tie", person=who).user == coordinator
