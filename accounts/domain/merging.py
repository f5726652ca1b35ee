"""Two organisations that are one: all that the one carries moves to the other, and its name is kept there."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.domain import never_with
from accounts.domain.conflict_changes import organisation_changed, people_changed, relations_changing
from accounts.domain.families import closes_circle
from accounts.domain.relations import people_tied_to
from accounts.models import Affiliation, Competition, Organisation, OtherName, Ownership, PreparedProfile, User
from common.errors import Refused
from common.models import Event
from common.queries import among
from common.transactions import atomically
from common.transitions import Actor

Dated = TypeVar("Dated", Affiliation, Ownership)


@atomically
def merge(*, organisation: Organisation, into: Organisation, user: User, now: datetime) -> Organisation:
    """`organisation` and `into` are one: ties, owners, competitors, names and private lists move, and the row goes.

    It is confirmed if either was. Raises `Refused`, as when somebody would come to own itself.
    """
    relations_changing(now=now)
    row, kept = _locked(organisation, into)
    people = people_tied_to({row.pk})
    list(User.objects.select_for_update(no_key=True).filter(pk__in=among(people)).order_by("pk"))
    _carry_over(row, kept, user, now)
    old = OtherName.objects.create(organisation=kept, name=row.name, merged_id=row.pk)
    if kept.confirmed_at is None and row.confirmed_at is not None:
        kept.confirmed_at, kept.refused_at, kept.refusal = row.confirmed_at, None, ""
        kept.save(update_fields=["confirmed_at", "refused_at", "refusal"])
        organisation_changed(kept, now=now)
    Event.record(verb="merge", subject=old, actor=Actor.COORDINATOR, now=now, user=user)
    row.delete()
    people_changed(people, now=now)
    return kept


def preview(*, organisation: Organisation, into: Organisation, user: User, now: datetime) -> list[str]:
    """What `merge` would do, as sentences: it is done as far as rows move, and undone. Raises `Refused` as it does."""
    with transaction.atomic():
        row, kept = _locked(organisation, into)
        sentences = _carry_over(row, kept, user, now)
        transaction.set_rollback(True)
    return sentences


def _locked(organisation: Organisation, into: Organisation) -> tuple[Organisation, Organisation]:
    if organisation.pk == into.pk:
        raise Refused(_("Choose another organisation to merge this one into."), field="into", code="merge")
    both = Organisation.objects.select_for_update().filter(pk__in=(organisation.pk, into.pk)).order_by("pk").in_bulk()
    if len(both) != len({organisation.pk, into.pk}):
        raise Refused(_("One of the two has been merged meanwhile."), field="into", code="merge")
    return both[organisation.pk], both[into.pk]


def _carry_over(row: Organisation, kept: Organisation, user: User, now: datetime) -> list[str]:
    """Move whatever points at `row`; what was done, in sentences. Private lists move, too, and are told to nobody."""
    told = [
        *_move_ties(row, kept, user, now),
        *_move_owners(row, kept),
        *_move_competitors(row, kept, user, now),
        *_move_names(row, kept),
    ]
    PreparedProfile.objects.filter(organisation=row).update(organisation=kept)
    never_with.move(organisation=row.pk, into=kept.pk)
    return told


def _move_ties(row: Organisation, kept: Organisation, user: User, now: datetime) -> list[str]:
    moving = Affiliation.objects.filter(organisation=row)
    people = set(moving.values_list("person", flat=True))
    told = _counted(moving.count(), ngettext("%(count)s tie moves.", "%(count)s ties move.", moving.count()))
    by_tie: dict[Any, list[Affiliation]] = defaultdict(list)
    of_both = Affiliation.objects.filter(organisation__in=(row, kept), person__in=people)
    for tie in of_both.select_related("person").order_by("starts_on", "id"):
        by_tie[tie.person_id, tie.kind].append(tie)
    joined = 0
    for ties in by_tie.values():
        gone = _join(ties)
        joined += len(gone)
        for tie in gone:
            Event.record(
                verb="change_ties", subject=tie.person, actor=Actor.COORDINATOR, now=now, user=user, fields=[tie.kind]
            )
    moving.update(organisation=kept)
    return told + _counted(
        joined,
        ngettext(
            "%(count)s tie is of somebody who has the same one at both in that time: the two become one.",
            "%(count)s ties are of somebody who has the same one at both in that time: each two become one.",
            joined,
        ),
    )


def _join(rows: Iterable[Dated]) -> list[Dated]:
    """Make one row of those that overlap, given by their first day; the others are deleted, and given back."""
    last: Dated | None = None
    gone = []
    for row in rows:
        if last is None or not _lasts(last.ends_on, row.starts_on):
            last = row
            continue
        gone.append(row)
        last.ends_on = _later(last.ends_on, row.ends_on)
        if isinstance(last, Affiliation):
            last.title = row.title or last.title
        pk = row.pk
        row.delete()
        row.pk = pk
        last.save()
    return gone


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _lasts(ends_on: date | None, day: date) -> bool:
    return ends_on is None or ends_on > day


def _move_owners(row: Organisation, kept: Organisation) -> list[str]:
    both = {row.pk, kept.pk}
    between: list[Ownership] = []
    moved: dict[Any, list[tuple[Ownership, Any]]] = defaultdict(list)
    for owned in Ownership.objects.filter(Q(child__in=both) | Q(parent__in=both)).order_by("starts_on", "id"):
        if {owned.child_id, owned.parent_id} == both:
            between.append(owned)
            continue
        had = owned.child_id, owned.parent_id
        owned.child_id, owned.parent_id = (kept.pk if pk == row.pk else pk for pk in had)
        moved[owned.child_id, owned.parent_id].append((owned, had))
    for owned in between:
        owned.delete()
    count = sum(row.pk in had for rows in moved.values() for _owned, had in rows)
    joined = [gone for rows in moved.values() for gone in _join([owned for owned, _had in rows])]
    _save_moved([owned for rows in moved.values() for owned, _had in rows if owned not in joined])
    return [
        *_counted(count, ngettext("%(count)s ownership moves.", "%(count)s ownerships move.", count)),
        *_counted(
            len(joined),
            ngettext(
                "%(count)s ownership is on record for both: the two become one.",
                "%(count)s ownerships are on record for both: each two become one.",
                len(joined),
            ),
        ),
        *([_("That one of the two owns the other ends: they are one.")] if between else []),
    ]


def _save_moved(ownerships: Iterable[Ownership]) -> None:
    for owned in ownerships:
        owned.save()
    for owned in ownerships:
        if closes_circle(
            child_id=owned.child_id,
            parent_id=owned.parent_id,
            starts_on=owned.starts_on,
            ends_on=owned.ends_on,
            besides=owned.pk,
        ):
            raise Refused(
                _("Merged, somebody would own itself: %(child)s and %(parent)s. Correct who owns whom first.")
                % {"child": owned.child, "parent": owned.parent},
                field="into",
                code="circle",
            )


def _move_competitors(row: Organisation, kept: Organisation, user: User, now: datetime) -> list[str]:
    moved = ended = 0
    for declared in Competition.objects.filter(Q(first=row) | Q(second=row)):
        other = declared.second_id if declared.first_id == row.pk else declared.first_id
        first, second = sorted((kept.pk, other))
        if other == kept.pk or Competition.objects.filter(first=first, second=second).exists():
            ended += 1
            ids = [str(declared.first_id), str(declared.second_id)]
            Event.record(
                verb="stop_competing", subject=declared, actor=Actor.COORDINATOR, now=now, user=user, fields=ids
            )
            declared.delete()
        else:
            moved += 1
            Competition.objects.filter(pk=declared.pk).update(first=first, second=second)
    return [
        *_counted(moved, ngettext("%(count)s competitor moves.", "%(count)s competitors move.", moved)),
        *_counted(
            ended,
            ngettext(
                "%(count)s declaration of competitors ends: it is on record for the other, or is about the two.",
                "%(count)s declarations of competitors end: they are on record for the other, or are about the two.",
                ended,
            ),
        ),
    ]


def _move_names(row: Organisation, kept: Organisation) -> list[str]:
    OtherName.objects.filter(organisation=row).update(organisation=kept)
    told = _("The name %(name)s, and names it had before, are kept as other names and found by search.")
    facts = _("%(kept)s stays as it is, in its country and industry: %(described)s.")
    return [told % {"name": row.name}, facts % {"kept": kept.name, "described": kept.described}]


def _counted(count: int, sentence: str) -> list[str]:
    return [sentence % {"count": count}] if count else []
