"""Which tests wait, and which are repeated on the oldest PostgreSQL: folders and files, read by `tools/suite.py`."""

# These wait for browsers, servers and workers most of the time. A whole run has them beside all others, in more
# processes than there are processors and without coverage: the time in which one waits is another's.
WAITING = (
    "tests/browser",
    "tests/chaos",
    "tests/stress",
    "tests/tools",
    "tests/matching/domain/test_killed_runs.py",
    "tests/outbox/test_killed_worker.py",
)

# What asks the database something that its version could answer otherwise, and why. Views, pages, the engine and the
# other tests of matching/domain ask through Django alone, and nothing that these do not ask.
POSTGRES = {
    "tests/accounts/domain": "the table lock and the tree of owners of accounts/domain/families.py; constraints",
    "tests/accounts/models": "constraints of people and organisations",
    "tests/admin/test_pages.py": "search without accents in every list: common/migrations/0001_extensions.py",
    "tests/cohorts": "locks in cohorts/domain/locks.py, triggers in cohorts/migrations/0002_triggers.py",
    "tests/common/test_check_invariants.py": "the command that asks the queries of common/invariants.py",
    "tests/common/test_event.py": "the append-only history of common/migrations/0003_triggers.py",
    "tests/common/test_sent_once.py": "two of one key at once",
    "tests/common/test_sentences.py": "the names of constraints in what the database refuses",
    "tests/common/test_transactions.py": "deadlocks and refusals",
    "tests/demo/test_seed.py": "every migration, then the whole domain in large statements",
    "tests/engagements/domain": (
        "constraints and locks of agreements, check-ins, meetings, goals and decisions; "
        "engagements/migrations/0002_triggers.py"
    ),
    "tests/matching/domain/test_concurrency.py": "crowds, with locks and constraints and without",
    "tests/matching/domain/test_pairings.py": "locks and constraints of pairings",
    "tests/matching/domain/test_pools.py": "the log of changes to pools: matching/models/changes.py",
    "tests/matching/domain/test_pools_kept.py": "what is read of that log",
    "tests/matching/domain/test_recheck.py": "locks of a whole programme",
    "tests/matching/domain/test_requests.py": "locks and constraints of requests",
    "tests/matching/domain/test_killed_runs.py": "sessions that end in the middle of a transaction",
    "tests/matching/domain/test_run_work.py": "who may take up a run, by locks and the server's clock",
    "tests/matching/domain/test_runs.py": "a run written in large statements",
    "tests/matching/domain/test_shortlist.py": "places on a list, by a constraint that waits for the commit",
    "tests/matching/domain/test_state_tables.py": "every verb's writes and what constraints say to them",
    "tests/matching/test_triggers.py": (
        "matching/migrations/0002_triggers.py, matching/migrations/0003_pool_change_triggers.py; matching/checks.py"
    ),
    "tests/matching/test_visibility.py": "nested conditions of who may see whom",
    "tests/matching/views/test_finding.py": "search and facets of the directory: matching/filters.py",
    "tests/mentorship/test_health.py": "whether the database answers: mentorship/health.py",
    "tests/outbox/domain": (
        "claims and commits in SQL of our own: outbox/domain/delivery.py; outbox/migrations/0002_triggers.py"
    ),
    "tests/outbox/test_killed_worker.py": "sessions that end in the middle of a transaction",
    "tests/stress": "many processes at once, under locks and constraints",
    "tests/test_breaches.py": (
        "what a role may do; engagements/migrations/0002_triggers.py, outbox/migrations/0002_triggers.py"
    ),
    "tests/test_guards.py": "every constraint and trigger refuses what it is there to refuse",
    "tests/test_invariants.py": "the queries of what must never be: common/invariants.py",
    "tests/test_lifecycle.py": "one story through all apps, from the invitation to the end",
}
