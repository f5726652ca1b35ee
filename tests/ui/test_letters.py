"""Every letter: one template that says the same as text and as HTML, a neutral subject, a preheader, one action;
and a layout that old clients hold.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist

from accounts import account_letters
from accounts.models import User
from outbox.kinds import Item, Recipient, registered, render_digest, render_email, render_item
from tests.emails import assert_says_the_same

FOLDER = Path(settings.BASE_DIR) / "templates" / "email"
NO_KIND = {"account", "base", "digest"}  # what an account says of itself, what all say, and several in one
KINDS = sorted(set(registered()) - {kind.name for kind in account_letters.KINDS})  # those have one template together
GATHERED = sorted(name for name, kind in registered().items() if kind.item is not None)
VARIABLE = re.compile(r"{{\s*([\w.]+)")
SENTENCE = re.compile(r'{% translate "(.+?)" %}|{% blocktranslate.*?%}(.+?){% endblocktranslate %}', re.DOTALL)
LONGEST_SUBJECT = 60
WITHOUT_A_PAGE = {"talk_asked", "talk_taken_back"}  # to somebody who need not have an account
STOP = "https://programme.example/stop/1/"
ACTION = "https://programme.example/action/?a=1&b=2"
READER = Recipient("ana@example.org", "Ana O'Neill", "en-gb", unsubscribe_url=STOP)
FORKS = (
    *("again", "agreed", "by_cohort", "cohort_over", "ended", "first_in_line", "listed", "may_put_off", "mentored"),
    *("mine", "moved", "nobody_new", "proposed", "said_yes", "undo", "went_on", "with_note"),
)
DAY = datetime(2041, 1, 14, 9, tzinfo=UTC)


class Cohort(str):
    """A cohort as templates see it: it says its name, and has one."""

    __slots__ = ()
    name = property(str)


def words(turn: bool) -> dict[str, Any]:
    """All that any letter's template may ask for; `turn` takes the one way or the other wherever it forks."""
    other, cohort = User(name="Ruth Adeyemi-O'Hara", email="ruth@example.org"), Cohort("Spring & Summer")
    return {
        "about": other.name,
        "asker": other,
        "phone": "+41 44 000 00 00" if turn else "",
        "action": ACTION,
        "alert": SimpleNamespace(get_kind_display="A pair has gone quiet", raised_at=DAY, remedy="You can ask both."),
        "closes_on": DAY.date(),
        "change": SimpleNamespace(new="new@example.org", old="old@example.org", takes_effect_at=DAY),
        "code": "BCDF-GHJK",
        "code_page": "https://programme.example/code/",
        "cohort": cohort,
        "deadline": DAY,
        "decide_by": DAY,
        "due_at": DAY,
        "erasure": SimpleNamespace(due_at=DAY),
        "enrolment": SimpleNamespace(role="mentor" if turn else "mentee"),
        "invitation": SimpleNamespace(name="Ana", invited_by=other if turn else None, expires_at=DAY, assisting=False),
        "offers": ["Spring 2041, from 1 March to 30 November 2041, as a mentor."] if turn else [],
        "other": other,
        "pairing": SimpleNamespace(cohort=cohort, introduced_at=DAY, planned_end=DAY),
        "planned_end": DAY,
        "begun_by": "one" if turn else "planned",
        "closes_at": DAY,
        "proposed_end": DAY,
        "since": DAY,
        "look_back_on": DAY.date(),
        "leader": User(name="Dr. Amara Diallo"),
        "message": "Dear all,\n\nwe meet on <Monday>.",
        "writer": "Clara O'Connor",
        "meeting": SimpleNamespace(starts_at=DAY, ends_at=DAY),
        "times": [DAY],
        **dict.fromkeys(FORKS, turn),
        "of_themselves": turn,
        "hold_line": "Where Ruth works is being brought up to date." if turn else "",
        **dict.fromkeys(("first_check_in", "until", "held_until"), DAY if turn else None),
    }


def source(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text()


def block(text: str, name: str) -> str:
    """What a template puts into a block; "" for one it leaves to the layout."""
    found = re.search(rf"{{% block {name} %}}(.*?){{% endblock", text, re.DOTALL)
    return found[1].strip() if found else ""


def test_every_kind_is_one_template() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} - NO_KIND == set(KINDS)
    assert [path.name for path in FOLDER.iterdir() if path.is_dir()] == ["layouts"]


def test_a_kind_without_a_template_is_not_sent() -> None:
    with pytest.raises(TemplateDoesNotExist):
        render_email("no_such_kind", words(turn=True), READER)


@pytest.mark.parametrize("turn", [True, False])
@pytest.mark.parametrize("name", KINDS)
def test_text_and_html_say_the_same(name: str, turn: bool) -> None:
    content = render_email(name, words(turn), READER)
    assert_says_the_same(content)
    assert (f":\n{ACTION}\n" in content.text) is (name not in WITHOUT_A_PAGE)
    assert content.text.count(ACTION) == (name not in WITHOUT_A_PAGE)
    assert "\n\n\n" not in content.text


def test_no_sentence_is_written_twice() -> None:
    """Within an e-mail; a choice between two sentences may end alike in both."""
    for path in FOLDER.glob("*.txt"):
        sentences = ["".join(found) for found in SENTENCE.findall(path.read_text())]
        assert sorted(sentences) == sorted(set(sentences)), path.name


def test_a_request_as_text() -> None:
    assert (
        render_email("request_waiting", words(turn=True), READER).text
        == f"""\
Please answer by Monday 14 January 2041, 09:00 UTC

Ruth Adeyemi-O'Hara is waiting for your answer

Dear Ana O'Neill,

A yes introduces you; a no lets somebody else be asked. If neither comes by then, the request closes automatically. \
We do not remind you again.

Answer the request:
{ACTION}

The link signs nobody in; it opens the page and asks you to sign in.

--
You receive this because you take part in {settings.SITE_NAME}.
Answers to this e-mail are not read.
Receive no more e-mails of this kind:
{STOP}
Choose which e-mails come, and when:
{settings.SITE_URL}/you/letters/
"""
    )


def test_an_invitation_as_text_and_as_html() -> None:
    content = render_email("invitation", words(turn=True), Recipient("ana@example.org", "Ana", "en-gb"))
    assert (
        content.text
        == f"""\
An invitation, for you alone

Ana, you are invited

Ruth Adeyemi-O'Hara invites you to take part in {settings.SITE_NAME}, where senior leaders are paired with mentors \
outside their own organisation.

Spring 2041, from 1 March to 30 November 2041, as a mentor.

Ruth Adeyemi-O'Hara answers questions: ruth@example.org.

It takes two minutes to accept, and you may decline on the same page. What you and your mentor or mentee write to each \
other is encrypted; coordinators never read it.

Look at your invitation:
{ACTION}

If the link does not open, go to https://programme.example/code/ and type this code: BCDF-GHJK

The invitation is open until 14 January 2041. Please do not pass it on: it is bound to your address.

--
You receive this because a coordinator of {settings.SITE_NAME} invited you.
Answers to this e-mail are not read.
"""
    )
    plain = re.sub(r' style="[^"]*"', "", content.html)
    assert '<a href="https://programme.example/code/">https://programme.example/code/</a>' in plain
    assert "<strong>BCDF-GHJK</strong></p>" in plain
    assert "<p>Ruth Adeyemi-O'Hara invites you" in plain
    assert f'<a href="{ACTION.replace("&", "&amp;")}">Look at your invitation</a>' in plain
    assert f"<title>Your invitation to {settings.SITE_NAME}</title>" in plain


@pytest.mark.parametrize("name", GATHERED)
def test_an_item_opens_what_its_letter_opens(name: str) -> None:
    item, letter = render_item(name, words(turn=True), READER), render_email(name, words(turn=True), READER)
    assert f"\n{item.action_label}:\n{item.action_url}\n" in letter.text
    assert "Ruth" in item.heading + item.line
    assert item.line


def test_only_kinds_that_may_be_gathered_have_words_for_an_item() -> None:
    assert sorted(name for name in KINDS if block(source(name), "item_line")) == GATHERED


def test_a_digest_names_each_thing_with_its_own_action_and_its_own_way_to_stop() -> None:
    gathered = {"other": User(name="Ruth Adeyemi"), "due_at": DAY, "action": "https://x.example/1/"}
    items = [
        render_item("check_in_due", gathered, READER),
        Item("O'Neill & Co", "Soon.", "https://x.example/2/", "Look"),
    ]
    assert items[0] == Item(
        "Your check-in on the pairing with Ruth Adeyemi",
        "Due on Monday 14 January 2041. Three short questions, two minutes.",
        "https://x.example/1/",
        "Start the check-in",
        STOP,
        "Receive no more e-mails of this kind",
    )
    content = render_digest(items, READER)
    assert_says_the_same(content)
    assert content.subject == "2 things for today"
    assert (
        f"""
Start the check-in:
https://x.example/1/
Receive no more e-mails of this kind:
{STOP}

O'Neill & Co
Soon.
Look:
https://x.example/2/

The links sign nobody in"""
        in content.text
    )
    assert "O'Neill &amp; Co" in content.html
    assert [content.html.count(f"https://x.example/{number}/") for number in (1, 2)] == [1, 1]
    assert content.html.count("Receive no more e-mails of this kind") == 1
    assert "\n\n\n" not in content.text


@pytest.mark.parametrize("name", KINDS)
def test_a_letter_is_neutral_and_has_one_action(name: str) -> None:
    text = source(name)
    assert set(VARIABLE.findall(block(text, "subject"))) <= {"site_name"}
    content = render_email(name, words(turn=True), READER)
    assert 0 < len(content.subject) <= LONGEST_SUBJECT
    assert block(text, "preheader")
    assert bool(block(text, "action_label")) is (name not in WITHOUT_A_PAGE)
    assert re.search(r"<h1[^>]*>[^<]+</h1>", content.html)
    assert not re.search(r"<\w", text), "a template is plain text; the layouts write the tags"
    assert not re.search(r"http|\|link", block(text, "body"))


def test_the_layout_is_of_tables_with_every_rule_in_its_tag() -> None:
    html = render_email("pairing_paused", words(turn=False), READER).html
    styled = re.findall(r"<(\w+)\b[^>]*\bstyle=", html)
    assert {"td", "p", "h1", "a", "table"} <= set(styled)
    assert "@media (prefers-color-scheme: dark)" in html
    assert "<!--[if mso]>" in html
    assert "mso-padding-alt" in html
    assert not re.search(r"<(script|link|img|form)\b", html)
    assert "http-equiv" not in html
    assert html.index("No check-in is due meanwhile") < html.index("<h1")
