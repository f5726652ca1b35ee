"""What would become of each row of a sheet of organisations: new ones, and owners, names and competitors of any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.domain.families import Owned, would_own_itself
from accounts.domain.name_index import NameIndex
from accounts.models import Competition, Organisation, Ownership
from accounts.names import folded, identity
from cohorts.domain.imports.known import Organisations
from cohorts.domain.imports.plans import LEAVE_OUT, Fault, Outcome, Plan, PlannedRow, Questions
from cohorts.domain.imports.resources import ReadRow
from common.dates import short_day

ANOTHER = "another"
DAY = timedelta(days=1)
Key = UUID | str  # of an organisation: its id, or for one of the file what tells it from others


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation that a row is about: one on record, or one that row `number` of the file brings in."""

    key: Key
    name: str
    number: int = 0
    organisation: Organisation | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns it from when until when (outside); `ownership` is on record, and changes its end."""

    of: Place
    starts_on: date
    ends_on: date | None
    ownership: Ownership | None = None


@dataclass(slots=True)
class Brought:
    """What a row writes."""

    place: Place
    adds: bool
    country: str
    industry: str
    names: list[tuple[str, date | None]] = field(default_factory=list)
    owner: Owner | None = None
    competitors: list[Place] = field(default_factory=list)


class OrganisationPlanner:
    """Plans a sheet: first which organisation each row is about, then how these stand to each other."""

    def __init__(
        self, rows: Sequence[ReadRow], answers: Mapping[str, str], headings: Mapping[str, str], now: datetime
    ) -> None:
        self.rows, self.headings, self.now = rows, headings, now
        self._answers, self.questions = answers, Questions(answers)
        self.known = Organisations()
        self.names: dict[UUID, set[str]] = {}
        for pk, name, _folded, _until in self.known.others:
            self.names.setdefault(pk, set()).add(identity(name))
        self.ownerships = list(Ownership.objects.order_by("starts_on", "pk"))
        self.competitions: set[frozenset[Key]] = {
            frozenset(pair) for pair in Competition.objects.values_list("first", "second")
        }

    def plan(self) -> Plan:
        """Every row. What refers to a refused row is refused as well, so it is looked at until nothing changes."""
        closed: set[int] = set()
        while True:
            self.questions = Questions(self._answers)
            planned = _Attempt(self, closed).rows()
            now_closed = {row.number for row in planned if row.outcome in (Outcome.REFUSED, Outcome.LEFT_OUT)}
            if now_closed <= closed:
                return Plan(planned, self.questions.asked())
            closed |= now_closed


class _Attempt:
    """One pass over the rows. Those whose number is in `closed` bring nothing in that others could refer to."""

    def __init__(self, planner: OrganisationPlanner, closed: set[int]) -> None:
        self.planner, self.closed = planner, closed
        self.places: dict[Key, Place] = {}
        self.by_identity: dict[str, list[Place]] = {}
        self.index: NameIndex[Key] = NameIndex([])
        self.owned: list[Owned[Key]] = [
            (each.child_id, each.parent_id, each.starts_on, each.ends_on) for each in planner.ownerships
        ]
        self.competitions = set(planner.competitions)
        self.names: dict[Key, set[str]] = {key: set(names) for key, names in planner.names.items()}

    def rows(self) -> list[PlannedRow]:
        """All of them."""
        planned = [(row, PlannedRow(row.number, str(row.cells.get("name") or ""))) for row in self.planner.rows]
        for row, made in planned:
            self._which(row, made)
        for row, made in planned:
            if made.is_open and made.does:
                self._links(row, made)
            self._conclude(made)
        return [made for _row, made in planned]

    def _fault(self, made: PlannedRow, row: ReadRow, key: str, right: str) -> None:
        heading = self.planner.headings.get(key, key)
        made.faults.append(Fault(row.number, heading, str(row.cells.get(key) or ""), right))

    # --- which organisation a row is about -------------------------------------------------------------------------

    def _which(self, row: ReadRow, made: PlannedRow) -> None:
        for key, right in row.wrong.items():
            self._fault(made, row, key, right)
        name, country, industry = row.get("name"), row.get("country"), row.get("industry")
        if made.faults:
            return  # refused anyhow: what is asked about it would hold up the others
        place = self._place(name, country, industry, made, row)
        if place is None:
            return
        adds = place.organisation is None and place.number == row.number
        made.does = Brought(place, adds, country, industry)
        spelled = place.organisation is not None and identity(name) != place.organisation.identity
        if spelled and identity(name) not in self.names.get(place.key, set()):
            made.does.names.append((name, None))

    def _place(self, name: str, country: str, industry: str, made: PlannedRow, row: ReadRow) -> Place | None:
        known = self.planner.known.exactly(name, country, industry)
        if known is not None and known.refused_at is not None:
            right = _("This name was refused: “%(reason)s”. Confirm it in the list of organisations first.")
            self._fault(made, row, "name", right % {"reason": known.refusal})
            return None
        if known is not None:
            return self._remember(Place(known.pk, known.name, organisation=known), made.number)
        key = f"{identity(name)}|{country}|{industry}"
        if key in self.places:
            return self._of_file(self.places[key], made, row)
        return self._asked(name, key, made, row)

    def _of_file(self, place: Place, made: PlannedRow, row: ReadRow) -> Place | None:
        """What an earlier row brings in, unless that one is refused."""
        if place.organisation is None and place.number in self.closed:
            self._fault(
                made, row, "name", _("Row %(row)s, which brings it in, is not brought in.") % {"row": place.number}
            )
            return None
        return place

    def _asked(self, name: str, key: str, made: PlannedRow, row: ReadRow) -> Place | None:
        """Asked about where something of nearly this name is there: it is neither joined nor doubled in silence."""
        near = [(str(pk), self.planner.known.by_id[pk].placed) for pk in self._near(name)]
        in_file = [self.places[other] for other in self.index.likely(name)]
        options = [
            *((pk, _("The same as %(organisation)s") % {"organisation": placed}) for pk, placed in near),
            *(
                (str(each.key), _("The same as in row %(row)s: %(name)s") % {"row": each.number, "name": each.name})
                for each in in_file
            ),
        ]
        if not options:
            return self._remember(Place(key, name, made.number), made.number)
        sentence = _("%(name)s: there are organisations of nearly this name. Is it one of them?")
        choices = [*options, (ANOTHER, _("No, another organisation")), (LEAVE_OUT, _("Leave this row out"))]
        answer = self.planner.questions.ask(f"near:{key}", sentence % {"name": name}, choices, made.number)
        return self._answered(answer, name, key, made, row)

    def _near(self, name: str) -> list[UUID]:
        exact = [each.pk for each in self.planner.known.named(name) if each.refused_at is None]
        return list(dict.fromkeys([*exact, *self.planner.known.index.likely(name)]))[:5]

    def _answered(self, answer: str, name: str, key: str, made: PlannedRow, row: ReadRow) -> Place | None:
        if not answer:
            made.outcome = Outcome.ASKED
            self._remember(Place(key, name, made.number), made.number)
            return None
        if answer == LEAVE_OUT:
            made.outcome = Outcome.LEFT_OUT
            return None
        if answer == ANOTHER:
            return self._remember(Place(key, name, made.number), made.number)
        if answer in self.places:
            same = self.places[answer]
            self.by_identity.setdefault(identity(name), []).append(same)
            return self._of_file(same, made, row)
        found = self.planner.known.by_id[UUID(answer)]
        place = self._remember(Place(found.pk, found.name, organisation=found), made.number)
        self.by_identity.setdefault(identity(name), []).append(place)
        return place

    def _remember(self, place: Place, number: int) -> Place:
        if number in self.closed and place.organisation is None:
            self.places.setdefault(place.key, place)
            return place
        if place.key not in self.places and place.organisation is None:
            self.by_identity.setdefault(identity(place.name), []).append(place)
            self.index.add(place.key, place.name, folded(place.name))
        return self.places.setdefault(place.key, place)

    # --- how they stand to each other ------------------------------------------------------------------------------

    def _links(self, row: ReadRow, made: PlannedRow) -> None:
        self._former(row, made.does)
        self._owner(row, made)
        for name in row.get("competitors") or ():
            rival = self._referred(row, made, "competitors", name)
            if rival is not None:
                self._competitor(row, made, rival)

    def _former(self, row: ReadRow, does: Brought) -> None:
        names = self.names.setdefault(does.place.key, set())
        for name, until in row.get("former") or ():
            if identity(name) not in names:
                names.add(identity(name))
                does.names.append((name, until))

    def _referred(self, row: ReadRow, made: PlannedRow, key: str, name: str) -> Place | None:
        """The organisation of this name, of the file or on record; a fault where there is none, or more than one."""
        in_file = self.by_identity.get(identity(name), [])
        usable = [each for each in self.planner.known.named(name) if each.refused_at is None]
        found = {each.key: each for each in in_file}
        found.update({each.pk: Place(each.pk, each.name, organisation=each) for each in usable})
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            right = _("Several organisations are called %(name)s: add this by hand.") % {"name": name}
        else:
            right = self._unknown(name)
        self._fault(made, row, key, right)
        return None

    def _unknown(self, name: str) -> str:
        like = [f"“{each.name}”" for each in self.planner.known.like(name)]
        like += [f"“{self.places[key].name}”" for key in self.index.nearest(name)]
        if like:
            words = {"name": name, "names": _(" or ").join(list(dict.fromkeys(like))[:3])}
            return _("%(name)s is neither on the list nor brought in by this file. Did you mean %(names)s?") % words
        return _("%(name)s is neither on the list nor brought in by this file. Add a row for it.") % {"name": name}

    def _owner(self, row: ReadRow, made: PlannedRow) -> None:
        name, since, last = row.get("owner"), row.get("owned_since"), row.get("owned_until")
        if not name:
            if since or last:
                self._fault(made, row, "owner", _("There are days of an owner, but no owner."))
            return
        if since is None and "owned_since" not in row.wrong:
            self._fault(made, row, "owned_since", _("Write the day since when, such as 2018-01-31."))
        if since and last and last < since:
            self._fault(made, row, "owned_until", _("The last day comes before the first."))
        parent = self._referred(row, made, "owner", name)
        if parent is not None and since is not None and not made.faults:
            self._own(row, made, Owner(parent, since, last + DAY if last else None))

    def _own(self, row: ReadRow, made: PlannedRow, owner: Owner) -> None:
        child = made.does.place.key
        if owner.of.key == child:
            self._fault(made, row, "owner", _("An organisation cannot own itself."))
            return
        ends_on = owner.ends_on
        same = [each for each in self.owned if each[:2] == (child, owner.of.key) and _overlap(each, owner)]
        if any(each[2:] == (owner.starts_on, ends_on) for each in same):
            return
        beside = [each for each in self.owned if each not in same]
        if same and (len(same) > 1 or same[0][2] != owner.starts_on):
            self._fault(made, row, "owned_since", _on_record(same[0]))
        elif would_own_itself(child, owner.of.key, owner.starts_on, ends_on, beside):
            right = _("In that time %(owner)s would belong to %(name)s itself. Correct who owns whom.")
            self._fault(made, row, "owner", right % {"owner": owner.of.name, "name": made.does.place.name})
        else:
            self.owned = [*beside, (child, owner.of.key, owner.starts_on, ends_on)]
            made.does.owner = Owner(owner.of, owner.starts_on, ends_on, self._recorded(child, owner) if same else None)

    def _recorded(self, child: Key, owner: Owner) -> Ownership | None:
        keys = (child, owner.of.key, owner.starts_on)
        rows = self.planner.ownerships
        return next((each for each in rows if (each.child_id, each.parent_id, each.starts_on) == keys), None)

    def _competitor(self, row: ReadRow, made: PlannedRow, rival: Place) -> None:
        pair = frozenset({rival.key, made.does.place.key})
        if len(pair) == 1:
            self._fault(made, row, "competitors", _("An organisation cannot compete with itself."))
        elif pair not in self.competitions:
            self.competitions.add(pair)
            made.does.competitors.append(rival)

    # --- what becomes of the row -----------------------------------------------------------------------------------

    def _conclude(self, made: PlannedRow) -> None:
        does: Brought | None = made.does
        if made.faults:
            made.outcome = Outcome.REFUSED
        if not made.is_open or does is None:
            return
        made.said = _told(does)
        if does.adds:
            made.outcome = Outcome.NEW
        elif made.said:
            made.outcome = Outcome.CHANGED
        made.said = made.said or [_("Is on the list, with all that this row says.")]
        made.mark = _mark(does)


def _overlap(row: Owned[Key], owner: Owner) -> bool:
    _child, _parent, starts_on, ends_on = row
    return (ends_on is None or owner.starts_on < ends_on) and (owner.ends_on is None or starts_on < owner.ends_on)


def _on_record(row: Owned[Key]) -> str:
    if row[3] is None:
        return _("This owner is on record since %(day)s. Write that day, or correct it under Ownership.") % {
            "day": row[2]
        }
    words = {"first": row[2], "last": row[3] - DAY}
    return (
        _("This owner is on record from %(first)s to %(last)s. Write these days, or correct it under Ownership.")
        % words
    )


def _told(does: Brought) -> list[str]:
    """What is written, a sentence each."""
    said = [_("Is added, and confirmed by that.")] if does.adds else []
    for name, until in does.names:
        if until is None:
            said.append(
                _("“%(name)s” is kept as another spelling of %(kept)s.") % {"name": name, "kept": does.place.name}
            )
        else:
            said.append(
                _("“%(name)s” is kept as its name until %(day)s.")
                % {"name": name, "day": short_day(until - DAY, year=None)}
            )
    if does.owner is not None:
        said.append(_owner_line(does.owner))
    said += [_("Competes with %(name)s.") % {"name": each.name} for each in does.competitors]
    return said


def _owner_line(owner: Owner) -> str:
    words = {"name": owner.of.name, "first": owner.starts_on}
    if owner.ends_on is None:
        return _("Is owned by %(name)s since %(first)s.") % words
    return _("Is owned by %(name)s from %(first)s to %(last)s.") % {**words, "last": owner.ends_on - DAY}


def _mark(does: Brought) -> str:
    owner = does.owner and (str(does.owner.of.key), str(does.owner.starts_on), str(does.owner.ends_on))
    names = [(name, str(until)) for name, until in does.names]
    rivals = [str(each.key) for each in does.competitors]
    return repr((str(does.place.key), does.adds, does.country, does.industry, names, owner, rivals))
