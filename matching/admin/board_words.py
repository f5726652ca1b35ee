"""What a review board says: decisions, what they would do, and how it stands, in sentences."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from matching.admin.pictures import percent
from matching.domain.board.asking import Choice, Move
from matching.domain.board.groups import BEFORE, FIRST_TIME
from matching.domain.board.line import Decision, Line
from matching.models import BoardChange, MatchRun
from matching.models.boards import BoardVerb

A_POINT = 10_000  # points of a percentage point
DECIDED = {
    BoardVerb.PIN: gettext_lazy("%(mentee)s and %(mentor)s are kept together."),
    BoardVerb.BY_HAND: gettext_lazy("%(mentee)s and %(mentor)s are paired by hand."),
    BoardVerb.SWAP: gettext_lazy("%(mentee)s gets %(mentor)s, and %(other)s gets %(other_mentor)s."),
    BoardVerb.FORBID: gettext_lazy("%(mentee)s and %(mentor)s are kept apart in this run."),
    BoardVerb.SET_ASIDE: gettext_lazy("%(mentee)s is set aside: this run proposes nobody to them."),
}
REGIONS = {
    "Africa": gettext_lazy("Africa"),
    "America": gettext_lazy("the Americas"),
    "Asia": gettext_lazy("Asia"),
    "Europe": gettext_lazy("Europe"),
    "Australia": gettext_lazy("Australia"),
    "Pacific": gettext_lazy("the Pacific"),
    "Atlantic": gettext_lazy("islands of the Atlantic"),
    "Indian": gettext_lazy("islands of the Indian Ocean"),
}
FIRST_TIMES = {FIRST_TIME: gettext_lazy("first mentor here"), BEFORE: gettext_lazy("had a mentor here before")}


def decided(decision: Decision, name_of: Mapping[UUID, str]) -> str:
    """A decision as a sentence."""
    if decision.verb == BoardVerb.RELEASE:
        if decision.mentor:
            said = _("%(mentee)s and %(mentor)s may be paired again.")
        else:
            said = _("What was decided for %(mentee)s no longer holds.")
    else:
        said = str(DECIDED[decision.verb])
    people = {name: getattr(decision, name) for name in ("mentee", "mentor", "other", "other_mentor")}
    return said % {name: name_of.get(person, "–") for name, person in people.items()}


def people_of(changes: tuple[BoardChange, ...]) -> dict[UUID, str]:
    """The names of those whom changes are about."""
    found: dict[UUID, str] = {}
    for change in changes:
        for person in (change.mentee, change.mentor, change.other, change.other_mentor):
            if person is not None:
                found[person.pk] = person.name
    return found


def by_whom(change: BoardChange) -> str:
    """Who took a decision, and when."""
    words = {"name": change.made_by.name, "moment": date_format(localtime(change.made_at), "DATETIME_FORMAT")}
    return _("%(name)s, %(moment)s") % words


def moved(move: Move, names: Mapping[UUID, User]) -> str:
    """What a move does to a mentee, as a sentence."""
    words = {"mentee": names[move.mentee].name}
    for side, what in (("before", move.before), ("after", move.after)):
        if what is not None:
            words[side], words[f"{side}_fit"] = names[what[0]].name, percent(what[1])
    if move.before is None:
        return _("%(mentee)s, who has nobody, gets %(after)s (%(after_fit)s).") % words
    if move.after is None:
        return _("%(mentee)s loses %(before)s (%(before_fit)s) and has nobody.") % words
    return _("%(mentee)s goes from %(before)s (%(before_fit)s) to %(after)s (%(after_fit)s).") % words


def costs(choice: Choice) -> list[str]:
    """Who else moves, and what it comes to: sentences."""
    if choice.others:
        lines = [
            ngettext("%(number)s other moves.", "%(number)s others move.", choice.others) % {"number": choice.others}
        ]
    else:
        lines = [_("Nobody else moves.")]
    if choice.more < 0:
        fewer = ngettext("%(number)s mentee fewer is matched.", "%(number)s mentees fewer are matched.", -choice.more)
        lines.append(fewer % {"number": -choice.more})
    elif choice.more > 0:
        more = ngettext("%(number)s mentee more is matched.", "%(number)s mentees more are matched.", choice.more)
        lines.append(more % {"number": choice.more})
    lines.append(_gained(choice))
    lines.append(_beside_the_best(choice.fewer, choice.points))
    return lines


def _gained(choice: Choice) -> str:
    if not choice.gained:
        return _("All fits added up stay as they are.")
    words = {"points": _points(abs(choice.gained))}
    if choice.gained < 0:
        return _("All fits added up lose %(points)s percentage points.") % words
    return _("All fits added up gain %(points)s percentage points.") % words


def _beside_the_best(fewer: int, points: int) -> str:
    if fewer > 0:
        said = ngettext(
            "The best answer matches %(number)s mentee more.", "The best answer matches %(number)s mentees more.", fewer
        )
        return said % {"number": fewer}
    if points > 0:
        return _("The best answer has %(points)s percentage points more.") % {"points": _points(points)}
    return _("No answer to this is better.")


def _points(points: int) -> str:
    return str(number_format(points / A_POINT, decimal_pos=1))


def stands(line: Line) -> list[str]:
    """How a board stands beside its run: sentences; none where nothing was changed."""
    if line.last is None:
        return []
    number = len(line.changes)
    words = {"number": number, "name": line.last.made_by.name, "moment": _moment(line.last)}
    said = ngettext(
        "%(number)s decision was taken by hand, by %(name)s on %(moment)s.",
        "%(number)s decisions were taken by hand, the last by %(name)s on %(moment)s.",
        number,
    )
    behind = line.last.best_matched - line.last.matched, line.last.best_total - line.last.total
    if behind == (0, 0):
        best = _("With what was decided, nobody more can be matched, and no other way to match as many fits better.")
    else:
        best = _("It was chosen to move fewer people.") + " " + _beside_the_best(*behind)
    return [said % words, best]


def _moment(change: BoardChange) -> str:
    return str(date_format(localtime(change.made_at), "DATETIME_FORMAT"))


def first_said(line: Line, mentee: UUID, name_of: Mapping[UUID, str]) -> str:
    """What the run itself had found for a mentee, where the board says something else."""
    first = line.first_moves.get(str(mentee))
    if first is None:
        return ""
    if "mentor" in first:
        return _("The run had proposed %(mentor)s.") % {"mentor": name_of.get(UUID(first["mentor"]), "–")}
    return _("The run had nobody for them.")


def proof_line(run: MatchRun, line: Line) -> str:
    """What a run's page adds about its proof."""
    if line.last is None:
        return ""
    return _("That is about the run as it was made. Since then: %(said)s") % {"said": " ".join(stands(line))}
