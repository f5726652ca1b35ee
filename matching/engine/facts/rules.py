"""Who may not be paired, and why: the one table of rules that every page, request, acceptance and the admin ask.

The order matters. Rules that may be revealed come first. So the counts of their exclusions are the same whether
or not somebody is on a private list, and all other exclusions are counted together as OTHER.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from matching.engine.facts.cards import MenteeCard, MentorCard, Rules

Predicate: TypeAlias = Callable[[MenteeCard, MentorCard, Rules], bool]

OTHER = "other"  # the public key of all rules that are not revealed


class Kind(StrEnum):
    """What a rule is about. Open pairings are re-checked for INDEPENDENCE only."""

    INDEPENDENCE = "independence"
    HISTORY = "history"
    PRIVATE = "private"
    AVAILABILITY = "availability"


ALL_KINDS = frozenset(Kind)


@dataclass(frozen=True, eq=False)
class Rule:
    """One row of the table.

    broken      says whether a pair breaks the rule
    waivable    a coordinator's waiver for the pair lifts the rule
    revealed    people may see its key; otherwise everybody, coordinators too, sees OTHER
    relaxed     says whether these rules of a cohort make it a flag for the coordinator instead of an exclusion
    """

    key: str
    kind: Kind
    broken: Predicate
    waivable: bool
    revealed: bool
    relaxed: Callable[[Rules], bool] = lambda _: False

    @property
    def public_key(self) -> str:
        """The key that people may see."""
        return self.key if self.revealed else OTHER


def _same_person(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentee.id == mentor.id


def _mentee_unconfirmed(mentee: MenteeCard, _mentor: MentorCard, _: Rules) -> bool:
    return not mentee.employer_confirmed


def _same_employer(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return bool(mentee.organisations & mentor.organisations)


def _same_family(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return bool(mentee.families & mentor.families)


def _competitors(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    # A board seat, a holding or advice with a competitor counts as working there.
    return bool(
        mentee.competitor_families & (mentor.families | mentor.current_ties)
        or mentor.competitor_families & (mentee.families | mentee.current_ties)
    )


def _current_tie(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return bool(mentee.current_ties & mentor.families or mentor.current_ties & mentee.families)


def _shared_tie(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    # Both are tied to one third family today: they meet at that table.
    return bool(mentee.current_ties & mentor.current_ties)


def _former_tie(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return bool(mentee.former_families & mentor.families or mentor.former_families & mentee.families)


def _reverse_pairing(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentor.id in mentee.mentors_now


def _already_paired(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentor.id in mentee.paired_with


def _declined(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentor.id in mentee.declined_by


def _paired_before(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    both_ask_again = mentor.id in mentee.would_pair_again and mentee.id in mentor.would_pair_again
    return mentor.id in mentee.paired_before and not both_ask_again


def _never_with(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    # An organisation on the list stands for those who work there and for those who sit on its board today.
    return bool(
        mentor.id in mentee.never_with
        or mentee.id in mentor.never_with
        or mentee.never_with_families & (mentor.families | mentor.current_ties)
        or mentor.never_with_families & (mentee.families | mentee.current_ties)
    )


def _list_unreadable(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return not (mentee.list_readable and mentor.list_readable)


def _asked_already(mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentor.id in mentee.asked


def _full(_mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentor.open_places == 0


def _away(_mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return mentor.away


def _not_available(_mentee: MenteeCard, mentor: MentorCard, _: Rules) -> bool:
    return not (mentor.available and mentor.employer_confirmed)


def _competitors_relaxed(rules: Rules) -> bool:
    return rules.competitors_flag_only


SAME_PERSON = Rule("same_person", Kind.INDEPENDENCE, _same_person, waivable=False, revealed=True)
MENTEE_UNCONFIRMED = Rule("mentee_unconfirmed", Kind.AVAILABILITY, _mentee_unconfirmed, waivable=False, revealed=True)
SAME_EMPLOYER = Rule("same_employer", Kind.INDEPENDENCE, _same_employer, waivable=True, revealed=True)
SAME_FAMILY = Rule("same_family", Kind.INDEPENDENCE, _same_family, waivable=True, revealed=True)
COMPETITORS = Rule(
    "competitors",
    Kind.INDEPENDENCE,
    _competitors,
    waivable=True,
    revealed=True,
    relaxed=_competitors_relaxed,
)
CURRENT_TIE = Rule("current_tie", Kind.INDEPENDENCE, _current_tie, waivable=True, revealed=True)
SHARED_TIE = Rule("shared_tie", Kind.INDEPENDENCE, _shared_tie, waivable=True, revealed=True)
FORMER_TIE = Rule("former_tie", Kind.INDEPENDENCE, _former_tie, waivable=True, revealed=True)
REVERSE_PAIRING = Rule("reverse_pairing", Kind.HISTORY, _reverse_pairing, waivable=True, revealed=True)
ALREADY_PAIRED = Rule("already_paired", Kind.HISTORY, _already_paired, waivable=False, revealed=True)
DECLINED = Rule("declined", Kind.HISTORY, _declined, waivable=True, revealed=True)
PAIRED_BEFORE = Rule("paired_before", Kind.HISTORY, _paired_before, waivable=True, revealed=True)
NEVER_WITH = Rule("never_with", Kind.PRIVATE, _never_with, waivable=False, revealed=False)
LIST_UNREADABLE = Rule("list_unreadable", Kind.AVAILABILITY, _list_unreadable, waivable=False, revealed=False)
ASKED_ALREADY = Rule("asked_already", Kind.AVAILABILITY, _asked_already, waivable=False, revealed=False)
FULL = Rule("full", Kind.AVAILABILITY, _full, waivable=False, revealed=False)
AWAY = Rule("away", Kind.AVAILABILITY, _away, waivable=False, revealed=False)
NOT_AVAILABLE = Rule("not_available", Kind.AVAILABILITY, _not_available, waivable=False, revealed=False)

TABLE: tuple[Rule, ...] = (
    SAME_PERSON,
    MENTEE_UNCONFIRMED,
    SAME_EMPLOYER,
    SAME_FAMILY,
    COMPETITORS,
    CURRENT_TIE,
    SHARED_TIE,
    FORMER_TIE,
    REVERSE_PAIRING,
    ALREADY_PAIRED,
    DECLINED,
    PAIRED_BEFORE,
    NEVER_WITH,
    LIST_UNREADABLE,
    ASKED_ALREADY,
    FULL,
    AWAY,
    NOT_AVAILABLE,
)

# A mentor's own card is reason enough for these, whoever asks.
OWN_RULES: tuple[Rule, ...] = (LIST_UNREADABLE, FULL, AWAY, NOT_AVAILABLE)
_ANYBODY = MenteeCard(id="")


def own_rule(mentor: MentorCard) -> Rule | None:
    """Give the first rule that the mentor's own card breaks with everybody, None when there is none."""
    return next((rule for rule in OWN_RULES if rule.broken(_ANYBODY, mentor, Rules())), None)


def broken_rules(mentee: MenteeCard, mentor: MentorCard, rules: Rules) -> tuple[Rule, ...]:
    """Give every rule that the pair breaks, in the table's order, whether it excludes or is relaxed."""
    return tuple(rule for rule in TABLE if rule.broken(mentee, mentor, rules))


def violations(
    mentee: MenteeCard,
    mentor: MentorCard,
    rules: Rules,
    *,
    waived: bool = False,
    kinds: Collection[Kind] = ALL_KINDS,
) -> tuple[Rule, ...]:
    """Give the rules that exclude the pair, in the table's order; empty when it may be paired.

    waived      a coordinator's waiver stands for this pair: it lifts the waivable rules and no others
    kinds       only rules of these kinds
    """
    return tuple(
        rule
        for rule in broken_rules(mentee, mentor, rules)
        if rule.kind in kinds and _excludes(rule, rules, waived=waived)
    )


def excluding_rule(mentee: MenteeCard, mentor: MentorCard, rules: Rules, *, waived: bool = False) -> Rule | None:
    """Give the first rule that excludes the pair, None when it may be paired. `waived`: see `violations`."""
    for rule in TABLE:
        if _excludes(rule, rules, waived=waived) and rule.broken(mentee, mentor, rules):
            return rule
    return None


def _excludes(rule: Rule, rules: Rules, *, waived: bool) -> bool:
    return not (rule.relaxed(rules) or (waived and rule.waivable))


def flags(mentee: MenteeCard, mentor: MentorCard, rules: Rules) -> tuple[Rule, ...]:
    """Give the broken rules that this cohort only flags for its coordinator."""
    return tuple(rule for rule in broken_rules(mentee, mentor, rules) if rule.relaxed(rules))


def public_keys(broken: Iterable[Rule]) -> tuple[str, ...]:
    """Give the keys that people may see, each once, in order; all rules that are not revealed are one OTHER."""
    return tuple(dict.fromkeys(rule.public_key for rule in broken))
