"""The list of pairings and the page of one: what it shows, and to whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.transitions import Actor
from engagements.domain import check_in_planning
from engagements.views.pairings import sparks
from matching.domain import pairings
from tests import people
from tests.engagements import stories
from tests.engagements.stories import SECRET
from tests.engagements.views.conftest import MISSING, as_missing
from tests.matching import factories
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
PAGES = (
    "pairing",
    "chemistry",
    "agreement",
    "change_agreement",
    "pause",
    "resume",
    "close",
    "review",
    "mentor_too",
    "end",
)


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture(scope="module")
def outsiders(module_db):
    """Everybody who must not know of a pairing."""
    pairing = stories.active()
    coordinator = people.person(staff=True)
    pairing.cohort.coordinators.add(coordinator)
    superuser = people.person(staff=True)
    superuser.is_superuser = True
    superuser.save()
    return pairing, [coordinator, superuser, people.person(), stories.active().mentee]


@pytest.mark.parametrize("name", PAGES)
def test_a_foreign_pairing_is_a_missing_one(visit, send, outsiders, name):
    pairing, strangers = outsiders
    for stranger in strangers:
        assert as_missing(visit(stranger, name, pairing.pk), visit(stranger, name, MISSING), pairing.pk, MISSING)
        if name not in {"pairing", "agreement"}:
            foreign, missing = send(stranger, name, pairing.pk), send(stranger, name, MISSING)
            assert as_missing(foreign, missing, pairing.pk, MISSING)


@pytest.mark.parametrize("name", PAGES)
def test_visitors_sign_in_first(client, name):
    address = reverse(f"engagements:{name}", args=[MISSING])
    assert client.get(address).headers["Location"] == f"{reverse('account_login')}?next={address}"


def test_the_list_shows_open_and_past_ones_of_ones_own(client, clock):
    cohort = factories.cohort()
    mentor = people.mentor(capacity=3)
    at = factories.enrolment(cohort, mentor, "mentor")
    running = stories.active(mentee=factories.enrolment(cohort), mentor=at)
    over = factories.pairing(factories.enrolment(cohort), at, state="completed")
    stories.active()
    client.force_login(mentor)
    response = client.get(reverse("engagements:pairings"))
    assert [each.pairing for each in response.context["open"]] == [running]
    assert [each.pairing for each in response.context["over"]] == [over]
    page = words(response)
    assert f"You and {running.mentee.name}" in page
    assert "Completed and ended" in page


def test_an_empty_list_says_what_would_fill_it(client, clock):
    client.force_login(people.person())
    assert "No pairing yet" in words(client.get(reverse("engagements:pairings")))


def test_as_many_queries_for_many_as_for_one(client, clock):
    cohort = factories.cohort()
    mentor = people.mentor(capacity=9)
    at = factories.enrolment(cohort, mentor, "mentor")
    client.force_login(mentor)
    counts = []
    for number in (1, 3):
        for _each in range(number):
            stories.active(mentee=factories.enrolment(cohort), mentor=at)
        client.get(reverse("engagements:pairings"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("engagements:pairings"))
        counts.append(len(queries))
    assert len(client.get(reverse("engagements:pairings")).context["open"]) == 4
    assert counts[0] == counts[1] <= 20


def test_the_page_of_a_pairing_needs_as_many_queries_for_one_answer_as_for_five(visit):
    pairing = stories.active()
    counts = []
    for rounds in ((1,), (2, 3, 4, 5)):
        for number in rounds:
            for side in ("mentee", "mentor"):
                stories.answered(stories.check_in(pairing, side, number), line=SECRET)
        visit(pairing.mentee, "pairing", pairing.pk)
        with CaptureQueriesContext(connection) as queries:
            visit(pairing.mentee, "pairing", pairing.pk)
        counts.append(len([query for query in queries if "session" not in query["sql"]]))
    assert len(visit(pairing.mentee, "pairing", pairing.pk).context["received"]) == 5
    assert counts[0] == counts[1] <= 30


def test_introduced_it_shows_contact_details_and_the_first_step(visit):
    pairing = stories.introduced()
    pairing.mentor.profile.phone = "+44 20 7946 0102"
    pairing.mentor.profile.save()
    page = words(visit(pairing.mentee, "pairing", pairing.pk))
    for expected in (
        pairing.mentor.email,
        "+44 20 7946 0102",
        "Introduced on 10 March",
        "Say whether to go ahead",
        "Ingrid Solberg",
        "concern@programme.example",
        "London time",
    ):
        assert expected in page


def test_ended_early_it_hides_contact_details_and_leads_the_mentee_on(visit):
    pairing = stories.introduced(state="ended_early")
    response = visit(pairing.mentee, "pairing", pairing.pk)
    page = words(response)
    assert pairing.mentor.email not in page
    assert "Ended early" in page
    assert response.context["actions"] == []
    onward = response.context["next"]
    assert (onward.act, onward.url.split("?")[0]) == ("See who fits", reverse("matching:suggestions"))
    assert onward.text in page
    assert visit(pairing.mentor, "pairing", pairing.pk).context["next"] is None
    assert "concern@programme.example" in page


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("introduced", ["end"]),
        ("active", ["pause", "close", "end"]),
        ("paused", ["resume", "end"]),
        ("closing", ["end"]),
        ("completed", []),
    ],
)
def test_the_buttons_come_from_the_state_table(visit, state, names):
    pairing = stories.introduced(state=state)
    response = visit(pairing.mentor, "pairing", pairing.pk)
    assert [action.name for action in response.context["actions"]] == names
    for name in names:
        assert reverse(f"engagements:{name}", args=[pairing.pk]) in response.content.decode()


def test_active_it_shows_my_scores_and_the_others_line_only(visit):
    pairing = stories.active()
    for number, mark in ((1, 2), (2, 5)):
        stories.answered(stories.check_in(pairing, "mentee", number), connection=mark, line="My own words.")
        stories.answered(stories.check_in(pairing, "mentor", number), connection=1, line=SECRET)
    response = visit(pairing.mentee, "pairing", pairing.pk)
    page = words(response)
    assert "5 of 5, from 2 at the start" in page
    assert "Connection by check-in, of 5: 2, 5" in page
    assert page.count(SECRET) == 2
    assert "My own words." not in page
    assert "Active since 10 March · until 11 December" in page
    rows = response.context["check_ins"]
    assert [row["status"] for row in rows] == ["answered", "answered", "scheduled"]
    assert response.headers["Cache-Control"] == "no-store, private"


def test_one_answer_makes_no_line():
    row = stories.answered(stories.check_in(stories.active()))
    assert sparks([row]) == []


def test_hostile_words_are_shown_as_words(visit):
    pairing = stories.active()
    stories.answered(stories.check_in(pairing, "mentor"), line="<script>alert(1)</script>\nnext line")
    page = words(visit(pairing.mentee, "pairing", pairing.pk))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>next line" in page


def test_the_history_names_who_did_what_but_never_who_answered_or_ended(visit):
    pairing = stories.active()
    pairings.pause(
        pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, until=(NOW + timedelta(days=9)).date(), now=NOW
    )
    pairing.refresh_from_db()
    pairings.end_early(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="time", text=SECRET, now=NOW)
    response = visit(pairing.mentee, "pairing", pairing.pk)
    lines = [line["text"] for line in response.context["lines"]]
    assert f"{pairing.mentor.get_short_name()} paused the pairing" in lines
    assert "You wrote a version of the agreement" in lines
    assert "The pairing ended, without fault" in lines
    assert not [line for line in lines if "chemistry" in line]
    assert SECRET not in words(response)
    assert "Not enough time" not in words(response)


def test_what_is_due_and_what_is_answered_stands_in_the_timeline(visit, clock):
    pairing = stories.active()
    stories.answered(stories.check_in(pairing))
    clock.moment = stories.check_in(pairing, round=2).due_at
    response = visit(pairing.mentee, "pairing", pairing.pk)
    ahead = [line["text"] for line in response.context["ahead"]]
    assert ahead == [f"Check-in about {pairing.mentor.get_short_name()}", "Taking stock"]
    assert response.context["lines"][0]["tone"] == "now"
    assert all(line["when"] <= clock.moment for line in response.context["lines"])
    assert "You answered a check-in" in words(response)


NOT_YET = "Follows once both of you have said to go ahead."
BEGIN = "They begin once both of you have signed the agreement"


def test_what_is_said_of_agreement_and_check_ins_is_true_in_each_state(visit):
    def page(pairing):
        return words(visit(pairing.mentee, "pairing", pairing.pk))

    introduced = page(stories.introduced())
    assert NOT_YET in introduced
    assert BEGIN in introduced
    going_ahead = page(stories.agreeing())
    assert "Both of you have said to go ahead; one of you writes it now." in going_ahead
    assert NOT_YET not in going_ahead
    active = page(stories.active())
    assert "Signed by both." in active
    assert BEGIN not in active
    assert "Every 4 weeks" in active
    closing = stories.active()
    pairings.begin_closing(pairing=closing, user=closing.mentee, actor=Actor.MENTEE, now=NOW)
    assert "No further check-ins are asked for." in page(closing)
    assert "Every 4 weeks" not in page(closing)
    over = stories.introduced()
    pairings.end_early(pairing=over, user=over.mentor, actor=Actor.MENTOR, end_class="time", now=NOW)
    ended = page(over)
    assert "None was written." in ended
    assert "You were asked for none." in ended
    assert NOT_YET not in ended
    assert "None was written." in words(visit(over.mentee, "agreement", over.pk))


def test_the_closing_is_dated_too(visit):
    pairing = stories.active()
    pairings.begin_closing(pairing=pairing, user=pairing.mentee, actor=Actor.MENTEE, now=NOW)
    assert "Closing · active since 10 March, planned until 11 December" in words(
        visit(pairing.mentee, "pairing", pairing.pk)
    )


def test_cancelled_rounds_are_not_shown(visit):
    pairing = stories.active()
    check_in_planning.cancel_all(pairing=pairing, now=NOW)
    assert visit(pairing.mentee, "pairing", pairing.pk).context["check_ins"] == []


def test_a_person_without_a_profile_still_has_a_page(visit):
    pairing = stories.introduced()
    pairing.mentor.profile.delete()
    assert visit(pairing.mentee, "pairing", pairing.pk).status_code == 200
