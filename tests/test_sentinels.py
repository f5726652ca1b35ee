"""What people write to each other is nowhere in clear: not in the database, the desk, a letter, a log or a session.

A pairing lives from the first request to its end over the site's own pages, and everything confidential that is said
carries a mark of its own. Then everything that was kept or sent is searched for the marks, raw and in the usual
disguises. Each search must also find a mark that is meant to be there: a search that cannot find proves nothing.
"""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cohorts.models import Cohort
from common.models import Event
from engagements.models import Agreement, Decision, Goal, Meeting, Note, Review, StockAnswer
from matching.models import Pairing, Request, ShortlistEntry
from tests.engagements import stories
from tests.frozen_clock import FrozenClock
from tests.matching import factories
from tests.sentinel_story import NAME, Life, listening, lived
from tests.sentinels import dump, hits, mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(settings: Any) -> Iterator[None]:
    """The programme's time stands where the story has come to."""
    settings.CLOCK = "tests.frozen_clock.now"
    FrozenClock.moment = factories.NOW
    yield
    FrozenClock.moment = factories.NOW


@pytest.fixture
def life(db: None, clock: None) -> Life:
    """What is lived through while every logger is listened to, and no longer."""
    with listening() as logs:
        led = lived()
    led.log = logs.lines
    return led


def an_assistants_session_fetches_no_words(life: Life) -> None:
    everything = b"\n".join(life.assistant)
    assert len(life.assistant) >= 6
    assert hits(everything, NAME)
    assert hits(everything, "BEGIN:VEVENT")
    assert life.found_in(everything) == []
    assert life.open_aim.encode() not in everything


def calendars_hold_no_words(life: Life) -> None:
    """Neither the feed nor the files that invitations carry, which the search below reads in the e-mails as well."""
    files = [part for letter in mail.outbox for part, kind in letter.alternatives if kind.startswith("text/calendar")]
    everything = "".join(map(str, files)).encode() + life.calendar
    assert len(files) >= 2
    assert everything.count(b"BEGIN:VEVENT") > len(files)
    assert life.found_in(everything) == []


def test_a_mark_is_found_in_every_disguise() -> None:
    text = mark()
    for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        hidden = [plain, plain.hex().encode(), plain.hex().upper().encode()]
        for offset in range(3):
            around = b"abcdef"[:offset] + plain + b"and more"
            hidden += [base64.b64encode(around), base64.urlsafe_b64encode(around)]
        for each in hidden:
            assert hits(b"before" + each + b"after", text), each
    assert not hits(mark().encode(), text)


def the_marks_were_kept_sealed_and_can_be_read_by_whom_they_are_for(life: Life) -> None:
    told = Pairing.objects.get(end_class="time")
    declined = Request.objects.get(state="declined")
    goal, decision = Goal.objects.get(), Decision.objects.get()
    stock = {answer.side: answer for answer in StockAnswer.objects.all()}
    noted = sorted(Note.objects.all(), key=lambda note: (note.by_id != told.mentee_id, note.is_shared))
    kept = {
        **dict(zip(("own note", "shared note", "mentor's note"), (note.read("text") for note in noted), strict=True)),
        "note": declined.read("note"),
        "left note": ShortlistEntry.objects.get(mentor__person__name="Hugo Brandt").read("note"),
        "second note": told.request.read("note"),
        "decline": declined.read("decline_text"),
        "amendments": Agreement.objects.get().read("amendments"),
        "place": Meeting.objects.get().read("place"),
        "line": stories.check_in(told).read("line"),
        "end": told.read("end_text"),
        **{name: decision.read(name) for name in ("title", "situation", "options", "leaning", "choice", "lesson")},
        **{name: decision.read(name) for name in ("consequences", "perception", "blind_spot", "question")},
        **{name: Review.objects.get(side="mentor").read(name) for name in ("learned", "does_differently")},
        "takes away": Review.objects.get(side="mentee").read("takes_away"),
        **{name: stock["mentee"].read(name) for name in ("strengths", "challenges")},
        **{f"{name} of mentor": stock["mentor"].read(name) for name in ("strengths", "challenges")},
        "goal": goal.read("title"),
        "why": goal.read("why"),
        "signs": goal.read("signs"),
        "milestone": goal.milestones.get().read("text"),
        "progress": goal.entries.get(act="note").read("line"),
    }
    assert kept == life.marks


def only_their_writers_read_why_they_declined_or_ended(life: Life) -> None:
    declined, ended = Request.objects.get(state="declined"), Pairing.objects.get(end_class="time")
    for kind, page, record in (
        ("decline", "matching:request", declined),
        ("end", "engagements:pairing", ended),
    ):
        address = reverse(page, args=[record.pk])
        shown = {who: life.client(who).get(address).content for who in (record.mentor, record.mentee)}
        assert hits(shown[record.mentor], life.marks[kind])
        assert not hits(shown[record.mentee], life.marks[kind])
        assert hits(shown[record.mentee], record.mentor.name)


def the_database_holds_no_words_in_clear(life: Life) -> None:
    everything = dump()
    assert hits(everything, life.open_aim)
    assert Session.objects.count() >= len(life.clients)
    assert life.found_in(everything) == []


def sessions_hold_no_words(life: Life) -> None:
    sessions = [session.get_decoded() for session in Session.objects.all()]
    everything = repr(sessions).encode()
    assert hits(everything, str(life.coordinator.pk)) == 0
    assert hits(everything, str(Pairing.objects.get(end_class="time").mentee_id))
    assert life.found_in(everything) == []


def letters_carry_no_words(life: Life) -> None:
    everything = b"\n".join(
        f"{letter.subject}\n{letter.body}\n{letter.alternatives}\n{letter.extra_headers}".encode()
        + letter.message().as_bytes()
        for letter in mail.outbox
    )
    assert len(mail.outbox) >= 6
    assert hits(everything, NAME)
    assert life.found_in(everything) == []


def logs_hold_no_words_even_when_every_statement_is_logged(life: Life) -> None:
    everything = "\n".join(life.log).encode()
    assert hits(everything, life.logged)
    assert hits(everything, life.open_aim), "SQL parameters are logged, so what is not sealed is found"
    assert b"INSERT INTO" in everything
    assert life.found_in(everything) == []


def desk_pages(client: Client) -> Iterator[bytes]:
    """Every list of the desk, and for every row its page and its history."""
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        answer = client.get(reverse(f"{base}_changelist"))
        assert answer.status_code == 200
        yield answer.content
        untold = set(Event.objects.filter(verb="answer_chemistry")) if model is Event else set()
        for row in model._default_manager.order_by("pk")[:40]:
            for page in ("change", "history"):
                shown = client.get(reverse(f"{base}_{page}", args=[row.pk]))
                # What is told to nobody has no page, as if it was missing.
                assert shown.status_code == (302 if row in untold else 200), (base, page)
                yield shown.content
    yield client.get(reverse("admin:index")).content
    yield client.get(reverse("admin:outcomes")).content
    for cohort in Cohort.objects.all():
        yield client.get(reverse("admin:care", args=[cohort.pk])).content
        for page in ("of_cohort", "report", "csv"):
            yield client.get(reverse(f"admin:outcomes_{page}", args=[cohort.pk])).content


def the_desk_shows_no_words_even_to_a_superuser(life: Life) -> None:
    User.objects.filter(pk=life.coordinator.pk).update(is_superuser=True)
    life.coordinator.refresh_from_db()
    # The log of the administration keeps the name of whatever was changed: of everything that holds confidences.
    for model in (Request, Pairing, Agreement, type(stories.check_in(Pairing.objects.get(end_class="time")))):
        LogEntry.objects.log_actions(life.coordinator.pk, model.objects.all(), CHANGE, change_message="seen")
    assert LogEntry.objects.count() > 4
    pages = list(desk_pages(life.client(life.coordinator)))
    everything = b"\n".join(pages)
    assert len(pages) > 60
    assert hits(everything, NAME)
    assert life.found_in(everything) == []
    log = repr(list(LogEntry.objects.values_list("object_repr", "change_message"))).encode()
    assert hits(log, "seen")
    assert life.found_in(log) == []


LOOKS = (
    the_marks_were_kept_sealed_and_can_be_read_by_whom_they_are_for,
    only_their_writers_read_why_they_declined_or_ended,
    the_database_holds_no_words_in_clear,
    sessions_hold_no_words,
    an_assistants_session_fetches_no_words,
    calendars_hold_no_words,
    letters_carry_no_words,
    logs_hold_no_words_even_when_every_statement_is_logged,
    the_desk_shows_no_words_even_to_a_superuser,
)


@pytest.mark.slow(reason="a whole story over HTTP, then every page of the desk")
def test_what_people_write_is_nowhere_in_clear(life: Life, capfd: Any, subtests: Any) -> None:
    printed = capfd.readouterr()
    life.log += [printed.out, printed.err]
    for look in LOOKS:
        with subtests.test(look.__name__):
            look(life)
