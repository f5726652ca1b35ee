"""Organisations at the desk: added, renamed, confirmed, refused, merged, and told apart."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.domain import merging
from accounts.models import Competition, Organisation, Ownership
from common.clock import now
from common.models import Event
from tests import people
from tests.admin.conftest import Desk
from tests.admin.test_verbs import act

pytestmark = pytest.mark.django_db


def test_organisations_are_confirmed_merged_and_added(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    assert (
        "Unilever"
        in client.get(reverse("admin:accounts_organisation_change", args=[desk.organisation.pk])).content.decode()
    )
    assert (
        client.get(reverse("admin:accounts_organisation_changelist"), {"confirmed": "no"}).context["cl"].result_count
        == 1
    )
    merged(desk, people.organisation("Unilevr", confirmed=False), Organisation.objects.get(name="Unilever"))
    act(desk, desk.organisation, "confirm")
    assert desk.organisation.confirmed_at
    said = {"name": "New one", "industry": "energy", "country": "GB"}
    client.post(reverse("admin:accounts_organisation_add"), said)
    assert Organisation.objects.get(name="New one").confirmed_at


def test_an_organisation_is_merged_once_it_was_said_what_that_does(desk: Desk) -> None:
    proposed, right = people.organisation("Unilevr", confirmed=False), Organisation.objects.get(name="Unilever")
    tie = people.affiliation(desk.pairing.mentee, proposed, kind="board")
    assert "Show what will happen" in act(desk, proposed, "merge", confirmed=False)
    assert "This field is required." in act(desk, proposed, "merge")
    for wrong in ("nonsense", proposed.pk, desk.pairing.pk):
        assert "errorlist" in act(desk, proposed, "merge", into=wrong)
    told = ["1 tie moves."]
    assert told[0] in act(desk, proposed, "merge", into=right.pk, told=told)
    tie.refresh_from_db()
    assert tie.organisation == proposed, "not all of it had been told"
    merged(desk, proposed, right)
    tie.refresh_from_db()
    assert tie.organisation == right
    other = people.organisation("Unilver")
    words = {"action": "merge", "confirmed": "1", "_selected_action": [str(other.pk)], "into": str(right.pk)}
    answer = desk.client(desk.pairing.mentee).post(reverse("admin:accounts_organisation_changelist"), words)
    assert answer.status_code == 302
    assert Organisation.objects.filter(pk=other.pk).exists()
    merged(desk, right, other)
    assert Event.objects.filter(verb="merge", user=desk.coordinator).count() == 2


def merged(desk: Desk, row: Organisation, into: Organisation) -> None:
    told = merging.preview(organisation=row, into=into, user=desk.coordinator, now=now())
    act(desk, row, "merge", into=into.pk, told=told)
    assert not Organisation.objects.filter(pk=row.pk).exists()


def test_who_proposed_an_organisation_is_told_to_who_knows_them(desk: Desk) -> None:
    Organisation.objects.filter(pk=desk.organisation.pk).update(proposed_by=desk.pairing.mentee)
    where = reverse("admin:accounts_organisation_change", args=[desk.organisation.pk])
    shown = {who: desk.client(getattr(desk, who)).get(where).content.decode() for who in ("coordinator", "stranger")}
    assert "Mia Mentee" in shown["coordinator"]
    assert "Mia Mentee" not in shown["stranger"]
    assert "somebody of another cohort" in shown["stranger"]


def test_the_desk_is_asked_about_near_names_and_keeps_the_former_one(desk: Desk) -> None:
    client, add = desk.client(desk.coordinator), reverse("admin:accounts_organisation_add")
    there = people.organisation("Société Générale", country="FR")
    said = {"name": "Societe Generale", "industry": "banking", "country": "DE"}
    page = client.post(add, said)
    shown = page.content.decode()
    assert page.status_code == 200
    assert there.described in shown
    assert not Organisation.objects.filter(name=said["name"]).exists()
    assert client.post(add, {**said, "seen": [there.pk]}).status_code == 302
    made = Organisation.objects.get(name=said["name"])
    change = reverse("admin:accounts_organisation_change", args=[made.pk])
    renamed = {**said, "name": "SG Deutschland", "former_until": "2025-03-31"}
    assert client.post(change, renamed).status_code == 302
    assert "Societe Generale (until 31 March 2025)" in client.get(change).content.decode()
    found = client.get(reverse("admin:accounts_organisation_changelist"), {"q": "société"}).context["cl"].queryset
    assert set(found) == {there, made}


def test_the_desk_searches_whatever_the_accents_and_names_what_tells_namesakes_apart(desk: Desk) -> None:
    client = desk.client(desk.coordinator)
    owned, owner = people.organisation("Żabka"), people.organisation("Société Générale")
    Ownership.objects.create(child=owned, parent=owner, starts_on="2020-01-01")
    for page, typed in (("ownership", "zabka"), ("ownership", "generale"), ("organisation", "societe")):
        found = client.get(reverse(f"admin:accounts_{page}_changelist"), {"q": typed}).context["cl"]
        assert found.result_count == 1, typed
    asked = {"app_label": "accounts", "model_name": "ownership", "field_name": "parent", "term": "societe"}
    answer = client.get(reverse("admin:autocomplete"), asked).json()
    assert [each["text"] for each in answer["results"]] == ["Société Générale (Energy, United Kingdom)"]


def test_a_nonsense_proposal_is_refused_with_a_reason_and_confirmed_later_all_the_same(desk: Desk) -> None:
    listing = reverse("admin:accounts_organisation_changelist")
    client, nonsense = desk.client(desk.coordinator), people.organisation("asdf", confirmed=False)
    assert "This field is required." in act(desk, nonsense, "refuse")
    act(desk, nonsense, "refuse", reason="No such firm.")
    assert nonsense.refused_at
    assert "refused: No such firm." in client.get(listing, {"confirmed": "refused"}).content.decode()
    assert nonsense not in client.get(listing, {"confirmed": "no"}).context["cl"].queryset
    act(desk, nonsense, "confirm")
    nonsense = Organisation.objects.get(confirmed_at__isnull=False, refused_at__isnull=True, pk=nonsense.pk)
    assert "as it stands now" in act(desk, nonsense, "refuse", reason="After all.")


def test_lists_of_the_desk_tell_namesakes_apart(desk: Desk) -> None:
    one, other = people.organisation("Atlas"), people.organisation("Atlas", country="DE")
    Ownership.objects.create(child=one, parent=other, starts_on="2020-01-01")
    first, second = sorted((one, other), key=lambda each: each.pk)
    Competition.objects.create(first=first, second=second)
    people.affiliation(desk.pairing.mentee, one, kind="board")
    people.affiliation(desk.pairing.mentee, other, kind="board")
    for page in ("ownership", "competition", "affiliation"):
        shown = desk.client(desk.coordinator).get(reverse(f"admin:accounts_{page}_changelist")).content.decode()
        assert "Atlas (Energy, Germany)" in shown, page
        assert "Atlas (Energy, United Kingdom)" in shown, page


def test_other_names_are_added_dated_and_removed(desk: Desk) -> None:
    client, where = desk.client(desk.coordinator), people.organisation("PricewaterhouseCoopers")
    listing, add = reverse("admin:accounts_othername_changelist"), reverse("admin:accounts_othername_add")
    client.post(add, {"organisation": where.pk, "name": "  PwC ", "until": ""})
    client.post(add, {"organisation": where.pk, "name": "Price Waterhouse", "until": "1998-06-30"})
    assert (
        "yet to come"
        in client.post(add, {"organisation": where.pk, "name": "Later", "until": "2999-01-01"}).content.decode()
    )
    short, former = where.other_names.get(name="PwC"), where.other_names.get(name="Price Waterhouse")
    assert (short.until, former.until) == (None, date(1998, 7, 1))
    assert list(Organisation.objects.search("pwc")) == [where]
    page = reverse("admin:accounts_othername_change", args=[former.pk])
    assert 'value="1998-06-30"' in client.get(page).content.decode()
    client.post(page, {"until": "1998-05-31"})
    former.refresh_from_db()
    assert former.until == date(1998, 6, 1)
    assert client.get(listing, {"q": "price"}).context["cl"].result_count == 2
    act(desk, short, "remove")
    assert not Organisation.objects.search("pwc").exists()
    merged(desk, people.organisation("Coopers"), where)
    kept = where.other_names.get(name="Coopers")
    assert "as it stands now" in act(desk, kept, "remove")
    told = set(Event.objects.filter(user=desk.coordinator).values_list("subject_type", "verb"))
    assert {("othername", "add"), ("othername", "date"), ("organisation", "remove_name")} <= told
