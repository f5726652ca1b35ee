"""What is done with an import: uploaded, answered, confirmed, brought in, discarded; all of it or nothing.

Bringing in is a worker's. It holds the row locked for as long as it works, so that whoever finds one at work and not
locked knows that its worker was lost, with nothing written, and begins anew.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.models import User
from cohorts.domain import enrolments
from cohorts.domain.imports import contents, writing
from cohorts.domain.imports.contents import Content
from cohorts.domain.imports.headings import Column, known_headings, map_columns, recognised
from cohorts.domain.imports.organisations import OrganisationPlanner
from cohorts.domain.imports.people import PeoplePlanner
from cohorts.domain.imports.plans import Outcome, Plan
from cohorts.domain.imports.reading import Cell, Cells, read
from cohorts.domain.imports.resources import OrganisationResource, PeopleResource, SheetResource
from cohorts.models import Cohort, SheetImport
from cohorts.permissions import coordinates
from cohorts.states import IMPORT_TRANSITIONS, ImportState, SheetKind
from common.content.keys import ContentTampered
from common.dates import day_of
from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from common.sweeps import for_each
from common.transactions import atomically
from common.transitions import Actor, next_state
from common.workers import wake

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=1)
MOST_TRIES = 3
CHECKED_AT_ONCE = 500  # rows that are looked at again before the answer to the click
BRING_IN = "cohorts.tasks.bring_in"
PROGRESS_SECONDS = 600
RESOURCES: Mapping[str, type[SheetResource]] = {
    SheetKind.PEOPLE: PeopleResource,
    SheetKind.ORGANISATIONS: OrganisationResource,
}
NAME_IN_TWO = ("first_name", "last_name")
CHANGED_MEANWHILE, LOST, UNREADABLE, BROKE = "changed", "lost", "unreadable", "broke"


class Changed(Refused):
    """What would be written is not what the preview said."""

    def __init__(self) -> None:
        super().__init__(
            _("Something has changed since you saw this. Nothing was written: look at it once more."), code="changed"
        )


@atomically
def upload(
    *, kind: str, cohort: Cohort | None, file_name: str, content: bytes, user: User, now: datetime
) -> SheetImport:
    """Read a file and keep what it says, until it is confirmed or discarded. Raises `Refused` with what is wrong."""
    if cohort is not None and not coordinates(user, cohort):
        raise NotPermitted
    if cohort is not None:
        enrolments.refuse_once_over(cohort, user, now)
    columns = RESOURCES[kind].columns
    said = _read(content, columns)
    row = SheetImport(kind=kind, cohort=cohort, user=user, file_name=file_name[-120:], uploaded_at=now)
    row.rows = len(said.rows)
    contents.put(row, said)
    row.save(force_insert=True)
    _record(row, "upload", Actor.COORDINATOR, now, user)
    return row


def _read(content: bytes, columns: tuple[Column, ...]) -> Content:
    known = known_headings(columns)

    def count(cells: Cells) -> int:
        return recognised(cells, known)

    sheet = read(content, known=count)
    mapping = map_columns(sheet.headings, columns, either=NAME_IN_TWO if "first_name" in known.values() else ())
    headings = {str(column.key): str(column.heading) for column in columns}
    headings.update({key: str(sheet.headings[place]) for place, key in mapping.keys.items()})
    rows = [(number, _keyed(cells, mapping.keys)) for number, cells in sheet.rows]
    return Content([(number, found) for number, found in rows if found], headings, mapping.ignored, sheet.notes)


def _keyed(cells: Cells, keys: Mapping[int, str]) -> dict[str, Cell]:
    """The cells of our columns that hold something."""
    return {
        key: cell for place, key in keys.items() if place < len(cells) for cell in [cells[place]] if cell is not None
    }


def plan_of(row: SheetImport, *, now: datetime, content: Content | None = None) -> Plan:
    """What confirming it now would do, row by row. Raises `ContentTampered`, or `LookupError` once nothing is kept."""
    content = content or contents.take(row)
    read_rows = RESOURCES[row.kind](day_of(now)).read(content.rows)
    if row.kind == SheetKind.ORGANISATIONS:
        return OrganisationPlanner(read_rows, content.answers, content.headings, now).plan()
    return PeoplePlanner(row.cohort, row.user, read_rows, content.answers, content.headings, now).plan()  # type: ignore[arg-type]  # the database holds that people have a cohort


@atomically
def answer(*, row: SheetImport, answers: Mapping[str, str], user: User) -> SheetImport:
    """Keep what was answered to the questions of the preview. Raises `WrongState` unless it waits."""
    held = _locked(row.pk, user)
    if held.state != ImportState.WAITING:
        raise WrongState
    contents.put(held, contents.take(held).answered(answers))
    held.save(update_fields=["master", "sealed"])
    return held


@atomically
def confirm(*, row: SheetImport, promised: str, user: User, now: datetime) -> SheetImport:
    """Bring in what the preview with the digest `promised` said; refused rows are left out.

    Raises `Changed` when it would say something else now, `WrongState`. A large file is only looked at again by the
    worker, which gives it back if anything has changed.
    """
    held = _locked(row.pk, user)
    target = next_state(IMPORT_TRANSITIONS, "confirm", held.state, Actor.COORDINATOR)
    if held.rows <= CHECKED_AT_ONCE:
        _check_promise(plan_of(held, now=now), promised)
    held.state, held.promised, held.problem, held.tries = target, promised, "", 0
    held.save(update_fields=["state", "promised", "problem", "tries"])
    _record(held, "confirm", Actor.COORDINATOR, now, user)
    transaction.on_commit(lambda: wake(BRING_IN))
    return held


def _check_promise(plan: Plan, promised: str) -> None:
    """Raises `Changed` unless the plan is the one that was seen, with no question open."""
    if plan.digest() != promised or not plan.may_be_confirmed:
        raise Changed


def bring_in_all(*, now: datetime) -> int:
    """Bring in all that was confirmed and that no other worker is at; how many came to their end."""
    waiting = SheetImport.objects.filter(state=ImportState.AT_WORK).order_by("uploaded_at")
    return sum(bring_in(pk, now=now) for pk in waiting.values_list("pk", flat=True))


def bring_in(pk: UUID, *, now: datetime) -> bool:
    """Write one import, whole or not at all; False when somebody else is at it, or it was given back."""
    if not _begin(pk, now):
        return False
    try:
        return _write(pk, now)
    except (Refused, ContentTampered) as refused:
        _give_back(pk, UNREADABLE if isinstance(refused, ContentTampered) else CHANGED_MEANWHILE, now)
    except Exception:
        logger.exception("an import broke", extra={"row": str(pk)})
        _give_back(pk, BROKE, now)
    return False


@atomically
def _begin(pk: UUID, now: datetime) -> bool:
    """Count the try before it is made, so that one which takes its worker along every time comes to an end."""
    row = SheetImport.objects.select_for_update(skip_locked=True).filter(pk=pk, state=ImportState.AT_WORK).first()
    if row is None:
        return False
    if row.tries >= MOST_TRIES:
        _return(row, LOST, now)
        return False
    row.tries += 1
    row.save(update_fields=["tries"])
    return True


@atomically
def _write(pk: UUID, now: datetime) -> bool:
    row = SheetImport.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if row is None or row.state != ImportState.AT_WORK:
        return False
    plan = plan_of(row, now=now)
    _check_promise(plan, row.promised)
    _carry_out(row, plan, now)
    counts = plan.counts
    row.state = next_state(IMPORT_TRANSITIONS, "finish", row.state, Actor.SYSTEM)
    row.added, row.changed, row.unchanged = (counts[each] for each in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED))
    row.left_out = counts[Outcome.REFUSED] + counts[Outcome.LEFT_OUT]
    row.emails, row.finished_at = plan.emails, now
    contents.forget(row)
    row.save()
    _record(row, "finish", Actor.SYSTEM, now, row.user)
    return True


def _carry_out(row: SheetImport, plan: Plan, now: datetime) -> None:
    def tell(done: int, total: int) -> None:
        _tell_progress(row.pk, done, total)

    if row.cohort is None:
        writing.write_organisations(plan=plan, user=row.user, now=now, progress=tell)
        return
    if not row.user.is_active or not coordinates(row.user, row.cohort):
        raise NotPermitted
    writing.write_people(plan=plan, cohort=row.cohort, user=row.user, now=now, progress=tell)


@atomically
def _give_back(pk: UUID, problem: str, now: datetime) -> None:
    row = SheetImport.objects.select_for_update().filter(pk=pk, state=ImportState.AT_WORK).first()
    if row is not None:
        _return(row, problem, now)


def _return(row: SheetImport, problem: str, now: datetime) -> None:
    row.state = next_state(IMPORT_TRANSITIONS, "give_back", row.state, Actor.SYSTEM)
    row.problem, row.promised = problem, ""
    row.save(update_fields=["state", "problem", "promised"])
    _record(row, "give_back", Actor.SYSTEM, now)


@atomically
def discard(*, row: SheetImport, user: User, now: datetime) -> SheetImport:
    """Nothing is brought in, and nothing kept of the file. Raises `WrongState` unless it waits."""
    held = _locked(row.pk, user)
    _discard(held, Actor.COORDINATOR, now, user)
    return held


def _discard(row: SheetImport, actor: Actor, now: datetime, user: User | None) -> None:
    row.state = next_state(IMPORT_TRANSITIONS, "discard", row.state, actor)
    contents.forget(row)
    row.save(update_fields=["state", "master", "sealed"])
    _record(row, "discard", actor, now, user)


def clear_outdated(*, now: datetime) -> int:
    """Discard what has waited for a day; how many."""

    def discard_one(pk: UUID) -> None:
        _discard(SheetImport.objects.select_for_update().get(pk=pk), Actor.CLOCK, now, None)

    old = SheetImport.objects.filter(state=ImportState.WAITING, uploaded_at__lte=now - KEPT_FOR)
    return for_each(old.order_by("pk").values_list("pk", flat=True), discard_one)


def progress_of(row: SheetImport) -> tuple[int, int] | None:
    """How many rows of how many a worker has done by now; None while nobody knows."""
    try:
        known: tuple[int, int] | None = cache.get(_progress_key(row.pk))
    except RedisError:
        return None
    return known


def _tell_progress(pk: UUID, done: int, total: int) -> None:
    try:
        cache.set(_progress_key(pk), (done, total), PROGRESS_SECONDS)
    except RedisError:
        logger.warning("the cache is away: how far an import is cannot be shown")


def _progress_key(pk: UUID) -> str:
    return f"import:{pk}:progress"


def _locked(pk: UUID, user: User) -> SheetImport:
    row: SheetImport | None = (
        SheetImport.objects.as_coordinator(user).select_for_update(of=("self",)).filter(pk=pk).first()
    )
    if row is None:
        raise WrongState
    return row


def _record(row: SheetImport, verb: str, actor: Actor, now: datetime, user: User | None = None) -> None:
    Event.record(verb=verb, subject=row, actor=actor, now=now, user=user)
