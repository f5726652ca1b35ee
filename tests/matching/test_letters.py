"""Every letter of this app renders for both sides, tells nothing that was said, and knows when it no longer holds."""

from uuid import uuid4

import pytest

from accounts.models import User
from cohorts import letters as cohort_letters
from cohorts.letters import MESSAGE
from cohorts.models import Enrolment
from cohorts.states import Role
from matching import letters
from matching.domain.alerts import alert
from matching.models import Pause
from matching.models.alerts import AlertKind
from matching.models.requests import Origin
from matching.states import PairingState, RequestState
from outbox.kinds import person_of, registered
from outbox.models import Letter
from tests import people
from tests.emails import assert_says_the_same
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request

pytestmark = pytest.mark.django_db
SECRET = "Sentinel-9f2c"
FOR_REQUESTS = (
    "request_asked",
    "request_waiting",
    "request_expiring",
    "request_moved_on",
    "request_proposed",
    "request_withdrawn",
    "request_expired",
    "request_rescheduled",
    "request_lapsed",
)
FOR_PAIRINGS = {
    "request_accepted": PairingState.INTRODUCED,
    "introduced_idle": PairingState.INTRODUCED,
    "chemistry_agreed": PairingState.INTRODUCED,
    "pairing_paused": PairingState.PAUSED,
    "pairing_resumed": PairingState.ACTIVE,
    "pairing_end_moved": PairingState.ACTIVE,
    "pairing_closing": PairingState.CLOSING,
    "pairing_taken_up": PairingState.INTRODUCED,
    "pairing_ended": PairingState.ENDED_EARLY,
    "pairing_completed": PairingState.COMPLETED,
    "partner_erased": PairingState.ENDED_EARLY,
    "partner_account_closed": PairingState.ACTIVE,
}


def letter(kind, subject, person):
    return Letter.objects.create(
        kind=kind, subject_id=subject, person=person, occasion="looked at", message_id=str(uuid4()), due_at=NOW
    )


def rendered(kind, subject, person):
    row = letter(kind, subject, person)
    content = registered()[kind].render(row, person_of(row))
    assert person.name in content.text
    assert "http" in content.text
    assert_says_the_same(content)
    for said in (content.subject, content.text, content.html):
        assert SECRET not in said
        assert "{{" not in said
        assert "{%" not in said
    return content


def still_due(kind, subject, person=None):
    return registered()[kind].still_due(letter(kind, subject, person or people.person()), NOW)


@pytest.mark.parametrize("kind", FOR_REQUESTS)
def test_letters_about_a_request(kind):
    asked = request(*couple(), note=SECRET)
    for person, other in ((asked.mentee, asked.mentor), (asked.mentor, asked.mentee)):
        content = rendered(kind, asked.pk, person)
        assert other.get_short_name() not in content.subject
        assert f"/requests/{asked.pk}" in content.text


def test_a_note_is_announced_where_there_is_one():
    with_note, without = request(*couple(), note=SECRET), request(*couple())
    assert "and a note to you" in rendered("request_asked", with_note.pk, with_note.mentor).text
    assert "note to you" not in rendered("request_asked", without.pk, without.mentor).text


def test_what_the_programme_proposed_is_not_said_to_be_asked_by_the_mentee():
    asked = request(*couple(), origin=Origin.RUN)
    to_mentor = " ".join(rendered("request_asked", asked.pk, asked.mentor).text.split())
    assert f"Would you mentor {asked.mentee.name}?" in to_mentor
    assert f"proposes {asked.mentee.get_short_name()} to you" in to_mentor
    assert "asks whether" not in to_mentor
    to_mentee = " ".join(rendered("request_proposed", asked.pk, asked.mentee).text.split())
    assert f"We have asked {asked.mentor.get_short_name()} for you" in to_mentee
    assert "withdraw the request at any time" in to_mentee
    of_coordinator = request(*couple(), origin=Origin.COORDINATOR)
    by_hand = " ".join(rendered("request_asked", of_coordinator.pk, of_coordinator.mentor).text.split())
    assert f"A coordinator of {of_coordinator.cohort} thinks that the two of you would fit" in by_hand
    assert ("looked at everybody" in by_hand, "asks whether" in by_hand) == (False, False)
    over = " ".join(rendered("shortlist_empty", asked.mentee_enrolment_id, asked.mentee).text.split())
    assert "It did not work out this time" in over
    assert "mentors on your shortlist" not in over


@pytest.mark.parametrize(("kind", "state"), FOR_PAIRINGS.items())
def test_letters_about_a_pairing(kind, state):
    made = pairing(*couple(), state=state)
    Pause.objects.create(pairing=made, since=NOW, until=NOW.date())
    for person in (made.mentee, made.mentor):
        assert f"/pairings/{made.pk}" in rendered(kind, made.pk, person).text
    if kind == "partner_account_closed":
        User.objects.filter(pk=made.mentor_id).update(is_active=False)
    # The one about a moved end names the day, which this occasion does not.
    assert still_due(kind, made.pk) == ("end_moved_since" if kind == "pairing_end_moved" else None)


def test_both_of_a_completed_pairing_are_thanked_and_may_stay_in_touch():
    made = pairing(*couple(), state=PairingState.COMPLETED)
    for person, thanks in ((made.mentee, "on your mind"), (made.mentor, "hours and the attention")):
        text = rendered("pairing_completed", made.pk, person).text
        assert thanks in text
        assert "may stay in touch" in " ".join(text.split())


@pytest.mark.parametrize(
    ("by", "words"),
    [("mentor", "has begun the closing"), ("", "planned end has come"), ("coordinator", "Your coordinator")],
)
def test_a_closing_says_who_began_it_and_when_it_ends(by, words):
    coordinator = people.person()
    made = pairing(*couple(cohort(coordinators=(coordinator,))), state=PairingState.CLOSING)
    made.closing_by = {"mentor": made.mentor, "coordinator": coordinator}.get(by)
    made.save()
    text = " ".join(rendered("pairing_closing", made.pk, made.mentee).text.split())
    assert words in text
    assert "9 April" in text  # thirty days after 10 March
    assert f"/pairings/{made.pk}/review/" in text


def test_letters_about_an_enrolment_and_an_alert():
    coordinator = people.person()
    mentee, mentor = couple(cohort(coordinators=(coordinator,)))
    assert "may be asked" in rendered("enrolment_approved", mentor.pk, mentor.person).text
    assert "look for a mentor" in rendered("enrolment_approved", mentee.pk, mentee.person).text
    assert "as a mentor" in rendered("enrolment_withdrawn", mentor.pk, mentor.person).text
    assert "as a mentee" in rendered("enrolment_withdrawn", mentee.pk, mentee.person).text
    assert "/find" in rendered("shortlist_empty", mentee.pk, mentee.person).text
    raised = alert(kind=AlertKind.SHORTLIST_EMPTY, subject=mentee, now=NOW)
    assert "desk" in rendered("coordinator_alert", raised.pk, coordinator).text
    raised.settled_at = NOW
    raised.save()
    assert still_due("coordinator_alert", raised.pk) == "alert_settled"


def test_a_letter_about_something_that_moved_on_is_not_due():
    asked = request(*couple(), state=RequestState.DECLINED)
    assert still_due("request_waiting", asked.pk) == "request_declined"
    assert still_due("request_waiting", uuid4()) == "request_gone"
    assert still_due("request_withdrawn", asked.pk) is None
    made = pairing(*couple(), state=PairingState.ACTIVE)
    assert still_due("introduced_idle", made.pk) == "pairing_active"


def test_the_empty_list_is_no_news_once_somebody_was_asked_or_found():
    mentee, mentor = couple()
    assert still_due("shortlist_empty", mentee.pk) is None
    request(mentee, mentor)
    assert still_due("shortlist_empty", mentee.pk) == "asked_since"
    paired = enrolment(mentee.cohort)
    pairing(paired, enrolment(mentee.cohort, role=Role.MENTOR))
    assert still_due("shortlist_empty", paired.pk) == "paired_since"
    gone = enrolment(state="withdrawn")
    assert still_due("shortlist_empty", gone.pk) == "enrolment_withdrawn"
    assert still_due("enrolment_approved", gone.pk) == "enrolment_withdrawn"
    assert still_due("enrolment_withdrawn", gone.pk) is None
    Enrolment.objects.filter(pk=gone.pk).update(state="approved")
    assert still_due("enrolment_approved", gone.pk) is None
    assert still_due("enrolment_withdrawn", gone.pk) == "enrolment_approved_since"


def test_every_kind_was_looked_at_here():
    of_enrolments = {"enrolment_approved", "enrolment_withdrawn", "shortlist_empty"}
    seen = {
        *FOR_REQUESTS,
        *FOR_PAIRINGS,
        *of_enrolments,
        "coordinator_alert",
        MESSAGE,
    }
    assert {kind.name for kind in (*letters.KINDS, *cohort_letters.KINDS)} == seen
