"""Ties: whom people work for, who owns whom, and who competes.

Each change tells the higher apps (`ties_changed`) inside its transaction: who must stay independent is re-checked
before anything is saved for good.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.choices import Tie
from accounts.domain.families import closes_circle, lock_ownership
from accounts.domain.saving import refused_with_words
from accounts.models import Affiliation, Competition, Organisation, Ownership, User
from accounts.signals import ties_changed
from common.models import Event
from common.steps import Actor, Refused
from common.transactions import atomically

EARLIEST = date(1940, 1, 1)
AHEAD = timedelta(days=366)


def _check_days(starts_on: date, ends_on: date | None, today: date) -> None:
    """Raises `Refused` for days in the wrong order, or so far off that they must be slips of the finger."""
    if starts_on < EARLIEST or starts_on > today + AHEAD:
        raise Refused(_("This day is too far away. Please check the year."), field="starts_on", code="far")
    if ends_on is not None and ends_on <= starts_on:
        raise Refused(_("The end must come after the start."), field="ends_on", code="order")


@atomically
def save_affiliation(
    *,
    person: User,
    organisation: Organisation | None,
    kind: str,
    starts_on: date,
    now: datetime,
    title: str = "",
    ends_on: date | None = None,
    by: User | None = None,
) -> Affiliation:
    """Add a tie of `person` to `organisation` (None: independent, as an employer only). Raises `Refused`.

    `by` is the coordinator who writes it down for them.
    """
    _check_days(starts_on, ends_on, now.date())
    if organisation is None and kind != Tie.EMPLOYER:
        raise Refused(_("Choose the organisation."), field="organisation", code="organisation")
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.affiliations.filter(organisation=organisation, kind=kind).filter(_overlaps(starts_on, ends_on)).exists():
        raise Refused(_("This tie is already on your list for that time."), field="organisation", code="twice")
    with refused_with_words():
        made = Affiliation.objects.create(
            person=person, organisation=organisation, kind=kind, title=title, starts_on=starts_on, ends_on=ends_on
        )
    _note(person, made, by, now)
    ties_changed.send(sender=Affiliation, person=person, organisation=None, now=now)
    return made


def _note(person: User, tie: Affiliation, by: User | None, now: datetime) -> None:
    """One line of history: that a tie of this kind was changed, not to which organisation."""
    actor = Actor.PERSON if by is None else Actor.COORDINATOR
    Event.record(verb="change_ties", subject=person, actor=actor, now=now, person=by or person, fields=[tie.kind])


def _overlaps(starts_on: date, ends_on: date | None) -> Q:
    still = Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on)
    return still if ends_on is None else still & Q(starts_on__lt=ends_on)


@atomically
def end_affiliation(*, affiliation: Affiliation, ends_on: date, now: datetime, by: User | None = None) -> Affiliation:
    """The tie holds until the day `ends_on`, which is outside. Raises `Refused`."""
    User.objects.select_for_update(no_key=True).get(pk=affiliation.person_id)
    row = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if row.ends_on is not None:
        raise Refused(_("This tie has already ended."), field="ends_on", code="ended")
    _check_days(row.starts_on, ends_on, now.date())
    if ends_on > now.date() + AHEAD:
        raise Refused(_("This day is too far away. Please check the year."), field="ends_on", code="far")
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    _note(row.person, row, by, now)
    ties_changed.send(sender=Affiliation, person=row.person, organisation=None, now=now)
    return row


@atomically
def save_ownership(
    *,
    child: Organisation,
    parent: Organisation,
    starts_on: date,
    by: User | None,
    now: datetime,
    ends_on: date | None = None,
    ownership: Ownership | None = None,
) -> Ownership:
    """Say that `parent` owns `child` in that time, or change an ownership. Raises `Refused`, for circles too."""
    lock_ownership()
    row = ownership or Ownership()
    before = {row.child_id, row.parent_id} if ownership else set()
    row.child, row.parent, row.starts_on, row.ends_on = child, parent, starts_on, ends_on
    if child.pk != parent.pk and closes_circle(
        child_id=child.pk, parent_id=parent.pk, starts_on=starts_on, ends_on=ends_on, besides=row.pk
    ):
        raise Refused(
            _("In that time the owner would belong to this organisation itself."), field="parent", code="circle"
        )
    with refused_with_words():
        row.save()
    Event.record(verb="own", subject=child, actor=_hand(by), now=now, person=by)
    _tell(Organisation.objects.filter(pk__in=before | {child.pk, parent.pk}), now)
    return row


@atomically
def end_ownership(*, ownership: Ownership, ends_on: date, by: User | None, now: datetime) -> Ownership:
    """The child stands on its own from `ends_on` on. Raises `Refused`."""
    return save_ownership(
        child=ownership.child,
        parent=ownership.parent,
        starts_on=ownership.starts_on,
        ends_on=ends_on,
        by=by,
        now=now,
        ownership=ownership,
    )


@atomically
def declare_competitors(*, one: Organisation, other: Organisation, by: User | None, now: datetime) -> Competition:
    """From now on the two families compete; saying it twice, or the other way round, changes nothing."""
    first, second = sorted((one, other), key=lambda each: each.pk)
    with refused_with_words():
        row, made = Competition.objects.get_or_create(first=first, second=second)
    if made:
        Event.record(verb="compete", subject=row, actor=_hand(by), now=now, person=by)
        _tell([first, second], now)
    return row


@atomically
def withdraw_competition(*, competition: Competition, by: User | None, now: datetime) -> None:
    """The two no longer compete."""
    Event.record(verb="stop_competing", subject=competition, actor=_hand(by), now=now, person=by)
    competition.delete()
    _tell([competition.first, competition.second], now)


def _hand(by: User | None) -> Actor:
    return Actor.SYSTEM if by is None else Actor.COORDINATOR


def _tell(organisations: Iterable[Organisation], now: datetime) -> None:
    for organisation in organisations:
        ties_changed.send(sender=Organisation, person=None, organisation=organisation, now=now)
