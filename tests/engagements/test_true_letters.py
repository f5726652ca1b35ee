"""Which e-mails may still leave in which state of a pairing, and what those that come late may say.

An e-mail waits: for the next one of its day, through quiet days, while the mail server is away. So it is asked in
each state whether it still holds, and words such as "today" are asked of a later day.
"""

from datetime import timedelta

import pytest

from common.transitions import Actor
from engagements.domain import agreements, assistants, decisions, lengths
from engagements.models import CheckIn
from matching.domain import pairings
from outbox.kinds import person_of, registered
from outbox.models import Letter
from tests.engagements import stories
from tests.engagements.stories import END, NOW, TERMS
from tests.engagements.views.test_true_sentences import BEFORE, CLOSING, OVER, RUNNING, STATES

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3)
ENDED = OVER - {"completed"}
DUE: dict[str, set[str]] = {
    "request_accepted": BEFORE,
    "introduced_idle": BEFORE,
    "chemistry_agreed": BEFORE,
    "pairing_taken_up": BEFORE,
    "pairing_end_moved": BEFORE,
    "pairing_active": RUNNING,
    "pairing_resumed": RUNNING,
    "pairing_end_near": RUNNING,
    "pairing_paused": {"paused"},
    "pairing_closing": CLOSING,
    "pairing_completed": {"completed"},
    "pairing_ended": ENDED,
    "partner_erased": ENDED,
    "partner_account_closed": set(),  # nobody's is, in these
}


def letter(kind, subject, person, occasion="looked at"):
    words = {"kind": kind, "subject_id": subject.pk, "person": person, "occasion": occasion}
    made = {"due_at": NOW, "message_id": f"{kind} {subject.pk} {person.pk} {occasion}"}
    return Letter.objects.get_or_create(**words, defaults=made)[0]


def text(row):
    return " ".join(registered()[row.kind].render(row, person_of(row)).text.split())


def holds(row, now=LATER):
    return registered()[row.kind].still_due(row, now) is None


@pytest.mark.parametrize("state", STATES)
def test_an_e_mail_about_a_pairing_leaves_only_while_it_is_true(state):
    pairing = STATES[state]()
    named = {"pairing_end_near": str(pairing.planned_end), "pairing_end_moved": f"{pairing.planned_end:%Y%m%d} moved"}
    rows = [letter(kind, pairing, pairing.mentor, named.get(kind, "looked at")) for kind in DUE]
    assert {row.kind for row in rows if holds(row)} == {kind for kind, true in DUE.items() if state in true}


def test_whoever_has_said_yes_is_not_asked_whether_they_have_met():
    pairing = stories.introduced()
    pairings.answer_chemistry(pairing=pairing, user=pairing.mentee, go_ahead=True, now=NOW)
    said_yes, has_not = (text(letter("introduced_idle", pairing, who)) for who in (pairing.mentee, pairing.mentor))
    assert "whose turn it is" in said_yes
    assert "Have you met" not in said_yes
    assert "Have you met" in has_not


def test_who_is_to_write_the_agreement_hears_nothing_once_it_is_written():
    pairing = stories.agreeing()
    waiting = Letter.objects.filter(kind="chemistry_agreed", subject_id=pairing.pk)
    assert set(waiting.values_list("state", flat=True)) == {"pending"}
    agreements.propose(pairing=pairing, user=pairing.mentee, **TERMS, now=NOW)
    assert set(waiting.values_list("state", "reason")) == {("cancelled", "agreement_written")}


def test_an_answer_about_the_length_holds_while_it_is_the_last_word():
    pairing = stories.active()
    proposal = lengths.propose(pairing=pairing, user=pairing.mentee, planned_end=END - timedelta(days=30), now=NOW)
    lengths.agree(proposal=proposal, user=pairing.mentor, now=NOW)
    row = Letter.objects.get(kind="length_answered", subject_id=proposal.pk)
    assert holds(row)
    pairing.refresh_from_db()
    again = lengths.propose(pairing=pairing, user=pairing.mentee, planned_end=END, now=NOW)
    lengths.agree(proposal=again, user=pairing.mentor, now=NOW)
    assert not holds(row), "it names a day that is no longer planned"
    row = Letter.objects.get(kind="length_answered", subject_id=again.pk)
    assert holds(row)
    pairing.refresh_from_db()
    pairings.begin_closing(pairing=pairing, user=pairing.mentor, actor=Actor.MENTOR, now=NOW)
    assert not holds(row), "nobody may propose another day any more"


def test_no_e_mail_that_may_come_late_says_today_or_in_two_weeks():
    pairing = stories.active()
    decided = stories.asked(pairing)
    said = {"choice": "Sold.", "confidence_after": 70, "look_back_on": END}
    decisions.decide(decision=decided, user=pairing.mentee, **said, now=NOW)
    due = Letter.objects.get(kind="outcome_due", subject_id=decided.pk)
    near = letter("pairing_end_near", pairing, pairing.mentee, str(pairing.planned_end))
    for row in (due, near):
        item = registered()[row.kind].item(row, person_of(row))
        said = text(row) + item.heading + item.line + registered()[row.kind].render(row, person_of(row)).subject
        assert "11 December" in said
        for word in ("today", "Today", "wo weeks"):
            assert word not in said, word


def test_an_overdue_check_in_offers_to_be_put_off_only_while_it_can():
    pairing = stories.active()
    row = stories.check_in(pairing)
    overdue = Letter.objects.get(kind="check_in_overdue", subject_id=row.pk)
    assert "put it off" in text(overdue)
    CheckIn.objects.filter(pk=row.pk).update(snoozes=2)
    assert "put it off" not in text(overdue)


def test_of_an_assistant_it_is_said_what_holds_beside_another_one():
    leader = stories.active().mentee
    first = stories.assistant(leader)
    assistants.end(assistant=first, user=leader, now=NOW)
    row = Letter.objects.get(kind="assistant_ended", subject_id=first.pk, person=first.person)
    mine = letter("assistant_ended", first, leader, "to the leader")
    assert "alone" not in text(mine), "another assistant may be written to"
    assert holds(row)
    stories.assistant(leader, first.person)
    assert not holds(row), "they serve again"
