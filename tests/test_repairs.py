"""Every act has its undo or its repair: each verb that the history can hold, and what puts it right again."""

from collections.abc import Mapping

import pytest

from common import event_kinds
from engagements.views.actions import ACTIONS, PairingAction
from matching.admin.pairings import PairingAdmin
from matching.admin.requests import RequestAdmin

# What puts a verb right: other verbs, by whoever may do them; or in words, why there is nothing to put right.
Repair = tuple[tuple[str, str], ...] | str
ITSELF = "done once more, with what is right"
FOLLOWS = "follows from facts: when they are put right, it is looked at again"
FINAL = "the page says before that it cannot be taken back"

REPAIRS: Mapping[tuple[str, str], Repair] = {
    ("pairing", "write_agreement"): "a new version is written, which both sign anew",
    ("pairing", "sign_agreement"): "a new version is written, or the pairing is ended",
    ("assistant", "invite"): (("assistant", "withdraw"),),
    ("assistant", "send_again"): (("assistant", "withdraw"),),
    ("assistant", "choose_emails"): (("assistant", "choose_emails"),),
    ("assistant", "take_up"): (("assistant", "revoke"), ("assistant", "leave")),
    **{("assistant", verb): (("assistant", "invite"),) for verb in ("withdraw", "revoke", "leave", "close")},
    ("meeting", "propose"): (("meeting", "counter"), ("meeting", "cancel")),
    ("meeting", "counter"): (("meeting", "counter"), ("meeting", "cancel")),
    ("meeting", "reschedule"): (("meeting", "keep"),),
    ("meeting", "accept"): (("meeting", "reschedule"), ("meeting", "cancel")),
    ("meeting", "keep"): (("meeting", "reschedule"),),
    ("meeting", "set_place"): (("meeting", "set_place"),),
    ("meeting", "cancel"): (("meeting", "propose"),),
    ("meeting", "hold"): (("meeting", "miss"),),
    ("meeting", "miss"): (("meeting", "hold"),),
    ("meeting", "note"): (("meeting", "take_back"),),
    ("meeting", "take_back"): (("meeting", "note"),),
    ("meeting", "pass_by"): (("meeting", "hold"), ("meeting", "miss")),
    ("pairing", "cancel_check_ins"): FOLLOWS,
    ("pairing", "introduce"): (("pairing", "end_early"),),
    ("pairing", "answer_chemistry"): (("pairing", "answer_chemistry"), ("pairing", "take_up_again")),
    ("pairing", "activate"): (("pairing", "end_early"),),
    ("pairing", "pause"): (("pairing", "resume"),),
    ("pairing", "resume"): (("pairing", "pause"),),
    ("pairing", "move_end"): (("cohort", "move_end"),),
    ("pairing", "begin_closing"): FINAL,
    ("pairing", "complete"): "each looks back or lets thirty days pass, and the page says what the second does",
    ("lengthproposal", "propose"): (("lengthproposal", "withdraw"),),
    ("lengthproposal", "approve"): (("lengthproposal", "decline"),),
    ("lengthproposal", "agree"): (("lengthproposal", "propose"),),
    ("lengthproposal", "decline"): (("lengthproposal", "propose"),),
    ("lengthproposal", "withdraw"): (("lengthproposal", "propose"),),
    ("lengthproposal", "lapse"): (("lengthproposal", "propose"),),
    ("talk", "ask"): (("talk", "take_back"),),
    **{("talk", verb): (("talk", "ask"),) for verb in ("take_back", "settle")},
    ("scoresharing", "share"): (("scoresharing", "stop"),),
    ("scoresharing", "stop"): (("scoresharing", "share"),),
    ("review", "answer"): (("review", "correct"),),
    ("review", "correct"): (("review", "correct"),),
    ("review", "miss"): "there were thirty days and two e-mails",
    ("review", "cancel"): FOLLOWS,
    ("pairing", "take_up_again"): (("pairing", "end_early"),),
    ("pairing", "end_early"): FINAL,
    ("checkin", "answer"): (("checkin", "correct"),),
    ("checkin", "correct"): (("checkin", "correct"),),
    ("checkin", "snooze"): (("checkin", "answer"),),
    ("checkin", "miss"): (("checkin", "answer"),),
    ("decision", "ask"): (("decision", "drop"),),
    ("decision", "change"): (("decision", "change"),),
    ("decision", "view"): (("decision", "view"),),
    ("decision", "drop"): (("decision", "change"),),
    ("decision", "decide"): (("decision", "decide"),),
    ("decision", "look_back"): (("decision", "look_back"),),
    ("stockround", "answer"): (("stockround", "correct"),),
    ("stockround", "correct"): (("stockround", "correct"),),
    ("stockround", "cancel"): FOLLOWS,
    ("note", "share"): (("note", "keep_back"),),
    ("note", "keep_back"): (("note", "share"),),
    ("note", "change"): (("note", "change"),),
    ("note", "delete"): "it asks once more and says that it is for good",
    ("goal", "propose"): (("goal", "let_go"), ("goal", "withdraw")),
    ("goal", "take_up"): (("goal", "let_go"),),
    ("goal", "turn_down"): (("goal", "take_up"),),
    ("goal", "revise"): (("goal", "revise"),),
    ("goal", "withdraw"): (("goal", "revise"),),
    ("goal", "note"): (("goal", "correct"),),
    ("goal", "correct"): (("goal", "correct"),),
    ("goal", "tick"): (("goal", "untick"),),
    ("goal", "untick"): (("goal", "tick"),),
    ("goal", "change"): (("goal", "change"),),
    ("goal", "keep"): (("goal", "change"), ("goal", "let_go")),
    ("goal", "reach"): (("goal", "reopen"),),
    ("goal", "let_go"): (("goal", "reopen"),),
    ("goal", "reopen"): (("goal", "reach"), ("goal", "let_go")),
    ("shortlistentry", "skip"): (("request", "ask"),),
    ("request", "ask"): (("request", "withdraw"),),
    ("request", "ask_for"): (("request", "withdraw"),),
    ("request", "remind"): "one e-mail more or sooner; the request is as it was",
    ("request", "accept"): (("pairing", "end_early"),),
    ("request", "decline"): (("request", "lift_decline"),),
    ("request", "withdraw"): (("request", "ask"),),
    ("request", "expire"): (("request", "ask"),),
    ("request", "lapse"): (("request", "ask"),),
    ("request", "hold"): FOLLOWS,
    ("request", "go_on"): FOLLOWS,
    ("request", "move_deadline"): FOLLOWS,
    ("request", "lift_decline"): (("request", "decline"),),
    ("waiver", "waive"): ITSELF,
    ("alert", "settle"): (("alert", "reopen"),),
    ("alert", "reopen"): (("alert", "settle"),),
    ("matchrun", "match"): "nobody is told of it, and nothing agreed",
    ("matchrun", "publish"): (("request", "withdraw"),),
    ("matchrun", "discard"): (("matchrun", "keep"),),
    ("matchrun", "keep"): (("matchrun", "discard"),),
    ("cohort", "write_to"): (("cohort", "stop_writing"),),
    ("cohort", "stop_writing"): (("cohort", "write_to"),),
    ("cohort", "add"): (("cohort", "change"),),
    ("cohort", "count_outcomes"): "it is counted once, so that no two reports can be compared to find one person",
    ("cohort", "change"): (("cohort", "change"),),
    ("cohort", "move_end"): (("cohort", "move_end"),),
    ("cohort", "appoint"): (("cohort", "change"),),
    ("enrolment", "enrol"): (("enrolment", "take_back"), ("enrolment", "withdraw")),
    ("enrolment", "approve"): (("enrolment", "withdraw"),),
    ("enrolment", "join"): (("enrolment", "withdraw"),),
    ("enrolment", "withdraw"): (("enrolment", "approve"), ("enrolment", "join")),
    ("enrolment", "take_back"): (("enrolment", "enrol"),),
    ("enrolment", "set_capacity"): (("enrolment", "set_capacity"),),
    ("user", "edit_profile"): (("user", "edit_profile"),),
    ("user", "change_ties"): (("user", "take_back_tie"), ("user", "change_ties")),
    ("user", "take_back_tie"): (("user", "change_ties"),),
    ("user", "ask_new_address"): (("user", "undo_new_address"),),
    ("user", "undo_new_address"): (("user", "ask_new_address"),),
    ("user", "change_address"): (("user", "ask_new_address"),),
    ("user", "reset_second_factor"): "a second factor is set up anew",
    ("user", "close_account"): (("user", "reopen_account"),),
    ("user", "reopen_account"): (("user", "close_account"),),
    ("user", "ask_erasure"): (("user", "undo_erasure"),),
    ("user", "undo_erasure"): (("user", "ask_erasure"),),
    ("user", "export"): "a file that is saved is out of our hands: the line says who has it",
    ("user", "erase"): "there was a fortnight to undo it, and page and e-mail said that it is for good",
    ("user", "change"): (("user", "change"),),
    ("affiliation", "add"): (("user", "take_back_tie"),),
    ("affiliation", "change"): (("affiliation", "change"),),
    ("organisation", "add"): (("organisation", "change"), ("othername", "merge")),
    ("organisation", "change"): (("organisation", "change"),),
    ("organisation", "confirm"): (("organisation", "change"), ("othername", "merge")),
    ("organisation", "refuse"): (("organisation", "confirm"),),
    ("organisation", "remove_name"): (("othername", "add"),),
    ("organisation", "own"): (("organisation", "own"),),
    ("othername", "add"): (("organisation", "remove_name"),),
    ("othername", "date"): (("othername", "date"),),
    ("othername", "rename"): (("organisation", "change"),),
    ("othername", "merge"): (("organisation", "add"), ("user", "take_back_tie"), ("affiliation", "add")),
    ("competition", "compete"): (("competition", "stop_competing"),),
    ("competition", "stop_competing"): (("competition", "compete"),),
    ("topic", "add"): (("topic", "change"),),
    ("topic", "change"): (("topic", "change"),),
    ("invitation", "invite"): (("invitation", "revoke"),),
    ("invitation", "resend"): (("invitation", "revoke"),),
    ("invitation", "decline"): (("invitation", "invite"),),
    ("invitation", "revoke"): (("invitation", "invite"),),
    ("invitation", "prepare"): (("sheetimport", "upload"), ("user", "edit_profile")),
    ("user", "take_up_prepared"): (("user", "edit_profile"),),
    ("sheetimport", "upload"): (("sheetimport", "discard"),),
    ("sheetimport", "confirm"): "its page says before what is written and what can be put right one by one",
    ("sheetimport", "finish"): (("invitation", "revoke"), ("organisation", "change"), ("othername", "merge")),
    ("sheetimport", "give_back"): (("sheetimport", "confirm"), ("sheetimport", "discard")),
    ("sheetimport", "discard"): (("sheetimport", "upload"),),
    ("letter", "resend"): "a sent e-mail is sent; the page asks before",
    ("letter", "leave"): (("letter", "resend"),),
    ("trouble", "hold_restored"): (("trouble", "resume_letters"), ("letter", "resend"), ("letter", "leave")),
    ("trouble", "pause_letters"): (("trouble", "resume_letters"),),
    ("trouble", "resume_letters"): (("trouble", "pause_letters"),),
}


def test_each_verb_has_a_row() -> None:
    assert REPAIRS.keys() == event_kinds.sentences().keys()


def test_each_repair_is_a_verb() -> None:
    named = {verb for repair in REPAIRS.values() if not isinstance(repair, str) for verb in repair}
    assert named <= event_kinds.sentences().keys()


@pytest.mark.parametrize("action", [each for each in ACTIONS if REPAIRS["pairing", each.verb] == FINAL])
def test_what_is_final_says_so_before(action: PairingAction) -> None:
    assert "This cannot be taken back." in str(action.text)


def test_what_a_coordinator_puts_right_stands_at_the_desk() -> None:
    assert {"take_up_again", "end_early"} <= {verb.name for verb in PairingAdmin.verbs}
    assert {"lift_decline", "withdraw"} <= {verb.name for verb in RequestAdmin.verbs}
