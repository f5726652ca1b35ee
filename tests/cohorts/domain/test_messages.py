"""A coordinator writes to people of a cohort: who may, what leaves, what is kept of it, and how it is stopped."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cohorts.domain import messages
from cohorts.letters import MESSAGE
from cohorts.states import Role
from common.clock import now
from common.errors import NotPermitted, Refused
from common.history import tell
from common.models import Event
from outbox.domain import enclosures
from outbox.kinds import person_of, registered
from outbox.models import Enclosure, Letter, LetterState
from tests import people
from tests.admin.conftest import Desk, desk  # noqa: F401 - a fixture
from tests.matching import factories

pytestmark = pytest.mark.django_db
TEXT = "Dear all,\n\nwe meet on <Monday>."


def written(desk: Desk, *enrolments: Any, text: str = TEXT, user: Any = None) -> list[Letter]:  # noqa: F811 - the fixture
    messages.write(enrolments=enrolments or [desk.enrolment], user=user or desk.coordinator, text=text, now=now())
    return list(Letter.objects.filter(kind=MESSAGE).order_by("pk"))


def test_everybody_gets_one_of_their_own_in_ten_minutes(desk: Desk) -> None:  # noqa: F811
    both = factories.enrolment(desk.cohort, desk.enrolment.person, Role.MENTOR)
    gone = factories.enrolment(desk.cohort, people.mentee(), state="withdrawn")
    closed = factories.enrolment(desk.cohort, people.mentee())
    closed.person.is_active = False
    letters = written(desk, desk.enrolment, both, gone, closed, desk.pairing.mentee_enrolment)
    assert {letter.person for letter in letters} == {desk.enrolment.person, desk.pairing.mentee}
    assert {letter.cohort_id for letter in letters} == {desk.cohort.pk}
    assert all(timedelta(minutes=9) < letter.due_at - now() <= messages.DELAY for letter in letters)
    kind, letter = registered()[MESSAGE], letters[0]
    recipient = person_of(letter)
    assert recipient
    content = kind.render(letter, recipient)
    assert content.subject == "A message from your coordinator"
    assert "Clara Coordinator writes to you" in content.text
    assert "we meet on <Monday>." in content.text
    assert "we meet on &lt;Monday&gt;." in content.html
    assert f"An answer to this e-mail reaches {desk.coordinator.email}." in " ".join(content.text.split())
    (line,) = tell(Event.objects.filter(verb="write_to"))
    assert line == "Clara Coordinator wrote an e-mail to people of the cohort Spring: 2 of them."
    assert "Monday" not in str(Letter.objects.values()) + str(Event.objects.values()) + str(Enclosure.objects.values())
    assert kind.still_due(letter, now()) is None
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.SENT, sent_at=now())
    enclosures.clear()
    assert Enclosure.objects.count() == 1
    desk.pairing.mentee.enrolments.update(state="withdrawn")
    assert kind.still_due(letters[1] if letters[1].person == desk.pairing.mentee else letter, now()) is not None


def test_it_is_refused_to_others_for_several_cohorts_and_beyond_the_limits(
    desk: Desk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(NotPermitted):
        written(desk, user=desk.stranger)
    elsewhere = factories.enrolment(factories.cohort(coordinators=(desk.coordinator,)))
    for enrolments, text in (
        ([desk.enrolment, elsewhere], TEXT),
        ([desk.enrolment], " "),
        ([desk.enrolment], "x" * (messages.LONGEST + 1)),
        ([factories.enrolment(desk.cohort, state="withdrawn")], TEXT),
    ):
        with pytest.raises(Refused):
            written(desk, *enrolments, text=text)
    for _each in range(messages.A_DAY):
        written(desk)
    with pytest.raises(Refused, match="within a day"):
        written(desk)
    monkeypatch.setattr(messages, "MOST", 1)
    with pytest.raises(Refused, match="at most 1"):
        written(desk, desk.enrolment, desk.pairing.mentee_enrolment)
    assert Letter.objects.filter(kind=MESSAGE).count() == messages.A_DAY


def test_at_the_desk_it_is_shown_first_and_stopped_as_a_whole(desk: Desk) -> None:  # noqa: F811
    client, listed = desk.client(desk.coordinator), reverse("admin:cohorts_enrolment_changelist")
    whom = [str(desk.enrolment.pk), str(desk.pairing.mentee_enrolment_id)]
    said = {"action": "write", "confirmed": "1", "_selected_action": whom, "text": TEXT}
    shown = client.post(listed, said)
    foreseen = shown.context["foreseen"]
    assert foreseen[0] == "The message is for 2 people, in one e-mail each: nobody sees who else."
    assert foreseen[1].startswith("Whoever has stopped messages from coordinators")
    assert foreseen[-2:] == ["Dear all,", "we meet on <Monday>."]
    assert not Letter.objects.filter(kind=MESSAGE).exists()
    done = client.post(listed, {**said, "told": foreseen}, follow=True)
    assert "2 e-mails leave at" in done.text
    care = client.get(reverse("admin:care", args=[desk.cohort.pk]))
    (part,) = [part for part in care.context["parts"] if part.key == "messages"]
    assert (part.number, str(part.lines[0].acts[0].label)) == (1, "Stop")
    letter = Letter.objects.filter(kind=MESSAGE).first()
    assert letter
    stopping = {"action": "stop", "confirmed": "1", "_selected_action": [str(letter.pk)]}
    mails = reverse("admin:outbox_letter_changelist")
    desk.client(desk.stranger).post(mails, stopping)
    assert Letter.objects.filter(kind=MESSAGE, state=LetterState.PENDING).count() == 2
    with pytest.raises(NotPermitted):
        messages.stop(letter=letter, user=desk.stranger, now=now())
    assert "2 e-mails of this message do not leave" in client.post(mails, stopping, follow=True).text
    assert {each.reason for each in Letter.objects.filter(kind=MESSAGE)} == {"message_stopped"}
    with pytest.raises(Refused, match="has left, or was stopped"):
        messages.stop(letter=letter, user=desk.coordinator, now=now())
