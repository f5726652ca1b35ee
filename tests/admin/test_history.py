"""The desk reads history as whole sentences, within its cohorts, and is told nothing that is private."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.admin.base import CoordinatorAdmin
from accounts.domain import affiliations, invitations, ownership, profiles
from accounts.models import Affiliation, Organisation, User
from cohorts.domain import enrolments
from cohorts.states import ENROLMENT_TRANSITIONS, Role
from common import event_kinds
from common.clock import now
from common.history import tell
from common.models import Event
from common.transitions import Actor
from engagements.states import CHECK_IN_TRANSITIONS
from matching.domain import alerts, pairings, requests
from matching.models import Pairing
from matching.states import PAIRING_TRANSITIONS, REQUEST_TRANSITIONS
from outbox.domain import resending, troubles
from outbox.domain.post import post
from outbox.models import Letter, LetterState
from tests import people
from tests.admin.conftest import Desk
from tests.matching import factories

pytestmark = pytest.mark.django_db
PARTS = {"user", "mentee", "mentor", "person", "name", "fields"}


def told(desk: Desk, who: User) -> list[str]:
    """The sentences on this person's page of history, oldest first."""
    answer = desk.client(who).get(reverse("admin:common_event_changelist"))
    text = answer.content.decode()
    sentences = [event.sentence for event in answer.context["cl"].result_list]
    assert all(f">{sentence}<" in text for sentence in sentences)
    return sentences[::-1]


def test_everybody_who_acted_is_named_with_whom_it_was_about(desk: Desk) -> None:
    requests.withdraw(request=desk.request, user=desk.coordinator, actor=Actor.COORDINATOR, ask_next=False, now=now())
    alerts.settle(alert=desk.alert, user=desk.coordinator, now=now())
    enrolments.approve(enrolment=desk.enrolment, user=desk.coordinator, now=now())
    pairings.pause(
        pairing=desk.pairing,
        user=desk.pairing.mentee,
        actor=Actor.MENTEE,
        until=now().date() + timedelta(days=9),
        now=now(),
    )
    troubles.pause_all(user=desk.stranger, now=now())
    assert told(desk, desk.coordinator) == [
        "Mia Mentee and Max Mentor were introduced to each other.",
        "Clara Coordinator withdrew the request of Asking Person to Asked Person.",
        "Clara Coordinator settled the alert “An introduced pairing has not begun” about Mia Mentee and Max Mentor.",
        "Clara Coordinator approved that Waiting Person takes part in the cohort Spring.",
        "Mia Mentee paused the pairing with Max Mentor.",
        "Other Coordinator paused all e-mails.",
    ]
    assert told(desk, desk.stranger) == ["Other Coordinator paused all e-mails."]


def test_what_nobody_did_is_told_without_a_name_for_who_did_it(desk: Desk) -> None:
    requests.lapse(request_ids=[desk.request.pk], now=now())
    lapsed = "The request of Asking Person to Asked Person lapsed, because it could no longer be accepted."
    assert told(desk, desk.coordinator)[-1] == lapsed
    page = desk.client(desk.coordinator).get(reverse("admin:matching_request_change", args=[desk.request.pk]))
    assert lapsed in page.content.decode()


@pytest.mark.parametrize("side", ["mentee", "mentor"])
def test_nobody_at_the_desk_learns_who_said_no_after_the_first_conversation(desk: Desk, side: str) -> None:
    pairing: Pairing = factories.pairing(
        factories.enrolment(desk.cohort, people.mentee("First Side")),
        factories.enrolment(desk.cohort, people.mentor("Second Side"), Role.MENTOR),
        at=now(),
    )
    pairings.answer_chemistry(pairing=pairing, user=getattr(pairing, side), go_ahead=False, now=now())
    assert Event.objects.filter(subject_id=pairing.pk, verb="answer_chemistry").exists()
    ended = "The pairing of First Side and Second Side ended early, after the first conversation."
    for who in (desk.coordinator, desk.superuser):
        assert [sentence for sentence in told(desk, who) if "Side" in sentence] == [ended]
        page = desk.client(who).get(reverse("admin:matching_pairing_change", args=[pairing.pk])).content.decode()
        history = re.findall(r"<div>[^<]* · ([^<]*)</div>", page)
        assert history == [ended]
        hidden = Event.objects.get(subject_id=pairing.pk, verb="answer_chemistry")
        assert desk.client(who).get(reverse("admin:common_event_change", args=[hidden.pk])).status_code == 302


def test_who_is_passed_over_on_a_shortlist_is_not_told(desk: Desk) -> None:
    sentence = str(event_kinds.sentences()["shortlistentry", "skip"])
    assert "%(mentee)s" in sentence
    assert "%(mentor)s" not in sentence


def test_letters_are_told_of_where_they_belong_and_not_to_whom_they_are_about(desk: Desk) -> None:
    own = factories.pairing(
        factories.enrolment(desk.cohort, desk.coordinator),
        factories.enrolment(desk.cohort, people.mentor("Own Mentor"), Role.MENTOR),
        at=now(),
    )
    for pairing in (desk.pairing, own):
        letter = post(kind="introduced_idle", subject=pairing, person=pairing.mentor, due_at=now())
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.DEAD)
        letter.refresh_from_db()
        resending.resend(letter=letter, user=desk.superuser, now=now())
    again = [sentence for sentence in told(desk, desk.superuser) if "again" in sentence]
    assert [re.sub("“.*”", "“…”", sentence) for sentence in again] == [
        "Super User sent the e-mail “…” to Max Mentor again.",
        "Super User sent the e-mail “…” to Own Mentor again.",
    ]
    assert [sentence for sentence in told(desk, desk.coordinator) if "again" in sentence] == again[:1]
    assert Event.objects.filter(verb="resend").values_list("cohort_id", "pairing_id")[0] == (desk.cohort.pk, own.pk)


def test_invitations_are_told_of_to_whoever_may_read_them(desk: Desk) -> None:
    invited = invitations.invite(email="ines@example.org", name="Ines Invited", user=desk.coordinator, now=now())
    letter = Letter.objects.get(subject_id=invited.pk)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.DEAD)
    resending.leave(letter=letter, user=desk.superuser, now=now())
    invited_by, left = told(desk, desk.coordinator)[-2:]
    assert invited_by == "Clara Coordinator invited Ines Invited."
    assert re.sub("“.*”", "“…”", left) == "Super User decided not to send the e-mail “…” to Ines Invited again."
    assert told(desk, desk.stranger) == []


def test_both_competitors_are_named_when_they_no_longer_compete(desk: Desk) -> None:
    one, other, gone = (people.organisation(name) for name in ("Albion Rail", "Brite Rail", "Gone Rail"))
    first = ownership.declare_competitors(one=one, other=other, user=desk.coordinator, now=now())
    second = ownership.declare_competitors(one=one, other=gone, user=None, now=now())
    pair = str(first)
    ownership.withdraw_competition(competition=first, user=desk.coordinator, now=now())
    ownership.withdraw_competition(competition=second, user=None, now=now())
    gone.delete()
    assert told(desk, desk.superuser)[-4:] == [
        f"Clara Coordinator declared two organisations to be competitors: {pair}.",
        "Two organisations were declared automatically to be competitors: no longer on record.",
        f"Clara Coordinator declared that two organisations no longer compete: {pair}.",
        "It was declared automatically that two organisations no longer compete: no longer on record.",
    ]
    assert {"Albion Rail", "Brite Rail"} == set(pair.split(" × "))


def test_what_changed_is_told_in_words(desk: Desk) -> None:
    person = desk.pairing.mentee
    profiles.save_profile(person=person, values={"work_starts": "07:00", "city": "Graz"}, now=now(), name="Mia M.")
    affiliations.save_affiliation(
        person=person,
        organisation=people.organisation(),
        kind="board",
        starts_on=now().date(),
        now=now(),
        user=desk.coordinator,
    )
    assert told(desk, desk.superuser)[-2:] == [
        "Mia M. changed their profile: city, full name, working hours from.",
        "Clara Coordinator changed the ties of Mia M.: Board seat.",
    ]


def test_sentences_are_made_in_the_readers_language(desk: Desk, monkeypatch: Any) -> None:
    [event] = Event.objects.all()
    german = translation.trans_real.translation("de")
    words = "%(mentee)s and %(mentor)s were introduced to each other."
    monkeypatch.setitem(german._catalog._catalogs[0], words, "%(mentee)s und %(mentor)s wurden einander vorgestellt.")
    with translation.override("de"):
        assert tell([event]) == ["Mia Mentee und Max Mentor wurden einander vorgestellt."]


def test_who_was_erased_is_told_without_a_name(desk: Desk) -> None:
    enrolments.approve(enrolment=desk.enrolment, user=desk.coordinator, now=now())
    Event.objects.update(user=None)
    assert told(desk, desk.superuser)[-1] == (
        "Somebody who is no longer here approved that Waiting Person takes part in the cohort Spring."
    )


def test_a_full_page_costs_as_many_queries_as_a_line(desk: Desk) -> None:
    client = desk.client(desk.coordinator)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = client.get(reverse("admin:common_event_changelist"))
        assert answer.status_code == 200
        return len(caught)

    enrolments.approve(enrolment=desk.enrolment, user=desk.coordinator, now=now())
    queries()
    few = queries()
    for _each in range(12):
        someone = factories.enrolment(desk.cohort, people.mentee())
        two = factories.pairing(someone, factories.enrolment(desk.cohort, people.mentor(), Role.MENTOR), at=now())
        Event.record(verb="introduce", subject=two, actor=Actor.MENTOR, now=now(), user=two.mentor)
        Event.record(verb="approve", subject=someone, actor=Actor.COORDINATOR, now=now(), user=desk.stranger)
    assert len(told(desk, desk.coordinator)) == 25
    assert queries() == few


def test_every_sentence_is_whole_and_names_only_what_is_known() -> None:
    for key, sentence in event_kinds.sentences().items():
        for words in _variants(key, sentence):
            assert words[-1] == ".", key
            assert set(re.findall(r"%\((\w+)\)s", words)) <= PARTS, key
            assert words % dict.fromkeys(PARTS, "Somebody"), key


def _variants(key: tuple[str, str], sentence: Any) -> list[str]:
    if sentence is None:
        return []
    found = set()
    for actor in Actor:
        for mentee, mentor in ((None, None), (1, None), (None, 1), (1, 1)):
            event = Event(subject_type=key[0], verb=key[1], actor=actor, mentee_id=mentee, mentor_id=mentor)
            try:
                found.add(str(event_kinds.words(event)))
            except ValueError:
                continue
    assert found, key
    return sorted(found)


def test_whatever_may_happen_has_a_sentence_for_each_who_may_do_it() -> None:
    tables = {
        "enrolment": ENROLMENT_TRANSITIONS,
        "request": REQUEST_TRANSITIONS,
        "pairing": PAIRING_TRANSITIONS,
        "checkin": {verb: row for verb, row in CHECK_IN_TRANSITIONS.items() if verb != "cancel"},  # told once for all
    }
    for subject_type, table in tables.items():
        for verb, row in table.items():
            for actor in row.actors:
                event_kinds.words(Event(subject_type=subject_type, verb=verb, actor=actor.value))


def test_whatever_the_administration_saves_by_itself_has_a_sentence() -> None:
    written = {Organisation, Affiliation}  # these pages save by their own method, and record as the others do
    for model, page in admin.site._registry.items():
        if not isinstance(page, CoordinatorAdmin):
            continue
        if type(page).save_model is CoordinatorAdmin.save_model or model in written:
            verbs = {"add": page.may_add, "change": page.may_change}
            for verb in (verb for verb, may in verbs.items() if may):
                assert (model._meta.model_name, verb) in event_kinds.sentences(), (model, verb)
