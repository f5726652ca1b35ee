"""The cohort that is about to begin has been matched once, and a few of the pairs it proposed are published."""

from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import User
from cohorts.models import Cohort
from matching.domain import publishing, requests, runs
from matching.models import MatchRun, Proposal, Request
from matching.models.requests import DeclineClass

MADE, PUBLISHED, ANSWERED = timedelta(days=3), timedelta(days=2, hours=20), timedelta(days=1, hours=3)
PAIRS = 4
FROM = "L"  # names before it are left to those whose part somebody plays in the demo


def publish_some(cohort: Cohort, coordinator: User, *, now: datetime) -> None:
    """Make a run and publish a few of its best: one is accepted, one declined, the others wait."""
    run = runs.make(cohort=cohort, user=coordinator, terms=runs.Terms(), now=now - MADE)
    outlook = publishing.publish(run=run, user=coordinator, proposals=_best(run), now=now - PUBLISHED)
    first, second, *_waiting = (_request_of(each.proposal) for each in outlook.asked)
    requests.accept(request=first, user=first.mentor, now=now - ANSWERED)
    requests.decline(request=second, user=second.mentor, reason_class=DeclineClass.TIME, now=now - ANSWERED)


def _best(run: MatchRun) -> list[Proposal]:
    """A few of the best, each of another mentor: whoever accepts one is not thereby without a place for the next."""
    rows = run.proposals.filter(mentee__name__gt=FROM, mentor__name__gt=FROM).order_by("-score", "mentee__name")
    of_mentor: dict[UUID, Proposal] = {}
    for row in rows:
        of_mentor.setdefault(row.mentor_id, row)
    return list(of_mentor.values())[:PAIRS]


def _request_of(proposal: Proposal) -> Request:
    assert proposal.request is not None  # noqa: S101 - it was asked
    return proposal.request
