"""For each constraint and trigger, a write that it alone refuses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection

from accounts.choices import AffiliationKind
from accounts.models import (
    AddressChange,
    Aim,
    Competition,
    Erasure,
    Expertise,
    Invitation,
    Leave,
    NeverWith,
    OtherName,
    QuietPeriod,
)
from accounts.models.names import ERASED_NAME
from cohorts.models import Cohort, Enrolment, RoleOffer
from cohorts.states import Role
from common.models import Event
from common.transitions import Actor
from engagements.models import CheckIn, Meeting, Signature
from matching.models import Alert, ChemistryAnswer, PairAgain, Pairing, Pause, Request, ShortlistEntry, Waiver
from matching.models.runs import MatchRun, Proposal, Unmatched
from tests import people
from tests.guarded_rows import (
    TODAY,
    a_change,
    a_check_in,
    a_meeting,
    a_wish,
    an_agreement,
    an_assistant,
    an_erasure,
    an_invitation,
    an_ownership,
    on,
    twice,
    update,
)
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request
from tests.stress.unguarded import drop

WEIGHTS = [field.name for field in Cohort._meta.concrete_fields if field.name.startswith("weight_")]


def colleagues() -> tuple[Enrolment, Enrolment]:
    employer = people.organisation()
    return couple(cohort(), people.mentee(employer=employer), people.mentor(employer=employer))


def hired_away(of: Request | Pairing) -> None:
    people.affiliation(of.mentor, of.mentee.affiliations.get().organisation)


def oneself() -> tuple[Enrolment, Enrolment]:
    who, here = people.mentor(independent=True), cohort()
    return enrolment(here, who), enrolment(here, who, Role.MENTOR)


def _second_pairing() -> Callable[[], object]:
    made = pairing()
    other = enrolment(made.cohort, role=Role.MENTOR)
    return lambda: pairing(made.mentee_enrolment, other)


def _second_request() -> Callable[[], object]:
    made = request()
    other = enrolment(made.cohort, role=Role.MENTOR)
    return lambda: request(made.mentee_enrolment, other)


def _full() -> Callable[[], object]:
    mentor = enrolment(role=Role.MENTOR)
    pairing(enrolment(mentor.cohort), mentor)
    return lambda: pairing(enrolment(mentor.cohort), mentor)


def _full_here() -> Callable[[], object]:
    mentor = enrolment(person=people.mentor(capacity=2), role=Role.MENTOR, capacity=1)
    pairing(enrolment(mentor.cohort), mentor)
    return lambda: pairing(enrolment(mentor.cohort), mentor)


def _same_request() -> Callable[[], object]:
    made = pairing(mentor=enrolment(person=people.mentor(capacity=2), role=Role.MENTOR))
    words = {f.attname: getattr(made, f.attname) for f in Pairing._meta.concrete_fields if f.name != "id"}
    return lambda: Pairing.objects.create(**{**words, "state": "completed", "ended_at": NOW})


def _other_request() -> Callable[[], object]:
    made = pairing()
    asked = request(*couple(made.cohort), state="accepted")
    words = {f.attname: getattr(made, f.attname) for f in Pairing._meta.concrete_fields if f.name != "id"}
    return lambda: Pairing.objects.create(**{**words, "state": "completed", "ended_at": NOW, "request_id": asked.pk})


def _own_pairing() -> Callable[[], object]:
    one, other = oneself()
    drop("request_not_of_oneself")
    asked = request(one, other, state="accepted")
    words = {"request": asked, "cohort": asked.cohort, "mentee": asked.mentee, "mentor": asked.mentor}
    enrolments = {"mentee_enrolment": one, "mentor_enrolment": other}
    return lambda: Pairing.objects.create(
        **words, **enrolments, state="completed", introduced_at=NOW, ended_at=NOW, planned_end=TODAY
    )


def _dependent_pairing() -> Callable[[], object]:
    asked = request(state="accepted")
    hired_away(asked)
    words = {"request": asked, "cohort": asked.cohort, "mentee": asked.mentee, "mentor": asked.mentor}
    enrolments = {"mentee_enrolment": asked.mentee_enrolment, "mentor_enrolment": asked.mentor_enrolment}
    return lambda: Pairing.objects.create(**words, **enrolments, introduced_at=NOW, planned_end=TODAY)


def _dependent_request() -> Callable[[], object]:
    pair = colleagues()
    return lambda: request(*pair)


def _misfit(which: str) -> Callable[[], object]:
    mentee, mentor = couple()
    pair = (
        (mentee, enrolment(mentee.cohort)) if which == "mentor" else (mentor, enrolment(mentee.cohort, role="mentor"))
    )
    return lambda: request(*pair)


def _own_request() -> Callable[[], object]:
    pair = oneself()
    return lambda: request(*pair, state="declined")


def _merged_twice() -> Callable[[], object]:
    here, gone = people.organisation(), uuid4()
    return twice(OtherName, organisation=here, name="Gone", merged_id=gone)


def _overlapping_owner() -> Callable[[], object]:
    first = an_ownership()
    return lambda: an_ownership(child=first.child, parent=first.parent, starts_on=date(2021, 1, 1))


def _wish_of_a_mentee() -> Callable[[], object]:
    mentee, mentor = couple()
    return lambda: ShortlistEntry.objects.create(mentee=mentor, mentor=mentee, rank=1)


def _same_rank() -> Callable[[], object]:
    first = a_wish()
    other = enrolment(first.mentee.cohort, role=Role.MENTOR)

    def write() -> None:
        ShortlistEntry.objects.create(mentee=first.mentee, mentor=other, rank=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    return write


def _waiver_of_oneself() -> Callable[[], object]:
    who, here = people.mentor(), cohort()
    words = {"cohort": here, "mentee": who, "mentor": who, "why": "x", "given_at": NOW, "until": TODAY}
    return lambda: Waiver.objects.create(**words)


def _alert_twice() -> Callable[[], object]:
    here = cohort()
    return twice(
        Alert, cohort=here, kind="shortlist_empty", subject_type="enrolment", subject_id=here.pk, raised_at=NOW
    )


def _alert_without_its_pairing() -> Callable[[], object]:
    idle = pairing()
    words = {"kind": "introduced_idle", "subject_type": "pairing", "subject_id": idle.pk, "raised_at": NOW}
    return lambda: Alert.objects.create(cohort=idle.cohort, **words)


def _competitors(*, ordered: bool) -> Callable[[], object]:
    first, second = sorted((people.organisation(), people.organisation()), key=lambda each: each.pk)
    if ordered:
        return twice(Competition, first=first, second=second)
    return lambda: Competition.objects.create(first=second, second=first)


def _pause_twice() -> Callable[[], object]:
    return twice(Pause, pairing=pairing(), since=NOW, until=TODAY)


def _no_hours() -> Callable[[], object]:
    profile = people.person().profile
    return update(profile, work_ends=profile.work_starts)


def _checked_in_twice() -> Callable[[], object]:
    first = a_check_in()
    words = {"pairing": first.pairing, "side": "mentee", "person": first.person, "round": 1, "day": TODAY}
    return lambda: CheckIn.objects.create(**words, due_at=NOW + timedelta(days=9))


def _in_a_run(model: Any, **words: Any) -> Callable[[], object]:
    mentee, mentor = couple()
    run = MatchRun.objects.create(cohort=mentee.cohort, made_at=NOW, finished_at=NOW, state="proven")
    pair = {"mentee_enrolment": mentee, "mentee": mentee.person}
    if model is Proposal:
        pair |= {"mentor_enrolment": mentor, "mentor": mentor.person}
    return twice(model, run=run, cohort=mentee.cohort, **pair, **words)


def _met_twice() -> Callable[[], object]:
    made = pairing()
    said = {"state": "held", "held_on": TODAY, "noted_by": made.mentee, "noted_at": NOW, "changed_at": NOW}
    return twice(Meeting, pairing=made, **said)


def _signed_twice() -> Callable[[], object]:
    return twice(Signature, agreement=an_agreement(), side="mentee", signed_at=NOW)


def _offered_twice() -> Callable[[], object]:
    return twice(RoleOffer, invitation=an_invitation(), cohort=cohort(), role="mentor")


def _serves_twice() -> Callable[[], object]:
    words = {"leader": people.person(), "person": people.person(), "state": "serving", "began_at": NOW}
    an_assistant(**words)
    return lambda: an_assistant(**words)


def _own_assistant() -> Callable[[], object]:
    who = people.person()
    return lambda: an_assistant(leader=who, person=who, state="over", ended_at=NOW)


def _invited_twice() -> Callable[[], object]:
    first, by = an_invitation(), people.person()
    Invitation.objects.filter(pk=first.pk).update(invited_by=by)
    return update(an_invitation(), invited_by=by)


def _history() -> Callable[[], object]:
    line = Event.record(verb="ask", subject=request(), actor=Actor.MENTEE, now=NOW)
    return lambda: Event.objects.filter(pk=line.pk).update(verb="accept")


def _people_of_a_request() -> Callable[[], object]:
    made = request()
    return update(made, mentor=enrolment(made.cohort, role=Role.MENTOR).person)


def _people_of_a_pairing() -> Callable[[], object]:
    made = pairing()
    return update(made, mentor=enrolment(made.cohort, role=Role.MENTOR).person)


def _unpaired_mentor() -> Callable[[], object]:
    pair = couple(mentor=people.person())
    return lambda: pairing(*pair)


# By the name under which it refuses: what makes the write that must be refused. The comment of a row names the trigger.
CASES: dict[str, Callable[[], Callable[[], object]]] = {
    "address_change_one_waiting": lambda: twice(
        AddressChange, person=people.person(), asked_at=NOW, takes_effect_at=NOW + timedelta(days=1)
    ),
    "address_change_done_or_undone": lambda: lambda: a_change(done_at=NOW, undone_at=NOW),
    "address_change_takes_time": lambda: lambda: a_change(takes_effect_at=NOW),
    "erasure_one_waiting": lambda: twice(
        Erasure, person=people.person(), asked_at=NOW, due_at=NOW + timedelta(days=1), was_open=True
    ),
    "erasure_done_or_undone": lambda: lambda: an_erasure(done_at=NOW, undone_at=NOW),
    "erasure_takes_time": lambda: lambda: an_erasure(due_at=NOW),
    "user_erased_is_nobody": lambda: update(people.person(), name=ERASED_NAME),
    "invitation_one_open_per_inviter": _invited_twice,
    "aim_rank_once": lambda: on(
        people.mentee(),
        lambda who: Aim.objects.create(mentee=who.mentee_profile, rank=1, topic=people.topic(), text="x"),
    ),
    "mentor_within_capacity": _full,
    "mentor_has_profile": _unpaired_mentor,
    "expertise_once": lambda: on(
        people.mentor(),
        lambda who: Expertise.objects.create(mentor=who.mentor_profile, topic=who.mentor_profile.topics.get()),
    ),
    "organisation_once": lambda: lambda: [people.organisation(name) for name in ("Alliantz", " ALLI\u200bANTZ")],
    "organisation_refusal_has_reason": lambda: update(people.organisation(confirmed=False), refused_at=NOW),
    "organisation_name_is_visible": lambda: lambda: people.organisation("\u200b \u3164"),
    "other_name_merged_once": _merged_twice,
    "ownership_not_of_itself": lambda: on(people.organisation(), lambda one: an_ownership(child=one, parent=one)),
    "ownership_ends_after_start": lambda: lambda: an_ownership(ends_on=date(2020, 1, 1)),
    "ownership_once_a_day": _overlapping_owner,
    "competition_ordered": lambda: _competitors(ordered=False),
    "competition_once": lambda: _competitors(ordered=True),
    "profile_hours_have_length": _no_hours,
    "affiliation_names_organisation": lambda: on(
        people.person(), lambda who: people.affiliation(who, None, kind=AffiliationKind.BOARD)
    ),
    "affiliation_ends_after_start": lambda: update(people.person().affiliations.get(), ends_on=people.LONG_AGO),
    "leave_in_order": lambda: on(
        people.person(),
        lambda who: Leave.objects.create(person=who, starts_on=TODAY, ends_on=TODAY - timedelta(days=1)),
    ),
    "never_with_once": lambda: twice(NeverWith, owner=people.person(), named=b"sealed"),
    "user_email_lower_case": lambda: update(people.person(), email="Upper@x.example"),
    "cohort_ends_after_start": lambda: update(cohort(), ends_on=date(2020, 1, 1)),
    "enrolment_once": lambda: on(enrolment(), lambda row: enrolment(row.cohort, row.person)),
    "enrolment_within_capacity": _full_here,
    "enrolment_capacity_of_mentors": lambda: update(enrolment(), capacity=1),
    "enrolment_fixed": lambda: update(enrolment(), role="mentor"),
    "offer_once": _offered_twice,
    "shortlist_rank_once": _same_rank,
    "shortlist_mentor_once": lambda: on(
        a_wish(), lambda one: ShortlistEntry.objects.create(mentee=one.mentee, mentor=one.mentor, rank=2)
    ),
    "shortlist_rank_in_range": lambda: lambda: a_wish(rank=4),
    "shortlist_fits_enrolments": _wish_of_a_mentee,
    "request_one_pending": _second_request,
    "request_not_of_oneself": _own_request,
    "request_held_while_it_waits": lambda: update(
        request(state="declined"), held_for="mentor_no_employer", held_until=NOW
    ),
    "request_fits_mentee": lambda: _misfit("mentee"),
    "request_fits_mentor": lambda: _misfit("mentor"),
    "request_same_employer": _dependent_request,  # request_independent
    "request_people_fixed": _people_of_a_request,
    "pairing_one_open_per_mentee": _second_pairing,
    "pairing_not_of_oneself": _own_pairing,
    "pairing_once_a_request": _same_request,
    "pairing_fits_request": _other_request,
    "pairing_same_employer": _dependent_pairing,  # pairing_independent
    "pairing_people_fixed": _people_of_a_pairing,
    "proposal_once_a_mentee": lambda: _in_a_run(Proposal, score=1),
    "unmatched_once": lambda: _in_a_run(Unmatched, fit=1, gain=1, help="places"),
    "chemistry_once_a_side": lambda: twice(ChemistryAnswer, pairing=pairing(), side="mentee", go_ahead=True, at=NOW),
    "pause_one_running": _pause_twice,
    "pair_again_once": lambda: twice(PairAgain, person=people.person(), other=people.person(), at=NOW),
    "waiver_not_of_oneself": _waiver_of_oneself,
    "alert_once_open": _alert_twice,
    "alert_names_its_pairing": _alert_without_its_pairing,
    "event_append_only": _history,
    "assistant_once": _serves_twice,
    "assistant_is_somebody_else": _own_assistant,
    "assistant_fits_state": lambda: lambda: an_assistant(state="serving"),
    "agreement_version_once": lambda: on(an_agreement(), lambda one: an_agreement(pairing=one.pairing)),
    "agreement_cadence_in_range": lambda: lambda: an_agreement(check_in_every=14),
    "agreement_day_goes_with_months": lambda: lambda: an_agreement(check_in_nth=1),
    "signature_once_a_side": _signed_twice,
    "check_in_once": _checked_in_twice,
    "check_in_answer_fits_state": lambda: lambda: a_check_in(state="answered"),
    "check_in_put_off_twice_at_most": lambda: lambda: a_check_in(snoozes=9),
    "meeting_once_a_day": _met_twice,
    "meeting_proposed_once": lambda: on(a_meeting(), lambda one: a_meeting(pairing=one.pairing)),
    "meeting_length_in_range": lambda: lambda: a_meeting(minutes=5),
    "meeting_offer_is_somebodys": lambda: lambda: a_meeting(state="agreed", starts_at=NOW, offered=[NOW]),
    "meeting_place_is_somebodys": lambda: lambda: a_meeting(place=b"sealed"),
    "meeting_fits_state": lambda: lambda: a_meeting(state="agreed"),
    "quiet_period_in_order": lambda: on(
        people.person(),
        lambda who: QuietPeriod.objects.create(person=who, starts_on=TODAY, ends_on=TODAY - timedelta(days=1)),
    ),
    "quiet_period_once": lambda: twice(QuietPeriod, person=people.person(), starts_on=TODAY, ends_on=TODAY),
    "cohort_weights_not_all_zero": lambda: update(cohort(), **dict.fromkeys(WEIGHTS, 0)),
    "cohort_weights_in_range": lambda: update(cohort(), weight_aims=1001),
}
