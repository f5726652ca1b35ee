"""What is measured: a large programme, a small cohort of ten mentors, and who looks at which page.

    python -m benchmarks.pages.seed MENTORS MENTEES      prints the pages as JSON, each with its session

It runs with production's settings on a database of its own: the crowd is that of the demo's `seed_crowd`, what one
person looks at comes about by the domain's own verbs, and what fills the desk's lists is written in bulk.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import django

SOME_PAIRINGS, SOME_LINES = 2_000, 20_000


def main(mentors: int, mentees: int) -> None:
    """Write everything and print the pages."""
    django.setup()
    from common.clock import now

    at = now()
    print(json.dumps(list(_pages(mentors, mentees, at))))


def _pages(mentors: int, mentees: int, at: datetime) -> Iterator[dict[str, str]]:
    from mentorship.demo.seed import crowd, people

    topics = people.write_topics()
    coordinator = _coordinator()
    large = crowd.write(
        mentors=mentors - SOME_PAIRINGS, mentees=mentees - SOME_PAIRINGS, now=at, progress=lambda *_: None
    )
    _fill_the_desk(large, at)
    yield from _participants(large, list(topics.values()), at)
    yield from _desk(coordinator)
    yield from _board(coordinator)
    yield {"name": "public page", "path": "/", "cookie": "", "holds": "Sign in"}


def _participants(large: Any, topics: list[Any], at: datetime) -> Iterator[dict[str, str]]:
    from cohorts.states import Role
    from engagements.domain.check_in_silence import sweep
    from matching.domain import asking
    from matching.models import Pairing
    from tests import people
    from tests.engagements import stories
    from tests.matching import factories

    dates = {"starts_on": at.date() - timedelta(days=90), "ends_on": at.date() + timedelta(days=300)}
    coordinators = tuple(large.coordinators.all())
    small = factories.cohort("Small programme", coordinators=coordinators, **dates)
    for _ in range(10):
        factories.enrolment(small, people.mentor(topics=topics[:4]), Role.MENTOR)
    paired = factories.couple(small, people.mentee(topics=topics[:3]), people.mentor(topics=topics[:4]))
    began = at - timedelta(days=40)
    terms = {"planned_end": small.ends_on}
    pairing = stories.active(mentee=paired[0], mentor=paired[1], now=began, terms=terms)
    assert Pairing.objects.get(pk=pairing.pk).state == "active"
    sweep(now=at)
    check_in = stories.check_in(pairing)
    searching = factories.enrolment(small, people.mentee(topics=topics[:3]), Role.MENTEE)
    mentee, mentor = factories.couple(small, people.mentee(topics=topics[:3]), people.mentor(topics=topics[:4]))
    request = asking.ask(mentee_enrolment=mentee, mentor_enrolment=mentor, note="A note.", user=mentee.person, now=at)
    seeker = factories.enrolment(large, people.mentee(topics=topics[:3]), Role.MENTEE)
    mentees_cookie, mentors_cookie = _cookie(pairing.mentee), _cookie(mentor.person)
    other = pairing.mentor.get_short_name()
    held = [
        ("home of somebody paired", "/", mentees_cookie, other),
        ("a pairing", f"/pairings/{pairing.pk}/", mentees_cookie, other),
        ("a check-in's form", f"/check-ins/{check_in.pk}/", mentees_cookie, 'name="clarity"'),
        ("a request", f"/requests/{request.pk}/", mentors_cookie, "A note."),
        ("requests", "/requests/", mentors_cookie, mentee.person.get_short_name()),
        ("You", "/you/", mentees_cookie, ""),
        ("suggestions of ten mentors", "/find/", _cookie(searching.person), "Why"),
        ("suggestions of the large cohort", "/find/", _cookie(seeker.person), "Why"),
        ("directory of the large cohort, filtered", _narrowed(topics), _cookie(seeker.person), "mentor"),
    ]
    for name, path, cookie, holds in held:
        yield {"name": name, "path": path, "cookie": cookie, "holds": holds}


def _narrowed(topics: list[Any]) -> str:
    return f"/find/all/?topics={topics[0].pk}&topics={topics[1].pk}&language=en&hours=2"


def _desk(coordinator: Any) -> Iterator[dict[str, str]]:
    from django.contrib import admin
    from django.urls import reverse

    cookie = _cookie(coordinator, second_factor=True)
    yield {"name": "desk: first page", "path": "/coordination/", "cookie": cookie, "holds": ""}
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):  # noqa: SLF001 - Django's names
        named = f"{model._meta.app_label}_{model._meta.model_name}"  # noqa: SLF001 - and these
        path = reverse(f"admin:{named}_changelist")
        yield {"name": f"desk: list of {model._meta.verbose_name_plural}", "path": path, "cookie": cookie, "holds": ""}  # noqa: SLF001


def _board(coordinator: Any) -> Iterator[dict[str, str]]:
    """The review board of the last run, whose proposals are those of the whole programme."""
    from django.urls import reverse

    from matching.models import MatchRun

    path = reverse("admin:board", args=[MatchRun.objects.latest("made_at").pk])
    cookie = _cookie(coordinator, second_factor=True)
    yield {"name": "desk: review board", "path": path, "cookie": cookie, "holds": "Compare mentors"}


def _coordinator() -> Any:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    from accounts.domain import second_factor_secrets
    from tests import people

    made = people.person("Ingrid Solberg", staff=True)
    secret = second_factor_secrets.seal(generate_totp_secret())
    Authenticator.objects.create(user=made, type=Authenticator.Type.TOTP, data={"secret": secret})
    return made


def _fill_the_desk(large: Any, at: datetime) -> None:
    """Pairings with their requests, a match run, history, e-mails and alerts, as a year leaves them."""
    from common.models import Event
    from common.transitions import Actor
    from matching.domain import runs
    from matching.models import Alert
    from matching.models.alerts import AlertKind
    from outbox.models import Letter
    from tests.matching import crowd

    pairings = crowd.open_pairings(large, SOME_PAIRINGS, at)
    people = [pairing.mentee for pairing in pairings]
    Event.objects.bulk_create(
        Event(
            at=at - timedelta(minutes=number),
            actor=Actor.SYSTEM,
            verb="lapse",
            subject_type="request",
            subject_id=pairings[number % SOME_PAIRINGS].request_id,
            cohort_id=large.pk,
            mentee=pairings[number % SOME_PAIRINGS].mentee,
            mentor=pairings[number % SOME_PAIRINGS].mentor,
        )
        for number in range(SOME_LINES)
    )
    Letter.objects.bulk_create(
        Letter(
            kind="request_moved_on",
            subject_type="request",
            subject_id=pairings[number % SOME_PAIRINGS].request_id,
            cohort_id=large.pk,
            person=people[number % SOME_PAIRINGS],
            occasion=str(number),
            message_id=f"<{uuid4()}@bench.internal>",
            due_at=at - timedelta(minutes=number),
            state="sent",
            sent_at=at - timedelta(minutes=number),
        )
        for number in range(SOME_LINES)
    )
    Alert.objects.bulk_create(
        Alert(
            kind=AlertKind.INTRODUCED_IDLE,
            subject_type="pairing",
            subject_id=each.pk,
            cohort=large,
            pairing=each,
            facts={"days": 30},
            raised_at=at,
        )
        for each in pairings[:200]
    )
    runs.make(cohort=large, user=None, terms=runs.Terms(), now=at)


def _cookie(person: Any, *, second_factor: bool = False) -> str:
    """A session's cookie, as signing in makes it."""
    from allauth.account.internal.flows.login import record_authentication
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    if second_factor:
        signing_in = SimpleNamespace(session=store)
        record_authentication(signing_in, person, method="mfa", id=person.authenticator_set.get().pk)
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
