"""A match run: the engine's best assignment for everybody who still looks for a mentor, proven and kept."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from cohorts.models.enrolments import EnrolmentQuerySet
from cohorts.permissions import coordinates
from cohorts.states import Role
from common.errors import NotPermitted, Refused
from common.models import Event
from common.transactions import atomically
from common.transitions import Actor
from matching.domain.cards import CardBuilder
from matching.domain.fairness import FEWEST, fairness
from matching.domain.pools import others, pool_of
from matching.domain.promised import without_promised
from matching.domain.run_changes import place_in_log
from matching.domain.run_inputs import fingerprint
from matching.domain.run_progress import RunProgress
from matching.domain.run_report import Certificate, Group, Load, RunReport, Way
from matching.engine import (
    OTHER,
    Explanation,
    Funnel,
    Id,
    Match,
    MenteeCard,
    MentorCard,
    Part,
    Pool,
    Reason,
    Shortage,
    Why,
    engine_version,
    explain,
    match,
    violations,
)
from matching.models import MatchRun, Pairing, Proposal, Request, Unmatched
from matching.models.runs import Help, Phase
from matching.states import RunState

logger = logging.getLogger(__name__)

ABOUT_TOPICS = frozenset({Why.AIMS_MET, Why.AIMS_UNMET, Why.CHALLENGES_MET, Why.CHALLENGES_UNMET})
MOST_BLOCKING_PAIRS = 1000  # counted
AT_ONCE = 2000  # rows a statement writes


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run was asked to do beside its first aim. See `matching.engine.match`."""

    protect_worst_off: bool = False
    spread_load: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run found, before anything is kept: the ways to run, of which `found` is the one asked for.

    `spread` protects the worst-off as well where that was asked for.
    """

    cohort: Cohort
    pool: Pool
    cards: dict[UUID, MenteeCard]
    plain: Match
    protected: Match
    spread: Match
    terms: Terms
    log: dict[str, Any]

    @property
    def found(self) -> Match:
        return self.spread if self.terms.spread_load else self.unspread

    @property
    def unspread(self) -> Match:
        """What was found, or would have been without spreading the load."""
        return self.protected if self.terms.protect_worst_off else self.plain

    @property
    def mentors(self) -> dict[Id, MentorCard]:
        return {card.id: card for card in self.pool.mentors}


def seekers(cohort: Cohort) -> EnrolmentQuerySet:
    """The approved mentees who have neither a mentor in this cohort nor a request that waits for an answer."""
    approved = Enrolment.objects.approved().filter(cohort=cohort, role=Role.MENTEE, person__is_active=True)
    paired = Pairing.objects.open().filter(cohort=cohort, mentee=OuterRef("person"))
    waiting = Request.objects.pending().filter(mentee_enrolment=OuterRef("pk"))
    found: EnrolmentQuerySet = approved.exclude(Exists(paired)).exclude(Exists(waiting)).order_by("pk")
    return found


@dataclass(frozen=True)
class Found:
    """An outcome as rows that are not written yet."""

    columns: dict[str, Any]
    proposals: list[Proposal]
    unmatched: list[Unmatched]


def compute(*, cohort: Cohort, terms: Terms, now: datetime, progress: RunProgress | None = None) -> Outcome:
    """Find the best assignment each way and prove the chosen one; nothing is written.

    The load is spread also where the cohort's rules ask for it.

    Raises `CertificateError` should the proof fail, `CancelledError` when `progress` calls it off.
    """
    progress = progress or RunProgress()
    progress.enter(Phase.READ)
    log = place_in_log()
    rows = list(seekers(cohort))
    pool = without_promised(pool_of(cohort, now=now), cohort)
    cards = CardBuilder(cohort, {row.person_id for row in rows}, now=now).mentees(rows)
    people = tuple(cards.values())
    progress.enter(Phase.BEST)
    plain = match(pool, people, progress=progress.engine)
    progress.enter(Phase.PROTECT)
    protected = match(pool, people, protect_worst_off=True, progress=progress.engine)
    terms = resolved(terms, cohort)
    progress.enter(Phase.SPREAD)
    spread = unspread = protected if terms.protect_worst_off else plain
    if max(unspread.loads.values(), default=0) > 1:
        protect = terms.protect_worst_off
        spread = match(pool, people, protect_worst_off=protect, spread_load=True, progress=progress.engine)
    outcome = Outcome(cohort, pool, cards, plain, protected, spread, terms, log)
    progress.enter(Phase.PROVE)
    outcome.found.certificate(workers=None, progress=progress.engine)
    return outcome


def resolved(terms: Terms, cohort: Cohort) -> Terms:
    """The terms of a run with what the cohort's rules ask of every run."""
    return replace(terms, spread_load=terms.spread_load or cohort.spread_load)


def make(
    *, cohort: Cohort, user: User | None, terms: Terms, now: datetime, progress: RunProgress | None = None
) -> MatchRun:
    """Run here and now, and keep it. `user` None: from the command line. What a worker does: `run_work`.

    Raises `NotPermitted` for somebody who does not coordinate the cohort, `Refused` when nobody looks for a mentor.
    """
    if user is not None and not coordinates(user, cohort):
        raise NotPermitted
    outcome = compute(cohort=cohort, terms=terms, now=now, progress=progress)
    if not outcome.cards:
        raise nobody_looks()
    run = MatchRun(cohort=cohort, made_at=now, made_by=user)
    return _keep(run, rows_of(run, outcome, progress or RunProgress()), now)


def nobody_looks() -> Refused:
    """There is nothing to match."""
    return Refused(_("Nobody in this cohort is looking for a mentor at present."), field="cohort")


@atomically
def _keep(run: MatchRun, found: Found, now: datetime) -> MatchRun:
    write(run, found, now)
    actor = Actor.SYSTEM if run.made_by is None else Actor.COORDINATOR
    Event.record(verb="match", subject=run, actor=actor, now=now, user=run.made_by)
    return run


def rows_of(run: MatchRun, outcome: Outcome, progress: RunProgress) -> Found:
    """All that is to be kept of it; most of the work of a large run. Raises `CancelledError` as `progress` says."""
    progress.enter(Phase.EXPLAIN)
    rows = Enrolment.objects.filter(cohort=outcome.cohort).values_list("role", "person_id", "pk")
    enrolment_of = {(role, person): pk for role, person, pk in rows}
    columns = {
        **asdict(outcome.terms),
        **figures(outcome),
        "report": report(outcome).to_data(),
        "log": outcome.log,
    }
    many, made = len(outcome.cards), 0
    found = Found(columns, [], [])
    for proposal in _proposals(run, outcome, enrolment_of):
        found.proposals.append(proposal)
        progress.within((made := made + 1) / many)
    for unmatched in _unmatched(run, outcome, enrolment_of):
        found.unmatched.append(unmatched)
        progress.within((made := made + 1) / many)
    progress.enter(Phase.KEEP)
    return found


def write(run: MatchRun, found: Found, now: datetime) -> None:
    """Keep a run with all that it found, in the caller's transaction; the run is proven from then on."""
    for name, value in found.columns.items():
        setattr(run, name, value)
    run.state, run.finished_at = RunState.PROVEN, now
    run.save()
    Proposal.objects.bulk_create(found.proposals, batch_size=AT_ONCE)
    Unmatched.objects.bulk_create(found.unmatched, batch_size=AT_ONCE)


def figures(outcome: Outcome) -> dict[str, Any]:
    """What a run comes to, in numbers."""
    found = outcome.found
    return {
        "mentees": len(outcome.cards),
        "places": sum(card.open_places for card in outcome.pool.mentors),
        "matched": found.matched,
        "total": found.total,
        "lowest": found.lowest,
        "blocking_pairs": len(found.blocking_pairs(MOST_BLOCKING_PAIRS)),
    }


def report(outcome: Outcome) -> RunReport:
    """What it was made from, its proof, and each way to run; the same bytes for the same inputs."""
    groups = outcome.found.shortages() if len(outcome.pool.mentors) >= FEWEST else []
    return RunReport(
        fingerprint=fingerprint(outcome.pool, outcome.cards.values(), asdict(outcome.terms)),
        engine=engine_version(),
        weights={part.value: getattr(outcome.pool.weights, part) for part in Part},
        certificate=Certificate.of(outcome.found),
        plain=Way.of(outcome.plain),
        protected=Way.of(outcome.protected),
        spread=Way.of(outcome.spread),
        unspread_load=Load.of(outcome.pool, outcome.unspread),
        spread_load=Load.of(outcome.pool, outcome.spread),
        mentors=len(outcome.pool.mentors),
        groups=[Group(len(each.mentees), each.places) for each in groups],
        fairness=fairness(outcome.cards.values(), outcome.found),
    )


def _proposals(run: MatchRun, outcome: Outcome, enrolment_of: dict[Any, UUID]) -> Iterator[Proposal]:
    mentors = outcome.mentors
    return (
        Proposal(
            run=run,
            cohort=outcome.cohort,
            mentee_id=mentee,
            mentor_id=mentor,
            mentee_enrolment_id=enrolment_of[Role.MENTEE, mentee],
            mentor_enrolment_id=enrolment_of[Role.MENTOR, mentor],
            score=outcome.found.score_of[mentee],
            reasons=reasons_as_data(explain(outcome.pool, outcome.cards[mentee], mentors[mentor])),
        )
        for mentee, mentor in _ours(outcome.found.mentor_of.items())
    )


def _ours(ids: Iterable[Any]) -> Iterable[Any]:
    """The same; the engine takes ids of any kind, ours are UUIDs."""
    return ids


def reasons_as_data(explanation: Explanation) -> list[dict[str, Any]]:
    """The facts that speak for a pair and against it, to be kept."""
    told = [(reason, False) for reason in explanation.reasons_for]
    told += [(reason, True) for reason in explanation.reasons_against]
    return [
        {**asdict(reason), "ids": [str(each) for each in reason.ids], "against": against} for reason, against in told
    ]


def reasons_from_data(mentee: UUID, mentor: UUID, kept: Iterable[dict[str, Any]]) -> Explanation:
    """The same facts again, for pages to make sentences of; without those that cannot be read, which the log tells."""
    good: list[Reason] = []
    bad: list[Reason] = []
    for each in kept:
        try:
            (bad if each["against"] else good).append(_reason(each))
        except (LookupError, TypeError, ValueError, AttributeError):
            logger.exception("a reason of a kept run cannot be read")
    return Explanation(mentee, mentor, reasons_for=tuple(good), reasons_against=tuple(bad))


def _reason(data: dict[str, Any]) -> Reason:
    key = Why(data["key"])
    return Reason(
        key,
        data["weight"],
        tuple(UUID(topic) for topic in data["ids"]) if key in ABOUT_TOPICS else tuple(data["ids"]),
        data["number"],
        tuple(data["depths"]),
        tuple(data["places"]),
        data["week"],
    )


def _unmatched(run: MatchRun, outcome: Outcome, enrolment_of: dict[Any, UUID]) -> Iterator[Unmatched]:
    group_of = {mentee: group for group in outcome.found.shortages() for mentee in group.mentees}
    told = len(outcome.pool.mentors) >= FEWEST
    return (
        Unmatched(
            run=run,
            cohort=outcome.cohort,
            mentee_id=mentee,
            mentee_enrolment_id=enrolment_of[Role.MENTEE, mentee],
            **(cause(outcome.pool, outcome.cards[mentee], group_of.get(mentee)) if told else UNTOLD),
        )
        for mentee in _ours(outcome.found.unmatched)
    )


UNTOLD: dict[str, Any] = {"fit": 0, "excluded": {}, "help": Help.MENTORS, "gain": 0}


def cause(pool: Pool, card: MenteeCard, group: Shortage | None) -> dict[str, Any]:
    """Why nobody is left for a mentee: the funnel, the group they compete in, and what alone would help most.

    Private and practical reasons together are counted from five up.
    """
    told = others(pool, card)
    helps, gain = _help(pool, card, told)
    return {
        "fit": told.fit,
        "excluded": {key: count for key, count in told.excluded.items() if _enough(key, count)},
        "help": helps,
        "gain": gain,
        "group_mentees": len(group.mentees) if group and told.fit else None,
        "group_places": group.places if group and told.fit else None,
    }


def _help(pool: Pool, card: MenteeCard, told: Funnel) -> tuple[Help, int]:
    """The one change that adds most mentors: a rule counts where it alone stands in the way."""
    if told.fit:
        return Help.PLACES, told.fit
    alone = Counter(
        broken[0].public_key
        for broken in (
            violations(card, mentor, pool.rules, waived=pool.is_waived(card, mentor)) for mentor in pool.mentors
        )
        if len(broken) == 1 and broken[0].public_key in Help.values
    )
    alone = Counter({key: count for key, count in alone.items() if _enough(key, count)})
    if not alone:
        return Help.MENTORS, 0
    key, gain = max(alone.items(), key=lambda item: (item[1], item[0]))
    return Help(key), gain


def _enough(key: str, count: int) -> bool:
    """Whether so many may be told: of reasons that are not revealed, only so many that none stands out."""
    return key != OTHER or count >= FEWEST
