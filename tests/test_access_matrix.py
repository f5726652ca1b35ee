"""Every route of the site, and who gets what there. A route that is not listed here fails the suite."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import QuietPeriod, User
from cohorts.states import Role
from common.clock import now
from engagements.domain import decisions, goals, notes
from engagements.models import Agreement, CheckIn, Meeting, StockRound
from matching.models import ShortlistEntry
from matching.states import PairingState
from tests import people
from tests.engagements import stories
from tests.matching import factories

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "mentee", "mentor", "other", "coordinator", "superuser", "assistant")
SIGN_IN, GONE, OK, AWAY, POST_ONLY, FORBIDDEN = "sign in", 404, 200, "redirect", 405, 403


def row(
    nobody: Any, mentee: Any, mentor: Any, other: Any, coordinator: Any, superuser: Any, assistant: Any = GONE
) -> dict[str, Any]:
    """An assistant of the mentee finds nothing, unless it says otherwise."""
    return dict(zip(ROLES, (nobody, mentee, mentor, other, coordinator, superuser, assistant), strict=True))


def alike(answer: Any, nobody: Any = SIGN_IN) -> dict[str, Any]:
    return row(nobody, *[answer] * 6)


OF_MEETINGS = (
    *("meeting", "other_times", "cancel_meeting", "meeting_place", "meeting_outcome"),
    *("accept_meeting", "keep_meeting", "take_back_meeting"),
)
OF_ASSISTANTS = (
    *("assistant_again", "assistant_emails", "assistant_end", "assisted_accept", "assisted_cancel", "assisted_keep"),
    *("assisted_meeting", "assisted_other_times", "assisted_propose", "assisting", "assisting_leave"),
)
# What a GET answers. `assistant` handles the meeting times of the mentee, and takes no part; `other` is a mentee of
# another cohort; `coordinator` coordinates the pair's.
FOR_MENTEE = row(SIGN_IN, OK, GONE, GONE, GONE, GONE)
FOR_PAIR = row(SIGN_IN, OK, OK, GONE, GONE, GONE)
MATRIX: dict[str, dict[str, Any]] = {
    "matching:suggestions": alike(OK),
    "matching:directory": alike(OK),
    "matching:shortlist": row(SIGN_IN, OK, AWAY, OK, AWAY, AWAY, AWAY),
    "matching:shortlist_note": FOR_MENTEE,
    "matching:compare": alike(AWAY),
    "matching:mentor": FOR_MENTEE,
    "matching:ask": {**FOR_MENTEE, "mentee": AWAY},  # has a mentor, so no note is written in vain
    "matching:inbox": alike(OK),
    "matching:request": FOR_PAIR,
    "matching:decline": row(SIGN_IN, GONE, OK, GONE, GONE, GONE),
    **{
        f"matching:{name}": alike(POST_ONLY)
        for name in ("shortlist_add", "shortlist_remove", "shortlist_move", "accept", "withdraw", "never_pair")
    },
    "home": {**alike(OK, nobody=OK), "assistant": AWAY},  # to the times that they handle
    "engagements:pairings": alike(OK),
    "engagements:pairing": FOR_PAIR,
    "engagements:agreement": FOR_PAIR,
    "engagements:note_meeting": FOR_PAIR,
    "engagements:decisions": FOR_PAIR,
    "engagements:new_decision": row(SIGN_IN, OK, AWAY, GONE, GONE, GONE),
    "engagements:decision": FOR_PAIR,
    "engagements:decision_view": row(SIGN_IN, AWAY, OK, GONE, GONE, GONE),
    **{f"engagements:decision_{verb}": row(SIGN_IN, OK, AWAY, GONE, GONE, GONE) for verb in ("change", "decide")},
    "engagements:decision_look_back": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE),
    "engagements:drop_decision": alike(POST_ONLY),
    "engagements:stock": FOR_PAIR,
    "engagements:take_stock": FOR_PAIR,
    "engagements:notes": FOR_PAIR,
    "engagements:note": FOR_MENTEE,  # who wrote it
    "engagements:delete_note": alike(POST_ONLY),
    "engagements:new_goal": FOR_PAIR,
    "engagements:goal": FOR_PAIR,
    "engagements:rewrite_goal": row(SIGN_IN, OK, AWAY, GONE, GONE, GONE),
    "engagements:correct_goal_line": FOR_MENTEE,
    "engagements:goal_note": FOR_PAIR,
    **{f"engagements:goal_{verb}": row(SIGN_IN, OK, AWAY, GONE, GONE, GONE) for verb in ("keep", "reach", "let_go")},
    **{
        f"engagements:goal_{verb}": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE)
        for verb in ("take_up", "turn_down", "withdraw", "reopen")
    },
    "engagements:tick": alike(POST_ONLY),
    "engagements:propose_meeting": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE),  # times are proposed already
    "engagements:meeting": FOR_PAIR,
    "engagements:other_times": FOR_PAIR,
    "engagements:cancel_meeting": FOR_PAIR,
    "engagements:meeting_place": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE),
    "engagements:meeting_outcome": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE),  # not before its time
    **{f"engagements:{name}": alike(POST_ONLY) for name in ("accept_meeting", "keep_meeting", "take_back_meeting")},
    "engagements:length": FOR_PAIR,
    "engagements:talk": FOR_PAIR,
    "engagements:shared_scores": FOR_PAIR,
    "engagements:review": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE),  # not before the closing
    "engagements:mentor_too": row(SIGN_IN, AWAY, AWAY, GONE, GONE, GONE),
    "engagements:assistants": row(SIGN_IN, OK, OK, OK, GONE, GONE),  # whoever takes part
    "engagements:assisting": alike(OK),
    **{f"engagements:{name}": alike(POST_ONLY) for name in OF_ASSISTANTS if name.startswith("assistant_")},
    **{f"engagements:{name}": alike(POST_ONLY) for name in ("assisted_accept", "assisted_keep", "assisting_leave")},
    **{
        f"engagements:{name}": row(SIGN_IN, GONE, GONE, GONE, GONE, GONE, OK)
        for name in ("assisted_cancel", "assisted_meeting", "assisted_other_times")
    },
    "engagements:assisted_propose": row(SIGN_IN, GONE, GONE, GONE, GONE, GONE, AWAY),  # times are proposed already
    "engagements:calendar": alike(OK),
    "engagements:calendar_feed": alike(GONE, nobody=GONE),
    "oneself:letters": alike(OK),
    "oneself:quiet": alike(OK),
    **{  # asked once more who they are; who has no password signs in anew
        f"own_data:{name}": {**alike(AWAY), "assistant": SIGN_IN} for name in ("page", "json", "html", "erase")
    },
    "engagements:check_in": row(SIGN_IN, OK, GONE, GONE, GONE, GONE),
}
# Whole areas whose single answers their own tests fix; here: nobody without the right comes in.
AREAS = {
    "admin:": "desk",
    "account_": "sign-in package",
    "mfa_": "sign-in package",
    "outbox:": "signed addresses",
    "demo:": "demo only",
    "accounts:": "one's own",
    "engagements:": "one's own",
    "oneself:": "one's own",
}
OPEN = {"theme", "styleguide", "health", "health_live"}


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver(settings.ROOT_URLCONF).url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name or pattern.pattern}", pattern


NAMES = sorted({name for name, _pattern in routes()})


def area(name: str) -> str | None:
    return next((start for start in AREAS if name.startswith(start)), None)


def test_every_route_is_listed() -> None:
    unlisted = [name for name in NAMES if name not in MATRIX and name not in OPEN and not area(name)]
    assert unlisted == []
    assert set(MATRIX) <= set(NAMES)
    assert len(NAMES) >= 150, len(NAMES)


@pytest.fixture(scope="module")
def world(module_db: None) -> dict[str, Any]:
    today = now().date()
    dates = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=300)}
    coordinator, superuser = people.person("Co", staff=True), people.person("Su", staff=True)
    User.objects.filter(pk=superuser.pk).update(is_superuser=True)
    cohort = factories.cohort(coordinators=(coordinator,), **dates)
    mentee, mentor = factories.couple(cohort, mentor=people.mentor(capacity=3))
    asked = factories.request(mentee, mentor, at=now())
    free = factories.enrolment(cohort, people.mentor(), Role.MENTOR)
    pairing = factories.pairing(mentee, mentor, state=PairingState.ACTIVE, at=now())
    agreement = Agreement.objects.create(
        pairing=pairing,
        version=1,
        check_in_every=4,
        planned_end=cohort.ends_on,
        written_by=mentee.person,
        written_at=now(),
    )
    check_in = CheckIn.objects.create(
        pairing=pairing, side="mentee", person=mentee.person, round=1, day=today, due_at=now()
    )
    goal = goals.propose(
        pairing=pairing, user=mentee.person, words=goals.GoalWords("A goal", milestones=("A step",)), now=now()
    )
    note = notes.write(pairing=pairing, user=mentee.person, text="A note", shared=True, now=now())
    question = decisions.Question("A decision", "", "", "", 50, today)
    decision = decisions.ask(pairing=pairing, user=mentee.person, question=question, now=now())
    of_decision = [name for name in NAMES if name.startswith("engagements:decision") and name[-1] != "s"]
    of_goal = [name for name in NAMES if name.startswith("engagements:goal")]
    meeting = Meeting.objects.create(
        pairing=pairing, offered=[now() + timedelta(days=3)], offered_by=mentor.person, changed_at=now()
    )
    assistant = stories.assistant(mentee.person)
    return {
        "assistant": assistant,
        **dict.fromkeys([*of_decision, "engagements:drop_decision"], decision),
        **dict.fromkeys([*of_goal, "engagements:rewrite_goal"], goal),
        "engagements:take_stock": StockRound.objects.create(
            pairing=pairing, number=1, moment="start", opens_on=today, closes_on=today + timedelta(days=13)
        ),
        **dict.fromkeys(("engagements:note", "engagements:delete_note"), note),
        "engagements:correct_goal_line": goal.entries.get(),
        "engagements:tick": goal.milestones.get(),
        "people": {
            "mentee": mentee.person,
            "mentor": mentor.person,
            "other": factories.enrolment(factories.cohort(**dates)).person,
            "coordinator": coordinator,
            "superuser": User.objects.get(pk=superuser.pk),
            "assistant": assistant.person,
        },
        "matching:mentor": free,
        "matching:ask": free,
        "matching:shortlist_add": free,
        "matching:shortlist_remove": ShortlistEntry.objects.create(mentee=mentee, mentor=free, rank=1),
        "matching:shortlist_move": ShortlistEntry.objects.get(),
        "matching:shortlist_note": ShortlistEntry.objects.get(),
        **{f"matching:{name}": asked for name in ("request", "decline", "accept", "withdraw")},
        "engagements:check_in": check_in,
        "engagements:snooze": check_in,
        "engagements:correct_check_in": check_in,
        "oneself:quiet_remove": QuietPeriod.objects.create(person=mentee.person, starts_on=today, ends_on=today),
        "engagements:sign": agreement,
        **dict.fromkeys((f"engagements:{name}" for name in OF_MEETINGS), meeting),
        **{f"engagements:{name}": meeting for name in OF_ASSISTANTS if name.startswith("assisted_")},
        **{f"engagements:{name}": assistant for name in OF_ASSISTANTS if name.startswith("assistant_")},
        "engagements:assisted_propose": pairing,
        "pairing": pairing,
    }


def address(name: str, world: dict[str, Any]) -> str:
    pattern = next(pattern for found, pattern in routes() if found == name)
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={key: _filled(key, name, world) for key in wanted})


def _filled(key: str, name: str, world: dict[str, Any]) -> Any:
    if key == "token":
        return "0" * 96
    return world["assistant"].pk if key == "assistant" else world.get(name, world["pairing"]).pk


def client_of(role: str, world: dict[str, Any]) -> Client:
    client = Client()
    if role != "nobody":
        client.force_login(world["people"][role])
    return client


def answered(response: Any) -> Any:
    if response.status_code == 302:
        return SIGN_IN if response.url.startswith(reverse("account_login")) else AWAY
    return response.status_code


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_who_gets_what(name: str, world: dict[str, Any]) -> None:
    where = address(name, world)
    found = {role: answered(client_of(role, world).get(where)) for role in ROLES}
    assert found == MATRIX[name]


DESK = [name for name in NAMES if name.startswith("admin:")]


def test_the_desk_is_for_staff() -> None:
    assert len(DESK) >= 90, len(DESK)


@pytest.mark.parametrize("name", DESK)
def test_no_page_of_the_desk_opens_for_participants(name: str, world: dict[str, Any]) -> None:
    pattern = next(pattern for found, pattern in routes() if found == name)
    words = {**pattern.pattern.converters, **dict.fromkeys(pattern.pattern.regex.groupindex)}
    fill = {"app_label": "matching", "content_type_id": 1, "object_id": str(uuid4()), "url": "x"}
    if pattern.name in {None, ""} or any(word not in fill for word in words):
        where = reverse("admin:index") + "nothing/"
    else:
        where = reverse(name, kwargs={word: fill[word] for word in words})
    for role in ("nobody", "mentee", "mentor", "other", "assistant"):
        assert client_of(role, world).get(where).status_code in {302, 403, 404}, (where, role)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("engagements:", "accounts:", "oneself:"))])
def test_ones_own_pages_want_a_sign_in_and_show_nothing_foreign(name: str, world: dict[str, Any]) -> None:
    if name.startswith(
        ("accounts:invitation", "accounts:address_undo", "accounts:erasure", "engagements:calendar_feed")
    ):
        return  # opened by the link or code itself: before there is an account, or without access to it
    pattern = next(pattern for found, pattern in routes() if found == name)
    fill = {
        "pk": world.get(name, world["pairing"]).pk,
        "slug": "never",
        "role": "mentor",
        "assistant": world["assistant"].pk,
    }
    where = reverse(
        name, kwargs={key: fill[key] for key in (pattern.pattern.converters or pattern.pattern.regex.groupindex)}
    )
    assert answered(Client().get(where)) in {SIGN_IN, POST_ONLY}
    if "pk" in pattern.pattern.converters:
        own = "assistant" if name.startswith("engagements:assist") else ""
        for role in {"other", "coordinator", "superuser", "assistant"} - {own}:
            assert client_of(role, world).get(where).status_code in {404, 405}, role
