"""The desk's page of letters: whether they flow, one letter's fate, and what can be done."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.domain import invitations
from cohorts.models import RoleOffer
from cohorts.states import Role
from common.clock import now
from common.models import Event
from engagements.domain import check_in_planning
from engagements.models import Agreement
from matching.domain import alerts
from matching.models.alerts import AlertKind
from outbox.domain import health, resending, restoring, troubles
from outbox.domain.post import post
from outbox.kinds import registered
from outbox.models import Letter, LetterState, Trouble
from tests import people
from tests.admin.conftest import Desk
from tests.matching import factories

pytestmark = pytest.mark.django_db

LIST = reverse("admin:outbox_letter_changelist")


def text(desk: Desk, where: str = LIST) -> str:
    answer = desk.client(desk.coordinator).get(where)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_that_letters_flow_and_when_the_last_one_left(desk):
    health.heard_of(health.BEAT), health.heard_of("worker:one@here")
    assert "E-mails are ready to leave." in text(desk)
    Letter.objects.update(state=LetterState.SENT, sent_at=now())
    assert "The last one left a moment ago" in text(desk)
    assert "E-mails are flowing." in text(desk, reverse("admin:index"))


def test_it_says_in_words_what_keeps_them_and_what_to_do(desk):
    assert "The scheduler has never been heard of." in text(desk)
    assert "The worker that sends has never been heard of." in text(desk)
    health.heard_of(health.BEAT), health.heard_of("worker:one@here")
    troubles.refused("the mail server answered 535 <bad> password")
    shown = text(desk)
    assert "All e-mails wait." in shown
    assert "535 &lt;bad&gt; password" in shown
    assert "whether it may use the sender&#x27;s address" in shown
    assert "All e-mails wait." in text(desk, reverse("admin:index"))


def test_after_a_restore_the_desk_says_what_to_do_and_lets_e_mails_leave_again(desk):
    restoring.hold_restored(now=now())
    shown = text(desk)
    assert "All e-mails wait." in shown
    assert "What was due by then may have arrived, and is held." in shown
    assert "Look at the e-mails that may have arrived" in shown
    desk.client(desk.superuser).post(reverse("admin:outbox_letter_resume"))
    assert not troubles.is_stopped()


def test_all_letters_are_paused_and_resumed_after_asking(desk):
    client = desk.client(desk.superuser)
    pause, resume = reverse("admin:outbox_letter_pause"), reverse("admin:outbox_letter_resume")
    assert "None is lost" in client.get(pause).content.decode()
    assert not Trouble.objects.exists(), "looking does nothing"
    for _twice in range(2):
        assert client.post(pause, follow=True).status_code == 200
    assert Trouble.objects.open().get().paused_by == desk.superuser
    assert f"{desk.superuser} paused all e-mails" in text(desk)
    assert "This has changed" in client.post(pause, follow=True).content.decode()
    client.post(resume)
    assert not Trouble.objects.open().exists()
    assert list(Event.objects.filter(user=desk.superuser).order_by("id").values_list("verb", flat=True)) == [
        "pause_letters",
        "resume_letters",
    ]


def test_a_coordinator_neither_pauses_nor_is_offered_to(desk):
    client = desk.client(desk.coordinator)
    for page in ("pause", "resume"):
        where = reverse(f"admin:outbox_letter_{page}")
        assert where not in text(desk)
        assert client.get(where).status_code == client.post(where).status_code == 403
    assert "A superuser can pause all e-mails." in text(desk)
    assert not Trouble.objects.exists()


@pytest.mark.parametrize(
    ("state", "advice", "verbs"),
    [
        (LetterState.DEAD, "If the address is wrong", ["resend", "leave"]),
        (LetterState.HELD, "it may have arrived", ["resend", "leave"]),
        (LetterState.SENT, "The mail server took it", ["resend"]),
        (LetterState.CANCELLED, "Nothing to do", []),
        (LetterState.PENDING, "It is tried again automatically", []),
    ],
)
def test_a_letter_says_what_to_do(desk, state, advice, verbs):
    letter = Letter.objects.get()
    sent_at = now() if state == LetterState.SENT else None
    Letter.objects.update(state=state, attempts=1, reason="answered", detail="550 no", sent_at=sent_at)
    answer = desk.client(desk.coordinator).get(reverse("admin:outbox_letter_change", args=[letter.pk]))
    shown = answer.content.decode()
    assert advice in shown
    assert "The mail server answered: 550 no" in shown
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


def listed(desk: Desk, who):
    return set(desk.client(who).get(LIST).context["cl"].queryset.values_list("pk", flat=True))


def test_letters_about_agreements_check_ins_and_alerts_are_their_cohorts(desk):
    """Whatever a letter is about, its columns say whose it is."""
    alert = alerts.alert(kind=AlertKind.CHECK_INS_MISSED, subject=desk.pairing, now=now())
    agreement = Agreement.objects.create(
        pairing=desk.pairing,
        version=1,
        check_in_every=4,
        planned_end=desk.cohort.ends_on,
        written_by=desk.pairing.mentee,
        written_at=now(),
    )
    waiting = post(kind="agreement_waiting", subject=agreement, person=desk.pairing.mentor, due_at=now())
    check_in_planning.plan(pairing=desk.pairing, now=now())
    told = Letter.objects.get(kind="coordinator_alert")
    assert (told.subject_id, told.pairing_id, told.person) == (alert.pk, desk.pairing.pk, desk.coordinator)
    everything = set(Letter.objects.values_list("pk", flat=True))
    assert {waiting.pk, told.pk} < everything
    assert Letter.objects.filter(kind="check_in_due").exists()
    assert listed(desk, desk.coordinator) == listed(desk, desk.superuser) == everything
    assert listed(desk, desk.stranger) == set()


def test_letters_about_what_one_is_party_to_are_hidden(desk):
    for who in (desk.coordinator, desk.superuser):
        own_enrolment = factories.enrolment(desk.cohort, who)
        own = factories.pairing(own_enrolment, factories.enrolment(desk.cohort, people.mentor(), Role.MENTOR), at=now())
        about = [
            post(kind="pairing_active", subject=own, person=own.mentor, due_at=now()),
            post(kind="request_asked", subject=own.request, person=own.mentor, due_at=now()),
        ]
        other = people.person(staff=True)
        desk.cohort.coordinators.add(other)
        for kind, subject in (
            (AlertKind.INTRODUCED_IDLE, own),
            (AlertKind.SHORTLIST_EMPTY, own_enrolment),
        ):
            raised = alerts.alert(kind=kind, subject=subject, now=now())
            about.append(Letter.objects.get(subject_id=raised.pk, person=other))
        hidden = {letter.pk for letter in about}
        assert not hidden & listed(desk, who)
        assert hidden <= listed(desk, other)


def test_an_invitation_names_whom_it_is_to(desk):
    made = invitations.invite(email="ines@far.example", name="Ines Invited", user=None, now=now())
    letter = Letter.objects.get(invitation_id=made.pk)
    assert letter.pk not in listed(desk, desk.coordinator), "it offers nothing in their cohorts"
    RoleOffer.objects.create(invitation=made, cohort=desk.cohort, role=Role.MENTEE)
    assert letter.pk in listed(desk, desk.coordinator)
    assert letter.pk not in listed(desk, desk.stranger)
    assert "Ines Invited &lt;ines@far.example&gt;" in text(desk)
    assert "Ines Invited &lt;ines@far.example&gt;" in text(
        desk, reverse("admin:outbox_letter_change", args=[letter.pk])
    )
    found = desk.client(desk.coordinator).get(LIST, {"q": "ines@far"}).context["cl"].result_list
    assert [row.pk for row in found] == [letter.pk]


def test_every_number_leads_to_its_letters(desk):
    client = desk.client(desk.coordinator)
    for _words, _count, query in client.get(LIST).context["flow"].facts:
        assert client.get(f"{LIST}?{query}").status_code == 200


def test_what_wants_somebody_comes_first_and_what_is_to_come_last(desk):
    letter = Letter.objects.get()
    for number, (state, days) in enumerate((("pending", 1), ("cancelled", -1), ("dead", -9))):
        due_at = now() + timedelta(days=days)
        post(kind=letter.kind, subject=desk.pairing, person=letter.person, due_at=due_at, occasion=str(number))
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
