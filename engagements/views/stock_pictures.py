"""What came of taking stock: how marks changed from round to round, and where the two see the mentee differently."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cohorts.states import Role
from common.dates import short_day
from engagements.domain import stock
from engagements.domain.pairing_status import PairingStatus
from engagements.domain.stock import Round
from engagements.models import StockAnswer

FAR_APART = 2  # marks from which on two views are called different
NO_MARK = "–"


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be read of a round: the marks of each side, none for a side of which nothing may be read."""

    title: str
    mentee: Mapping[UUID, int]
    mentor: Mapping[UUID, int]
    answered: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One topic of the picture: the mentee's first and last mark, the mentor's last one, and all of it in words."""

    title: str
    first: int | None
    last: int | None
    other: int | None
    label: str


def picture(rounds: Iterable[Round], topics: Mapping[UUID, str], status: PairingStatus) -> dict[str, Any]:
    """Lines of the picture, the topics on which the views differ, and the table; empty while nothing may be read."""
    seen = [each for row in rounds if (each := _seen(row, status)).answered]
    names = _names(status)
    return {
        "lines": [line for pk, title in topics.items() if (line := _line(pk, title, seen, names))],
        "apart": _apart(seen, topics, names),
        "both": any(len(each.answered) == len(Role) for each in seen),
        "again": len([each for each in seen if each.mentee]) > 1,
        "table": _table(seen, topics, names),
        "mentee": names[Role.MENTEE],
        "mentor": names[Role.MENTOR],
    }


def _names(status: PairingStatus) -> dict[Role, str]:
    other = status.other.get_short_name()
    mine = _("You")
    return {role: mine if role == status.side else other for role in Role}


def _seen(row: Round, status: PairingStatus) -> Seen:
    of: dict[Role, StockAnswer | None] = {role: row.mine if role == status.side else row.theirs for role in Role}
    marks = {role: stock.read(answer).marks if answer else {} for role, answer in of.items()}
    answered = tuple(role for role, answer in of.items() if answer)
    title = f"{row.row.get_moment_display()}, {short_day(row.row.opens_on)}"
    return Seen(title, marks[Role.MENTEE], marks[Role.MENTOR], answered)


def _line(pk: UUID, title: str, seen: list[Seen], names: Mapping[Role, str]) -> Line | None:
    mentee = [each.mentee[pk] for each in seen if pk in each.mentee]
    mentor = [each.mentor[pk] for each in seen if pk in each.mentor]
    if not mentee and not mentor:
        return None
    words = []
    if mentee:
        words.append(_("%(name)s: %(marks)s") % {"name": names[Role.MENTEE], "marks": _in_turn(mentee)})
    if mentor:
        words.append(_("%(name)s: %(marks)s") % {"name": names[Role.MENTOR], "marks": _in_turn(mentor)})
    label = _("%(topic)s, from 1, a challenge, to 5, a strength. %(marks)s") % {
        "topic": title,
        "marks": "; ".join(words),
    }
    first, last, other = (
        values[place] if values else None for values, place in ((mentee, 0), (mentee, -1), (mentor, -1))
    )
    return Line(title, first, last, other, label)


def _in_turn(marks: list[int]) -> str:
    return ", ".join(map(str, marks))


def _apart(seen: list[Seen], topics: Mapping[UUID, str], names: Mapping[Role, str]) -> list[str]:
    """A sentence for each topic that the two see differently, in the last round in which both rated something."""
    last = next((each for each in reversed(seen) if each.mentee and each.mentor), None)
    if last is None:
        return []
    both = {pk: (last.mentee[pk], last.mentor[pk]) for pk in topics if pk in last.mentee and pk in last.mentor}
    far = {pk: marks for pk, marks in both.items() if abs(marks[0] - marks[1]) >= FAR_APART}
    return [
        _("%(topic)s: %(mentee)s %(first)s, %(mentor)s %(second)s")
        % {
            "topic": topics[pk],
            "mentee": names[Role.MENTEE],
            "mentor": names[Role.MENTOR],
            "first": marks[0],
            "second": marks[1],
        }
        for pk, marks in sorted(far.items(), key=lambda item: -abs(item[1][0] - item[1][1]))
    ]


def _table(seen: list[Seen], topics: Mapping[UUID, str], names: Mapping[Role, str]) -> dict[str, Any]:
    """A column for each round and side of which something may be read."""
    columns = [(each, role) for each in seen for role in each.answered]
    marks = [each.mentee if role == Role.MENTEE else each.mentor for each, role in columns]
    return {
        "head": [_("Topic"), *(f"{each.title} · {names[role]}" for each, role in columns)],
        "rows": [[title, *(said.get(pk, NO_MARK) for said in marks)] for pk, title in topics.items()],
    }
