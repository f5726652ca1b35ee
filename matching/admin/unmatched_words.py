"""Why nobody is left for a mentee, and what would help, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from matching.domain.fairness import FEWEST
from matching.domain.run_report import says_why
from matching.engine import OTHER
from matching.models import Unmatched
from matching.models.runs import Help
from matching.sentences import RULES


def why_alone(row: Unmatched) -> str:
    """How many mentors each rule excludes, and how many mentees compete for how many places."""
    if not says_why(row.run):
        return _("With fewer than %(number)s mentors, a run says only how many are matched.") % {"number": FEWEST}
    said = why_nobody(row.excluded)
    if row.group_mentees is not None:
        compete = _("%(mentees)s mentees compete for %(places)s places")
        said.insert(0, compete % {"mentees": row.group_mentees, "places": row.group_places})
    return "; ".join(said)


def helps_most(row: Unmatched) -> str:
    """The one change that would add most mentors, as far as the run says why."""
    return help_line(Help(row.help), row.gain) if says_why(row.run) else "–"


def help_line(what: Help, gain: int) -> str:
    """What would help most, with how many mentors it would add. Who would have to come from elsewhere adds none."""
    adds = gain and what not in {Help.GROUP, Help.EMPLOYER, Help.AVAILABLE, Help.MENTORS}
    return f"{what.label} (+{gain})" if adds else str(what.label)


def why_nobody(excluded: Mapping[str, int]) -> list[str]:
    """How many mentors each rule excludes for a mentee, as `Unmatched.excluded` counts them, in words."""
    said = [told.at_desk % {"count": excluded[key]} for key, told in RULES.items() if key in excluded]
    if OTHER not in excluded:
        said.append(_("fewer than %(number)s for other reasons, or none") % {"number": FEWEST})
    return list(map(str, said))
