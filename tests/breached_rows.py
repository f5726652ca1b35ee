"""A row of each kind that `tests/test_breaches.py` tries to change by plain SQL, made by the rules."""

from datetime import timedelta
from typing import Any

from accounts.models import Competition, NeverWith
from cohorts.states import Role
from common.models import Event
from common.transitions import Actor
from engagements.domain import goals, notes
from engagements.models import CheckIn, Tally
from matching.domain import publishing, runs
from matching.models import BoardChange, ChemistryAnswer, MatchRun, Pause, ShortlistEntry
from outbox.domain.post import post
from outbox.models import Letter
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW, cohort, couple, enrolment, pairing, request

TODAY = NOW.date()


def published_run() -> MatchRun:
    """In a cohort of its own; a second run of the same two is not published."""
    coordinator = people.person(staff=True)
    mentee, _mentor = couple(cohort(coordinators=(coordinator,)))
    words = {"cohort": mentee.cohort, "user": coordinator, "terms": runs.Terms(), "now": NOW}
    run, _other = runs.make(**words), runs.make(**words)
    figures = dict.fromkeys(("number", "matched", "total", "best_matched", "best_total", "mutual"), 1)
    about = {"run": run, "cohort": run.cohort, "mentee": mentee.person, "made_by": coordinator, "made_at": NOW}
    BoardChange.objects.create(verb="set_aside", **about, **figures)
    publishing.publish(run=run, user=coordinator, now=NOW)
    run.refresh_from_db()
    return run


def rows_by_the_rules() -> dict[str, Any]:
    """The keys of a row of each kind, by a name; `stories.active` is a pair that met, signed and has answered."""
    here = cohort()
    employer, parent = people.organisation(), people.organisation()
    mentee_of = lambda **words: enrolment(here, people.mentee(**words))  # noqa: E731
    mentor_of = lambda **words: enrolment(here, people.mentor(**words), Role.MENTOR)  # noqa: E731
    active = stories.active(mentee=mentee_of(), mentor=mentor_of())
    scheduled = CheckIn.objects.filter(pairing=active, state="scheduled").first()
    missed = CheckIn.objects.filter(pairing=active, state="scheduled", side="mentor").last()
    CheckIn.objects.filter(pk=missed.pk).update(state="missed")
    CheckIn.objects.create(
        pairing=active, side="mentee", person=active.mentee, round=80, day=TODAY, due_at=NOW + timedelta(days=200)
    )
    notes.write(pairing=active, user=active.mentee, text="A note", shared=False, now=NOW)
    Tally.objects.create(cohort=here, moment="over", counted_at=NOW, pairings=[], figures={})
    goal = goals.propose(pairing=active, user=active.mentor, words=goals.GoalWords("A goal"), now=NOW)
    paused = pairing(mentee_of(), mentor_of(), state="paused")
    Pause.objects.create(pairing=paused, since=NOW, until=TODAY + timedelta(days=9))
    waiting = request(mentee_of(), mentor_of())
    Event.record(verb="ask", subject=waiting, actor=Actor.MENTEE, now=NOW)
    accepted_colleague = request(mentee_of(), mentor_of(), state="accepted")
    people.affiliation(accepted_colleague.mentor, accepted_colleague.mentee.affiliations.get().organisation)
    introduced = pairing(mentee_of(), mentor_of())
    full = request(mentee_of(), introduced.mentor_enrolment, state="accepted")
    free_mentee, free_mentor = mentee_of(), mentor_of(capacity=3)
    both = people.mentor(independent=True)
    rivals = mentee_of(), mentor_of(), mentee_of(), mentor_of()
    for one, other in (rivals[:2], rivals[2:]):
        pair_ = sorted((each.person.affiliations.get().organisation for each in (one, other)), key=lambda each: each.pk)
        Competition.objects.create(first=pair_[0], second=pair_[1])
    board, former, unwanted = mentor_of(), mentor_of(), mentor_of()
    own = free_mentee.person.affiliations.get().organisation
    people.affiliation(board.person, own, kind="board")
    people.affiliation(former.person, own, until=TODAY - timedelta(days=30))
    NeverWith.objects.put(owner=free_mentee.person, person=unwanted.person)
    letters = [
        post(kind="introduced_idle", subject=introduced, person=who, due_at=NOW)
        for who in (introduced.mentee, introduced.mentor)
    ]
    Letter.objects.filter(pk=letters[0].pk).update(state="sent", sent_at=NOW)
    ShortlistEntry.objects.create(mentee=free_mentee, mentor=free_mentor, rank=1)
    assert ChemistryAnswer.objects.exists()
    rows = {
        "cohort": here,
        "run": published_run(),
        "stranger": people.person(),
        "active": active,
        "its_mentee": active.mentee,
        "its_mentee_enrolment": active.mentee_enrolment,
        "used_request": active.request,
        "introduced": introduced,
        "completed": pairing(mentee_of(), mentor_of(), state="completed"),
        "closing": stories.closing(mentee=mentee_of(), mentor=mentor_of()),
        "agreement": active.agreements.get(),
        "scheduled": scheduled,
        "goal": goal,
        "decision": stories.asked(active),
        "stock_round": stories.stock_taken(active).round,
        "missed": missed,
        "waiting": waiting,
        "asking": waiting.mentee_enrolment,
        "asked_mentor": waiting.mentor_enrolment,
        **{state: request(mentee_of(), mentor_of(), state=state) for state in ("declined", "withdrawn", "expired")},
        "accepted": request(mentee_of(), mentor_of(), state="accepted"),
        "accepted_colleague": accepted_colleague,
        "accepted_second": request(active.mentee_enrolment, mentor_of(), state="accepted"),
        "accepted_full": full,
        "accepted_rival": request(*rivals[2:], state="accepted"),
        "one_rival": rivals[0],
        "other_rival": rivals[1],
        "one_house": mentee_of(employer=employer),
        "other_house": mentor_of(employer=employer),
        "one_sister": mentee_of(employer=people.organisation(parent=parent)),
        "other_sister": mentor_of(employer=people.organisation(parent=parent)),
        "both_mentee": enrolment(here, both),
        "both_mentor": enrolment(here, both, Role.MENTOR),
        "free_mentee": free_mentee,
        "free_mentor": free_mentor,
        "elsewhere_mentor": couple()[1],
        "left": enrolment(here, state="withdrawn"),
        "board_mentor": board,
        "former_mentor": former,
        "unwanted_mentor": unwanted,
        "sent": letters[0],
        "due": letters[1],
    }
    return {name: row.pk for name, row in rows.items()}
