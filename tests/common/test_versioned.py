"""Forms know their version: an older page writes only what was changed in it, and is told what it would overwrite."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.admin.base import CoordinatorAdmin
from accounts.forms.affiliations import TitleForm
from accounts.forms.profile import IntakeForm, OfferForm, PositionForm, TimesForm
from accounts.models import Expertise, MenteeProfile, MentorProfile, Topic, User
from cohorts.models import Cohort
from common.versioned import VERSION, Versioned, VersionedForm
from matching.models import MatchRun, Waiver
from mentorship.email_preferences.forms import LettersForm
from tests import people
from tests.admin.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.matching.factories import enrolment

pytestmark = pytest.mark.django_db


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def shown(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send back, were the page sent as it was shown."""
    context = client.get(address).context
    form = context["adminform"].form if "adminform" in context else context["form"]
    sent: dict[str, Any] = {VERSION: form.version}
    for name, field in form.fields.items():
        value = field.prepare_value(form.get_initial_for_field(field, name))
        if isinstance(value, list):
            sent[name] = [str(getattr(each, "pk", each)) for each in value]
        elif value is True:
            sent[name] = "on"
        elif value not in (None, False):
            sent[name] = str(value).replace("\n", "\r\n")
    return sent


def step(slug: str) -> str:
    return reverse("accounts:profile_step", args=[slug])


def test_every_form_that_edits_something_stored_knows_its_version() -> None:
    for form in (PositionForm, TimesForm, OfferForm, IntakeForm, TitleForm, LettersForm):
        assert issubclass(form, Versioned), form
    for model, page in admin.site._registry.items():
        assert isinstance(page, CoordinatorAdmin)
        assert issubclass(page.form, Versioned), model


def mentor() -> User:
    user = people.mentor("Max Mentor", capacity=2, topics=[people.topic("Boards"), people.topic("Crises")])
    MentorProfile.objects.filter(person=user).update(about="First line.\nSecond line.")
    return user


@pytest.mark.parametrize(
    ("elsewhere", "here"),
    [
        ({"about": "Other words."}, {"capacity": "3"}),
        ({"capacity": "3"}, {"about": "Other words."}),
        ({"nobody_new": "on"}, {"about": "Other words."}),
        ({"topic_3": "Markets", "depth_3": "2"}, {"about": "Other words.", "capacity": "4"}),
    ],
)
def test_an_older_tab_leaves_what_it_did_not_touch(elsewhere: dict[str, str], here: dict[str, str]) -> None:
    user = mentor()
    client = signed_in(user)
    markets = people.topic("Markets")
    first, older = shown(client, step("offer")), shown(client, step("offer"))
    changed = {name: str(markets.pk) if value == "Markets" else value for name, value in elsewhere.items()}
    assert client.post(step("offer"), {**first, **changed}).status_code == 302

    assert client.post(step("offer"), {**older, **here}).status_code == 302

    now = shown(client, step("offer"))
    assert {name: now.get(name) for name in (*changed, *here)} == {**changed, **here}


def test_both_changed_the_same_the_older_is_told_and_keeps_what_was_typed() -> None:
    user = mentor()
    client = signed_in(user)
    first, older = shown(client, step("offer")), shown(client, step("offer"))
    client.post(step("offer"), {**first, "about": "From the first tab.", "capacity": "5"})

    answer = client.post(step("offer"), {**older, "about": "From the older tab."})

    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["about"]
    assert "From the first tab." in str(form.errors["about"])
    assert "From the older tab." in str(form["about"])
    assert form["capacity"].value() == "5"
    stored = MentorProfile.objects.get(person=user)
    assert (stored.about, stored.capacity) == ("From the first tab.", 5)

    told = {**older, "about": "From the older tab.", "capacity": "5", VERSION: form.version}
    assert client.post(step("offer"), told).status_code == 302
    stored.refresh_from_db()
    assert (stored.about, stored.capacity) == ("From the older tab.", 5)


def test_both_changed_it_to_the_same_nobody_is_told() -> None:
    client = signed_in(mentor())
    first, older = shown(client, step("offer")), shown(client, step("offer"))
    for each in (first, older):
        assert client.post(step("offer"), {**each, "about": "The same."}).status_code == 302


def test_the_rows_of_a_list_are_one_answer() -> None:
    user = mentor()
    client = signed_in(user)
    third, fourth = people.topic("Markets"), people.topic("Pricing")
    first, older = shown(client, step("offer")), shown(client, step("offer"))
    client.post(step("offer"), {**first, "topic_3": str(third.pk), "depth_3": "2"})

    answer = client.post(step("offer"), {**older, "topic_3": str(fourth.pk), "depth_3": "2"})

    assert list(answer.context["form"].errors) == ["topic_1"]
    assert "Markets" in str(answer.context["form"].errors["topic_1"])
    assert not Expertise.objects.filter(mentor=user.pk, topic=fourth).exists()


def test_a_row_that_is_stored_in_another_place_is_no_change() -> None:
    user = mentor()
    client = signed_in(user)
    first = shown(client, step("offer"))
    turned = {"topic_1": first["topic_2"], "topic_2": "", "topic_5": first["topic_1"], "depth_5": "2"}
    saved = client.post(step("offer"), {**first, **turned}, headers={"X-Saves": "itself"})
    elsewhere = shown(client, step("offer"))
    client.post(step("offer"), {**elsewhere, "topic_3": str(people.topic("Markets").pk), "depth_3": "2"})

    later = {**first, **turned, "about": "Mine.", VERSION: saved.json()[VERSION]}
    assert client.post(step("offer"), later).status_code == 302

    assert {each.topic.name for each in Expertise.objects.filter(mentor=user.pk)} == {"Boards", "Crises", "Markets"}


def test_the_aims_and_challenges_of_a_mentee_likewise() -> None:
    user = people.mentee(topics=[people.topic("Boards")])
    client = signed_in(user)
    crisis = people.topic("Crises")
    first, older = shown(client, step("intake")), shown(client, step("intake"))
    client.post(step("intake"), {**first, "challenges": [str(crisis.pk)]})

    assert client.post(step("intake"), {**older, "aim_1": "Hold a board."}).status_code == 302

    intake = MenteeProfile.objects.get(person=user)
    assert [topic.name for topic in intake.challenges.all()] == ["Crises"]
    assert [aim.text for aim in intake.aims.all()] == ["Hold a board."]


def test_position_hours_titles_and_e_mails_likewise() -> None:
    user = people.mentee("Ana Ruiz")
    tie = people.affiliation(user, people.organisation())
    client = signed_in(user)
    position, hours = shown(client, step("position")), shown(client, step("times"))
    user.profile.city, user.profile.languages = "Graz", ["en", "de"]
    user.profile.save()
    user.name = "Ana Ruiz Gómez"
    user.save()
    assert client.post(step("position"), {**position, "headline": "Chair"}).status_code == 302
    assert client.post(step("times"), {**hours, "work_starts": "07:00"}).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.name, user.profile.city, user.profile.headline) == ("Ana Ruiz Gómez", "Graz", "Chair")
    assert (user.profile.languages, user.profile.work_starts.hour) == (["en", "de"], 7)

    title = reverse("accounts:affiliation_title", args=[tie.pk])
    first, older = shown(client, title), shown(client, title)
    assert client.post(title, {**first, "title": "Senior partner"}).status_code == 302
    assert client.post(title, {**older, "title": "Managing partner"}).status_code == 422

    letters = reverse("oneself:letters")
    first, older = shown(client, letters), shown(client, letters)
    client.post(letters, {**first, "kinds": first["kinds"][1:]})
    client.post(letters, {name: value for name, value in older.items() if name != "together"})
    now = shown(client, letters)
    assert now["kinds"] == first["kinds"][1:]
    assert ("together" in now) != ("together" in first) or "together" not in first


def cohort_page(desk: Desk) -> str:  # noqa: F811
    return reverse("admin:cohorts_cohort_change", args=[desk.cohort.pk])


def test_two_coordinators_lose_neither_a_weight_nor_a_colleague(desk: Desk) -> None:  # noqa: F811
    first, second = desk.client(desk.superuser), desk.client(desk.superuser)
    colleague = people.person("New Colleague", staff=True)
    one, other = shown(first, cohort_page(desk)), shown(second, cohort_page(desk))
    added = {"coordinators": [*one["coordinators"], str(colleague.pk)], "weight_aims": "50"}
    assert first.post(cohort_page(desk), {**one, **added}).status_code == 302

    assert second.post(cohort_page(desk), {**other, "name": "Spring again"}).status_code == 302

    cohort = Cohort.objects.get(pk=desk.cohort.pk)
    assert (cohort.name, cohort.weight_aims) == ("Spring again", 50)
    assert set(cohort.coordinators.all()) == {desk.coordinator, colleague}


def test_two_coordinators_who_change_the_same_weight_are_told(desk: Desk) -> None:  # noqa: F811
    client = desk.client(desk.coordinator)
    one, other = shown(client, cohort_page(desk)), shown(client, cohort_page(desk))
    client.post(cohort_page(desk), {**one, "weight_aims": "50"})

    answer = client.post(cohort_page(desk), {**other, "weight_aims": "10"})

    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert list(form.errors) == ["weight_aims"]
    assert "“50”" in str(form.errors["weight_aims"])
    assert form["weight_aims"].value() == "10"
    assert f'name="{VERSION}"' in answer.content.decode()
    again = client.post(cohort_page(desk), {**other, "weight_aims": "10", VERSION: form.version})
    assert again.status_code == 302
    assert Cohort.objects.get(pk=desk.cohort.pk).weight_aims == 10


def test_topics_places_ties_and_names_at_the_desk_likewise(desk: Desk) -> None:  # noqa: F811
    client = desk.client(desk.superuser)
    topic = people.topic("Boards")
    address = reverse("admin:accounts_topic_change", args=[topic.pk])
    older = shown(client, address)
    Topic.objects.filter(pk=topic.pk).update(active=False)
    client.post(address, {**older, "name": "Board work"})
    topic.refresh_from_db()
    assert (topic.name, topic.active) == ("Board work", False)

    address = reverse("admin:accounts_organisation_change", args=[desk.organisation.pk])
    older = shown(client, address)
    desk.organisation.country = "FR"
    desk.organisation.save()
    client.post(address, {**older, "name": "Quite Another House"})
    desk.organisation.refresh_from_db()
    assert (desk.organisation.name, desk.organisation.country) == ("Quite Another House", "FR")

    address = reverse("admin:cohorts_enrolment_change", args=[desk.pairing.mentor_enrolment_id])
    older = shown(client, address)
    desk.pairing.mentor_enrolment.capacity = 3
    desk.pairing.mentor_enrolment.save()
    assert client.post(address, {**older, "capacity": "2"}).status_code == 200
    desk.pairing.mentor_enrolment.refresh_from_db()
    assert desk.pairing.mentor_enrolment.capacity == 3


@pytest.mark.parametrize("version", ["", "nonsense", "a:b:c"])
def test_a_page_without_a_version_changes_all_it_sends(version: str) -> None:
    client = signed_in(mentor())
    sent = {**shown(client, step("offer")), "about": "Mine.", "capacity": "4", VERSION: version}
    assert client.post(step("offer"), sent).status_code == 302
    assert shown(client, step("offer"))["about"] == "Mine."


def test_days_are_told_as_days() -> None:
    from django import forms

    class Day(VersionedForm):
        day = forms.DateField()
        kind = forms.ChoiceField(choices=[("", "–"), ("Group", [("a", "First"), ("b", "Second")])])

    stored = {"day": date(2026, 11, 27), "kind": "b"}
    page = Day(initial={"day": date(2026, 11, 26), "kind": "a"})
    sent = {"day": str(date(2026, 11, 27) + timedelta(days=1)), "kind": "", VERSION: page.version}
    errors = Day(sent, initial=stored).errors
    assert "27" in str(errors["day"])
    assert "Second" not in str(errors["kind"])  # nothing was chosen: that is said first, as everywhere


def test_what_the_address_fills_in_on_a_page_to_add_something_is_sent_as_it_stands(desk: Desk) -> None:  # noqa: F811
    client = desk.client(desk.coordinator)
    address = f"{reverse('admin:matching_matchrun_add')}?cohort={desk.cohort.pk}"
    enrolment(desk.cohort)
    assert shown(client, address)["cohort"] == str(desk.cohort.pk)
    assert client.post(address, shown(client, address)).status_code == 302
    assert MatchRun.objects.filter(cohort=desk.cohort).exists()

    address = f"{reverse('admin:matching_waiver_add')}?pairing={desk.pairing.pk}"
    told = {**shown(client, address), "why": "Both know of it.", "until": desk.cohort.ends_on}
    assert client.post(address, told).status_code == 302
    assert Waiver.objects.filter(mentee=desk.pairing.mentee, mentor=desk.pairing.mentor).exists()

    address = f"{reverse('admin:cohorts_enrolment_add')}?person={desk.pairing.mentor_id}"
    assert (
        client.post(address, {**shown(client, address), "cohort": desk.cohort.pk, "role": "mentee"}).status_code == 302
    )
    assert desk.cohort.enrolments.filter(person=desk.pairing.mentor, role="mentee").exists()
