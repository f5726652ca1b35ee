"""Values that a wrong restore, an older version or a damaged disk would leave, and the plain SQL that puts them in."""

import json
from typing import Any

from accounts.models.private_lists import LIST_KEY

NAMES = ["Priya Nair", "Lena Vogt", "Amara Diallo", "Tomas Varga"]
OF_NAMES = "WHERE person_id IN (SELECT id FROM accounts_user WHERE name = ANY(%s))"
SEALED = b"\x01 nothing that opens"


def profile(**values: Any) -> tuple[str, list[Any]]:
    """A statement that writes this into the profiles of the pair and of the two of the request."""
    columns = ", ".join(f"{column} = %s" for column in values)
    return f"UPDATE accounts_profile SET {columns} {OF_NAMES}", [*values.values(), NAMES]


def letter(**values: Any) -> tuple[str, list[Any]]:
    """The same for the e-mail to the mentor who was asked."""
    columns = ", ".join(f"{column} = %s" for column in values)
    return f"UPDATE outbox_letter SET {columns} WHERE person_id = %s", [*values.values(), ASKED]


def event(actor: str, verb: str, subject_type: str, fields: str) -> tuple[str, list[Any]]:
    """A statement that adds a line of history of which nobody knows how to tell it."""
    columns = "(at, actor, verb, subject_type, fields, subject_id, cohort_id)"
    kept = "SELECT at, %s, %s, %s, %s, subject_id, cohort_id FROM common_event WHERE cohort_id IS NOT NULL"
    return f"INSERT INTO common_event {columns} {kept}", [actor, verb, subject_type, fields]


ASKED = "the mentor who was asked"
NOBODY = "00000000-0000-0000-0000-000000000000"
ALERT = "UPDATE matching_alert SET facts = %s"
ODD_DAYS = {"mentee": ["no day"], "mentor": 5, "last_answer": "never"}
OF_ASKED = "WHERE person_id = %s"
# What is spoilt (the area, and the statement with its parameters), by what it is.
POISONS: dict[str, tuple[str, tuple[str, list[Any]]]] = {
    "zone of nowhere": ("people", profile(zone="Europe/Nowhere")),
    "no zone": ("people", profile(zone="")),
    "zone that is a folder": ("people", profile(zone="Europe")),
    "zone outside of the folder": ("people", profile(zone="../../etc/passwd")),
    "country": ("people", profile(country="zz")),
    "region": ("people", profile(region="zz")),
    "region of another country": ("people", profile(region="QC")),
    "no country": ("people", profile(country="")),
    "language of pages": ("people", profile(language="xx-bad")),
    "no language of pages": ("people", profile(language="")),
    "languages spoken": ("people", profile(languages=["zz", ""])),
    "a language that is nothing": ("people", profile(languages=[None, "en"])),
    "languages in two dimensions": ("people", profile(languages=[["en"], ["de"]])),
    "hours of one moment": ("people", profile(work_starts="09:00", work_ends="09:00")),
    "hours to the second": ("people", profile(work_starts="09:07:31.5", work_ends="09:07:59")),
    "function": ("people", profile(function="wizard")),
    "seniority": ("people", profile(seniority=30000)),
    "theme": ("people", profile(theme="<b>")),
    "no profile": ("people", ("DELETE FROM accounts_profile WHERE headline <> %s", [""])),
    "no name": ("people", ("UPDATE accounts_user SET name = '' WHERE name = %s", ["Lena Vogt"])),
    "industry preference": ("people", ("UPDATE accounts_menteeprofile SET industry_preference = %s", ["whatever"])),
    "depth": ("people", ("UPDATE accounts_expertise SET depth = %s", [7])),
    "topic": ("people", ("UPDATE accounts_topic SET name = %s", [""])),
    "industry": ("people", ("UPDATE accounts_organisation SET industry = %s, country = %s", ["alchemy", "zz"])),
    "kind of tie": ("people", (f"UPDATE accounts_affiliation SET kind = %s {OF_NAMES}", ["vassal", NAMES])),
    "entries of private lists": ("people", ("UPDATE accounts_neverwith SET named = %s", [SEALED])),
    "whom entries belong to": ("people", ("UPDATE accounts_neverwith SET belongs_to = %s", [SEALED])),
    "no bytes of entries": ("people", ("UPDATE accounts_neverwith SET named = %s", [b""])),
    "key of private lists": (
        "people",
        ("UPDATE common_contentkey SET wrapped = 'x' WHERE id = %s", [str(LIST_KEY)]),
    ),
    "no key of private lists": ("people", ("DELETE FROM common_contentkey WHERE id = %s", [str(LIST_KEY)])),
    "address": ("people", ("UPDATE accounts_user SET email = 'none' WHERE name = %s", ["Tomas Varga"])),
    "line break in an address": (
        "people",
        ("UPDATE accounts_user SET email = %s WHERE name = 'Tomas Varga'", ["a@b.example\nx"]),
    ),
    "tie of the year one": (
        "people",
        (f"UPDATE accounts_affiliation SET starts_on = '0001-01-01', ends_on = '0001-01-02' {OF_ASKED}", [ASKED]),
    ),
    "leave without end": (
        "people",
        ("UPDATE accounts_leave SET starts_on = %s, ends_on = '9999-12-31'", ["0001-01-01"]),
    ),
    "quiet without end": (
        "people",
        ("UPDATE accounts_quietperiod SET starts_on = %s, ends_on = '9999-12-31'", ["0001-01-01"]),
    ),
    "state of an enrolment": ("people", (f"UPDATE cohorts_enrolment SET state = 'odd' {OF_ASKED}", [ASKED])),
    "cohort to the end of time": (
        "people",
        (
            "UPDATE cohorts_cohort SET starts_on = %s, ends_on = '9999-12-31', name = ''",
            ["0001-01-01"],
        ),
    ),
    "cadence unit": ("words", ("UPDATE engagements_agreement SET check_in_unit = %s", ["moon"])),
    "cadence day": ("words", ("UPDATE engagements_agreement SET check_in_nth = %s, check_in_weekday = 9", [9])),
    "state of a check-in": (
        "words",
        ("UPDATE engagements_checkin SET state = %s WHERE state = 'scheduled'", ["lost"]),
    ),
    "answers": ("words", ("UPDATE engagements_checkin SET connection = %s WHERE connection > 0", [99])),
    "sealed amendments": ("words", ("UPDATE engagements_agreement SET amendments = %s", [SEALED])),
    "sealed line": ("words", ("UPDATE engagements_checkin SET line = %s WHERE line IS NOT NULL", [SEALED])),
    "sealed decisions": ("words", ("UPDATE engagements_decision SET title = %s, situation = %s", [SEALED, b""])),
    "state of a decision": ("words", ("UPDATE engagements_decision SET state = %s", ["odd"])),
    "day of a decision": ("words", ("UPDATE engagements_decision SET decide_by = %s", ["9999-12-31"])),
    "sealed stock": ("words", ("UPDATE engagements_stockanswer SET marks = %s, strengths = %s", [SEALED, b""])),
    "state of a round of stock": ("words", ("UPDATE engagements_stockround SET state = %s", ["odd"])),
    "moment of a round of stock": ("words", ("UPDATE engagements_stockround SET moment = %s", ["odd"])),
    "days of a round of stock": (
        "words",
        ("UPDATE engagements_stockround SET opens_on = %s, closes_on = '9999-12-31'", ["0001-01-01"]),
    ),
    "topics of stock that are none": (
        "words",
        ("UPDATE engagements_stockround SET topics = ARRAY[%s]::uuid[]", [NOBODY]),
    ),
    "sealed notes of a pair": ("words", ("UPDATE engagements_note SET text = %s", [SEALED])),
    "state of a note": ("words", ("UPDATE engagements_note SET state = %s", ["odd"])),
    "sealed goals": ("words", ("UPDATE engagements_goal SET title = %s, why = %s", [SEALED, SEALED])),
    "sealed milestones": ("words", ("UPDATE engagements_milestone SET text = %s", [SEALED])),
    "state of a goal": ("words", ("UPDATE engagements_goal SET state = %s", ["odd"])),
    "day of a goal": ("words", ("UPDATE engagements_goal SET by_when = %s", ["9999-12-31"])),
    "act of a goal": ("words", ("UPDATE engagements_goalentry SET act = %s, line = %s", ["odd", SEALED])),
    "sealed notes": ("words", ("UPDATE matching_request SET note = %s", [SEALED])),
    "sealed notes cut off": ("words", ("UPDATE matching_request SET note = substring(note FOR %s)", [5])),
    "sealed notes of nothing": ("words", ("UPDATE matching_request SET note = %s", [b""])),
    "key of another master": ("words", ("UPDATE common_contentkey SET master = %s", ["gone"])),
    "damaged keys": ("words", ("UPDATE common_contentkey SET wrapped = %s", [b"short"])),
    "no bytes of a key": ("words", ("UPDATE common_contentkey SET wrapped = %s", [b""])),
    "state of a request": ("words", ("UPDATE matching_request SET state = %s WHERE state = 'pending'", ["odd"])),
    "origin of a request": ("desk", ("UPDATE matching_request SET origin = %s", ["stork"])),
    "state of a run": ("desk", ("UPDATE matching_matchrun SET state = %s", ["stork"])),
    "published at no moment": ("desk", ("UPDATE matching_matchrun SET state = %s, published_at = NULL", ["published"])),
    "why a proposal was held back": ("desk", ("UPDATE matching_proposal SET held_back = %s", ["stork"])),
    "planned end at the end of time": ("words", ("UPDATE matching_pairing SET planned_end = %s", ["9999-12-31"])),
    "alert facts of another shape": ("desk", (ALERT, [json.dumps({"odd": 1})])),
    "alert facts that are a list": ("desk", (ALERT, [json.dumps([1, 2])])),
    "alert facts without days": ("desk", (ALERT, [json.dumps(ODD_DAYS)])),
    "kind of an alert": ("desk", ("UPDATE matching_alert SET kind = %s", ["rumour"])),
    "alert about nothing": (
        "desk",
        ("UPDATE matching_alert SET subject_type = 'ghost', pairing_id = NULL, subject_id = %s", [NOBODY]),
    ),
    "report of a run": ("desk", ("UPDATE matching_matchrun SET report = %s, log = '{}'", ["{}"])),
    "what was decided on a board": ("desk", ("UPDATE matching_boardchange SET verb = %s", ["stork"])),
    "reasons of a proposal": ("desk", ("UPDATE matching_proposal SET reasons = %s", [json.dumps([{"key": "stars"}])])),
    "kind of an e-mail": ("desk", letter(kind="rumour")),
    "e-mail about nothing": ("desk", letter(subject_id=NOBODY)),
    "reason of an e-mail": ("desk", letter(reason="odd", detail="%(nothing)s %")),
    "detail of an e-mail": ("desk", letter(reason="answered", detail="%(nothing)s %")),
    "occasion of an e-mail": ("desk", letter(occasion="odd")),
    "verb of an event": ("desk", event("witch", "enchant", "ghost", ", ,")),
    "actor of an event": ("desk", event("witch", "pause", "pairing", "")),
}
# What the database itself refuses, and which guard says so.
REFUSED = {
    "hours of one moment": "profile_hours_have_length",
    "answers": "check_in_answer_fits_state",
    "act of a goal": "goal_entry_standing_of_check_in",
    "cadence day": "agreement_day_goes_with_months",
}
# Guards that have to go before the value can be put in, as by a damaged disk.
BENEATH = {
    "what was decided on a board": ("board_change_kept",),
    "state of a run": ("match_run_transition", "match_run_state_known"),
    "published at no moment": ("match_run_published_then",),
    "why a proposal was held back": ("proposal_of_published_run",),
    "state of an enrolment": ("enrolment_transition", "enrolment_state_known"),
    "state of a request": ("request_transition", "request_state_known"),
    "state of a decision": ("decision_transition", "decision_state_known"),
    "state of a round of stock": ("stock_round_transition", "stock_round_state_known"),
    "state of a goal": ("goal_transition", "goal_state_known"),
    "state of a note": ("note_transition", "note_state_known"),
    "state of a check-in": ("check_in_transition", "check_in_state_known"),
    **dict.fromkeys(("cadence unit", "cadence day", "sealed amendments"), ("agreement_kept",)),
}
