"""Suggestions, directory and mentor pages as a mentee sees them."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from accounts.choices import AffiliationKind
from accounts.models import NeverWith, Ownership, Profile
from cohorts.models import Cohort
from cohorts.states import EnrolmentState, Role
from common.clock import now
from matching.domain import pools
from matching.states import PairingState, RequestState
from matching.views.candidates import Candidates
from tests import people
from tests.matching import factories
from tests.matching.views.conftest import Cast, signed_in

pytestmark = pytest.mark.django_db


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response
    return response.content.decode()


def test_suggestions_rank_who_fits_and_leave_out_colleagues(cast: Cast, mentee_client: Client) -> None:
    text = page(mentee_client, "matching:suggestions")
    assert "Ruth Adeyemi" in text
    assert "Kenji Watanabe" in text
    assert "Nadia Colleague" not in text
    assert "Working with a board, your first aim: " in text
    assert "Why 1 other cannot be asked" in text
    assert "In your own organisation" in text
    assert "Ranked for your aims" in text
    cast.mentee.person.mentee_profile.aims.all().delete()
    unranked = page(mentee_client, "matching:suggestions")
    assert "Ranked for your aims" not in unranked
    assert reverse("accounts:profile_step", args=["intake"]) in unranked


def test_more_are_shown_ten_at_a_time(cast: Cast, mentee_client: Client) -> None:
    for _number in range(5):
        factories.enrolment(cast.cohort, people.mentor(), Role.MENTOR)
    text = page(mentee_client, "matching:suggestions")
    assert "You have seen 4 of 7" in text
    assert "show=14" in text
    assert "You have seen 7 of 7" in page(mentee_client, "matching:suggestions", show="14")
    assert "You have seen 4 of 7" in page(mentee_client, "matching:suggestions", show="-3²")


def test_suggestions_cost_the_same_for_two_and_for_eight(
    cast: Cast, mentee_client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(40) as few:
        page(mentee_client, "matching:suggestions", show="14")
    for _number in range(6):
        factories.enrolment(cast.cohort, people.mentor(), Role.MENTOR)
    pools.forget()
    with django_assert_max_num_queries(len(few)):
        page(mentee_client, "matching:suggestions", show="14")
    with django_assert_max_num_queries(len(few) + 8):
        page(mentee_client, "matching:directory")


def test_without_a_place_the_page_says_so(cast: Cast) -> None:
    assert "You are not looking for a mentor" in page(signed_in(cast.ruth.person), "matching:suggestions")
    waiting = factories.enrolment(cast.cohort, state=EnrolmentState.PENDING)
    client = signed_in(waiting.person)
    assert "Almost there" in page(client, "matching:suggestions")
    assert "Almost there" in page(client, "matching:directory")
    assert client.get(reverse("matching:mentor", args=[cast.ruth.pk])).status_code == 404
    assert client.get(reverse("matching:shortlist")).status_code == 302


def test_nobody_left_to_ask(cast: Cast) -> None:
    lonely = factories.enrolment(factories.cohort(ends_on=now().date() + timedelta(days=9), starts_on=now().date()))
    assert "Nobody can be asked at present" in page(signed_in(lonely.person), "matching:suggestions")


def test_several_cohorts_the_open_one_first_and_any_by_address(cast: Cast, mentee_client: Client) -> None:
    old = factories.cohort(
        "Old cohort", starts_on=now().date() - timedelta(days=700), ends_on=now().date() - timedelta(days=9)
    )
    factories.enrolment(old, cast.mentee.person)
    assert "Ruth Adeyemi" in page(mentee_client, "matching:suggestions")
    assert "Ruth Adeyemi" not in page(mentee_client, "matching:suggestions", cohort=str(old.pk))
    foreign = factories.cohort("Foreign")
    url = reverse("matching:suggestions")
    answers = [mentee_client.get(url, {"cohort": each}) for each in (str(foreign.pk), str(uuid.uuid4()), "nonsense")]
    assert {answer.status_code for answer in answers} == {404}


def test_filters_narrow_and_survive_nonsense(cast: Cast, mentee_client: Client) -> None:
    polyglot = people.mentor("Poly Glot", languages=["sv"], topics=[people.topic("Listing")])
    factories.enrolment(cast.cohort, polyglot, Role.MENTOR)
    topic = people.topic("Listing")
    for query in ({"language": "sv"}, {"topics": str(topic.pk)}):
        text = page(mentee_client, "matching:directory", **query)
        assert "Poly Glot" in text
        assert "Ruth Adeyemi" not in text
    assert "Ruth Adeyemi" in page(
        mentee_client, "matching:directory", industry="energy", function="operations", hours="2"
    )
    page(mentee_client, "matching:directory", language="xx", topics="nonsense", hours="many", page="last")


def test_a_filter_that_fits_nobody_says_so(cast: Cast, mentee_client: Client) -> None:
    far = people.mentor("Far Away", zone="Pacific/Auckland", function="legal")
    factories.enrolment(cast.cohort, far, Role.MENTOR)
    assert "Nobody fits all of that" in page(mentee_client, "matching:directory", function="legal", hours="8")


def test_mentor_page_says_why_and_offers_to_ask(cast: Cast, mentee_client: Client) -> None:
    people.affiliation(cast.ruth.person, people.organisation("Tamar Housing"), kind=AffiliationKind.BOARD)
    text = page(mentee_client, "matching:mentor", cast.ruth.pk)
    assert "Write your request" in text
    assert f"No tie to {cast.mentee.person.affiliations.get().organisation} or its group." in text
    assert "Tamar Housing" in text
    assert cast.ruth.person.email not in text


def test_where_as_many_have_asked_as_there_are_places_both_pages_say_so(cast: Cast, mentee_client: Client) -> None:
    sign, looked = "Others have asked Ruth already", []
    for _number in range(2):  # as many as the places of Ruth
        looked += [sign in page(mentee_client, name, cast.ruth.pk) for name in ("matching:mentor", "matching:ask")]
        factories.request(None, cast.ruth, at=now())
    assert looked == [False] * 4
    assert all(sign in page(mentee_client, name, cast.ruth.pk) for name in ("matching:mentor", "matching:ask"))


@pytest.mark.parametrize("by", ["mentor", "mentee"])
def test_a_tie_that_ended_before_those_which_count_is_told_to_both(
    cast: Cast, mentee_client: Client, ruth_client: Client, by: str
) -> None:
    there, here = (cast.ruth, cast.mentee) if by == "mentor" else (cast.mentee, cast.ruth)
    group = people.organisation("The other one's group")
    employer = here.person.affiliations.get().organisation
    Ownership.objects.create(child=employer, parent=group, starts_on=people.LONG_AGO)
    ended = now().date() - timedelta(days=1500)
    people.affiliation(there.person, group, since=ended - timedelta(days=900), until=ended)
    people.affiliation(there.person, people.organisation("A firm of no concern"), until=ended)
    seen = page(mentee_client, "matching:mentor", cast.ruth.pk)
    asked = factories.request(cast.mentee, cast.ruth, at=now())
    answered = page(ruth_client, "matching:request", asked.pk)
    named = f"{there.person.get_short_name()} to The other one&#x27;s group ended in"
    assert ("The tie of " + named in seen) == (by == "mentor")
    assert ("Your tie to The other one&#x27;s group ended in" in answered) == (by == "mentor")
    assert ("The tie of " + named in answered) == (by == "mentee")
    for text in (seen, answered):
        assert "No tie in the last 24 months." in text
        assert "No tie to " not in text
        assert "No tie between" not in text
        assert "concern ended" not in text


def test_excluded_mentor_page_says_which_rule_and_does_not_offer_to_ask(cast: Cast, mentee_client: Client) -> None:
    text = page(mentee_client, "matching:mentor", cast.colleague.pk)
    assert "You both work for the same organisation." in text
    assert "Write your request" not in text


def test_mentor_page_while_asked_and_once_paired(cast: Cast, mentee_client: Client) -> None:
    factories.request(cast.mentee, cast.ruth, at=now())
    assert "You have asked; the answer is still open." in page(mentee_client, "matching:mentor", cast.ruth.pk)
    assert "You have asked Ruth Adeyemi" in page(mentee_client, "matching:mentor", cast.kenji.pk)
    assert "You asked Ruth Adeyemi" in page(mentee_client, "matching:suggestions")


def test_paired_mentees_are_told_whose(cast: Cast, mentee_client: Client) -> None:
    factories.pairing(cast.mentee, cast.ruth, state=PairingState.ACTIVE, at=now())
    assert "Ruth Adeyemi is your mentor" in page(mentee_client, "matching:suggestions")
    assert "You already have a mentor in this cohort." in page(mentee_client, "matching:mentor", cast.kenji.pk)


def test_who_is_introduced_has_no_mentor_yet(cast: Cast, mentee_client: Client) -> None:
    factories.pairing(cast.mentee, cast.ruth, state=PairingState.INTRODUCED, at=now())
    found = page(mentee_client, "matching:suggestions")
    assert "You and Ruth Adeyemi have been introduced" in found
    assert "is your mentor" not in found
    asked = mentee_client.get(reverse("matching:ask", args=[cast.kenji.pk]), follow=True).content.decode()
    for text in (page(mentee_client, "matching:mentor", cast.kenji.pk), asked):
        assert "You and Ruth Adeyemi have been introduced. As long as that is open" in text
        assert "You already have a mentor" not in text


def test_once_a_cohort_is_over_no_page_leads_to_a_request_in_it(cast: Cast, mentee_client: Client) -> None:
    elsewhere = factories.enrolment(factories.cohort("Next year"), cast.mentee.person)
    last = now().date() - timedelta(days=2)
    Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=last - timedelta(days=300), ends_on=last)
    Cohort.objects.filter(pk=elsewhere.cohort_id).update(ends_on=now().date() + timedelta(days=300))
    for name in ("matching:suggestions", "matching:directory"):
        text = page(mentee_client, name, cohort=str(cast.cohort.pk))
        assert f"{cast.cohort} is over" in text
        assert "Ruth Adeyemi" not in text
        assert f"?cohort={elsewhere.cohort_id}" in text, "the way to the cohort that goes on"
    assert f"?cohort={cast.cohort.pk}" not in page(mentee_client, "matching:suggestions")
    mentor = page(mentee_client, "matching:mentor", cast.ruth.pk)
    assert "This cohort has ended, so nobody can be asked in it any more." in mentor
    assert "Write your request" not in mentor
    asked = mentee_client.get(reverse("matching:ask", args=[cast.ruth.pk]))
    assert asked.headers["Location"] == reverse("matching:mentor", args=[cast.ruth.pk]), "no note is written in vain"


def test_answers_are_told_as_a_band_after_three(cast: Cast, mentee_client: Client) -> None:
    for days in (1, 1, 2):
        factories.request(
            mentor=cast.ruth,
            state=RequestState.DECLINED,
            at=now() - timedelta(days=9),
            answered_at=now() - timedelta(days=9 - days),
        )
    assert "2 days, as a rule" in page(mentee_client, "matching:mentor", cast.ruth.pk)
    assert "too few answers yet to say" in page(mentee_client, "matching:mentor", cast.kenji.pk)


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_never_with_is_the_404_of_a_missing_one(cast: Cast, mentee_client: Client, side: str) -> None:
    one, other = (cast.mentee, cast.ruth) if side == "mentee" else (cast.ruth, cast.mentee)
    NeverWith.objects.put(owner=one.person, person=other.person)
    assert "Ruth Adeyemi" not in page(mentee_client, "matching:suggestions")
    assert "Ruth Adeyemi" not in page(mentee_client, "matching:directory")
    hidden = mentee_client.get(reverse("matching:mentor", args=[cast.ruth.pk]))
    missing = mentee_client.get(reverse("matching:mentor", args=[uuid.uuid4()]))
    assert hidden.status_code == missing.status_code == 404
    assert without_token(hidden) == without_token(missing)
    assert "Full, away or not available at present" not in page(mentee_client, "matching:suggestions")


def without_token(response: Any) -> str:
    import re

    text = re.sub(r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"', "", response.content.decode())
    return re.sub(r'name="next" value="[^"]+"', "", text)


def test_mentors_of_other_cohorts_do_not_exist(cast: Cast, mentee_client: Client) -> None:
    elsewhere = factories.enrolment(role=Role.MENTOR)
    assert mentee_client.get(reverse("matching:mentor", args=[elsewhere.pk])).status_code == 404
    assert mentee_client.get(reverse("matching:mentor", args=[cast.mentee.pk])).status_code == 404


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ruth", ["Ruth Adeyemi"]),
        ("WATAN kenji", ["Kenji Watanabe"]),
        ("  ", ["Kenji Watanabe", "Ruth Adeyemi"]),
        ("board ruth", ["Ruth Adeyemi"]),
        ("helvetia", ["Kenji Watanabe"]),
        ("harbour", ["Ruth Adeyemi"]),
        ("ruth kenji", []),
        ("nadia", []),
    ],
)
def test_words_find_names_positions_organisations_and_topics(
    cast: Cast, mentee_client: Client, words: str, found: list[str]
) -> None:
    Profile.objects.filter(person=cast.ruth.person).update(headline="Harbour master")
    people.affiliation(cast.kenji.person, people.organisation("Helvétia Bahn"), until=date(2019, 1, 1))
    text = page(mentee_client, "matching:directory", q=words)
    for name in ("Ruth Adeyemi", "Kenji Watanabe", "Nadia Colleague"):
        assert (f">{name}</a>" in text) == (name in found), name


def test_words_that_are_too_many_are_said_so(cast: Cast, mentee_client: Client) -> None:
    assert "at most 100 characters" in page(mentee_client, "matching:directory", q="x" * 101)


def test_the_list_alone_answers_a_change_of_its_filters(cast: Cast, mentee_client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "found"}
    text = mentee_client.get(reverse("matching:directory"), {"q": "ruth"}, headers=headers).content.decode()
    assert text.strip().startswith('<div id="found"')
    assert 'id="found-said" hx-swap-oob="innerHTML">1 mentor<' in text
    assert "<html" not in text
    boosted = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "page"}
    assert "<html" in mentee_client.get(reverse("matching:directory"), headers=boosted).content.decode()


def test_a_mentor_who_has_just_left_is_not_found(cast: Cast) -> None:
    candidates = Candidates(cast.mentee, now())
    assert candidates.of(cast.ruth.person_id).id == cast.ruth.person_id
    with pytest.raises(Http404):
        candidates.of(cast.mentee.person_id)
