"""What a coordinator can do about an alert, each as a link: to a verb of a record, to a page, or to write to somebody.

The table says it for each kind. A verb that is not the coordinator's, or that the record's state closes, is left out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.verbs import VerbAdmin
from accounts.models import User
from matching.models import Alert
from matching.models.alerts import AlertKind

Words = str | Promise
# A record that an alert leads to, found from what the alert is about.
Of = Callable[[Any], Any]


def _itself(subject: Any) -> Any:
    return subject


def _mentee(pairing: Any) -> Any:
    return pairing.mentee


def _mentor(pairing: Any) -> Any:
    return pairing.mentor


def _person(enrolment: Any) -> Any:
    return enrolment.person


@dataclass(frozen=True, slots=True)
class UseVerb:
    """A verb of a record's page at the desk; the page that asks once more is next."""

    verb: str
    label: Words
    of: Of = _itself


@dataclass(frozen=True, slots=True)
class GoTo:
    """A page at the desk: its address from what the alert is about."""

    label: Words
    address: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class WriteTo:
    """An e-mail to these people, in the coordinator's own program."""

    label: Words
    people: Callable[[Any], Iterable[User]]


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer as the page draws it: a link to `href`, or with a `verb` a button that sends it there for `record`."""

    label: Words
    href: str
    verb: str = ""
    record: UUID | None = None
    ends: bool = False


def _page(name: str, of: Of = _itself) -> Callable[[Any], str]:
    return lambda subject: reverse(f"admin:{name}_change", args=[of(subject).pk])


def _adding(name: str, **said: Of) -> Callable[[Any], str]:
    """A page that adds something, begun with these."""
    return lambda subject: (
        f"{reverse(f'admin:{name}_add')}?{urlencode({key: of(subject).pk for key, of in said.items()})}"
    )


def _searched(name: str, of: Of) -> Callable[[Any], str]:
    """A list, searched for somebody's name."""
    return lambda subject: f"{reverse(f'admin:{name}_changelist')}?{urlencode({'q': of(subject).name})}"


_LOOK = GoTo(_("Look at the pairing"), _page("matching_pairing"))
_END = UseVerb("end_early", _("End the pairing"))
_WRITE_TO_BOTH = WriteTo(_("Write to both"), lambda pairing: (pairing.mentee, pairing.mentor))
_WRITE = WriteTo(_("Write to them"), lambda enrolment: (enrolment.person,))
_REQUESTS = GoTo(_("Their requests"), _searched("matching_request", _person))
_COHORT = GoTo(_("The cohort’s rules"), _page("cohorts_cohort", lambda pairing: pairing.cohort))

# What helps most comes first: it stands on the desk's first page.
OFFERS: Mapping[str, tuple[UseVerb | GoTo | WriteTo, ...]] = {
    AlertKind.INDEPENDENCE: (
        GoTo(_("Waive it for the two"), _adding("matching_waiver", pairing=_itself)),
        GoTo(_("The mentee’s ties"), _page("accounts_user", _mentee)),
        GoTo(_("The mentor’s ties"), _page("accounts_user", _mentor)),
        _LOOK,
        _END,
    ),
    AlertKind.COMPETITORS: (_LOOK, _COHORT, _WRITE_TO_BOTH, _END),
    AlertKind.ACCOUNT_CLOSED: (
        _END,
        _LOOK,
        UseVerb("reopen_account", _("Open the mentee’s account again"), _mentee),
        UseVerb("reopen_account", _("Open the mentor’s account again"), _mentor),
    ),
    AlertKind.INTRODUCED_IDLE: (_WRITE_TO_BOTH, _LOOK, _END),
    AlertKind.MENTOR_SILENT: (
        _WRITE,
        _REQUESTS,
        UseVerb("withdraw", _("Withdraw them from the cohort")),
    ),
    AlertKind.SHORTLIST_EMPTY: (
        GoTo(_("Ask a mentor for them"), lambda enrolment: reverse("admin:ask_for", args=[enrolment.pk])),
        GoTo(_("Make a match run"), _adding("matching_matchrun", cohort=lambda enrolment: enrolment.cohort)),
        _REQUESTS,
        _WRITE,
    ),
    AlertKind.CHECK_INS_MISSED: (
        _WRITE_TO_BOTH,
        _LOOK,
        UseVerb("pause", _("Pause the pairing")),
        UseVerb("begin_closing", _("Begin its closing")),
        _END,
    ),
    AlertKind.ORGANISATION_NEW: (
        UseVerb("confirm", _("Confirm the name")),
        UseVerb("merge", _("Merge it into another")),
        UseVerb("refuse", _("Refuse it")),
        GoTo(_("Look at the organisation"), _page("accounts_organisation")),
    ),
    AlertKind.WORDS_UNREADABLE: (_LOOK,),
    AlertKind.NOTE_UNREADABLE: (_REQUESTS, _WRITE),
    AlertKind.ZONE_UNKNOWN: (_WRITE, GoTo(_("Look at the person"), _page("accounts_user", _person))),
    AlertKind.MENTOR_WANTED: (GoTo(_("Enrol them"), _adding("cohorts_enrolment", person=_person)), _WRITE),
    AlertKind.UNDECIDABLE: (GoTo(_("Look at the cohort"), _page("cohorts_cohort")),),
}


def offers(alert: Alert, subject: object, request: HttpRequest) -> list[Offered]:
    """What this coordinator can do about it now; `subject` is what it is about. Nothing when that is gone."""
    if subject is None or isinstance(subject, Alert):
        return []
    return possible(OFFERS.get(alert.kind, ()), subject, request)


def possible(acts: Iterable[UseVerb | GoTo | WriteTo], subject: object, request: HttpRequest) -> list[Offered]:
    """Those of these acts that this coordinator can do about a record as it stands."""
    found = (_offered(act, subject, request) for act in acts)
    return [offered for offered in found if offered is not None]


def _offered(offer: UseVerb | GoTo | WriteTo, subject: object, request: HttpRequest) -> Offered | None:
    if isinstance(offer, GoTo):
        return Offered(offer.label, offer.address(subject))
    if isinstance(offer, WriteTo):
        addresses = [quote(person.email) for person in offer.people(subject) if person.is_active]
        return Offered(offer.label, f"mailto:{','.join(addresses)}") if addresses else None
    return _verb(offer, offer.of(subject), request)


def _verb(offer: UseVerb, record: Model, request: HttpRequest) -> Offered | None:
    page = cast("VerbAdmin[Any]", admin.site.get_model_admin(type(record)))
    for verb in page.offered(request):
        if verb.name == offer.verb and verb.open_to(record):
            return Offered(offer.label, page.list_address(), verb.name, record.pk, verb.ends)
    return None
