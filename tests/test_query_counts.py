"""How many queries each page takes, with one row of everything and with two hundred: the same number, and no more
than its row says. A page without a row fails.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.prepared import Comparison
from tests.test_access_matrix import NAMES
from tests.world import World

pytestmark = pytest.mark.django_db

MANY = 200
PREPARED = 30  # queries that these pages ask, at least
LIST = 13  # the most queries of any list of the desk
# Pages by name, who looks at them, and the most queries they may take.
PAGES: dict[str, tuple[str, int]] = {
    "home": ("mentor", 16),
    "accounts:profile": ("seeker", 13),
    "accounts:leave": ("seeker", 4),
    "accounts:organisations": ("seeker", 2),
    "accounts:regions": ("seeker", 2),
    "accounts:affiliation_new": ("seeker", 8),
    "accounts:affiliation_end": ("seeker", 3),
    "accounts:affiliation_prolong": ("seeker", 3),
    "accounts:affiliation_take_back": ("seeker", 5),
    "accounts:affiliation_title": ("seeker", 3),
    "accounts:profile_step ties": ("seeker", 10),
    "accounts:profile_step position": ("seeker", 8),
    "accounts:profile_step times": ("seeker", 8),
    "accounts:profile_step intake": ("seeker", 11),
    "accounts:profile_step never": ("seeker", 9),
    "accounts:profile_step offer": ("mentor", 10),
    "oneself:letters": ("mentee", 16),
    "oneself:quiet": ("seeker", 2),
    "matching:suggestions": ("seeker", 25),
    "matching:directory": ("seeker", 26),
    "matching:mentor": ("seeker", 29),
    "matching:ask": ("seeker", 14),
    "matching:shortlist": ("seeker", 21),
    "matching:shortlist_note": ("seeker", 3),
    "matching:compare": ("seeker", 25),
    "matching:inbox": ("mentor", 3),
    "matching:request": ("mentor", 29),
    "matching:decline": ("mentor", 4),
    "engagements:pairings": ("mentor", 11),
    "engagements:pairing": ("mentee", 21),
    "engagements:decisions": ("mentee", 11),
    "engagements:new_decision": ("mentee", 10),
    "engagements:decision": ("mentee", 11),
    "engagements:decision_change": ("mentee", 11),
    "engagements:decision_decide": ("mentee", 11),
    "engagements:decision_view": ("mentor", 11),
    "engagements:stock": ("mentee", 12),
    "engagements:take_stock": ("mentee", 13),
    "engagements:notes": ("mentee", 12),
    "engagements:note": ("mentee", 11),
    "engagements:new_goal": ("mentee", 11),
    "engagements:goal": ("mentee", 13),
    "engagements:rewrite_goal": ("mentee", 12),
    "engagements:goal_note": ("mentee", 11),
    "engagements:correct_goal_line": ("mentee", 12),
    "engagements:agreement": ("mentee", 10),
    "engagements:check_in": ("mentee", 17),
    "engagements:note_meeting": ("mentee", 10),
    "engagements:pause": ("mentee", 10),
    "engagements:end": ("mentee", 10),
    "engagements:close": ("mentee", 10),
    "engagements:propose_meeting": ("mentee", 15),
    "engagements:length": ("mentee", 11),
    "engagements:talk": ("mentee", 13),
    "engagements:shared_scores": ("mentee", 11),
    "engagements:review": ("closing", 11),
    "engagements:mentor_too": ("closing", 14),
    "engagements:meeting": ("mentee", 11),
    "engagements:other_times": ("mentee", 16),
    "engagements:cancel_meeting": ("mentee", 11),
    "engagements:meeting_outcome": ("mentee", 12),
    "engagements:assistants": ("mentee", 9),
    "engagements:assisting": ("assistant", 6),
    "engagements:assisted_meeting": ("assistant", 6),
    "engagements:assisted_other_times": ("assistant", 10),
    "engagements:assisted_propose": ("assistant", 11),
    "engagements:assisted_cancel": ("assistant", 6),
    "engagements:calendar": ("mentee", 4),
    "engagements:calendar_feed": ("mentee", 6),  # three of them for the session that a calendar program has not
    "admin:index": ("coordinator", 12),
    "admin:care": ("coordinator", 28),
    "admin:ask_for": ("coordinator", 30),
    "admin:outcomes": ("coordinator", 4),
    "admin:imports": ("coordinator", 8),
}
# What shows nothing, or one thing typed: acts, answers to machines, pages of packages and of the demo.
WITHOUT_ROWS = {
    "account_": "the sign-in package's forms",
    "mfa_": "the sign-in package's forms",
    "demo:": "tests/demo counts them",
    "admin:": "every list is counted below; single records in tests/admin/test_pages.py, boards in test_boards.py",
    "outbox:": "answers to machines, and one button",
    "health": "answers to machines",
    "own_data:": "one's own records, all of them: tests/mentorship/own_data",
    "accounts:address_undo": "one button",
    "accounts:erasure": "one button",
    "accounts:invitation": "one invitation",
    "accounts:zone": "an act",
    "accounts:take_part": "an act",
    "accounts:give_up_part": "an act",
    "styleguide": "samples",
    "theme": "an act",
}
ACTS = {
    *(f"accounts:{name}" for name in ("leave_remove", "never_remove")),
    *(f"engagements:{name}" for name in ("again", "sign", "snooze", "take_back_meeting", "tick")),
    "engagements:decision_look_back",
    *("engagements:delete_note", "engagements:drop_decision"),
    # A line about a goal, like `goal_note`.
    *(f"engagements:goal_{verb}" for verb in ("keep", "let_go", "reach", "reopen", "take_up", "turn_down", "withdraw")),
    *(f"engagements:assistant_{name}" for name in ("again", "emails", "end")),
    *(f"engagements:{name}" for name in ("assisted_accept", "assisted_keep", "assisting_leave")),
    *(f"engagements:{name}" for name in ("accept_meeting", "keep_meeting", "meeting_place")),
    # Forms of an introduced, a closing, a resting pairing and an answered check-in: alike but for words.
    *(f"engagements:{name}" for name in ("change_agreement", "chemistry", "resume", "correct_check_in")),
    *(f"matching:{name}" for name in ("accept", "never_pair", "withdraw")),
    *(f"matching:{name}" for name in ("shortlist_add", "shortlist_move", "shortlist_remove")),
    "oneself:quiet_remove",
}
LISTS = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]


def test_every_page_has_a_row() -> None:
    counted = {name.split()[0] for name in PAGES} | ACTS
    left = [name for name in NAMES if name not in counted and not name.startswith(tuple(WITHOUT_ROWS))]
    assert left == []
    assert {name.split()[0] for name in PAGES} <= set(NAMES)


def counted(client: Client, path: str) -> list[str]:
    """The queries of the second visit: what a process prepares once is not the page's."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return [query["sql"] for query in queries.captured_queries]


def counted_twice() -> Iterator[tuple[str, int, list[str]]]:
    """Each page and list: how many queries it takes with few rows, and those it takes with many."""
    world = World()
    clients = {role: Client() for role in world.people}
    for role, client in clients.items():
        client.force_login(world.people[role])

    def all_pages() -> Iterator[tuple[str, list[str]]]:
        for name, (who, _most) in PAGES.items():
            yield name, counted(clients[who], world.address(name))
        for name in LISTS:
            yield name, counted(clients["coordinator"], reverse(f"admin:{name}_changelist"))

    few = {name: len(queries) for name, queries in all_pages()}
    world.grow(MANY)
    for name, queries in all_pages():
        yield name, few[name], queries


@pytest.mark.slow(reason="every page and list with two hundred rows of everything")
def test_as_many_queries_for_two_hundred_as_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, not one for each page: two processes would write the two hundred rows twice. On the way, each prepared
    query is compared with its query set.
    """
    comparison = Comparison().install(monkeypatch)
    wrong = {}
    for name, few, queries in counted_twice():
        most = PAGES[name][1] if name in PAGES else LIST
        if len(queries) > min(few, most):
            wrong[name] = (few, most, len(queries), [query[:200] for query in queries])
    assert wrong == {}
    assert len(comparison.compared) > PREPARED, sorted(comparison.compared)
