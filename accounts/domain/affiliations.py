"""Affiliations: whom people work for, advise, invest in, or sit on the board of.

Each change is told to the higher apps before its transaction commits (`conflict_changes`): who must stay independent is
re-checked before anything is saved for good.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.calendars import today_of
from accounts.choices import AffiliationKind
from accounts.domain.conflict_changes import people_changed
from accounts.domain.saving import refused_with_words
from accounts.models import Affiliation, Organisation, User
from common.dates import day_of
from common.errors import Refused, WrongState
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor

EARLIEST = date(1940, 1, 1)
AHEAD = timedelta(days=366)
LONGEST_TERM = timedelta(days=10 * 366)
DAY = timedelta(days=1)
TAKEN_BACK_WITHIN = timedelta(days=7)


def _is_beyond(day: date, ahead: timedelta, person: User, now: datetime) -> bool:
    """Whether a day lies further ahead than that of the person's today, which is looked up only for days near it."""
    return day > day_of(now) - DAY + ahead and day > today_of(person, now) + ahead


def _check_days(starts_on: date, ends_on: date | None, person: User, now: datetime) -> None:
    """Raises `Refused` for days in the wrong order, or so far off that they must be slips of the finger."""
    if starts_on < EARLIEST or _is_beyond(starts_on, AHEAD, person, now):
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
    user: User | None = None,
) -> Affiliation:
    """Add a tie of `person` to `organisation` (None: independent, as an employer only). Raises `Refused`.

    One that goes on in the same place the day an earlier one has its last, as after a promotion, ends that one the
    day before. `user` is the coordinator who writes it down for them.
    """
    _check_days(starts_on, ends_on, person, now)
    if organisation is None and kind != AffiliationKind.EMPLOYER:
        raise Refused(_("Choose the organisation."), field="organisation", code="organisation")
    if organisation is not None and organisation.refused_at is not None:
        raise Refused(
            _("A coordinator has not accepted this organisation: “%(reason)s”") % {"reason": organisation.refusal},
            field="organisation",
            code="refused",
        )
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    same = Affiliation.objects.filter(person=person, organisation=organisation, kind=kind)
    same.filter(ends_on=starts_on + DAY, starts_on__lt=starts_on).update(ends_on=starts_on)
    if same.overlapping(starts_on, ends_on).exists():
        raise Refused(_("This tie is already on your list for that time."), field="organisation", code="twice")
    with refused_with_words():
        made = Affiliation.objects.create(
            person=person,
            organisation=organisation,
            kind=kind,
            title=title,
            starts_on=starts_on,
            ends_on=ends_on,
            entered_at=now,
        )
    _note(person, made, user, now)
    people_changed({person.pk}, now=now)
    return made


def _note(person: User, tie: Affiliation, user: User | None, now: datetime, verb: str = "change_ties") -> None:
    """One line of history: that a tie of this kind was changed, not to which organisation."""
    actor = Actor.PERSON if user is None else Actor.COORDINATOR
    Event.record(verb=verb, subject=person, actor=actor, now=now, user=user or person, fields=[tie.kind])


@atomically
def end_affiliation(*, affiliation: Affiliation, ends_on: date, now: datetime, user: User | None = None) -> Affiliation:
    """The tie holds until the day `ends_on`, which is outside. Raises `Refused`."""
    User.objects.select_for_update(no_key=True).get(pk=affiliation.person_id)
    row = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if row.ends_on is not None:
        raise Refused(_("This tie has already ended."), field="ends_on", code="ended")
    _check_days(row.starts_on, ends_on, row.person, now)
    if _is_beyond(ends_on, AHEAD, row.person, now):
        raise Refused(_("This day is too far away. Please check the year."), field="ends_on", code="far")
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])
    _note(row.person, row, user, now)
    people_changed({row.person_id}, now=now)
    return row


@atomically
def prolong_affiliation(
    *, affiliation: Affiliation, ends_on: date | None, now: datetime, user: User | None = None
) -> Affiliation:
    """A tie that has an end goes on for longer: until the day `ends_on`, which is outside, or (None) with no end said.

    So a term is renewed, and an end that was noted by mistake undone. `user` is the coordinator who writes it down for
    them. Raises `Refused` for a day that is not later, and where another tie to the same place begins in that time.
    """
    User.objects.select_for_update(no_key=True).get(pk=affiliation.person_id)
    row = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if row.ends_on is None:
        raise Refused(_("This tie has no end yet."), field="ends_on", code="open")
    if ends_on is not None and ends_on <= row.ends_on:
        raise Refused(_("Choose a later day than it ends on now."), field="ends_on", code="order")
    if ends_on is not None and _is_beyond(ends_on, LONGEST_TERM, row.person, now):
        raise Refused(_("This day is too far away. Please check the year."), field="ends_on", code="far")
    same = Affiliation.objects.filter(person=row.person_id, organisation=row.organisation_id, kind=row.kind)
    if same.exclude(pk=row.pk).overlapping(row.starts_on, ends_on).exists():
        raise Refused(_("Another tie to the same place begins in that time."), field="ends_on", code="twice")
    row.ends_on = ends_on
    with refused_with_words():
        row.save(update_fields=["ends_on"])
    _note(row.person, row, user, now)
    people_changed({row.person_id}, now=now)
    return row


@atomically
def change_title(*, affiliation: Affiliation, title: str, now: datetime) -> Affiliation:
    """Another title in the same place: the tie goes on. Raises `Refused` when it has ended."""
    row = Affiliation.objects.select_for_update().get(pk=affiliation.pk)
    if row.ends_on is not None:
        raise Refused(_("This tie has already ended."), field="title", code="ended")
    row.title = title
    with refused_with_words():
        row.save(update_fields=["title"])
    _note(row.person, row, None, now)
    return row


def may_take_back(affiliation: Affiliation, now: datetime) -> bool:
    """Whether its person may still take it back: entered within a week, or to an organisation that was refused."""
    refused = affiliation.organisation is not None and affiliation.organisation.refused_at is not None
    entered_at = affiliation.entered_at
    return refused or (entered_at is not None and now < entered_at + TAKEN_BACK_WITHIN)


@atomically
def take_back(*, affiliation: Affiliation, now: datetime, user: User | None = None) -> None:
    """Take away a tie that was entered by mistake; it is gone, and counts no more. The history keeps that it was.

    Its person may for a week, and as long as the organisation's name is refused; `user` is a coordinator, who may at
    any time. Raises `WrongState`.
    """
    User.objects.select_for_update(no_key=True).get(pk=affiliation.person_id)
    rows = Affiliation.objects.select_for_update(of=("self",)).select_related("organisation", "person")
    row = rows.filter(pk=affiliation.pk).first()
    if row is None or (user is None and not may_take_back(row, now)):
        raise WrongState
    _note(row.person, row, user, now, verb="take_back_tie")
    row.delete()
    people_changed({row.person_id}, now=now)
