"""A match run is published: its proposals become requests, all or those that are chosen.

People have gone on living since the run was made. Everybody is looked at again, under the locks and by the rules of
asking; who cannot be asked any more is held back with the reason, and the rest goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.calendars import calendar_with_leave, read_leave
from accounts.models import MentorProfile, User
from cohorts.models import Cohort, Enrolment
from cohorts.permissions import coordinates
from cohorts.states import EnrolmentState, Role
from common.dates import day_of
from common.errors import NotPermitted, Refused
from common.models import Event
from common.queries import among
from common.transactions import atomically
from common.transitions import Actor, next_state
from matching.domain import locks
from matching.domain.cards import CardBuilder, rules_of, waived_pairs
from matching.domain.deadlines import answer_by
from matching.domain.new_requests import NewRequest, write_requests
from matching.domain.promised import promised
from matching.engine import violations
from matching.models import MatchRun, Pairing, Proposal, Request, ShortlistEntry, Unmatched
from matching.models.requests import Origin
from matching.models.runs import HeldBack
from matching.states import RUN_TRANSITIONS, RunState


class ToAsk(NamedTuple):
    """A proposal that becomes a request, with its two enrolments."""

    proposal: Proposal
    mentee: Enrolment
    mentor: Enrolment


@dataclass(frozen=True)
class Outlook:
    """What becomes of proposals when they are published.

    asked       those that become requests
    held_back   the others, with why
    """

    asked: list[ToAsk]
    held_back: list[tuple[Proposal, HeldBack]]

    @property
    def told(self) -> int:
        """To how many people an e-mail is written at once: each mentor one, each mentee one."""
        mentors = {each.mentor.person_id for each in self.asked}
        return len(mentors) + len(self.asked)

    def deadlines(self, now: datetime) -> list[datetime]:
        """Until when the mentors have to answer, the earliest first."""
        mentors = {each.mentor.person_id: each.mentor for each in self.asked}.values()
        read_leave([mentor.person for mentor in mentors])
        return sorted(answer_by(calendar_with_leave(each.person), now, each.cohort.answer_days) for each in mentors)


def reason_against(mentee: Enrolment, mentor: Enrolment, now: datetime) -> HeldBack | None:
    """Why this mentor of a cohort cannot be asked for this mentee of it now; None when nothing stands against it."""
    return Look(mentee.cohort, [mentee, mentor], now).reason(mentee, mentor)


def takes_part(user: User, run: MatchRun) -> bool:
    """Whether somebody is one of those whom the run weighed: a mentee of it, or a mentor of its cohort."""
    mentored = Enrolment.objects.approved().filter(cohort=run.cohort_id, person=user, role=Role.MENTOR)
    proposed = Proposal.objects.filter(Q(mentee=user) | Q(mentor=user), run=run)
    return mentored.exists() or proposed.exists() or Unmatched.objects.filter(run=run, mentee=user).exists()


def foresee(*, run: MatchRun, user: User, proposals: Collection[Proposal] | None = None, now: datetime) -> Outlook:
    """What publishing would do now. Raises as `publish`, but for nobody who could be asked."""
    _check_may_publish(run, user, now)
    chosen = _chosen(run, proposals)
    rows = Enrolment.objects.filter(pk__in=among(_enrolments_of(chosen)))
    return _outlook(run.cohort, chosen, {row.pk: row for row in rows.select_related("person__profile", "cohort")}, now)


def publish(*, run: MatchRun, user: User, proposals: Collection[Proposal] | None = None, now: datetime) -> Outlook:
    """A coordinator publishes what is left of a run, or the proposals chosen of it; gives what became of them.

    Raises `NotPermitted` for anybody else, `Refused` for a coordinator who takes part in the run, when the cohort is
    over, when all of it was published before (a double click, for one), and when nobody of it can be asked;
    `WrongState` for a run that was discarded.
    """
    _check_may_publish(run, user, now)
    return _publish(run.pk, None if proposals is None else list(proposals), user, now)


@atomically
def _publish(run_id: UUID, proposals: list[Proposal] | None, user: User, now: datetime) -> Outlook:
    run = _lock_run(run_id)
    target = next_state(RUN_TRANSITIONS, "publish", run.state, Actor.COORDINATOR)
    chosen = _chosen(run, proposals)
    locks.people({person for each in chosen for person in (each.mentee_id, each.mentor_id)})
    outlook = _outlook(run.cohort, chosen, locks.enrolments(_enrolments_of(chosen)), now)
    if not outlook.asked:
        raise Refused(_("Nobody of them can be asked at present, so nothing was published."), code="nobody_to_ask")
    MatchRun.objects.filter(pk=run.pk).update(state=target, published_at=now, published_by=user)
    _keep(outlook, user, now)
    Event.record(verb="publish", subject=run, actor=Actor.COORDINATOR, now=now, user=user)
    return outlook


def _lock_run(run_id: UUID) -> MatchRun:
    """The run, with its cohort to itself: whoever asks or answers there waits, and goes on afterwards."""
    cohort_id = MatchRun.objects.values_list("cohort_id", flat=True).get(pk=run_id)
    locks.owners()
    cohort = locks.cohort_alone(cohort_id)
    run: MatchRun = MatchRun.objects.select_for_update(no_key=True).get(pk=run_id)
    run.cohort = cohort
    return run


def _check_may_publish(run: MatchRun, user: User, now: datetime) -> None:
    if not coordinates(user, run.cohort):
        raise NotPermitted
    if takes_part(user, run):
        raise Refused(
            _("You take part in this run yourself, so another coordinator has to publish it."), code="takes_part"
        )
    if run.cohort.ends_on < day_of(now):
        raise Refused(_("This cohort has ended, so nobody can be asked in it any more."), code="cohort_over")


def _chosen(run: MatchRun, proposals: Collection[Proposal] | None) -> list[Proposal]:
    """The proposals to publish, the best first: they come first where places are short."""
    rows = run.proposals.to_publish().select_related("mentee", "mentor").order_by("-score", "pk")
    if proposals is not None:
        if any(each.run_id != run.pk for each in proposals):
            raise Refused(_("Choose proposals of one match run."), code="several_runs")
        rows = rows.filter(pk__in=among(each.pk for each in proposals))
    found = list(rows)
    if not found:
        raise Refused(_("These proposals have been published already."), code="published_already")
    return found


def _enrolments_of(proposals: Sequence[Proposal]) -> set[UUID]:
    return {pk for each in proposals for pk in (each.mentee_enrolment_id, each.mentor_enrolment_id)}


def _outlook(
    cohort: Cohort, proposals: Sequence[Proposal], enrolments: dict[UUID, Enrolment], now: datetime
) -> Outlook:
    """Look at everybody again, in a fixed number of queries."""
    look, outlook = Look(cohort, list(enrolments.values()), now), Outlook([], [])
    for proposal in proposals:
        mentee, mentor = enrolments[proposal.mentee_enrolment_id], enrolments[proposal.mentor_enrolment_id]
        reason = look.reason(mentee, mentor)
        if reason is None:
            look.take_place(mentor)
            outlook.asked.append(ToAsk(proposal, mentee, mentor))
        else:
            outlook.held_back.append((proposal, reason))
    return outlook


class Look:
    """Whether the people of a run can still be asked, each pair once."""

    def __init__(self, cohort: Cohort, enrolments: list[Enrolment], now: datetime) -> None:
        mentees = [row for row in enrolments if row.role == Role.MENTEE]
        mentors = [row for row in enrolments if row.role == Role.MENTOR]
        builder = CardBuilder(cohort, {row.person_id for row in enrolments}, now=now)
        self._mentees, self._mentors = builder.mentees(mentees), builder.mentors(mentors)
        self._rules, self._waived = rules_of(cohort), waived_pairs(cohort, day_of(now))
        people = [row.person_id for row in mentees]
        open_ones = Pairing.objects.open().filter(cohort=cohort, mentee__in=among(people))
        self._paired = set(open_ones.values_list("mentee_id", flat=True))
        waiting = Request.objects.pending().filter(mentee_enrolment__in=among(row.pk for row in mentees))
        self._waiting = set(waiting.values_list("mentee_enrolment_id", flat=True))
        who = [row.person_id for row in mentors]
        self._promised = promised(who)
        self._offers: dict[Any, MentorProfile] = MentorProfile.objects.in_bulk(who)

    def reason(self, mentee: Enrolment, mentor: Enrolment) -> HeldBack | None:
        """Why this mentor cannot be asked for this mentee now.

        That no place is left reads like everything else that is the mentor's own.
        """
        if mentee.state != EnrolmentState.APPROVED or not mentee.person.is_active:
            return HeldBack.MENTEE_LEFT
        if mentee.person_id in self._paired:
            return HeldBack.MENTEE_PAIRED
        if mentee.pk in self._waiting:
            return HeldBack.MENTEE_WAITS
        pair = mentee.person_id, mentor.person_id
        cards = self._mentees[mentee.person_id], self._mentors[mentor.person_id]
        if broken := violations(*cards, self._rules, waived=pair in self._waived):
            return HeldBack(broken[0].public_key)
        left = self._promised.places_left(mentor, self._offers.get(mentor.person_id))
        return None if left else HeldBack.OTHER

    def take_place(self, mentor: Enrolment) -> None:
        """This one is asked: one place fewer for the next."""
        self._promised.add(mentor)


def _keep(outlook: Outlook, user: User, now: datetime) -> None:
    """Ask them, with the note that a mentee had left for this very mentor, and say of each proposal what it became."""
    notes = _notes(outlook)
    new = [
        NewRequest(each.mentee, each.mentor, notes.get((each.mentee.pk, each.mentor.pk), "")) for each in outlook.asked
    ]
    requests = write_requests(new, origin=Origin.RUN, actor=Actor.COORDINATOR, user=user, now=now)
    for each, request in zip(outlook.asked, requests, strict=True):
        each.proposal.request = request
    for proposal, reason in outlook.held_back:
        proposal.held_back = reason
    rows = [each.proposal for each in outlook.asked] + [proposal for proposal, _reason in outlook.held_back]
    Proposal.objects.bulk_update(rows, ["request", "held_back"], batch_size=500)


def _notes(outlook: Outlook) -> dict[tuple[UUID, UUID], str]:
    mentees = [each.mentee.pk for each in outlook.asked]
    entries = ShortlistEntry.objects.still_to_ask().filter(mentee__in=among(mentees), note__isnull=False)
    return {
        (entry.mentee_id, entry.mentor_id): entry.words_of("note", instead="")
        for entry in entries.select_related("mentee", "key")
    }


def discard(*, run: MatchRun, user: User, now: datetime) -> MatchRun:
    """A coordinator puts a run aside, of which nothing was published. Raises `NotPermitted` or `WrongState`."""
    return _move(run, "discard", user, now)


def keep(*, run: MatchRun, user: User, now: datetime) -> MatchRun:
    """What was discarded can be published again. Raises `NotPermitted` or `WrongState`."""
    return _move(run, "keep", user, now)


@atomically
def _move(run: MatchRun, verb: str, user: User, now: datetime) -> MatchRun:
    if not coordinates(user, run.cohort):
        raise NotPermitted
    held: MatchRun = MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    target = next_state(RUN_TRANSITIONS, verb, held.state, Actor.COORDINATOR)
    held.state = target
    held.save(update_fields=["state"])
    Event.record(verb=verb, subject=held, actor=Actor.COORDINATOR, now=now, user=user)
    return held


def published_since(run: MatchRun) -> MatchRun | None:
    """The latest run of the cohort that was published after this one was made: people may be asked since."""
    others = MatchRun.objects.filter(cohort=run.cohort_id, state=RunState.PUBLISHED, published_at__gte=run.made_at)
    found: MatchRun | None = others.exclude(pk=run.pk).order_by("-published_at").first()
    return found
