"""Shortlist, asking and answering over HTTP."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import MentorProfile, User
from cohorts.models import Enrolment
from cohorts.states import EnrolmentState, Role
from common.clock import now
from matching.domain import shortlist as shortlists
from matching.models import Pairing, Request, ShortlistEntry
from matching.models.requests import TEXT_LENGTH, Origin
from matching.states import RequestState
from tests import people
from tests.matching import factories
from tests.matching.views.conftest import Cast, signed_in
from tests.matching.views.test_finding import page, without_token

pytestmark = pytest.mark.django_db

NOTE = "I would like to think aloud about January."


def post(client: Client, name: str, pk: Any, follow: bool = True, **said: Any) -> Any:
    return client.post(reverse(name, args=[pk]), said, follow=follow)


def shortlist(mentee: Enrolment) -> list[str]:
    return list(
        ShortlistEntry.objects.filter(mentee=mentee).order_by("rank").values_list("mentor__person__name", flat=True)
    )


def test_shortlist_is_added_to_moved_and_taken_from(cast: Cast, mentee_client: Client) -> None:
    for mentor in (cast.ruth, cast.kenji):
        assert "is on your shortlist" in post(mentee_client, "matching:shortlist_add", mentor.pk).content.decode()
    assert shortlist(cast.mentee) == ["Ruth Adeyemi", "Kenji Watanabe"]
    second = ShortlistEntry.objects.get(mentor=cast.kenji)
    post(mentee_client, "matching:shortlist_move", second.pk, direction="up", next="/find/shortlist/")
    assert shortlist(cast.mentee) == ["Kenji Watanabe", "Ruth Adeyemi"]
    post(mentee_client, "matching:shortlist_move", second.pk, direction="down")
    assert shortlist(cast.mentee) == ["Ruth Adeyemi", "Kenji Watanabe"]
    text = page(mentee_client, "matching:shortlist")
    assert "Ruth Adeyemi" in text
    assert "Can be asked" in text
    assert "Shortlisted" in page(mentee_client, "matching:suggestions")
    assert "On your shortlist: take off" in page(mentee_client, "matching:mentor", cast.ruth.pk)
    assert "is off your shortlist" in post(mentee_client, "matching:shortlist_remove", second.pk).content.decode()
    assert shortlist(cast.mentee) == ["Ruth Adeyemi"]


def test_shortlist_refuses_a_colleague_twice_and_a_fourth(cast: Cast, mentee_client: Client) -> None:
    assert "same organisation" in post(mentee_client, "matching:shortlist_add", cast.colleague.pk).content.decode()
    more = factories.enrolment(cast.cohort, people.mentor(), Role.MENTOR)
    last = factories.enrolment(cast.cohort, people.mentor(), Role.MENTOR)
    for mentor in (cast.ruth, cast.ruth, cast.kenji, more, last):
        answer = post(mentee_client, "matching:shortlist_add", mentor.pk)
    assert "Your shortlist is full" in answer.content.decode()
    assert len(shortlist(cast.mentee)) == 3


def test_only_ones_own_list_exists(cast: Cast, ruth_client: Client) -> None:
    wish = ShortlistEntry.objects.create(mentee=cast.mentee, mentor=cast.ruth, rank=1)
    for name in ("matching:shortlist_remove", "matching:shortlist_move"):
        assert post(ruth_client, name, wish.pk).status_code == post(ruth_client, name, uuid.uuid4()).status_code == 404
    assert post(ruth_client, "matching:shortlist_add", cast.kenji.pk).status_code == 404


def test_back_only_to_our_own_pages(cast: Cast, mentee_client: Client) -> None:
    answer = post(
        mentee_client, "matching:shortlist_add", cast.ruth.pk, follow=False, next="https://elsewhere.example/"
    )
    assert answer.url == reverse("matching:suggestions")


def test_the_shortlist_by_itself_leads_to_the_first_who_can_be_asked(cast: Cast, mentee_client: Client) -> None:
    shortlists.add(mentee_enrolment=cast.mentee, mentor_enrolment=cast.ruth, user=cast.mentee.person, now=now())
    assert reverse("matching:ask", args=[cast.ruth.pk]) in page(mentee_client, "matching:shortlist")
    factories.request(cast.mentee, cast.ruth, at=now())
    text = page(mentee_client, "matching:shortlist")
    assert reverse("matching:ask", args=[cast.ruth.pk]) not in text
    assert "Ruth has until" in text


def test_wishes_tell_how_they_stand(cast: Cast, mentee_client: Client) -> None:
    asked = factories.enrolment(cast.cohort, people.mentor("Asked Before"), Role.MENTOR)
    full = factories.enrolment(cast.cohort, people.mentor("Full Mentor"), Role.MENTOR)
    ShortlistEntry.objects.create(mentee=cast.mentee, mentor=cast.ruth, rank=1, asked_at=now())
    ShortlistEntry.objects.create(mentee=cast.mentee, mentor=asked, rank=2, asked_at=now())
    ShortlistEntry.objects.create(mentee=cast.mentee, mentor=full, rank=3)
    factories.request(cast.mentee, cast.ruth, at=now())
    factories.pairing(mentor=full, mentee=factories.enrolment(cast.cohort), at=now())
    text = page(mentee_client, "matching:shortlist")
    for words in ("Asked, waiting for an answer", "Asked before", "Not available at present"):
        assert words in text
    ShortlistEntry.objects.filter(mentor=full).update(skipped_at=now())
    assert "Was not available when it was their turn" in page(mentee_client, "matching:shortlist")


def test_asking_makes_one_request_however_often_it_is_sent(cast: Cast, mentee_client: Client) -> None:
    ShortlistEntry.objects.create(mentee=cast.mentee, mentor=cast.kenji, rank=1)
    assert "we ask Kenji Watanabe the same day" in page(mentee_client, "matching:ask", cast.ruth.pk)
    first = post(mentee_client, "matching:ask", cast.ruth.pk, note=NOTE)
    second = post(mentee_client, "matching:ask", cast.ruth.pk, note=NOTE)
    asked = Request.objects.get()
    assert first.redirect_chain[-1][0] == second.redirect_chain[-1][0] == reverse("matching:request", args=[asked.pk])
    assert asked.read("note") == NOTE
    assert NOTE in first.content.decode()
    assert "After a no, or silence, we ask Kenji Watanabe" in first.content.decode()


def test_a_race_lost_to_oneself_shows_the_request_there_is(cast: Cast, mentee_client: Client, monkeypatch: Any) -> None:
    from matching.domain import asking
    from matching.views import asking as view

    ask, sent = asking.ask, []

    def twice(**words: Any) -> Request:
        sent.append(ask(**words))
        return ask(**words)

    monkeypatch.setattr(view.asking, "ask", twice)
    answer = post(mentee_client, "matching:ask", cast.ruth.pk, follow=False, note=NOTE)
    assert answer.url == reverse("matching:request", args=[sent[0].pk])


def test_refusals_keep_what_was_typed(cast: Cast, mentee_client: Client) -> None:
    text = post(mentee_client, "matching:ask", cast.colleague.pk, note=NOTE).content.decode()
    assert NOTE in text
    assert "same organisation" in text
    long = NOTE + "x" * TEXT_LENGTH
    assert long in post(mentee_client, "matching:ask", cast.ruth.pk, note=long).content.decode()
    assert not Request.objects.exists()


def test_who_may_not_ask_finds_nothing(cast: Cast, ruth_client: Client) -> None:
    assert post(ruth_client, "matching:ask", cast.kenji.pk, note=NOTE).status_code == 404
    waiting = factories.enrolment(cast.cohort, state=EnrolmentState.PENDING)
    assert post(signed_in(waiting.person), "matching:ask", cast.kenji.pk).status_code == 404


def test_mentor_reads_note_aims_and_reasons_and_accepts(cast: Cast, ruth_client: Client, mentee_client: Client) -> None:
    asked = factories.request(cast.mentee, cast.ruth, note=NOTE, at=now())
    assert "Amara Lindqvist" in page(ruth_client, "matching:inbox")
    assert "Ruth Adeyemi" in page(mentee_client, "matching:inbox")
    text = page(ruth_client, "matching:request", asked.pk)
    why = "Working with a board, Amara’s first aim: you have led it"
    for words in (NOTE, "Become better at: Working with a board.", why, "2 of 2 open"):
        assert words in text
    assert cast.mentee.person.email not in text
    answer = post(ruth_client, "matching:accept", asked.pk, follow=False)
    pairing = Pairing.objects.get()
    assert answer.url == reverse("engagements:pairing", args=[pairing.pk])
    assert "Go to your pairing" in page(ruth_client, "matching:request", asked.pk)
    assert "Go to your pairing" in page(mentee_client, "matching:request", asked.pk)
    again = post(ruth_client, "matching:accept", asked.pk).content.decode()
    assert "This has changed since the page was shown." in again


def test_what_the_programme_asked_is_not_said_to_be_asked_by_the_mentee(
    cast: Cast, ruth_client: Client, mentee_client: Client
) -> None:
    asked = factories.request(cast.mentee, cast.ruth, at=now(), origin=Origin.RUN)
    mentor, mentee = (page(each, "matching:request", asked.pk) for each in (ruth_client, mentee_client))
    assert f"proposed {cast.mentee.person.get_short_name()} to you" in mentor
    assert "Ruth Adeyemi has been asked for you" in mentee
    assert "proposes the two of you to each other" in mentee
    assert "Ruth Adeyemi has been asked for you" in page(mentee_client, "matching:suggestions")
    assert "The programme has asked for you" in page(mentee_client, "matching:mentor", cast.ruth.pk)
    assert "Ruth Adeyemi has been asked for you" in page(mentee_client, "matching:mentor", cast.kenji.pk)
    assert "Ruth Adeyemi has been asked for you" in page(mentee_client, "home")
    assert f"Would you mentor {cast.mentee.person.name}?" in page(ruth_client, "home")
    for client in (mentee_client, ruth_client):
        for name, args in (("home", ()), ("matching:inbox", ()), ("matching:request", (asked.pk,))):
            assert not re.search("You (have )?asked|asks you|has asked you", page(client, name, *args))
    Request.objects.filter(pk=asked.pk).update(origin=Origin.COORDINATOR)
    mentor, mentee = (page(each, "matching:request", asked.pk) for each in (ruth_client, mentee_client))
    assert "A coordinator of the cohort asked you for" in mentor
    assert "A coordinator of your cohort asked for you on" in mentee
    assert "looked at everybody" not in mentor + mentee
    again = post(mentee_client, "matching:ask", cast.ruth.pk, follow=False, note="Words of mine.").content.decode()
    assert "Ruth Adeyemi has been asked for you meanwhile" in again
    assert "Words of mine." in again


def test_the_last_place_went_elsewhere(cast: Cast, ruth_client: Client) -> None:
    asked = factories.request(cast.mentee, cast.ruth, at=now())
    MentorProfile.objects.filter(person=cast.ruth.person).update(capacity=1)
    factories.pairing(mentor=cast.ruth, mentee=factories.enrolment(cast.cohort), at=now())
    assert "None of your places is open at present." in post(ruth_client, "matching:accept", asked.pk).content.decode()


def test_only_the_mentor_answers(cast: Cast, mentee_client: Client) -> None:
    asked = factories.request(cast.mentee, cast.ruth, at=now())
    assert "This step is not yours to take." in post(mentee_client, "matching:accept", asked.pk).content.decode()
    assert mentee_client.get(reverse("matching:decline", args=[asked.pk])).status_code == 404


def test_declining_needs_a_reason_and_hides_it_from_the_mentee(
    cast: Cast, ruth_client: Client, mentee_client: Client
) -> None:
    asked = factories.request(cast.mentee, cast.ruth, note=NOTE, at=now())
    page(ruth_client, "matching:decline", asked.pk)
    text = post(ruth_client, "matching:decline", asked.pk, text="Too close to home.").content.decode()
    assert "Please choose a reason." in text
    assert "Too close to home." in text
    post(ruth_client, "matching:decline", asked.pk, reason_class="fit", text="Too close to home.")
    asked.refresh_from_db()
    assert asked.state == RequestState.DECLINED
    assert asked.read("decline_text") == "Too close to home."
    seen = page(mentee_client, "matching:request", asked.pk)
    assert "It is not possible at present." in seen
    assert "Not the right person" not in seen
    assert "Too close to home." not in seen
    closed = page(ruth_client, "matching:request", asked.pk)
    assert NOTE not in closed
    assert "Become better at" not in closed
    assert "Too close to home." in closed
    assert ruth_client.get(reverse("matching:decline", args=[asked.pk])).status_code == 302


def test_a_note_to_oneself_is_shown_on_no_page_but_its_writers(cast: Cast, ruth_client: Client) -> None:
    asked = factories.request(cast.mentee, cast.ruth, at=now(), state=RequestState.DECLINED)
    assert "Your note to yourself" not in page(ruth_client, "matching:request", asked.pk)
    asked.write("decline_text", "Too close to home.")
    asked.save()
    assert "Your note to yourself" in page(ruth_client, "matching:request", asked.pk)
    coordinator, superuser = people.person(staff=True), people.person(staff=True)
    cast.cohort.coordinators.add(coordinator)
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    for who in (cast.mentee.person, cast.kenji.person, coordinator, superuser):
        for name in ("matching:request", "matching:inbox"):
            args = [asked.pk] if name == "matching:request" else []
            assert b"Too close to home." not in signed_in(who).get(reverse(name, args=args)).content
    for who in (coordinator, superuser):
        desk = signed_in(who).get(reverse("admin:matching_request_change", args=[asked.pk]))
        assert desk.status_code == 200
        assert b"Too close to home." not in desk.content


def test_a_decline_refused_by_the_domain_keeps_the_words(cast: Cast, ruth_client: Client, monkeypatch: Any) -> None:
    from common.errors import WrongState
    from matching.views import answering

    def refuse(**_words: Any) -> None:
        raise WrongState

    asked = factories.request(cast.mentee, cast.ruth, at=now())
    monkeypatch.setattr(answering.requests, "decline", refuse)
    text = post(ruth_client, "matching:decline", asked.pk, reason_class="time", text="Kept words").content.decode()
    assert "Kept words" in text
    assert "This has changed" in text


@pytest.mark.parametrize(("choice", "now_asked"), [("yes", 1), ("no", 0)])
def test_withdrawing_asks_whether_the_next_is_asked(
    cast: Cast, mentee_client: Client, choice: str, now_asked: int
) -> None:
    ShortlistEntry.objects.create(mentee=cast.mentee, mentor=cast.kenji, rank=1)
    asked = factories.request(cast.mentee, cast.ruth, at=now())
    assert (
        "Please choose what should happen next." in post(mentee_client, "matching:withdraw", asked.pk).content.decode()
    )
    assert (
        "withdrawn your request" in post(mentee_client, "matching:withdraw", asked.pk, ask_next=choice).content.decode()
    )
    assert Request.objects.pending().filter(mentor_enrolment=cast.kenji).count() == now_asked
    again = post(mentee_client, "matching:withdraw", asked.pk, ask_next=choice).content.decode()
    assert "This has changed since the page was shown." in again
    assert "It was taken back." in page(mentee_client, "matching:request", asked.pk)


def test_foreign_and_missing_requests_answer_alike(cast: Cast) -> None:
    asked = factories.request(cast.mentee, cast.ruth, at=now())
    coordinator = people.person(staff=True)
    cast.cohort.coordinators.add(coordinator)
    for who in (cast.kenji.person, coordinator):
        client = signed_in(who)
        for name in ("matching:request", "matching:decline"):
            foreign = client.get(reverse(name, args=[asked.pk]))
            missing = client.get(reverse(name, args=[uuid.uuid4()]))
            assert foreign.status_code == missing.status_code == 404
            assert without_token(foreign) == without_token(missing)
        for name in ("matching:accept", "matching:withdraw"):
            assert post(client, name, asked.pk).status_code == 404


def test_an_empty_inbox_says_what_will_be_there(cast: Cast, ruth_client: Client) -> None:
    assert "No requests yet" in page(ruth_client, "matching:inbox")
    factories.request(cast.mentee, cast.ruth, at=now() - timedelta(days=30), state=RequestState.EXPIRED)
    assert "Earlier" in page(ruth_client, "matching:inbox")


def test_changes_are_posts_and_pages_want_a_sign_in(cast: Cast, client: Client, mentee_client: Client) -> None:
    for name in (
        "matching:shortlist_add",
        "matching:accept",
        "matching:withdraw",
        "matching:shortlist_move",
        "matching:shortlist_remove",
    ):
        assert mentee_client.get(reverse(name, args=[cast.ruth.pk])).status_code == 405
    assert client.get(reverse("matching:suggestions")).url.startswith(reverse("account_login"))
