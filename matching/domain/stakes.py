"""Where requests and pairings stand, in sentences to their person or to a coordinator: what a change would do."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts.models import User
from common.dates import day_with_year, time_to_act
from common.transitions import Actor
from matching.domain import independence
from matching.models import Alert, Pairing, Request
from matching.models.alerts import AlertKind
from matching.models.pairings import PairingQuerySet
from matching.models.requests import RequestQuerySet
from matching.sentences import RULES, hold_line
from matching.states import RequestState


def stakes_of(person: User, now: datetime) -> dict[UUID, str]:
    """A sentence for each waiting request and each pairing that is told to the coordinators, by its id.

    A request that has lapsed at this very moment is told with the rule that keeps the two apart, if that may be
    revealed; otherwise not at all, or one could find out by trying who is on whose private list.
    """
    return dict([*_of_requests(person, now), *_of_pairings(person)])


def _of_requests(person: User, now: datetime) -> Iterator[tuple[UUID, str]]:
    rows = Request.objects.as_participant(person).filter(
        Q(state=RequestState.PENDING) | Q(state=RequestState.LAPSED, answered_at=now)
    )
    for asked in rows.select_related("mentee", "mentor", "cohort", "mentee_enrolment", "mentor_enrolment"):
        mine = asked.mentee_id == person.pk
        other = asked.mentor if mine else asked.mentee
        name = (_("The request to %(name)s") if mine else _("The request to mentor %(name)s")) % {"name": other.name}
        if asked.state == RequestState.LAPSED:
            if reason := _revealed(asked, now):
                yield asked.pk, _("%(request)s closes. %(reason)s") % {"request": name, "reason": reason}
            continue
        words = {"request": name, "moment": time_to_act(asked.waits_until)}
        if asked.held_until:
            reader = Actor.MENTEE if mine else Actor.MENTOR
            words["reason"] = hold_line(asked.held_for, reader, other.get_short_name())
            yield asked.pk, _("%(request)s waits, until %(moment)s at the longest. %(reason)s") % words
        else:
            yield asked.pk, _("%(request)s is to be answered by %(moment)s.") % words


def _revealed(asked: Request, now: datetime) -> str:
    pair = {"mentee": asked.mentee_enrolment, "mentor": asked.mentor_enrolment}
    found = independence.broken(**pair, now=now, leave_out=asked.pk, present=True)
    return str(RULES[found[0].public_key].refusal) if found and found[0].revealed else ""


def _of_pairings(person: User) -> Iterator[tuple[UUID, str]]:
    told = Alert.objects.open().filter(kind=AlertKind.INDEPENDENCE).values("subject_id")
    for pairing in Pairing.objects.open().as_participant(person).filter(pk__in=told).select_related("mentee", "mentor"):
        other = pairing.mentor if pairing.mentee_id == person.pk else pairing.mentee
        yield (
            pairing.pk,
            _("Your pairing with %(name)s goes on. Your coordinators are told of the tie between you.")
            % {"name": other.name},
        )


def requests_closing(requests: RequestQuerySet, *, without: User | None = None) -> Iterator[str]:
    """To a coordinator: a sentence for each waiting request that closes. `without` is whose account closes with it."""
    for asked in requests.select_related("mentee", "mentor").order_by("deadline"):
        told = [who.name for who in (asked.mentee, asked.mentor) if who != without]
        words = {**_names(asked), "told": get_text_list(told, _("and"))}
        yield _("The request from %(mentee)s to %(mentor)s closes. Told by e-mail: %(told)s.") % words


def pairings_left_alone(pairings: PairingQuerySet, person: User) -> Iterator[str]:
    """To a superuser: a sentence for each open pairing of somebody whose account is closed."""
    for pairing in pairings.select_related("mentee", "mentor").order_by("introduced_at"):
        other = pairing.mentor if pairing.mentee_id == person.pk else pairing.mentee
        told = _("The pairing of %(mentee)s and %(mentor)s goes on; %(other)s and its coordinators are told.")
        if not other.is_active:
            told = _("The pairing of %(mentee)s and %(mentor)s goes on; its coordinators are told.")
        yield told % {**_names(pairing), "other": other.name}


def requests_ending(requests: RequestQuerySet, person: User) -> Iterator[str]:
    """To whoever reads about the erasing of `person`, who may be themselves: a sentence for each waiting request."""
    for asked in requests.select_related("mentee", "mentor").order_by("deadline"):
        told = _("The request from %(other)s closes at once; %(other)s is told by e-mail.")
        if asked.mentee_id == person.pk:
            told = _("The request to %(other)s closes at once; %(other)s is told by e-mail.")
        yield told % {"other": _other(asked, person).name}


def pairings_ending(pairings: PairingQuerySet, person: User, until: datetime) -> Iterator[str]:
    """The same for each open pairing: that the account is closed is told at once, that it is over at `until`."""
    for pairing in pairings.select_related("mentee", "mentor").order_by("introduced_at"):
        yield _(
            "The pairing with %(other)s ends on %(day)s, without fault. %(other)s and the coordinators are told at "
            "once that the account is closed, and %(other)s on that day that the pairing does not go on."
        ) % {"other": _other(pairing, person).name, "day": day_with_year(until)}


def _other(pair: Request | Pairing, person: User) -> User:
    return pair.mentor if pair.mentee_id == person.pk else pair.mentee


def pairings_going_on(pairings: PairingQuerySet) -> Iterator[str]:
    """To a coordinator: a sentence for each open pairing of an enrolment that is withdrawn."""
    for pairing in pairings.select_related("mentee", "mentor").order_by("introduced_at"):
        yield _("The pairing of %(mentee)s and %(mentor)s goes on until it is ended.") % _names(pairing)


def _names(pair: Request | Pairing) -> dict[str, str]:
    return {"mentee": pair.mentee.name, "mentor": pair.mentor.name}
