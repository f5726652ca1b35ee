"""The pages of notes."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.transitions import Actor
from engagements.domain import notes
from engagements.models import Note
from matching.domain import pairings
from matching.models import Pairing
from tests.engagements import stories
from tests.matching.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def begun() -> Pairing:
    return stories.active()


def end(pairing: Pairing) -> None:
    pairings.end_early(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, end_class="time", now=NOW)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_each_reads_their_own_and_what_the_other_shares(begun: Pairing) -> None:
    for user, text, shared in (
        (begun.mentee, "For me.", False), (begun.mentee, "For both.", True), (begun.mentor, "Mentor alone.", False)
    ):  # fmt: skip
        notes.write(pairing=begun, user=user, text=text, shared=shared, now=NOW)
    shown = {}
    for person in (begun.mentee, begun.mentor):
        page = signed_in(person).get(reverse("engagements:notes", args=[begun.pk])).content.decode()
        shown[person.pk] = [text in page for text in ("For me.", "For both.", "Mentor alone.")]
    assert shown == {begun.mentee_id: [True, True, False], begun.mentor_id: [False, True, True]}


def test_a_note_is_written_shared_and_deleted_on_its_pages(begun: Pairing) -> None:
    client, other = signed_in(begun.mentee), begun.mentor.get_short_name()
    listed = reverse("engagements:notes", args=[begun.pk])
    said = client.post(listed, {"text": "A thought."}, follow=True).content.decode()
    assert "Saved, for you alone." in said
    note = Note.objects.get()
    at = reverse("engagements:note", args=[note.pk])
    page = client.get(at)
    shared = {"text": "A thought.", "shared": "on", "version": page.context["form"].version}
    assert f"by you; {other} can read it" in client.post(at, shared, follow=True).content.decode()
    assert "is deleted" in client.post(reverse("engagements:delete_note", args=[note.pk]), follow=True).content.decode()
    assert not Note.objects.exists()


def test_a_note_without_words_is_refused_beside_the_field(begun: Pairing) -> None:
    answer = signed_in(begun.mentee).post(reverse("engagements:notes", args=[begun.pk]), {"text": " ", "shared": "on"})
    assert answer.status_code == 200
    assert "Please write something." in answer.content.decode()
    assert not Note.objects.exists()


def test_two_tabs_do_not_overwrite_each_other(begun: Pairing) -> None:
    note = notes.write(pairing=begun, user=begun.mentee, text="First.", shared=False, now=NOW)
    client, at = signed_in(begun.mentee), reverse("engagements:note", args=[note.pk])
    version = client.get(at).context["form"].version
    client.post(at, {"text": "From one tab.", "version": version})
    late = client.post(at, {"text": "From the other.", "version": version})
    assert late.status_code == 200
    assert "From the other." in late.content.decode()
    assert Note.objects.get().words_of("text") == "From one tab."


def test_what_was_typed_comes_back_where_the_pairing_has_ended_meanwhile(begun: Pairing) -> None:
    client, at = signed_in(begun.mentee), reverse("engagements:notes", args=[begun.pk])
    end(begun)
    answer = client.post(at, {"text": "Typed for long."}, headers={"Origin": "http://testserver"})
    assert answer.status_code == 409
    assert "Typed for long." in answer.content.decode()


def test_notes_of_a_pairing_that_is_over_are_read_and_deleted(begun: Pairing) -> None:
    note = notes.write(pairing=begun, user=begun.mentee, text="From then.", shared=False, now=NOW)
    end(begun)
    client = signed_in(begun.mentee)
    page = client.get(reverse("engagements:notes", args=[begun.pk])).content.decode()
    assert "From then." in page
    assert reverse("engagements:delete_note", args=[note.pk]) in page
    assert 'name="text"' not in page
    assert client.get(reverse("engagements:note", args=[note.pk])).status_code == 302


def test_the_page_of_the_pairing_says_when_the_latest_was_written_and_by_whom(begun: Pairing) -> None:
    at = reverse("engagements:pairing", args=[begun.pk])
    assert "To yourself, or for" in signed_in(begun.mentor).get(at).content.decode()
    notes.write(pairing=begun, user=begun.mentee, text="For me.", shared=False, now=NOW)
    assert "To yourself, or for" in signed_in(begun.mentor).get(at).content.decode()
    notes.write(pairing=begun, user=begun.mentee, text="For both.", shared=True, now=NOW)
    assert f"The latest by {begun.mentee.get_short_name()}" in signed_in(begun.mentor).get(at).content.decode()
    assert "The latest by you" in signed_in(begun.mentee).get(at).content.decode()
