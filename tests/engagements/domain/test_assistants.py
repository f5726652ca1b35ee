"""Who handles a leader's meeting times: invited, at work, over; what they may do, for whom, and what is kept of it."""

from datetime import datetime, timedelta

import pytest

from accounts import tokens
from accounts.domain import closing, erasing, invitations
from accounts.models import Invitation
from cohorts.domain.offers import offer
from cohorts.models import Enrolment, RoleOffer
from common.errors import NotPermitted, Refused, WrongState
from common.history import tell
from common.models import Event
from engagements.assistant_letters import KINDS
from engagements.domain import assistants, assisting, meeting_outcomes, meetings
from engagements.models import Assistant, Meeting
from mentorship.email_preferences.preferences import kinds_for
from mentorship.own_data.erasing import carry_out_due
from outbox.kinds import person_of
from outbox.models import Letter
from tests import people
from tests.emails import assert_says_the_same
from tests.engagements import stories
from tests.engagements.stories import assistant as serving
from tests.matching.factories import NOW

pytestmark = pytest.mark.django_db
BY_NAME = {kind.name: kind for kind in KINDS}
DAY = timedelta(days=1)
MON, TUE, WED = (datetime.fromisoformat(f"2026-03-{day:02}T14:00+00:00") for day in (23, 24, 25))


def invite(leader, email="kim@example.org", name="Kim Lee", now=NOW):
    return assistants.invite(leader=leader, email=email, name=name, now=now)


def token(row):
    return tokens.link_token(row.invitation_id, Invitation.objects.get(pk=row.invitation_id).sends)


@pytest.fixture
def pairing():
    return stories.active()


@pytest.fixture
def kim(pairing):
    """The mentee's."""
    return serving(pairing.mentee)


def propose(pairing, row, times=(MON, TUE), **words):
    return meetings.propose(pairing=pairing, user=row.person, assistant=row, times=times, minutes=60, now=NOW, **words)


def waiting(kind):
    return sorted(Letter.objects.filter(kind=kind, state="pending").values_list("person__name", "occasion"))


def said(leader):
    return [str(line) for line in tell(assisting.done_for(leader))]


def test_somebody_new_accepts_and_takes_no_part_of_their_own(pairing):
    row = invite(pairing.mentee, email=" Kim@Example.org ")
    assert (row.state, row.person, row.shown_name) == ("invited", None, "Kim Lee")
    user = invitations.join(token=token(row), name="Kim Lee", zone="Europe/London", now=NOW)
    row.refresh_from_db()
    assert (row.state, row.person, row.began_at) == ("serving", user, NOW)
    assert not user.has_usable_password()
    assert not Enrolment.objects.filter(person=user).exists()
    assert not hasattr(user, "mentor_profile")
    assert not hasattr(user, "mentee_profile")
    assert waiting("assistant_taken_up") == [(pairing.mentee.name, "")]
    assert not assistants.may_have(user)
    with pytest.raises(NotPermitted):
        invite(user, email="somebody@example.org")


@pytest.mark.parametrize("whose", ["mentee", "mentor"])
def test_neither_oneself_nor_the_other_side_is_invited(pairing, whose):
    with pytest.raises(Refused) as refused:
        invite(pairing.mentee, email=getattr(pairing, whose).email.upper())
    assert (refused.value.field, refused.value.code) == ("email", {"mentee": "oneself", "mentor": "pair"}[whose])
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice_and_few_at_a_time(pairing, kim):
    for email, code in ((kim.person.email, "already"), ("a@example.org", ""), ("a@example.org", "open")):
        if code:
            with pytest.raises(Refused, match=r".") as refused:
                invite(pairing.mentee, email=email)
            assert refused.value.code == code
        else:
            invite(pairing.mentee, email=email)
    invite(pairing.mentee, email="b@example.org")
    with pytest.raises(Refused) as refused:
        invite(pairing.mentee, email="c@example.org")
    assert refused.value.code == "many"


def test_who_takes_part_already_may_assist_as_well_and_nothing_mixes(pairing):
    other = stories.active()
    row = serving(pairing.mentee, other.mentor)
    meeting = propose(pairing, row)
    assert list(assisting.meetings_for(row)) == [meeting]
    assert list(Meeting.objects.visible_to(other.mentor)) == []
    assert [pair.pk for pair in assisting.pairings_for([row])] == [pairing.pk]


def test_an_assistant_who_is_the_other_side_handles_nothing_there(pairing):
    row = serving(pairing.mentee)
    Assistant.objects.filter(pk=row.pk).update(person=pairing.mentor)
    row.refresh_from_db()
    assert list(assisting.pairings_for([row])) == []
    with pytest.raises(NotPermitted):
        propose(pairing, row)


def test_they_propose_pick_move_and_call_off_in_the_leaders_name(pairing, kim):
    other = serving(pairing.mentor)
    meeting = propose(pairing, kim, place="Room 4, The Chair's", place_in_invitation=True)
    assert (meeting.offered_by, meeting.handled, meeting.place) == (pairing.mentee, kim, None)
    assert waiting("meeting_proposed") == [(pairing.mentor.name, "1")]
    assert waiting("assistant_asked") == [("Kim Lee", "1")]
    assert Letter.objects.get(kind="assistant_asked").person == other.person
    with pytest.raises(Refused) as refused:
        propose(pairing, kim)
    assert refused.value.code == "proposed"
    with pytest.raises(NotPermitted):  # the side that proposed does not pick
        meetings.accept(meeting=meeting, user=kim.person, assistant=kim, starts_at=MON, now=NOW)
    agreed = meetings.accept(meeting=meeting, user=other.person, assistant=other, starts_at=MON, now=NOW)
    assert (agreed.state, agreed.handled) == ("agreed", other)
    assert waiting("assistant_asked") == []
    assert {row.person_id for row in Letter.objects.filter(kind="assistant_told", state="pending")} == {kim.person_id}
    moved = meetings.offer_others(meeting=agreed, user=kim.person, assistant=kim, times=[WED], now=NOW)
    kept = meetings.keep(meeting=moved, user=other.person, assistant=other, now=NOW)
    off = meetings.cancel(meeting=kept, user=kim.person, assistant=kim, now=NOW)
    assert (off.state, off.handled) == ("cancelled", kim)
    events = Event.objects.filter(subject_type="meeting", actor="assistant").order_by("id")
    assert [(each.verb, each.user, each.fields) for each in events] == [
        ("propose", kim.person, "mentee"),
        ("accept", other.person, "mentor"),
        ("reschedule", kim.person, "mentee"),
        ("keep", other.person, "mentor"),
        ("cancel", kim.person, "mentee"),
    ]


def test_the_leader_reads_what_was_done_and_the_other_leader_not(pairing, kim):
    propose(pairing, kim)
    mentee, mentor = pairing.mentee.name, pairing.mentor.name
    assert said(pairing.mentee) == [
        f"Kim Lee proposed times for a meeting of {mentee} and {mentor}, for the mentee.",
        f"Kim Lee took up the meeting times of {mentee}.",
        f"{mentee} invited Kim Lee to handle their meeting times.",
    ]
    assert said(pairing.mentor) == []


def test_the_pair_themselves_act_after_an_assistant(pairing, kim):
    meeting = propose(pairing, kim)
    meeting = meetings.offer_others(meeting=meeting, user=pairing.mentor, times=[WED], now=NOW)
    assert (meeting.handled, waiting("assistant_asked")) == (None, [("Kim Lee", "2")])


@pytest.mark.parametrize("by", ["leader", "assistant", "closed leader", "closed assistant"])
def test_it_is_over_at_once_whoever_ends_it(pairing, kim, by):
    meeting = propose(pairing, kim)
    meetings.offer_others(meeting=meeting, user=pairing.mentor, times=[WED], now=NOW)
    boss = people.superuser()
    told = {"leader": kim.person, "assistant": pairing.mentee, "closed leader": kim.person}.get(by, pairing.mentee)
    if by == "leader":
        assistants.end(assistant=kim, user=pairing.mentee, now=NOW)
    elif by == "assistant":
        assistants.end(assistant=kim, user=kim.person, now=NOW)
    else:
        person = pairing.mentee if by == "closed leader" else kim.person
        closing.close_account(person=person, user=boss, now=NOW)
    kim.refresh_from_db()
    assert (kim.state, kim.ended_at) == ("over", NOW)
    for act in (
        lambda: propose(pairing, kim),
        lambda: meetings.accept(meeting=meeting, user=kim.person, assistant=kim, starts_at=WED, now=NOW),
        lambda: meetings.cancel(meeting=meeting, user=kim.person, assistant=kim, now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()
    ended = Letter.objects.filter(kind="assistant_ended").select_related("person")
    assert told in [row.person for row in ended]
    asked = Letter.objects.get(kind="assistant_asked")
    assert str(BY_NAME["assistant_asked"].still_due(asked, NOW)) == "assistant_no_more"
    with pytest.raises((WrongState, NotPermitted)):
        assistants.end(assistant=kim, user=pairing.mentee, now=NOW)


def test_only_the_two_of_them_end_it_and_only_the_leader_chooses(pairing, kim):
    with pytest.raises(NotPermitted):
        assistants.end(assistant=kim, user=pairing.mentor, now=NOW)
    with pytest.raises(NotPermitted):
        assistants.choose_emails(assistant=kim, user=kim.person, emails=False, now=NOW)
    assistants.choose_emails(assistant=kim, user=pairing.mentee, emails=False, now=NOW)
    meetings.propose(pairing=pairing, user=pairing.mentor, times=[MON], minutes=60, now=NOW)
    assert waiting("assistant_asked") == []
    with pytest.raises(NotPermitted):  # nobody acts as somebody else's assistant
        meetings.cancel(meeting=Meeting.objects.get(), user=pairing.mentor, assistant=kim, now=NOW)


def test_an_invitation_is_sent_again_taken_back_or_declined(pairing):
    row = invite(pairing.mentee)
    first = token(row)
    assistants.send_again(assistant=row, user=pairing.mentee, now=NOW)
    with pytest.raises(invitations.NotOpen):
        invitations.find(token=first, now=NOW)
    invitations.decline(token=token(row), now=NOW)
    row.refresh_from_db()
    assert row.state == "over"
    again = assistants.end(assistant=invite(pairing.mentee), user=pairing.mentee, now=NOW)
    assert again.state == "over"
    verbs = Event.objects.filter(subject_type="assistant").order_by("id").values_list("verb", "actor")
    assert list(verbs) == [
        ("invite", "person"),
        ("send_again", "person"),
        ("withdraw", "assistant"),
        ("invite", "person"),
        ("withdraw", "person"),
    ]


def test_a_closed_account_takes_its_open_invitations_back(pairing):
    row = invite(pairing.mentee)
    closing.close_account(person=pairing.mentee, user=people.superuser(), now=NOW)
    with pytest.raises(invitations.NotOpen):
        invitations.join(token=token(row), name="Kim Lee", zone="UTC", now=NOW)
    row.refresh_from_db()
    assert row.state == "over"


def test_who_serves_already_is_not_taken_on_twice(pairing, kim):
    row = invite(pairing.mentee, email="kim.lee@example.org")
    kim.person.email = "kim.lee@example.org"
    kim.person.save()
    with pytest.raises(Refused) as refused:
        invitations.accept(token=token(row), user=kim.person, now=NOW)
    assert refused.value.code == "already"


def test_a_role_offered_to_an_invited_assistant_joins_the_invitation(pairing):
    coordinator = pairing.mentee
    row = invite(coordinator)
    offer(email="kim@example.org", name="Kim Lee", cohort=pairing.cohort, role="mentor", user=coordinator, now=NOW)
    assert not Invitation.objects.get().assisting
    user = invitations.join(token=token(row), name="Kim Lee", zone="UTC", now=NOW)
    assert RoleOffer.objects.count() == 1
    assert Assistant.objects.get().person == user == Enrolment.objects.get(person=user).person


def test_one_serves_several_leaders_and_both_sides_of_a_pair(pairing, kim):
    second = serving(pairing.mentor, kim.person)
    meeting = propose(pairing, kim)
    agreed = meetings.accept(meeting=meeting, user=kim.person, assistant=second, starts_at=MON, now=NOW)
    assert agreed.handled == second
    assert waiting("assistant_told") == []  # whoever did it knows
    assert {row.pk for row, _meeting in assisting.agreed_for([kim, second], NOW)} == {kim.pk, second.pk}


def test_an_erased_assistant_leaves_no_name(pairing, kim):
    meeting = propose(pairing, kim)
    erasing.begin(person=kim.person, user=kim.person, now=NOW)
    kim.refresh_from_db()
    assert kim.state == "over"
    carry_out_due(now=NOW + 15 * DAY)
    meeting.refresh_from_db()
    assert str(meeting.handled) == "Former member"
    assert "Kim" not in " ".join(said(pairing.mentee))
    assert said(pairing.mentee)[-2] == f"Former member took up the meeting times of {pairing.mentee.name}."


def test_what_the_two_say_of_a_meeting_is_not_shown_to_an_assistant(pairing, kim):
    meeting = propose(pairing, kim)
    meetings.accept(meeting=meeting, user=pairing.mentor, starts_at=MON, now=NOW)
    meeting_outcomes.hold(meeting=meeting, user=pairing.mentor, now=MON + DAY)
    assert list(assisting.meetings_for(kim)) == []


def test_letters_say_when_and_with_whom_and_hold_as_long_as_it_stands(pairing, kim):
    serving(pairing.mentor)
    meeting = meetings.propose(
        pairing=pairing, user=pairing.mentor, times=[MON, TUE], minutes=60, place="The harbour", now=NOW
    )
    asked = Letter.objects.get(kind="assistant_asked")
    kind = BY_NAME["assistant_asked"]
    content = kind.render(asked, person_of(asked))
    assert_says_the_same(content)
    assert pairing.mentor.name in content.text
    assert "/assisting/" in content.text
    assert "harbour" not in content.text
    assert kind.still_due(asked, NOW) is None
    assert str(kind.still_due(asked, TUE + DAY)) == "meeting_times_changed"
    agreed = meetings.accept(meeting=meeting, user=pairing.mentee, starts_at=MON, now=NOW)
    told = Letter.objects.filter(kind="assistant_told", person=kim.person).get()
    kind = BY_NAME["assistant_told"]
    assert kind.still_due(told, NOW) is None
    assert str(kind.still_due(told, MON)) == "meeting_begun"
    assert_says_the_same(kind.render(told, person_of(told)))
    assert kind.item(told, person_of(told)).line == "Monday 23 March, 14:00 London time."
    Letter.objects.filter(pk=told.pk).update(state="sent", sent_at=NOW)
    meetings.cancel(meeting=agreed, user=pairing.mentee, now=NOW)
    off = Letter.objects.filter(kind="assistant_told", person=kim.person, state="pending").get()
    assert kind.still_due(off, NOW) is None
    assert str(kind.still_due(told, NOW)) == "meeting_changed"
    assert "does not take place" in kind.render(off, person_of(off)).text


def test_who_never_heard_of_a_meeting_does_not_hear_that_it_is_off(pairing, kim):
    meeting = meetings.propose(pairing=pairing, user=pairing.mentor, times=[MON], minutes=60, now=NOW)
    agreed = meetings.accept(meeting=meeting, user=pairing.mentee, starts_at=MON, now=NOW)
    meetings.cancel(meeting=agreed, user=pairing.mentee, now=NOW)
    off = Letter.objects.get(kind="assistant_told", state="pending")
    assert str(BY_NAME["assistant_told"].still_due(off, NOW)) == "never_invited"


def test_letters_of_who_handles_the_times(pairing, kim):
    began = Letter.objects.get(kind="assistant_taken_up")
    assert BY_NAME["assistant_taken_up"].still_due(began, NOW) is None
    assert_says_the_same(BY_NAME["assistant_taken_up"].render(began, person_of(began)))
    assistants.end(assistant=kim, user=pairing.mentee, now=NOW)
    assert str(BY_NAME["assistant_taken_up"].still_due(began, NOW)) == "assistant_no_more"
    over = Letter.objects.get(kind="assistant_ended")
    assert BY_NAME["assistant_ended"].still_due(over, NOW) is None
    assert pairing.mentee.name in BY_NAME["assistant_ended"].render(over, person_of(over)).text


def test_an_assistant_chooses_their_own_letters(kim):
    assert {"assistant_asked", "assistant_told"} <= {kind.name for kind in kinds_for(kim.person, contractual=False)}
    assert not {"check_in_due", "meeting_proposed"} & {kind.name for kind in kinds_for(kim.person, contractual=False)}
