"""The kinds of letters, filled in by the apps that write them (in `ready()`), and how a letter's words are
made.

A kind is one function that renders, and one that says whether the letter still holds. Rows keep ids only, so
both look up what they need when the letter is about to leave.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.reading import read_in
from outbox.models import Letter
from outbox.reasons import LetterReason
from outbox.wire import CalendarPart

# Rules under @media (dark mode, small screens) cannot live in a tag: they stay in the head.
_INLINER = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


UNTITLED = _("E-mails of this kind")


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a letter goes: address, name for the greeting, language, zone (IANA); what stops this kind, and who reads
    an answer (an address), or "".
    """

    address: str
    name: str
    language: str
    zone: str = "UTC"
    unsubscribe_url: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says: one line of subject, and the same message as text and as HTML; and for a calendar program."""

    subject: str
    text: str
    html: str
    calendar: CalendarPart | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """How one thing looks in a letter that carries several: a heading, a sentence or two, one action, and the link
    that stops its kind.
    """

    heading: str
    line: str
    action_url: str
    action_label: str
    unsubscribe_url: str = ""
    unsubscribe_label: str = ""


def zone_of(person: Any) -> str:
    """The zone (IANA) a person lives by; UTC for somebody without a profile."""
    return getattr(getattr(person, "profile", None), "known_zone", None) or "UTC"


def language_of(person: Any) -> str:
    """The language a person reads in; the site's own for somebody without a profile."""
    return getattr(getattr(person, "profile", None), "language", None) or settings.LANGUAGE_CODE


def person_of(letter: Letter) -> Recipient | None:
    """The letter's person as a recipient; None when it is not for a person, or for one whose account is
    closed.
    """
    person = letter.person
    return None if person is None or not person.is_active else recipient_for(person, person.email)


def recipient_for(person: Any, address: str) -> Recipient:
    """A person as the recipient of what goes to this address: by name, in their own language and zone."""
    return Recipient(address, person.get_full_name(), language_of(person), zone_of(person))


def always_due(_letter: Letter, _now: datetime) -> LetterReason | None:
    """For letters that hold whatever happens after they were written."""
    return None


class Scope(StrEnum):
    """To what the letters of a kind belong."""

    PAIRING = "pairing"
    COHORT = "cohort"
    INVITATION = "invitation"
    ACCOUNT = "account"
    SITE = "site"


class Reader(StrEnum):
    """In which part somebody gets the letters of a kind."""

    ANYBODY = "anybody"
    MENTEE = "mentee"
    MENTOR = "mentor"
    COORDINATOR = "coordinator"
    STAFF = "staff"
    ASSISTANT = "assistant"
    INVITED = "somebody invited"
    CONTACT = "a concern contact"


PAIR = frozenset({Reader.MENTEE, Reader.MENTOR})


# The columns that `post` must fill for a letter of each scope, and may.
_COHORT, _PAIRING, _INVITATION = {"cohort_id"}, {"cohort_id", "pairing_id"}, {"invitation_id"}
SCOPE_COLUMNS: Mapping[Scope, tuple[set[str], set[str]]] = {
    Scope.PAIRING: (_PAIRING, _PAIRING),
    Scope.COHORT: (_COHORT, _PAIRING),
    Scope.INVITATION: (_INVITATION, _INVITATION),
    Scope.ACCOUNT: (set(), set()),
    Scope.SITE: (set(), set()),
}


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter. Its words are one template, `email/<name>.txt`.

    `scope` says to what its letters belong; the desk finds them by that. `render` makes the content, as a rule by
    `render_email`; `still_due` gives None while the letter holds at `now`
    (programme time), or else the reason for cancelling it. A
    `contractual` kind (about a request's or pairing's state) cannot be unsubscribed from; any other is named by
    `title` on the unsubscribe page. A letter is cancelled when a later one of the kinds in `superseded_by` is
    itself due for the same subject and recipient. `recipient` says who gets it: by default the letter's person;
    a letter to an invited address gives its own.

    A kind with `item` may be gathered: when several letters of such kinds are due to one person on the same
    day (theirs), they leave as one, with an item each, as soon as the first of them is due. Nothing else changes:
    each is posted by itself, asked `still_due` by itself, and rendered by `render` when it is alone. Let
    `item` be `render_item` over the same context as `render`'s.

    `readers` are the parts in which one gets it: to them alone the page of e-mails offers to stop and to start it.

    Of a kind that is `one_a_day`, a person gets one e-mail a day at most: what comes after the first waits for the next
    morning, and leaves together. It needs an `item`, and is posted as due now.

    Letters of an `urgent` kind leave before all others, whatever `due_at` says, and also while letters are paused.
    """

    name: str
    render: Callable[[Letter, Recipient], Content]
    scope: Scope = field(kw_only=True)
    still_due: Callable[[Letter, datetime], LetterReason | None] = always_due
    contractual: bool = False
    title: str | Promise = UNTITLED
    superseded_by: tuple[str, ...] = ()
    recipient: Callable[[Letter], Recipient | None] = person_of
    item: Callable[[Letter, Recipient], Item] | None = None
    urgent: bool = False
    readers: frozenset[Reader] = frozenset({Reader.ANYBODY})
    one_a_day: bool = False


_KINDS: dict[str, LetterKind] = {}
_ANSWERED_BY: list[Callable[[Letter], str]] = []


def register_answering(answered_by: Callable[[Letter], str]) -> None:
    """Add a function that knows who reads answers to a letter: an address, or "". The first that knows is asked."""
    _ANSWERED_BY.append(answered_by)


def answered_by(letter: Letter) -> str:
    """The address that reads answers to this letter; "" when nobody does."""
    return next(filter(None, (ask(letter) for ask in _ANSWERED_BY)), "")


def register(*kinds: LetterKind) -> None:
    """Add kinds. Raises `ValueError` when a name is taken by another one."""
    for kind in kinds:
        if _KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"the letter kind {kind.name!r} is registered twice")


def registered() -> Mapping[str, LetterKind]:
    """Every kind, by name."""
    return dict(_KINDS)


def absolute_url(view_name: str, *args: object, **kwargs: object) -> str:
    """A page's whole address, for a letter's action: `reverse()` after SITE_URL."""
    return str(settings.SITE_URL) + reverse(view_name, args=args or None, kwargs=kwargs or None)


def render_email(
    name: str, context: Mapping[str, Any], recipient: Recipient, *, calendar: CalendarPart | None = None
) -> Content:
    """Render `email/<name>.txt` as a subject, a text and an HTML page (CSS inlined), in the recipient's language
    and zone.

    The template sees `context`, and `site_name`, `site_url`, `recipient`, `unsubscribe_url`, `subject`.
    `action` in `context` is the address that the button opens; without it there is no button. `calendar` goes with it.
    """
    with read_in(language=recipient.language, zone=recipient.zone):
        shared = _shared(context, recipient)
        shared["subject"] = " ".join(_render(name, "subject.txt", shared).split())
        return Content(
            subject=shared["subject"],
            text=tidy(_render(name, "message.txt", shared)) + "\n",
            html=_INLINER.inline(_render(name, "message.html", shared, autoescape=True)),
            calendar=calendar,
        )


def render_item(name: str, context: Mapping[str, Any], recipient: Recipient) -> Item:
    """Render `email/<name>.txt` as one thing in an e-mail that carries several. `context` is that of
    `render_email`; its `action` is the address.
    """
    with read_in(language=recipient.language, zone=recipient.zone):
        lines = [line.strip() for line in _render(name, "item.txt", _shared(context, recipient)).splitlines()]
    heading, *line, action_label, unsubscribe_label = filter(None, lines)
    action, stop = str(context["action"]), recipient.unsubscribe_url
    return Item(heading, " ".join(line), action, action_label, stop, unsubscribe_label)


def render_digest(items: Sequence[Item], recipient: Recipient) -> Content:
    """One letter that carries several things; the recipient's link stops all the kinds among them that can be."""
    return render_email("digest", {"items": items}, recipient)


def _shared(context: Mapping[str, Any], recipient: Recipient) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "recipient": recipient,
        "unsubscribe_url": recipient.unsubscribe_url,
        "reply_to": recipient.reply_to,
        **context,
    }


def _render(name: str, layout: str, context: Mapping[str, Any], *, autoescape: bool = False) -> str:
    """One layout of an e-mail's template. Only HTML is escaped; nothing in a text is read as HTML."""
    template = get_template(f"email/{name}.txt").template  # type: ignore[attr-defined]  # Django's own backend
    context = {**context, "layout": get_template(f"email/layouts/{layout}")}
    return str(template.render(Context(context, autoescape=autoescape)))


def tidy(text: str) -> str:
    """No space at either end of a line, at most one empty line in a row, none at the beginning or the end."""
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines)
