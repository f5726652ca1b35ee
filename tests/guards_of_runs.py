"""For each trigger and constraint of match runs and their proposals, a write that it alone refuses."""

from collections.abc import Callable
from typing import Any

from matching.models import BoardChange, BoardNote, MatchRun, Proposal, Request, Unmatched
from tests import people
from tests.guarded_rows import twice, update
from tests.guards_of_states import sql
from tests.matching.factories import NOW, couple, request


def a_run(**words: Any) -> MatchRun:
    given = {"cohort": couple()[0].cohort, "made_at": NOW, "finished_at": NOW, "state": "proven"}
    return MatchRun.objects.create(**{**given, **words})


def a_run_on_its_way(**words: Any) -> MatchRun:
    return a_run(state="running", finished_at=None, **words)


def a_published_run(**words: Any) -> MatchRun:
    return a_run(state="published", published_at=NOW, **words)


def a_proposal(asked: Request | None = None, **words: Any) -> Proposal:
    """Of the same two as a request, in a run of their cohort."""
    asked = asked or request()
    run = words.pop("run", None) or a_published_run(cohort=asked.cohort)
    pair = {"mentee": asked.mentee, "mentor": asked.mentor, "cohort": asked.cohort}
    enrolments = {"mentee_enrolment": asked.mentee_enrolment, "mentor_enrolment": asked.mentor_enrolment}
    return Proposal.objects.create(**{"run": run, "score": 1, **pair, **enrolments, **words})


def _asked_and_held_back() -> Callable[[], object]:
    asked = request()
    return lambda: a_proposal(asked, request=asked, held_back="other")


def _of_another_request() -> Callable[[], object]:
    made, other = a_proposal(), request()
    return update(made, request=other)


def _once_more_of_a_request() -> Callable[[], object]:
    asked = request()
    a_proposal(asked, request=asked)
    return lambda: a_proposal(asked, request=asked)


def _unmatched_of_a_run_on_its_way() -> Callable[[], object]:
    asked = request()
    run = a_run_on_its_way(cohort=asked.cohort)
    words = {"cohort": asked.cohort, "mentee": asked.mentee, "mentee_enrolment": asked.mentee_enrolment}
    return lambda: Unmatched.objects.create(run=run, fit=0, help="mentors", gain=0, **words)


def _proposed_by_a_run_on_its_way() -> Callable[[], object]:
    asked = request()
    run = a_run_on_its_way(cohort=asked.cohort)
    return lambda: a_proposal(asked, run=run)


def _cancelled_but_not_so() -> Callable[[], object]:
    return update(a_run(state="failed", problem="broke"), cancelled_by=people.person())


def _two_on_their_way() -> Callable[[], object]:
    run = a_run_on_its_way()
    return lambda: a_run_on_its_way(cohort=run.cohort)


def _of_a_run_that_is_not_published() -> Callable[[], object]:
    asked = request()
    made = a_proposal(asked, run=a_run(cohort=asked.cohort))
    return update(made, held_back="other")


def a_board_change(**words: Any) -> BoardChange:
    """Of a run, about a mentee set aside."""
    run = words.pop("run", None) or a_run()
    figures = dict.fromkeys(("number", "matched", "total", "best_matched", "best_total", "mutual"), 1)
    given = {"run": run, "cohort": run.cohort, "verb": "set_aside", "made_at": NOW, "made_by": people.person()}
    return BoardChange.objects.create(**{"mentee": people.person(), **given, **figures, **words})


def _numbered_twice() -> Callable[[], object]:
    first = a_board_change()
    return lambda: a_board_change(run=first.run)


def _noted_twice() -> Callable[[], object]:
    run, mentee = a_run(), people.person()
    words = {"run": run, "cohort": run.cohort, "mentee": mentee, "text": "A note", "written_at": NOW}
    return twice(BoardNote, **words, written_by=people.person())


# By the name under which it refuses: what makes the write that must be refused.
CASES: dict[str, Callable[[], Callable[[], object]]] = {
    "match_run_cancelled_by": _cancelled_but_not_so,
    "match_run_finished_then": lambda: update(a_run_on_its_way(), finished_at=NOW),
    "match_run_not_made_why": lambda: update(a_run(), problem="broke"),
    "match_run_one_on_its_way": _two_on_their_way,
    "board_change_kept": lambda: update(a_board_change(), matched=2),
    "board_change_not_emptied": lambda: sql("TRUNCATE matching_boardchange CASCADE"),
    "board_change_numbered_once": _numbered_twice,
    "board_note_once_a_mentee": _noted_twice,
    "board_swap_of_two": lambda: lambda: a_board_change(other=people.person()),
    "match_run_published_then": lambda: update(a_run(), published_at=NOW),
    "match_run_state_known": lambda: lambda: a_run(state="odd"),
    "match_run_transition": lambda: update(a_published_run(), state="proven", published_at=None),
    "proposal_asked_or_held_back": _asked_and_held_back,
    "proposal_decided_once": lambda: update(a_proposal(held_back="other"), held_back=""),
    "proposal_fits_request": _of_another_request,
    "proposal_of_made_run": _proposed_by_a_run_on_its_way,
    "proposal_of_published_run": _of_a_run_that_is_not_published,
    "proposal_once_a_request": _once_more_of_a_request,
    "unmatched_of_made_run": _unmatched_of_a_run_on_its_way,
}
