"""No note is lost: one too long is refused, one of another tab given back, and one left on the shortlist goes along."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import Enrolment
from common.clock import now
from common.errors import NotPermitted, Refused
from common.models import ContentKey
from matching.domain import asking, notes, requests, shortlist
from matching.models import Request, ShortlistEntry
from matching.models.requests import TEXT_LENGTH, DeclineClass
from tests.matching import factories
from tests.matching.views.conftest import Cast, signed_in
from tests.matching.views.test_finding import page

pytestmark = pytest.mark.django_db
FIRST, SECOND = "To you, Ruth.\nAbout January.", "To you, Kenji, about boards."


@pytest.fixture
def listed(cast: Cast) -> list[ShortlistEntry]:
    return [
        shortlist.add(mentee_enrolment=cast.mentee, mentor_enrolment=each, user=cast.mentee.person, now=now())
        for each in (cast.ruth, cast.kenji)
    ]


def send(client: Client, name: str, pk: Any, **said: Any) -> Any:
    return client.post(reverse(f"matching:{name}", args=[pk]), said)


def test_a_note_left_on_the_shortlist_goes_along(
    cast: Cast, mentee_client: Client, listed: list[ShortlistEntry]
) -> None:
    assert send(mentee_client, "shortlist_note", listed[0].pk, note=FIRST).status_code == 302
    assert send(mentee_client, "shortlist_note", listed[1].pk, note=SECOND).status_code == 302
    assert "To you, Ruth." in page(mentee_client, "matching:ask", cast.ruth.pk)
    assert "Your note to Kenji goes along." in page(mentee_client, "matching:ask", cast.ruth.pk)
    send(mentee_client, "ask", cast.ruth.pk, note=FIRST.replace("\n", "\r\n"))
    asked = Request.objects.get()
    assert asked.read("note") == FIRST

    requests.decline(request=asked, user=asked.mentor, now=now(), reason_class=DeclineClass.TIME, text="")
    asking.ask_all_next(now=now())

    following = Request.objects.get(mentor=cast.kenji.person)
    assert following.read("note") == SECOND
    client = signed_in(cast.kenji.person)
    assert SECOND in page(client, "matching:request", following.pk)
    assert "To you, Ruth." not in page(client, "matching:request", following.pk)
    assert not ShortlistEntry.objects.exclude(note=None).exists()
    assert ContentKey.objects.count() == Request.objects.count()


def test_without_a_note_the_next_is_asked_without(cast: Cast, listed: list[ShortlistEntry]) -> None:
    asked = asking.ask(mentee_enrolment=cast.mentee, mentor_enrolment=cast.ruth, user=cast.mentee.person, now=now())
    requests.decline(request=asked, user=asked.mentor, now=now(), reason_class=DeclineClass.TIME, text="")
    asking.ask_all_next(now=now())
    assert Request.objects.get(mentor=cast.kenji.person).read("note") == ""


def test_a_note_that_cannot_be_read_stops_no_request(cast: Cast, listed: list[ShortlistEntry]) -> None:
    user = cast.mentee.person
    notes.leave(mentee_enrolment=cast.mentee, entry_id=listed[1].pk, note=SECOND, user=user)
    ShortlistEntry.objects.filter(pk=listed[1].pk).update(note=b"\x01damaged and long enough to be read as sealed")
    asked = asking.ask(mentee_enrolment=cast.mentee, mentor_enrolment=cast.ruth, user=user, now=now())
    requests.decline(request=asked, user=asked.mentor, now=now(), reason_class=DeclineClass.TIME, text="")
    asking.ask_all_next(now=now())
    assert Request.objects.get(mentor=cast.kenji.person).read("note") == ""


def test_a_note_can_be_changed_emptied_and_goes_with_its_entry(
    cast: Cast, mentee_client: Client, listed: list[ShortlistEntry]
) -> None:
    entry = listed[0]
    for words, shown in ((FIRST, "Your note"), (SECOND, "Your note"), ("", "Leave a note")):
        answer = mentee_client.post(reverse("matching:shortlist_note", args=[entry.pk]), {"note": words}, follow=True)
        assert shown in answer.content.decode()
        assert ShortlistEntry.objects.get(pk=entry.pk).read("note") == words
    send(mentee_client, "shortlist_note", entry.pk, note=FIRST)
    ShortlistEntry.objects.filter(pk=entry.pk).update(skipped_at=now())
    anew = shortlist.add(mentee_enrolment=cast.mentee, mentor_enrolment=cast.ruth, user=cast.mentee.person, now=now())
    assert anew.pk != entry.pk
    assert anew.read("note") == FIRST
    shortlist.remove(mentee_enrolment=cast.mentee, entry_id=anew.pk, user=cast.mentee.person)
    assert not ContentKey.objects.exists()


def test_whose_turn_is_over_is_told_and_nobody_else_may_write(
    cast: Cast, mentee_client: Client, ruth_client: Client, listed: list[ShortlistEntry]
) -> None:
    missing = send(ruth_client, "shortlist_note", uuid.uuid4(), note=FIRST)
    assert send(ruth_client, "shortlist_note", listed[0].pk, note=FIRST).status_code == missing.status_code == 404
    with pytest.raises(NotPermitted):
        notes.leave(mentee_enrolment=cast.mentee, entry_id=listed[0].pk, note="", user=cast.ruth.person)
    ShortlistEntry.objects.filter(pk=listed[0].pk).update(asked_at=now())
    answer = send(mentee_client, "shortlist_note", listed[0].pk, note=FIRST)
    assert answer.status_code == 422
    assert "was not kept" in answer.content.decode()
    assert "To you, Ruth." in answer.content.decode()
    assert mentee_client.get(reverse("matching:shortlist_note", args=[listed[0].pk])).status_code == 302


@pytest.mark.parametrize("where", ["ask", "shortlist_note"])
def test_what_is_too_long_is_refused_beside_the_field_and_kept(
    where: str, cast: Cast, mentee_client: Client, listed: list[ShortlistEntry]
) -> None:
    pk = cast.ruth.pk if where == "ask" else listed[0].pk
    long = "x" * TEXT_LENGTH + " end"
    answer = send(mentee_client, where, pk, note=long)
    assert list(answer.context["form"].errors) == ["note"]
    assert long in answer.content.decode()
    assert "maxlength" not in answer.content.decode()
    assert f'data-limit="{TEXT_LENGTH}"' in answer.content.decode()
    exactly = ("x" * (TEXT_LENGTH // 2 - 1) + "\r\n") * 2  # as long as the counter says, for all its ends of lines
    assert send(mentee_client, where, pk, note=exactly).status_code == 302


def test_the_domain_refuses_what_is_too_long(cast: Cast, listed: list[ShortlistEntry]) -> None:
    with pytest.raises(Refused, match="shorten the note"):
        notes.leave(
            mentee_enrolment=cast.mentee,
            entry_id=listed[0].pk,
            note="x" * (TEXT_LENGTH + 1),
            user=cast.mentee.person,
        )


def test_a_second_tab_s_note_is_given_back(cast: Cast, mentee_client: Client) -> None:
    send(mentee_client, "ask", cast.ruth.pk, note=FIRST)
    answer = send(mentee_client, "ask", cast.ruth.pk, note=SECOND)
    assert answer.status_code == 409
    assert SECOND in answer.content.decode()
    assert "You have asked Ruth Adeyemi already" in answer.content.decode()
    assert Request.objects.get().read("note") == FIRST
    assert send(mentee_client, "ask", cast.ruth.pk, note=FIRST).status_code == 302
    assert send(mentee_client, "ask", cast.ruth.pk, note="").status_code == 302


def test_a_second_tab_s_reason_is_given_back(cast: Cast, ruth_client: Client) -> None:
    asked = factories.request(cast.mentee, cast.ruth, at=now())
    send(ruth_client, "decline", asked.pk, reason_class="time", text="Too much travel.")
    answer = send(ruth_client, "decline", asked.pk, reason_class="time", text="Other words.")
    assert answer.status_code == 409
    assert "Other words." in answer.content.decode()
    assert send(ruth_client, "decline", asked.pk, reason_class="time", text="Too much travel.").status_code == 302


def test_words_for_whom_is_gone_are_given_back(cast: Cast, mentee_client: Client) -> None:
    Enrolment.objects.filter(pk=cast.ruth.pk).update(state="withdrawn")
    here = {"origin": "http://testserver"}
    address = reverse("matching:ask", args=[cast.ruth.pk])
    answer = mentee_client.post(address, {"note": SECOND}, headers=here)
    missing = mentee_client.post(reverse("matching:ask", args=[uuid.uuid4()]), {"note": SECOND}, headers=here)
    assert answer.status_code == missing.status_code == 404
    for each in (answer, missing):
        assert SECOND in each.content.decode()
        assert "This page is not here" in each.content.decode()


def test_notes_cost_the_shortlist_no_query(cast: Cast, mentee_client: Client, listed: list[ShortlistEntry]) -> None:
    counts = []
    mentee_client.get(reverse("matching:shortlist"))  # the pool is built once
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            mentee_client.get(reverse("matching:shortlist"))
        counts.append(len(queries))
        for entry in listed:
            notes.leave(mentee_enrolment=cast.mentee, entry_id=entry.pk, note=FIRST, user=cast.mentee.person)
    assert counts[0] == counts[1]
