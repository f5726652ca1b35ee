"""The steps of the profile, as a person fills them in."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import NeverWith, Organisation, User
from cohorts.states import Role
from tests import people
from tests.accounts.views.steps import at, position, signed_in, times
from tests.matching.factories import cohort, enrolment, pairing

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"


def bare(answer: Any) -> str:
    """A page without its one-time tokens and its own address."""
    return re.sub(r"[A-Za-z0-9]{64}|[0-9a-f-]{36}", "", answer.content.decode())


def test_signing_in_is_asked_for(client: Client) -> None:
    for address in (
        reverse("accounts:profile"),
        at("position"),
        reverse("accounts:leave"),
        reverse("accounts:affiliation_new"),
    ):
        assert client.get(address).status_code == 302


def test_a_person_without_any_row_gets_a_profile_when_they_look(client: Client) -> None:
    user = User.objects.create_user("new@example.org", name="New")
    page = signed_in(client, user).get(reverse("accounts:profile"))
    assert page.status_code == 200
    assert "3 things are missing" in page.content.decode()


def test_every_step_shows_and_the_overview_names_what_is_there(client: Client) -> None:
    user = people.mentor("Ana Ruiz")
    people.become_mentee_too(user)
    signed_in(client, user)
    for slug in ("position", "times", "ties", "offer", "intake", "never"):
        page = client.get(at(slug))
        assert page.status_code == 200
        assert 'aria-current="step"' in page.content.decode()
    overview = client.get(reverse("accounts:profile")).content.decode()
    assert "Working with a board" in overview
    assert "missing" not in overview


def test_a_step_of_another_role_and_an_unknown_one_are_missing(client: Client) -> None:
    signed_in(client, people.mentor())
    assert client.get(at("intake")).status_code == 404
    assert client.get(at("nothing")).status_code == 404


def test_each_step_saves_by_itself_and_goes_on(client: Client) -> None:
    user = people.mentee()
    signed_in(client, user)
    answer = client.post(at("position"), position())
    assert answer.headers["Location"] == at("times")
    answer = client.post(at("times"), times(close="1"))
    assert answer.headers["Location"] == reverse("accounts:profile")
    user = User.objects.get(pk=user.pk)
    assert (user.name, user.profile.headline, user.profile.country) == ("Ana Ruiz", "Managing director", "ES")
    assert (user.profile.zone, user.profile.languages) == ("Europe/Madrid", ["es", "en"])


@pytest.mark.parametrize(
    ("slug", "said", "field"),
    [
        ("position", position(headline="x" * 161), "headline"),
        ("position", position(name=""), "name"),
        ("position", position(country="XX"), "country"),
        ("position", position(headline="turned \u202e round"), "headline"),
        ("times", times(zone="Mars/Olympus"), "zone"),
        ("times", times(zone="../../etc/passwd"), "zone"),
        ("times", times(work_ends="08:30"), "work_ends"),
        ("times", times(languages=["tlh"]), "languages"),
        ("times", times(work_starts="soon"), "work_starts"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    client: Client, slug: str, said: dict[str, Any], field: str
) -> None:
    user = people.mentee("Before")
    answer = signed_in(client, user).post(at(slug), said)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    user = User.objects.get(pk=user.pk)
    assert (user.name, user.profile.zone) == ("Before", "Europe/London")


def offer(**changed: Any) -> dict[str, Any]:
    depths = {name.replace("topic", "depth"): "2" for name in changed if name.startswith("topic")}
    return {"about": "I ask more than I answer.", "capacity": "2", **depths, **changed}


def test_a_mentor_says_what_they_offer(client: Client) -> None:
    user, board, crisis = people.mentor(), people.topic("Working with a board"), people.topic("Crisis")
    said = offer(topic_1=str(board.pk), depth_1="3", topic_3=str(crisis.pk), depth_3="1")
    assert signed_in(client, user).post(at("offer"), said).headers["Location"] == at("never")
    kept = {each.topic.name: each.depth for each in user.mentor_profile.expertise.select_related("topic")}
    assert kept == {"Working with a board": 3, "Crisis": 1}


def test_an_empty_row_presets_nothing_and_is_folded_away(client: Client) -> None:
    user, board = people.mentor(), people.topic("Working with a board")
    page = signed_in(client, user).get(at("offer"))
    rows = page.context["form"].rows()
    assert [row.open for row in rows] == [True, *[False] * 7]
    assert {row.other.value() or "" for row in rows[1:]} == {""}
    assert page.content.decode().count('<details class="more-row">') == 7
    answer = client.post(at("offer"), offer(topic_1=str(board.pk), topic_4=str(people.topic().pk), depth_4=""))
    assert list(answer.context["form"].errors) == ["depth_4"]
    assert [row.open for row in answer.context["form"].rows()] == [True, False, False, True, *[False] * 4]


@pytest.mark.parametrize(("capacity", "ok"), [("-1", False), ("13", False), ("many", False), ("0", True), ("12", True)])
def test_places_have_their_bounds(client: Client, capacity: str, ok: bool) -> None:
    user = people.mentor()
    topic = user.mentor_profile.topics.get()
    answer = signed_in(client, user).post(at("offer"), offer(capacity=capacity, topic_1=str(topic.pk)))
    assert (answer.status_code == 302) is ok
    assert ok or list(answer.context["form"].errors) == ["capacity"]


def test_places_do_not_fall_below_the_open_pairings(client: Client) -> None:
    user, here = people.mentor(capacity=3), cohort()
    mine = enrolment(here, user, Role.MENTOR)
    for _mentee in range(2):
        pairing(enrolment(here), mine)
    topic = user.mentor_profile.topics.get()
    answer = signed_in(client, user).post(at("offer"), offer(capacity="1", topic_1=str(topic.pk)))
    assert "You have 2 open pairings" in answer.context["form"].errors["capacity"][0]
    assert "I ask more than I answer." in answer.content.decode()


def test_a_topic_twice_and_a_topic_no_longer_offered(client: Client) -> None:
    user, gone = people.mentor(), people.topic("Telex", active=False)
    topic = user.mentor_profile.topics.get()
    signed_in(client, user)
    twice = client.post(at("offer"), offer(topic_1=str(topic.pk), topic_2=str(topic.pk)))
    assert list(twice.context["form"].errors) == ["topic_2"]
    assert list(client.post(at("offer"), offer(topic_1=str(gone.pk))).context["form"].errors) == ["topic_1"]
    assert list(client.post(at("offer"), offer(topic_1="'; --")).context["form"].errors) == ["topic_1"]


def wish(**changed: Any) -> dict[str, Any]:
    return {"about": "", "industry_preference": "different", **changed}


def test_a_mentee_says_what_they_look_for(client: Client) -> None:
    user, topic = people.mentee(topics=[]), people.topic("Succession")
    said = wish(topic_1=str(topic.pk), aim_1="Hand over well.", challenges=[str(topic.pk)])
    assert signed_in(client, user).post(at("intake"), said).headers["Location"] == at("never")
    assert [aim.text for aim in user.mentee_profile.aims.all()] == ["Hand over well."]
    assert list(user.mentee_profile.challenges.all()) == [topic]


def test_a_folded_group_says_what_is_ticked_in_it(client: Client) -> None:
    user, ticked, also = people.mentee(topics=[]), people.topic("Succession"), people.topic("Trust")
    crisis = people.topic("Crisis", group="Another group")
    user.mentee_profile.challenges.set([ticked, also])
    text = signed_in(client, user).get(at("intake")).content.decode()
    assert 'choices-group" open' not in text
    said = dict(re.findall(r"<summary><span>(.*?) <small class=\"chosen\" data-chosen[^>]*>(.*?)</small>", text))
    assert said == {ticked.group: "Succession · Trust", "Another group": ""}
    seven = [str(crisis.pk), *(str(people.topic().pk) for _number in range(6))]
    refused = client.post(at("intake"), wish(topic_1=str(crisis.pk), aim_1="One.", challenges=seven)).content.decode()
    assert refused.count('class="choices-group" open') == 2


def test_a_row_that_holds_something_is_folded_to_a_line_that_says_it(client: Client) -> None:
    topic = people.topic("Succession")
    user = people.mentee(topics=[topic])
    aim = user.mentee_profile.aims.get()
    page = signed_in(client, user).get(at("intake"))
    assert [row.said for row in page.context["form"].rows()] == [f"Succession · {aim.text}", "", ""]
    assert re.search(r'class="said-row"><summary><span><small>Aim 1</small> Succession', page.content.decode())
    refused = client.post(at("intake"), wish(topic_1=str(topic.pk), aim_1="One.", topic_2=str(topic.pk)))
    assert [row.said for row in refused.context["form"].rows()] == ["", "", ""]
    assert refused.context["form"].errors == {"aim_2": ["Say aim 2 in one sentence."]}


def test_empty_aims_are_folded_away(client: Client) -> None:
    text = signed_in(client, people.mentee(topics=[])).get(at("intake")).content.decode()
    assert text.count('<details class="more-row">') == 2


def test_an_aim_is_a_topic_and_a_sentence(client: Client) -> None:
    user, topic = people.mentee(topics=[]), people.topic()
    said = wish(topic_1=str(topic.pk), aim_1="One.", topic_2=str(topic.pk), aim_3="Three.")
    answer = signed_in(client, user).post(at("intake"), said)
    assert set(answer.context["form"].errors) == {"aim_2", "topic_3"}
    assert not user.mentee_profile.aims.exists()


def test_too_long_an_aim_and_too_many_challenges(client: Client) -> None:
    user, topics = people.mentee(topics=[]), [people.topic() for _ in range(7)]
    said = wish(topic_1=str(topics[0].pk), aim_1="x" * 241, challenges=[str(topic.pk) for topic in topics])
    assert set(signed_in(client, user).post(at("intake"), said).context["form"].errors) == {"aim_1", "challenges"}


def test_taking_the_other_part_as_well(client: Client) -> None:
    user = people.person()
    signed_in(client, user)
    assert client.get(reverse("accounts:take_part", args=["mentor"])).status_code == 405
    assert client.post(reverse("accounts:take_part", args=["mentor"])).headers["Location"] == at("offer")
    assert client.post(reverse("accounts:take_part", args=["mentee"])).headers["Location"] == at("intake")
    assert client.get(at("offer")).status_code == client.get(at("intake")).status_code == 200


def test_the_private_list_answers_alike_for_known_and_unknown_addresses(client: Client) -> None:
    owner, known = people.mentee(), people.person(email="known@example.org")
    signed_in(client, owner)
    pages = []
    for email in ("known@example.org", "nobody@example.org"):
        answer = client.post(at("never"), {"email": email}, follow=True)
        pages.append((answer.status_code, [str(message) for message in answer.context["messages"]]))
        assert email in answer.content.decode()
        assert known.name not in answer.content.decode()
        assert len(client.get(at("never")).context["entries"]) == len(pages)
    assert pages[0] == pages[1]
    assert {entry.email: entry.person_id for entry in owner.never_with.opened()} == {
        "known@example.org": known.pk,
        "nobody@example.org": None,
    }


def test_the_private_list_takes_one_thing_at_a_time_and_not_oneself(client: Client) -> None:
    owner, where = people.mentee(), people.organisation()
    signed_in(client, owner)
    assert client.post(at("never"), {"email": "", "organisation": ""}).status_code == 422
    assert client.post(at("never"), {"email": "a@example.org", "organisation": str(where.pk)}).status_code == 422
    assert list(client.post(at("never"), {"email": owner.email.upper()}).context["form"].errors) == ["email"]
    assert client.post(at("never"), {"email": "no address"}).status_code == 422
    assert client.post(at("never"), {"organisation": str(where.pk)}).status_code == 302
    entry = owner.never_with.get()
    assert client.post(reverse("accounts:never_remove", args=[entry.pk])).status_code == 302
    assert not owner.never_with.exists()


def test_foreign_entries_are_missing_ones(client: Client) -> None:
    other, where = people.person(), people.organisation()
    entry = NeverWith.objects.put(owner=other, organisation=where)
    leave = other.leaves.create(starts_on=date(2090, 1, 1), ends_on=date(2090, 1, 2))
    tie = other.affiliations.get()
    signed_in(client, people.person())
    for name, pk in (("never_remove", entry.pk), ("leave_remove", leave.pk), ("affiliation_end", tie.pk)):
        foreign = client.post(reverse(f"accounts:{name}", args=[pk]))
        missing = client.post(reverse(f"accounts:{name}", args=[NOBODY]))
        assert foreign.status_code == missing.status_code == 404
        assert bare(foreign) == bare(missing)


def test_ties_are_added_and_ended(client: Client) -> None:
    user, where = people.mentee(), people.organisation("Baltica Re")
    signed_in(client, user)
    said = {"kind": "board", "organisation": str(where.pk), "starts_on": "2021-03-01"}
    assert client.post(at("ties"), said).status_code == 302
    assert "already on your list" in client.post(at("ties"), said).content.decode()
    tie = user.affiliations.get(kind="board")
    end = reverse("accounts:affiliation_end", args=[tie.pk])
    assert client.get(end).status_code == 200
    assert client.post(end, {"ends_on": "2020-01-01"}).status_code == 422
    assert client.post(end, {"ends_on": "2024-01-01"}).status_code == 302
    assert client.post(end, {"ends_on": "2024-02-01"}).status_code == 422


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "employer", "starts_on": "2020-01-01"}, "organisation"),
        ({"kind": "board", "independent": "on", "starts_on": "2020-01-01"}, "organisation"),
        ({"kind": "employer", "independent": "on", "starts_on": "1020-01-01"}, "starts_on"),
        ({"kind": "employer", "independent": "on", "starts_on": "9999-12-31"}, "starts_on"),
        ({"kind": "employer", "independent": "on", "starts_on": "2020-01-01", "ends_on": "2019-01-01"}, "ends_on"),
        ({"kind": "owner", "independent": "on", "starts_on": "2020-01-01"}, "kind"),
        ({"kind": "employer", "organisation": NOBODY, "starts_on": "2020-01-01"}, "organisation"),
        ({"kind": "employer", "independent": "on", "starts_on": "31 February"}, "starts_on"),
    ],
)
def test_a_tie_that_cannot_be(client: Client, said: dict[str, str], field: str) -> None:
    user = people.mentee()
    answer = signed_in(client, user).post(at("ties"), said)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert user.affiliations.count() == 1


def test_an_organisation_and_independence_exclude_each_other(client: Client) -> None:
    where = people.organisation()
    said = {"kind": "employer", "organisation": str(where.pk), "independent": "on", "starts_on": "2020-01-01"}
    answer = signed_in(client, people.mentee()).post(at("ties"), said)
    assert list(answer.context["form"].errors) == ["independent"]


def test_a_missing_organisation_is_added_after_near_names_were_shown(client: Client) -> None:
    people.organisation("Unilever")
    user = people.mentee()
    signed_in(client, user)
    address = reverse("accounts:affiliation_new")
    assert client.get(address).status_code == 200
    said = {
        "name": "Unilever plc",
        "industry": "consumer",
        "country": "GB",
        "kind": "employer",
        "starts_on": "2022-01-01",
    }
    shown = client.post(address, said)
    assert shown.status_code == 422
    assert "Is it one of these?" in shown.content.decode()
    seen = [str(each.pk) for each in shown.context["near"]]
    assert client.post(address, {**said, "seen": [*seen, "nonsense"]}).status_code == 302
    made = Organisation.objects.get(name="Unilever plc")
    assert made.confirmed_at is None
    assert user.affiliations.filter(organisation=made).exists()
    assert "waiting for a coordinator" in client.get(at("ties")).content.decode()
    again = client.post(address, said)
    assert list(again.context["form"].errors) == ["name"]


def test_days_away(client: Client) -> None:
    user = people.mentor()
    signed_in(client, user)
    address = reverse("accounts:leave")
    assert client.post(address, {"starts_on": "2001-01-01", "ends_on": "2001-01-05"}).status_code == 422
    assert client.post(address, {"starts_on": "", "ends_on": ""}).status_code == 422
    user.leaves.create(starts_on=date(2090, 1, 1), ends_on=date(2090, 1, 9))
    assert "1 January 2090" in client.get(address).content.decode()
    assert client.post(reverse("accounts:leave_remove", args=[user.leaves.get().pk])).status_code == 302
    assert not user.leaves.exists()


def test_the_overview_takes_as_many_queries_for_much_as_for_little(client: Client) -> None:
    counts = []
    for size in (1, 5):
        user = people.mentor(topics=[people.topic() for _ in range(size)])
        people.become_mentee_too(user)
        for _ in range(size):
            people.affiliation(user, people.organisation(), kind="board")
        signed_in(client, user)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:profile"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_page_saves_itself_once_what_it_holds_is_valid(client: Client) -> None:
    user = people.person("Ana Ruiz")
    by_itself = {"X-Saves": "itself"}
    saved = signed_in(client, user).post(at("position"), position(city="Toledo"), headers=by_itself)
    assert saved.status_code == 200
    assert (saved.json()["saved"], saved.json()["said"], saved.json()["errors"]) == (True, "Saved.", {})
    user.profile.refresh_from_db()
    assert user.profile.city == "Toledo"
    unfinished = client.post(at("position"), position(city="Vigo", headline=""), headers=by_itself)
    assert unfinished.json() == {
        "saved": False,
        "said": "Not saved yet: Your position. This field is required.",
        "errors": {"headline": "This field is required."},
    }
    user.profile.refresh_from_db()
    assert user.profile.city == "Toledo"


@pytest.mark.parametrize(
    ("slug", "wrong", "field"),
    [
        ("offer", {"capacity": "0", "nobody_new": "", "topic_1": ""}, "topic_1"),
        ("offer", {"capacity": "13"}, "capacity"),
        ("offer", {"topic_2": "Boards"}, "topic_2"),
        ("position", {"name": ""}, "name"),
        ("position", {"name": "x" * 121}, "name"),
        ("times", {"work_ends": "08:30"}, "work_ends"),
        ("times", {"languages": []}, "languages"),
    ],
)
def test_what_is_not_saved_yet_is_said_with_its_field(
    client: Client, slug: str, wrong: dict[str, Any], field: str
) -> None:
    boards = people.topic("Boards")
    signed_in(client, people.mentor(topics=[boards]))
    filled = {"offer": offer(topic_1=str(boards.pk), depth_1="2"), "position": position(), "times": times()}[slug]
    sent = {**filled, **{name: str(boards.pk) if value == "Boards" else value for name, value in wrong.items()}}
    answer = client.post(at(slug), sent, headers={"X-Saves": "itself"})
    assert answer.json()["saved"] is False
    assert list(answer.json()["errors"]) == [field]
    assert answer.json()["said"].startswith("Not saved yet: ")
    assert answer.json()["errors"][field] in answer.json()["said"]
