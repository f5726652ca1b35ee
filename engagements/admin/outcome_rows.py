"""The tallies of a cohort as a report shows them: sections of lines, each in words, as a picture and for a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import label_of
from engagements.domain.outcomes import Counted
from engagements.domain.shown_figures import Figures, Range, rate
from engagements.models import TallyMoment
from matching.models.pairings import EndClass

Words = str | Promise
ALL = 100


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted: of which group of people, as which of their shares ("": how many answered), what it is
    called in a picture, and the study's figure in per cent.
    """

    group: str
    share: str
    title: Words
    study: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A measure as one tally has it."""

    title: str
    counted_at: datetime
    figures: Figures
    share: Range | None
    study: int | None
    counts_answers: bool

    @property
    def asked(self) -> str:
        """How many were asked."""
        return people(self.figures.asked)

    @property
    def answered(self) -> str:
        """How many answered, where that is not what the share says."""
        return people(self.figures.answered) if self.answered_range or self._hidden else "–"

    @property
    def answered_range(self) -> Range | None:
        """The same in numbers."""
        return self.figures.answered if self.counts_answers else None

    @property
    def _hidden(self) -> bool:
        return self.counts_answers and self.figures.asked is not None

    @property
    def in_words(self) -> str:
        """The share."""
        return share_in_words(self.share) if self.share else _("too few to show")

    @property
    def label(self) -> str:
        """All of the picture in words."""
        said = _("%(title)s: %(share)s") % {"title": self.title, "share": self.in_words}
        if self.study is None:
            return said
        return _("%(said)s; the study: %(study)d %%") % {"said": said, "study": self.study}

    @property
    def bar(self) -> Mapping[str, int] | None:
        """Where the picture is filled, of a hundred."""
        if self.share is None:
            return None
        low, high = self.share
        return {"x": low, "width": max(1, high - low)}


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together, and what has to be known to read them."""

    key: str
    title: Words
    why: Words
    lines: list[Line]
    studied: bool
    named: list[str]

    @property
    def repeats(self) -> bool:
        """Whether anything was counted more than once: then each line says on which day."""
        return len({line.title for line in self.lines}) < len(self.lines)


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    title: Words
    why: Words
    measures: tuple[Measure, ...]


_REVIEWS, _MENTORS = "mentee_reviews", "mentor_reviews"
SCORES: tuple[tuple[str, Words], ...] = (
    ("connection", gettext_lazy("Connection")),
    ("clarity", gettext_lazy("Clarity")),
    ("competency", gettext_lazy("Competency")),
)
MOMENTS: tuple[tuple[str, Words], ...] = (
    ("start", gettext_lazy("%(score)s, first check-in")),
    ("middle", gettext_lazy("%(score)s, middle check-in")),
    (_REVIEWS, gettext_lazy("%(score)s, at the end")),
)
OF_ALL = frozenset({"most", "completed", "as_agreed", "heard_of"})  # shares of all: nobody had to answer
STUDY = {"mistakes_avoided": 84, "faster": 84, "decisions": 68}
PLANS = (
    _Plan(
        "asked",
        gettext_lazy("Who answered"),
        gettext_lazy(
            "Read this first: what the rest says, it says of those who answered. Reviews are asked of both when a "
            "pairing closes. For check-ins and for taking stock, it is the share of people who answered more than half "
            "of what they were asked."
        ),
        (
            Measure(_REVIEWS, "", gettext_lazy("Mentees, looking back at the end")),
            Measure(_MENTORS, "", gettext_lazy("Mentors, looking back at the end")),
            Measure("start", "", gettext_lazy("Mentees, first check-in")),
            Measure("mentee_check_ins", "most", gettext_lazy("Mentees, most check-ins")),
            Measure("mentor_check_ins", "most", gettext_lazy("Mentors, most check-ins")),
            Measure("mentee_stock", "most", gettext_lazy("Mentees, most rounds of taking stock")),
            Measure("mentor_stock", "most", gettext_lazy("Mentors, most rounds of taking stock")),
        ),
    ),
    _Plan(
        "outcomes",
        gettext_lazy("What came of it, as mentees say"),
        gettext_lazy(
            "The share of mentees who said “yes, clearly” or “to some extent” when they looked back. The upright line "
            "is the published figure, as reported by the article; self-report of 45 CEOs. It was asked of other people "
            "in other words, and is no target."
        ),
        (
            Measure(_REVIEWS, "mistakes_avoided", gettext_lazy("Avoided costly mistakes"), STUDY["mistakes_avoided"]),
            Measure(_REVIEWS, "faster", gettext_lazy("Became proficient sooner"), STUDY["faster"]),
            Measure(_REVIEWS, "decisions", gettext_lazy("Made better decisions"), STUDY["decisions"]),
        ),
    ),
    _Plan(
        "scores",
        gettext_lazy("Connection, clarity, competency"),
        gettext_lazy(
            "The share of mentees who gave it four or five of five: in their first check-in, in the middle one, and "
            "when they looked back. Not everybody answered each time."
        ),
        tuple(Measure(group, score, name) for score, name in SCORES for group, _moment in MOMENTS),
    ),
    _Plan(
        "more",
        gettext_lazy("Goals, and whether they would do it again"),
        gettext_lazy("As they said when they looked back."),
        (
            Measure(_REVIEWS, "goals", gettext_lazy("Mentees who reached all or most of their goals")),
            Measure(_REVIEWS, "again", gettext_lazy("Mentees who would do it again")),
            Measure(_MENTORS, "again", gettext_lazy("Mentors who would do it again")),
        ),
    ),
    _Plan(
        "pairs",
        gettext_lazy("How pairs went, and how they ended"),
        gettext_lazy(
            "Of pairings that are over. “As agreed” is three quarters or more of the conversations in the agreement, "
            "as far as the two noted them. A pair was heard of to the end if either answered one of its last two "
            "check-ins; the others had gone silent."
        ),
        (
            Measure("endings", "completed", gettext_lazy("Completed, not ended early")),
            Measure("meetings", "as_agreed", gettext_lazy("Met about as often as agreed")),
            Measure("heard_of", "heard_of", gettext_lazy("Heard of to the end, not silent")),
        ),
    ),
)


def sections(counted: Iterable[Counted]) -> list[Section]:
    """Every section, with a line for each measure and tally; those that nothing was counted for have no lines."""
    tallies = list(counted)
    return [_section(plan, tallies) for plan in PLANS]


def _section(plan: _Plan, tallies: list[Counted]) -> Section:
    lines = [
        _line(measure, tally, tally.figures[measure.group])
        for measure in plan.measures
        for tally in tallies
        if measure.group in tally.figures
    ]
    studied = any(measure.study is not None for measure in plan.measures)
    named = _named(tallies) if plan.key == "pairs" else []
    return Section(plan.key, plan.title, plan.why, lines, studied, named)


def _line(measure: Measure, tally: Counted, figures: Figures) -> Line:
    share = figures.shares.get(measure.share) if measure.share else rate(figures)
    counts_answers = measure.share not in OF_ALL
    return Line(_title(measure), tally.counted_at, figures, share, measure.study, counts_answers)


def _title(measure: Measure) -> str:
    moments = dict(MOMENTS)
    if measure.share in dict(SCORES):
        return str(moments[measure.group]) % {"score": measure.title}
    return str(measure.title)


def _named(tallies: list[Counted]) -> list[str]:
    """Why pairings ended early, as far as six or more gave the same reason."""
    ended = [tally.figures["endings"] for tally in tallies if tally.moment == TallyMoment.OVER]
    names = dict.fromkeys(name for figures in ended for name in figures.named)
    return [label_of(EndClass, name) for name in names]


def people(number: Range | None) -> str:
    """How many people, in words."""
    if number is None:
        return _("fewer than six")
    return _("%(least)d to %(most)d") % {"least": number[0], "most": number[1]}


def share_in_words(share: Range) -> str:
    """ "67 % or more"."""
    low, high = share
    if high >= ALL:
        return _("%(share)d\u00a0%% or more") % {"share": low}
    if low == 0:
        return _("less than %(share)d\u00a0%%") % {"share": high}
    return _("%(low)d to %(high)d\u00a0%%") % {"low": low, "high": high}
