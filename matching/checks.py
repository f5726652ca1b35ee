"""A system check: every trigger and constraint is there and switched on (`manage.py check --database default`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import state_guards
from common.errors import WrongState
from common.sentences import NOT_AVAILABLE
from matching.sentences import RULES

# Triggers and constraints written in SQL, by the migration that makes them: before it has run, nothing is missing.
IN_SQL: Mapping[tuple[str, str], frozenset[str]] = {
    ("common", "0003_triggers"): frozenset({"event_append_only", "event_not_emptied"}),
    ("cohorts", "0002_triggers"): frozenset(
        {
            *("enrolment_fixed", "enrolment_whole", "enrolment_state_known", "enrolment_transition"),
            *("import_state_known", "import_transition"),
        }
    ),
    ("outbox", "0002_triggers"): frozenset({"letter_sent_for_good", "letter_state_known"}),
    ("engagements", "0002_triggers"): frozenset(
        {
            "agreement_kept",
            "agreement_not_emptied",
            "check_in_of_its_side",
            "check_in_state_known",
            "check_in_transition",
            "decision_state_known",
            "decision_transition",
            "goal_of_its_pair",
            "goal_state_known",
            "goal_transition",
            "length_proposal_state_known",
            "length_proposal_transition",
            "talk_state_known",
            "talk_transition",
            "score_sharing_state_known",
            "score_sharing_transition",
            "meeting_of_open_pairing",
            "assistant_state_known",
            "assistant_transition",
            "meeting_state_known",
            "meeting_transition",
            "note_of_its_pair",
            "note_state_known",
            "note_transition",
            "pairing_activated_by_both",
            "pairing_completed_by_both",
            "pairing_leaves_no_meeting",
            "review_of_its_side",
            "review_state_known",
            "review_transition",
            "signature_follows_agreement",
            "signature_kept",
            "signature_not_emptied",
            "stock_answer_of_its_side",
            "stock_round_state_known",
            "stock_round_transition",
            "tally_kept",
            "tally_not_emptied",
        }
    ),
    ("matching", "0002_triggers"): frozenset(
        {
            "board_change_kept",
            "board_change_not_emptied",
            "enrolment_count_kept",
            "match_run_state_known",
            "match_run_transition",
            "mentor_count_begun",
            "mentor_count_kept",
            "pairing_counts",
            "pairing_fits_request",
            "pairing_independent",
            "pairing_kept",
            "pairing_not_emptied",
            "pairing_of_accepted_request",
            "pairing_once_a_request",
            "pairing_pause_runs",
            "pairing_people_fixed",
            "pairing_state_known",
            "pairing_transition",
            "proposal_decided_once",
            "proposal_fits_request",
            "proposal_of_made_run",
            "proposal_of_published_run",
            "proposal_once_a_request",
            "request_fits_mentee",
            "request_fits_mentor",
            "request_independent",
            "request_kept",
            "request_not_emptied",
            "request_people_fixed",
            "request_state_known",
            "request_transition",
            "request_whole",
            "shortlist_fits_enrolments",
            "unmatched_of_made_run",
        }
    ),
}
_MADE_FIRST = _("A match run is made before anything is found by it.")
_UNKNOWN, _MOVED_ON, _KEPT = _("There is no such state."), WrongState().sentence, _("This is kept as it is.")
# What a person reads when one of these refuses, by the name it refuses under: the independence triggers refuse as one
# of two rules, `pairing_counts` as `mentor_has_profile`, and those that only keep counts never do.
REFUSED_IN_SQL: Mapping[str, str | Promise] = {
    "event_append_only": _("History is not changed."),
    "event_not_emptied": _("History is not changed."),
    "board_change_kept": _("What was decided on a board stands; it is undone by a further step."),
    "board_change_not_emptied": _KEPT,
    "agreement_kept": _("An agreement is changed by writing a new version."),
    "agreement_not_emptied": _KEPT,
    "signature_follows_agreement": _("Nobody signs what is not yet written."),
    "signature_kept": _("A signature stands."),
    "signature_not_emptied": _KEPT,
    "tally_kept": _("What was counted once stands."),
    "tally_not_emptied": _KEPT,
    "check_in_of_its_side": _("A check-in is for one of the two."),
    "import_state_known": _UNKNOWN,
    "import_transition": _MOVED_ON,
    "check_in_state_known": _UNKNOWN,
    "check_in_transition": _MOVED_ON,
    "decision_state_known": _UNKNOWN,
    "decision_transition": _MOVED_ON,
    "stock_answer_of_its_side": _("An answer in taking stock belongs to one of the two."),
    "goal_of_its_pair": _("A goal is proposed and written by one of the two."),
    "note_of_its_pair": _("A note is written by one of the two."),
    "note_state_known": _UNKNOWN,
    "note_transition": _MOVED_ON,
    "goal_state_known": _UNKNOWN,
    "goal_transition": _MOVED_ON,
    "length_proposal_state_known": _UNKNOWN,
    "length_proposal_transition": _MOVED_ON,
    "talk_state_known": _UNKNOWN,
    "talk_transition": _MOVED_ON,
    "score_sharing_state_known": _UNKNOWN,
    "score_sharing_transition": _MOVED_ON,
    "stock_round_state_known": _UNKNOWN,
    "stock_round_transition": _MOVED_ON,
    "meeting_of_open_pairing": _("While a pairing rests, or is over, no meetings are planned."),
    "assistant_state_known": _UNKNOWN,
    "assistant_transition": _MOVED_ON,
    "meeting_state_known": _UNKNOWN,
    "meeting_transition": _MOVED_ON,
    "review_of_its_side": _("A look back is asked of one of the two."),
    "review_state_known": _UNKNOWN,
    "review_transition": _MOVED_ON,
    "pairing_leaves_no_meeting": _("The meetings of a pairing that rests or is over are called off."),
    "letter_sent_for_good": _("An e-mail that was sent is sent again as another one."),
    "letter_state_known": _UNKNOWN,
    "enrolment_state_known": _UNKNOWN,
    "enrolment_transition": _MOVED_ON,
    "enrolment_fixed": _("An enrolment keeps its cohort, person and role. Make another one instead."),
    "enrolment_whole": _("This person already has this role in the cohort."),
    "mentor_has_profile": NOT_AVAILABLE,
    "shortlist_fits_enrolments": _("A shortlist joins a mentee and a mentor of the same cohort."),
    "request_fits_mentee": _("A request joins a mentee and a mentor of the same cohort."),
    "request_fits_mentor": _("A request joins a mentee and a mentor of the same cohort."),
    "request_people_fixed": _("A request keeps its two people."),
    "request_same_employer": RULES["same_employer"].refusal,
    "request_same_family": RULES["same_family"].refusal,
    "request_whole": _("This request exists already."),
    "request_kept": _KEPT,
    "request_not_emptied": _KEPT,
    "request_state_known": _UNKNOWN,
    "request_transition": _MOVED_ON,
    "pairing_activated_by_both": _("A pairing becomes active once both have said to go ahead and signed."),
    "pairing_completed_by_both": _(
        "A pairing is completed once both have looked back, or thirty days after its closing began."
    ),
    "pairing_kept": _KEPT,
    "pairing_not_emptied": _KEPT,
    "pairing_of_accepted_request": _("A pairing begins with an accepted request."),
    "pairing_pause_runs": _("A pairing rests until a day."),
    "pairing_state_known": _UNKNOWN,
    "pairing_transition": _MOVED_ON,
    "pairing_fits_request": _("A pairing joins the mentee and the mentor of its request."),
    "pairing_once_a_request": _("This request was accepted already."),
    "pairing_people_fixed": _("The two people of a pairing never change."),
    "pairing_same_employer": RULES["same_employer"].refusal,
    "pairing_same_family": RULES["same_family"].refusal,
    "match_run_state_known": _UNKNOWN,
    "match_run_transition": _MOVED_ON,
    "proposal_decided_once": _("What became of a proposal when it was published stands."),
    "proposal_fits_request": _("A proposal and its request join the same two people."),
    "proposal_of_made_run": _MADE_FIRST,
    "unmatched_of_made_run": _MADE_FIRST,
    "proposal_of_published_run": _("A run is published before its proposals become requests."),
    "proposal_once_a_request": _("This request belongs to another proposal."),
}
# These hold no invariant: they tell of changes, without which a page shows what was true before.
TELLING: Mapping[tuple[str, str], frozenset[str]] = {
    ("matching", "0003_pool_change_triggers"): frozenset(
        f"{table}_pool_{operation}"
        for operation in ("insert", "update", "delete")
        for table in (
            "accounts_affiliation",
            "accounts_competition",
            "accounts_expertise",
            "accounts_leave",
            "accounts_mentorprofile",
            "accounts_neverwith",
            "accounts_organisation",
            "accounts_ownership",
            "accounts_profile",
            "accounts_user",
            "matching_pairagain",
            "cohorts_enrolment",
        )
    ),
}
PRESENT = """
    SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
    UNION SELECT conname FROM pg_constraint WHERE convalidated
    UNION SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid WHERE indisvalid AND indisunique
"""


def invariants_are_held(*, databases: Sequence[str] | None = None, **_more: Any) -> Iterable[CheckMessage]:
    """An error for each trigger and named constraint that a migration made and that is gone or switched off, and for
    each trigger of transitions that knows others than the state table of today.
    """
    return [message for alias in databases or () for message in (*_missing(alias), *_outdated(alias))]


def _outdated(alias: str) -> list[CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT tgname, encode(tgargs, 'escape') FROM pg_trigger WHERE tgname LIKE '%_transition'")
        held = {name: sorted(filter(None, arguments.split("\\000"))) for name, arguments in cursor.fetchall()}
    return [
        Error(
            f"{guard.transition} in the database {alias!r} takes other changes of state than the state table.",
            hint="Write a migration that makes it anew, from `StateGuard.undo()` and `forward()`.",
            id="matching.E002",
        )
        for guard in state_guards.registered()
        if held.get(guard.transition, guard.allowed()) != guard.allowed()
    ]


def _missing(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(PRESENT)
        present = {name for (name,) in cursor.fetchall()}
    return [
        Error(
            f"{name}, which {_purpose(name)}, is missing in the database {alias!r}, or switched off.",
            hint="Restore it from its migration before anybody works with this database.",
            id="matching.E001",
        )
        for name in sorted(_expected(connection) - present)
    ]


def _purpose(name: str) -> str:
    told = frozenset().union(*TELLING.values())
    return "tells of changes to pools of mentors" if name in told else "holds an invariant"


def _expected(connection: BaseDatabaseWrapper) -> set[str]:
    """What the applied migrations made. A model's constraints count once its app has no migration left to run."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    complete = {app for app in loader.migrated_apps if all(leaf in applied for leaf in loader.graph.leaf_nodes(app))}
    in_models = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in complete  # noqa: SLF001 - Django's documented way to a model's options
        for constraint in model._meta.constraints  # noqa: SLF001
    }
    return in_models.union(*(names for migration, names in [*IN_SQL.items(), *TELLING.items()] if migration in applied))
