"""The desk's page of letters: whether they flow, one letter's fate, and what can be done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from common.clock import now
from common.models import Event
from outbox.domain import health, resending, troubles
from outbox.domain.post import post
from outbox.kinds import registered
from outbox.models import Letter, LetterState, Trouble
from tests.admin.conftest import Desk

pytestmark = pytest.mark.django_db

LIST = reverse("admin:outbox_letter_changelist")


def text(desk: Desk, where: str = LIST) -> str:
    answer = desk.client(desk.coordinator).get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_that_letters_flow_and_when_the_last_one_left(desk):
    health.heard_of(health.BEAT), health.heard_of("worker:one@here")
    assert "Letters are ready to leave." in text(desk)
    Letter.objects.update(state=LetterState.SENT, sent_at=now())
    assert "The last one left 0" in text(desk)
    assert "Letters are flowing." in text(desk, reverse("admin:index"))


def test_it_says_in_words_what_keeps_them_and_what_to_do(desk):
    assert "The scheduler has never been heard of." in text(desk)
    assert "The worker that sends has never been heard of." in text(desk)
    health.heard_of(health.BEAT), health.heard_of("worker:one@here")
    troubles.refused("the mail server answered 535 <bad> password")
    shown = text(desk)
    assert "All letters wait." in shown
    assert "535 &lt;bad&gt; password" in shown
    assert "whether it may use the sender&#x27;s address" in shown
    assert "All letters wait." in text(desk, reverse("admin:index"))


def test_all_letters_are_paused_and_resumed_after_asking(desk):
    client = desk.client(desk.coordinator)
    pause, resume = reverse("admin:outbox_letter_pause"), reverse("admin:outbox_letter_resume")
    assert "None is lost" in client.get(pause).content.decode()
    assert not Trouble.objects.exists(), "looking does nothing"
    for _twice in range(2):
        assert client.post(pause, follow=True).status_code == 200
    assert Trouble.objects.open().get().paused_by == desk.coordinator
    assert f"{desk.coordinator} paused all letters" in text(desk)
    assert "This has changed" in client.post(pause, follow=True).content.decode()
    client.post(resume)
    assert not Trouble.objects.open().exists()
    assert list(Event.objects.filter(person=desk.coordinator).order_by("id").values_list("verb", flat=True)) == [
        "pause_letters",
        "resume_letters",
    ]


@pytest.mark.parametrize(
    ("state", "advice", "verbs"),
    [
        (LetterState.DEAD, "If the address is wrong", ["resend", "leave"]),
        (LetterState.HELD, "it may have arrived", ["resend", "leave"]),
        (LetterState.SENT, "The mail server took it", ["resend"]),
        (LetterState.CANCELLED, "Nothing to do", []),
        (LetterState.PENDING, "It is tried again by itself", []),
    ],
)
def test_a_letter_says_what_to_do(desk, state, advice, verbs):
    letter = Letter.objects.get()
    sent_at = now() if state == LetterState.SENT else None
    Letter.objects.update(state=state, attempts=1, reason="the mail server answered 550 no", sent_at=sent_at)
    answer = desk.client(desk.coordinator).get(reverse("admin:outbox_letter_change", args=[letter.pk]))
    shown = answer.content.decode()
    assert advice in shown
    assert "the mail server answered 550 no" in shown
    assert [verb.name for verb in answer.context["verbs"]] == verbs


def test_a_letter_is_sent_again_and_left_after_asking(desk):
    letter = Letter.objects.get()
    client = desk.client(desk.coordinator)
    for verb, state in (("resend", LetterState.PENDING), ("leave", LetterState.CANCELLED)):
        Letter.objects.update(state=LetterState.DEAD)
        words = {"action": verb, "_selected_action": str(letter.pk), "from_page": "1"}
        client.post(LIST, words)
        letter.refresh_from_db()
        assert letter.state == LetterState.DEAD, "asked first"
        client.post(LIST, {**words, "confirmed": "1"})
        letter.refresh_from_db()
        assert letter.state == state


def test_what_was_done_about_letters_is_history_for_those_whose_cohort_it_concerns(desk):
    letter = Letter.objects.get()
    Letter.objects.update(state=LetterState.DEAD)
    resending.resend(letter=letter, user=desk.coordinator, now=now())
    troubles.pause_all(user=desk.coordinator, now=now())
    history = reverse("admin:common_event_changelist")

    def seen(who):
        return {event.verb for event in desk.client(who).get(history).context["cl"].result_list}

    assert {"resend", "pause_letters"} <= seen(desk.coordinator)
    assert seen(desk.stranger) == {"pause_letters"}, "all letters are everybody's, a letter is its cohort's"
    assert {"resend", "pause_letters"} <= seen(desk.superuser)


def test_letters_are_found_by_recipient_state_kind_and_doubt(desk):
    client = desk.client(desk.coordinator)
    person = Letter.objects.get().person
    Letter.objects.update(doubts=1)
    for query, count in (
        ({"q": person.email}, 1),
        ({"q": person.name}, 1),
        ({"q": "nobody"}, 0),
        ({"kind": "introduced_idle"}, 1),
        ({"kind": "check_in_due"}, 0),
        ({"doubt": "yes"}, 1),
        ({"state__exact": "dead"}, 0),
    ):
        assert client.get(LIST, query).context["cl"].result_count == count, query


def test_every_number_leads_to_its_letters(desk):
    client = desk.client(desk.coordinator)
    for _words, _count, query in client.get(LIST).context["flow"].facts:
        assert client.get(f"{LIST}?{query}").status_code == 200


def test_what_wants_somebody_comes_first_and_what_is_to_come_last(desk):
    letter = Letter.objects.get()
    for number, (state, days) in enumerate((("pending", 1), ("cancelled", -1), ("dead", -9))):
        due_at = now() + timedelta(days=days)
        post(kind=letter.kind, subject_id=letter.subject_id, person=letter.person, due_at=due_at, occasion=str(number))
        Letter.objects.filter(occasion=str(number)).update(state=state)
    rows = desk.client(desk.coordinator).get(LIST).context["cl"].result_list
    assert [row.occasion for row in rows] == ["2", "1", "", "0"]


def test_the_numbers_are_of_what_one_may_see(desk):
    Letter.objects.update(state=LetterState.DEAD)
    counts = {
        who: {words: count for words, count, _query in desk.client(who).get(LIST).context["flow"].facts}
        for who in (desk.coordinator, desk.stranger)
    }
    assert [each["Could not be delivered"] for each in counts.values()] == [1, 0]


def test_a_kind_is_called_as_its_recipients_know_it(desk):
    letter = Letter.objects.filter(kind__in=registered()).first()
    title = str(registered()[letter.kind].title)
    assert f"?kind={letter.kind}" in text(desk)
    shown = text(desk, reverse("admin:outbox_letter_change", args=[letter.pk]))
    assert f"<h1>{escape(title)}</h1>" in shown
    Letter.objects.filter(pk=letter.pk).update(kind="of_a_later_version")
    assert "<h1>of_a_later_version</h1>" in text(desk, reverse("admin:outbox_letter_change", args=[letter.pk]))
