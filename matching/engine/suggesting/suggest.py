"""The questions a pool answers: which mentors to suggest, why this one, and why not the others."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matching.engine.arrays import Hashes, Ints
from matching.engine.errors import EngineError
from matching.engine.facts.cards import Id, MenteeCard, MentorCard
from matching.engine.facts.hashes import tie_break_order
from matching.engine.facts.reasons import Reason, Reasons, reasons
from matching.engine.facts.rules import NEVER_WITH, OTHER, TABLE, Kind, Rule, broken_rules, excluding_rule
from matching.engine.facts.score import MAX_SCORE, PartScore, part_scores
from matching.engine.suggesting.pool import Pool


@dataclass(frozen=True)
class Explanation:
    """Everything the engine can say about one pair.

    parts               the parts of the score, which sum to it; none when the pair is excluded
    reasons_for         heaviest first: the first is the sentence on the card
    reasons_against     heaviest first
    excluded_by         the first rule that excludes; tell people its `public_key` only
    flags               broken rules that this cohort only flags for its coordinator
    lifted              broken rules that a waiver lifts
    """

    mentee: Id
    mentor: Id
    parts: tuple[PartScore, ...] = ()
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    excluded_by: Rule | None = None
    flags: tuple[Rule, ...] = ()
    lifted: tuple[Rule, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the pair may be made."""
        return self.excluded_by is None

    @property
    def score(self) -> int:
        """Whole points in 0 … 1,000,000; 0 when excluded."""
        return sum(part.points for part in self.parts)

    @property
    def obstacles(self) -> int:
        """How much of what a conversation needs the two do not share: working hours, a language."""
        return sum(part.obstacle for part in self.parts)


@dataclass(frozen=True)
class Funnel:
    """How many of a pool's mentors can be asked, and how many each rule excludes.

    total       mentors counted: `fit` + the counts of `excluded`
    fit         mentors whom no rule excludes
    excluded    public key of a rule → mentors, in the table's order and without zeros; a mentor counts under the
                first rule broken. All rules that are not revealed are one count under OTHER, last
    """

    total: int
    fit: int
    excluded: Mapping[str, int]


def explain(pool: Pool, mentee: MenteeCard, mentor: MentorCard) -> Explanation:
    """Explain one pair under the pool's rules, weights and waivers. The mentor need not be in the pool."""
    waived = pool.is_waived(mentee, mentor)
    rule = excluding_rule(mentee, mentor, pool.rules, waived=waived)
    if rule is not None:
        return Explanation(mentee.id, mentor.id, excluded_by=rule)
    broken = broken_rules(mentee, mentor, pool.rules)
    parts = part_scores(mentee, mentor, pool.weights)
    pair_reasons = _reasons_of(mentee, mentor, parts, broken)
    return Explanation(
        mentee.id,
        mentor.id,
        parts,
        pair_reasons.reasons_for,
        pair_reasons.reasons_against,
        flags=tuple(rule for rule in broken if rule.relaxed(pool.rules)),
        lifted=tuple(rule for rule in broken if not rule.relaxed(pool.rules)),
    )


def suggest(pool: Pool, mentee: MenteeCard, k: int) -> tuple[Explanation, ...]:
    """Give the `k` best mentors who may be asked, best first, explained; fewer when fewer fit.

    Those with fewer obstacles come first, and among these those with a higher score. Equal scores are ordered by a
    hash of both ids, so input order never shows and no mentor is always last.
    Raises EngineError when k is negative.
    """
    if k < 0:
        raise EngineError(f"cannot suggest {k} mentors")
    positions = np.flatnonzero(pool.allowed(mentee))
    scores = pool.columns.scores(mentee, pool.weights)[positions]
    obstacles = pool.columns.obstacles(mentee, pool.weights)[positions]
    top = _top_k(scores - obstacles * (MAX_SCORE + 1), tie_break_order(mentee.id, pool.columns.hashes)[positions], k)
    return tuple(explain(pool, mentee, pool.ordered[position]) for position in positions[top])


def funnel(pool: Pool, mentee: MenteeCard, *, as_mentee: bool = False) -> Funnel:
    """Count how many of the pool's mentors each rule excludes for this mentee.

    `as_mentee`: as the mentee may read it. Whom a private list keeps apart from them is counted nowhere, not even
    under another rule, as somebody who has left the pool.
    """
    excluded = pool.excluded(mentee)
    absent = _kept_apart(pool, mentee) if as_mentee else set()
    by_rule = Counter(rule for place, rule in excluded.items() if place not in absent)
    counts: Counter[str] = Counter()
    for rule, count in by_rule.items():
        counts[rule.public_key] += count
    order = dict.fromkeys([*(rule.public_key for rule in TABLE if rule.revealed), OTHER])
    return Funnel(
        total=len(pool.mentors) - len(absent),
        fit=len(pool.mentors) - len(excluded),
        excluded={key: counts[key] for key in order if counts[key]},
    )


def _kept_apart(pool: Pool, mentee: MenteeCard) -> set[int]:
    """Give the positions of the mentors whom a private list of either side keeps apart from the mentee."""
    excluded = (place for place, rule in pool.judged(mentee).items() if rule is not None)
    return {place for place in excluded if NEVER_WITH.broken(mentee, pool.ordered[place], pool.rules)}


def _top_k(scores: Ints, order: Hashes, k: int) -> Ints:
    """Give the positions of the k highest scores, best first, equal ones by `order`."""
    k = min(k, len(scores))
    if k == 0:
        return np.empty(0, np.int64)
    at_least = np.partition(scores, len(scores) - k)[len(scores) - k]
    contenders = np.flatnonzero(scores >= at_least)
    ranked = np.lexsort((order[contenders], -scores[contenders]))
    return contenders[ranked[:k]]


def _reasons_of(
    mentee: MenteeCard, mentor: MentorCard, parts: tuple[PartScore, ...], broken: tuple[Rule, ...]
) -> Reasons:
    independent = not any(rule.kind is Kind.INDEPENDENCE for rule in broken)
    return reasons(mentee, mentor, parts, independent=independent)
