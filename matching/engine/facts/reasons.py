"""What speaks for a pair and what against it: reasons as data, heaviest first; pages make sentences of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matching.engine.facts.cards import Id, IndustryPreference, MenteeCard, MentorCard
from matching.engine.facts.score import DEPTH_SHARE, Part, PartScore, aim_proportions

FEW_HALF_HOURS = 4  # under two shared hours a week a meeting is hard to place


class Why(StrEnum):
    """What a reason says; the comment names its `ids` and `number`."""

    AIMS_MET = "aims_met"  # topics, what counts most first, with their depths and their places among the aims
    AIMS_UNMET = "aims_unmet"  # topics, first things first, with their places among the aims
    CHALLENGES_MET = "challenges_met"  # topics, deepest first, with their depths
    CHALLENGES_UNMET = "challenges_unmet"  # topics
    SAME_INDUSTRY = "same_industry"  # shared industries; for or against, as the mentee prefers
    OTHER_INDUSTRY = "other_industry"  # the mentor's industries; for or against, as the mentee prefers
    SAME_FUNCTION = "same_function"  # the function
    OTHER_FUNCTION = "other_function"  # the mentor's function
    SENIORITY = "seniority"  # number: levels above the mentee, below when negative
    SHARED_HOURS = "shared_hours"  # number: shared half-hours a week; week: which, as `weekly_slots` gives them
    SHARED_LANGUAGES = "shared_languages"  # languages
    NO_SHARED_LANGUAGE = "no_shared_language"
    SHORTLISTED = "shortlisted"  # number: the place on the mentee's list, from 1; for coordinators only
    BOTH_AGAIN = "both_again"  # both would gladly meet again
    LET_DOWN = "let_down"  # the mentee is first in line; for coordinators only
    NO_TIE = "no_tie"  # no independence rule is broken: neither waived nor only flagged


@dataclass(frozen=True)
class Reason:
    """One reason.

    key         what it says
    weight      the points it earned, or failed to earn when it speaks against the pair
    ids         what it is about, see `Why`
    number      see `Why`
    depths      of expertise, one for each of `ids`, where the reason has them
    places      ranks among the mentee's aims, from 1, one for each of `ids`, where the reason has them
    week        half-hours, as `weekly_slots` gives them
    """

    key: Why
    weight: int
    ids: tuple[Id, ...] = ()
    number: int = 0
    depths: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    week: int = 0


@dataclass(frozen=True)
class Reasons:
    """Both lists, heaviest first; reasons of the same weight stay in the order of the score's parts."""

    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]


def reasons(mentee: MenteeCard, mentor: MentorCard, parts: tuple[PartScore, ...], *, independent: bool) -> Reasons:
    """Give the reasons behind these parts of the score. What is not known on both sides gives none.

    independent     no rule of independence is broken, waived ones included: adds NO_TIE, last
    """
    known_parts = {score.part: score for score in parts if score.known}
    collector = _Collector()
    for part, add_reasons in _ADD_REASONS.items():
        if part in known_parts:
            add_reasons(collector, known_parts[part], mentee, mentor)
    no_tie = (Reason(Why.NO_TIE, 0),) if independent else ()
    return Reasons((*_heaviest(collector.reasons_for), *no_tie), _heaviest(collector.reasons_against))


class _Collector:
    def __init__(self) -> None:
        self.reasons_for: list[Reason] = []
        self.reasons_against: list[Reason] = []

    def add(self, fits: bool, score: PartScore, key: Why, ids: tuple[Id, ...] = (), **more: Any) -> None:
        """Add a reason: for the pair if it `fits`, else against it, weighing what the part earned or failed to earn."""
        weight = score.points if fits else score.max_points - score.points
        (self.reasons_for if fits else self.reasons_against).append(Reason(key, weight, ids, **more))


def _heaviest(found: list[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(found, key=lambda reason: -reason.weight))


def _aims(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    depths = dict(mentor.expertise)
    wanted = dict.fromkeys(mentee.aims)
    rank_of = {topic: number for number, topic in enumerate(wanted, start=1)}
    # What counts most leads: a first aim weighs more than a second, and depth more than acquaintance.
    counts = zip(wanted, aim_proportions(len(wanted)), strict=True)
    earned = {topic: proportion * DEPTH_SHARE[depths.get(topic, 0)] for topic, proportion in counts}
    found = tuple(sorted((topic for topic in wanted if topic in depths), key=lambda topic: -earned[topic]))
    missing = tuple(topic for topic in wanted if topic not in depths)
    if found:
        places = tuple(rank_of[topic] for topic in found)
        collector.add(True, score, Why.AIMS_MET, found, depths=tuple(depths[topic] for topic in found), places=places)
    if missing:
        collector.add(False, score, Why.AIMS_UNMET, missing, places=tuple(rank_of[topic] for topic in missing))


def _challenges(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    depths = dict(mentor.expertise)
    # Sets have no order of their own: sort, so that the same people are always told the same.
    wanted = sorted(mentee.challenges, key=str)
    found = tuple(sorted((topic for topic in wanted if topic in depths), key=lambda topic: -depths[topic]))
    missing = tuple(topic for topic in wanted if topic not in depths)
    if found:
        collector.add(True, score, Why.CHALLENGES_MET, found, depths=tuple(depths[topic] for topic in found))
    if missing:
        collector.add(False, score, Why.CHALLENGES_UNMET, missing)


def _industry(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    shared = tuple(sorted(mentee.industries & mentor.industries))
    wants_same = mentee.industry_preference == IndustryPreference.SAME
    if shared:
        collector.add(wants_same, score, Why.SAME_INDUSTRY, shared)
    else:
        collector.add(not wants_same, score, Why.OTHER_INDUSTRY, tuple(sorted(mentor.industries)))


def _function(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    same = mentee.function == mentor.function
    named = () if mentor.function is None else (mentor.function,)
    collector.add(same, score, Why.SAME_FUNCTION if same else Why.OTHER_FUNCTION, named)


def _seniority(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    above = (mentor.seniority or 0) - (mentee.seniority or 0)
    collector.add(above >= 0, score, Why.SENIORITY, number=above)


def _hours(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    week = (mentee.hours or 0) & (mentor.hours or 0)
    shared = week.bit_count()
    collector.add(shared >= FEW_HALF_HOURS, score, Why.SHARED_HOURS, number=shared, week=week)


def _languages(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    shared = tuple(sorted(mentee.languages & mentor.languages))
    collector.add(bool(shared), score, Why.SHARED_LANGUAGES if shared else Why.NO_SHARED_LANGUAGE, shared)


def _shortlist(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    if mentor.id in mentee.shortlist:
        collector.add(True, score, Why.SHORTLISTED, number=mentee.shortlist.index(mentor.id) + 1)
    # What one side alone has said stays with that side.
    if mentor.id in mentee.would_pair_again and mentee.id in mentor.would_pair_again:
        collector.add(True, score, Why.BOTH_AGAIN)


def _priority(collector: _Collector, score: PartScore, mentee: MenteeCard, mentor: MentorCard) -> None:
    collector.add(True, score, Why.LET_DOWN)


_ADD_REASONS = {
    Part.AIMS: _aims,
    Part.CHALLENGES: _challenges,
    Part.INDUSTRY: _industry,
    Part.FUNCTION: _function,
    Part.SENIORITY: _seniority,
    Part.HOURS: _hours,
    Part.LANGUAGES: _languages,
    Part.SHORTLIST: _shortlist,
    Part.PRIORITY: _priority,
}
