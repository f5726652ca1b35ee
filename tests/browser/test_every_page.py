"""Every page that the demo's people can reach by links: with nothing on it, one thing, many; and, on the site's own
pages, with surnames longer than a telephone is wide.

Each is opened wide by day and narrow by night. A page that neither is reached here nor looked at by a test named
below fails the suite.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Concat
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from accounts.models import User
from mentorship.demo.sign_ins import sign_ins
from tests.browser.conftest import (
    DESK,
    HEIGHT,
    NARROW,
    NARROWEST,
    WIDE,
    ZOOMED,
    Visitor,
    assert_accessible,
    assert_fits,
)
from tests.test_access_matrix import NAMES

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow(reason="every page, in four widths and both colour schemes, by all of axe's rules"),
]
SignIn = Callable[[Page, User], Page]
LONG_SURNAME = "Wolkenbruchdonaudampfschifffahrtselektrizitätenhauptbetriebswerk"

# Routes that none of the demo's people reach by a link: who looks at them, or what they are instead of pages.
ELSEWHERE = {
    "test_pages.py": {
        *("account_confirm_login_code", "account_email_verification_sent", "account_inactive", "account_logout"),
        *("account_reauthenticate", "account_request_login_code", "account_reset_password_done", "account_signup"),
        *("account_reset_password_from_key", "account_reset_password_from_key_done", "account_set_password"),
        *(
            "accounts:address_undo",
            "accounts:erasure",
            "accounts:invitation",
            "accounts:invitation_code",
            "accounts:invitation_decline",
            "demo:letter",
            "demo:letter_frame",
            "outbox:unsubscribe",
        ),
        *("engagements:chemistry", "engagements:resume", "styleguide"),
        *("engagements:mentor_too", "engagements:review"),
        *("mfa_authenticate", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate"),
        "mfa_view_recovery_codes",
    },
    "test_finding.py": {"matching:compare", "matching:shortlist"},
    "test_forms.py": {
        *("accounts:affiliation_prolong", "accounts:affiliation_take_back", "engagements:correct_check_in"),
        "matching:shortlist_note",
    },
    "test_journey.py": {"engagements:change_agreement"},
    "test_passkey.py": {"mfa_edit_webauthn", "mfa_list_webauthn", "mfa_remove_webauthn"},
    "a line about a goal, like the others": {
        *("engagements:goal_note", "engagements:goal_reopen", "engagements:goal_take_up", "engagements:goal_turn_down"),
        "engagements:goal_withdraw",
    },
    "a form about a decision or a meeting, like the others": {
        *("engagements:decision_look_back", "engagements:meeting_outcome"),
    },
    "acts and answers to machines": {
        *(
            "accounts:leave_remove",
            "accounts:organisations",
            "accounts:never_remove",
            "accounts:take_part",
            "accounts:give_up_part",
            "accounts:regions",
            "accounts:zone",
            "accounts:zone_offer",
            "demo:forward",
            "demo:index",
        ),
        *(
            "demo:sign_in",
            "engagements:again",
            "engagements:sign",
            "health",
            "health_live",
            "matching:accept",
            "matching:never_pair",
            "matching:withdraw",
        ),
        *(
            "engagements:delete_note",
            "engagements:drop_decision",
            "engagements:snooze",
            "engagements:take_back_meeting",
            "engagements:tick",
            "oneself:quiet_remove",
        ),
        *("engagements:accept_meeting", "engagements:keep_meeting", "engagements:meeting_place"),
        *("engagements:assistant_again", "engagements:assistant_emails", "engagements:assistant_end"),
        *("engagements:assisted_accept", "engagements:assisted_keep", "engagements:assisting_leave"),
        "engagements:calendar_feed",
        *("outbox:health", "outbox:metrics", "own_data:html", "own_data:json"),
        *(
            "matching:shortlist_add",
            "matching:shortlist_move",
            "matching:shortlist_remove",
            "mfa_download_recovery_codes",
        ),
        *("mfa_login_webauthn", "mfa_reauthenticate_webauthn", "theme"),
    },
}
ALIKE = ("accounts:", "oneself:", "own_data:", "account_", "mfa_", "demo:")  # the same pages, whoever looks


def key_of(path: str) -> str:
    """What makes a page another page: its route, and the step where it has steps. "" for what is none of ours."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return " ".join([match.view_name, *filter(None, [match.kwargs.get("slug")])])


def links(page: Page) -> list[str]:
    """The paths of this site that the page leads to, without files."""
    hrefs = page.eval_on_selector_all("a[href]:not([download])", "all => all.map((one) => one.href)")
    here = urlsplit(page.url).netloc
    return [urlsplit(href).path for href in hrefs if urlsplit(href).netloc == here]


def walk(page: Page, start: str, wanted: Callable[[str], bool], seen: set[str]) -> Iterator[None]:
    """Open the pages that links lead to from `start`, one a key, adding it to `seen`; yields as each lies open."""
    waiting = [start]
    while waiting:
        path = waiting.pop(0)
        key = key_of(path)
        if key in seen or not wanted(key):
            continue
        seen.add(key)
        answer = page.goto(path)
        assert answer
        assert answer.status == 200, (path, answer.status)
        waiting += links(page)
        yield


def check(page: Page, **options: Any) -> None:
    """Wide by day, narrow by night, and nothing aside in between."""
    assert page.locator("h1").count() == 1, page.url
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        assert_fits(page)
        assert_accessible(page, **options)
    for width in (NARROWEST, ZOOMED):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert_fits(page)


@pytest.fixture
def cast(demo: None) -> dict[str, User]:
    """The demo's five people, by the part they play."""
    return {str(each.part): each.person for each in sign_ins()}


def test_every_page_of_the_site(visitor: Visitor, signed_in: SignIn, cast: dict[str, User]) -> None:
    first_name = Func(F("name"), Value(" "), Value(1), function="split_part", output_field=CharField())
    User.objects.filter(is_staff=False).update(name=Concat(first_name, Value(f" {LONG_SURNAME}")))
    reached: set[str] = set()
    for person in cast.values():
        page = signed_in(visitor.page(), person)
        seen = {key for key in reached if key.startswith(ALIKE)}
        for _open in walk(page, "/", lambda key: bool(key) and not key.startswith("admin:"), seen):
            check(page)
        reached |= seen
    assert len(cast) == 6
    unseen = {name for name in NAMES if not name.startswith("admin:")} - {key.split()[0] for key in reached}
    assert unseen <= set().union(*ELSEWHERE.values()), "pages nobody looked at"


def test_every_page_of_the_desk(visitor: Visitor, signed_in: SignIn, cast: dict[str, User]) -> None:
    page = signed_in(visitor.page(), cast["Coordinator"])
    seen: set[str] = set()
    for _open in walk(page, "/coordination/", lambda key: key.startswith("admin:"), seen):
        check(page, **DESK)
    lists = {f"admin:{model._meta.label_lower.replace('.', '_')}_changelist" for model in admin.site._registry}
    assert lists <= seen, "lists nobody looked at"
    assert {
        "admin:ask_for",
        "admin:care",
        "admin:imports",
        "admin:outcomes",
        "admin:outcomes_of_cohort",
        "admin:outcomes_report",
        "admin:readiness",
    } <= seen
    assert {"admin:matching_pairing_change", "admin:matching_request_change", "admin:cohorts_cohort_change"} <= seen
