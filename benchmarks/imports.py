"""How long a spreadsheet takes: read, shown row by row, and written: `python -m benchmarks.imports [--rows 5000]`.

Every row reads `RATIO name value demand`; before it stand the seconds. A second of the same file must write nothing. It
runs on a throw-away PostgreSQL, with an organisation for every five people and twenty topics.

`--kills 100` kills the worker with SIGKILL instead, that many times at any moment of one import, and fails unless
nothing of it is ever written before all of it is.
"""

import argparse
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, TypeVar

import openpyxl

from benchmarks.migrated import set_up
from tools.postgres import start_postgres
from tools.process import Nursery

T = TypeVar("T")
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
MOST_SECONDS = 60
FEW = 200


def main() -> int:
    """Measure a few rows and then many, print, and fail where a demand is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000, help="of people; 5,000 at most")
    parser.add_argument("--kills", type=int, default=0, help="how often the worker is killed")
    said = parser.parse_args()
    with Nursery() as nursery:
        set_up(start_postgres(nursery))
        return 0 if (_killed(said.kills) if said.kills else _measure(said.rows)) else 1


def _measure(rows: int) -> bool:
    from cohorts.states import SheetKind
    from tests import people
    from tests.matching import crowd
    from tests.matching.factories import cohort

    user = people.person(staff=True)
    here = cohort(coordinators=(user,))
    known = [each.name for each in crowd.organisations(max(rows // 5, 1), NOW)]
    topics = [people.topic(f"Leading through change {number}").name for number in range(20)]
    organisations = _sheet(("Name", "Country", "Industry"), _organisations(rows // 5))
    small = _sheet(HEADINGS, _people(FEW, known, topics, "few"))
    large = _sheet(HEADINGS, _people(rows, known, topics, "many"))
    few = _bring_in(f"{FEW} people", SheetKind.PEOPLE, here, small, user)
    many = _bring_in(f"{rows} people", SheetKind.PEOPLE, here, large, user)
    again = _again(large, here, user)
    added = _bring_in(f"{rows // 5} organisations", SheetKind.ORGANISATIONS, None, organisations, user)
    return all(
        [
            _ratio(
                f"seconds of {rows} people, from the upload to the last row / {MOST_SECONDS}", many / MOST_SECONDS, 1
            ),
            _ratio(f"seconds a row with {rows} / with {FEW} rows", (many / rows) / (few / FEW), 1.25),
            _ratio(f"seconds of {rows // 5} organisations / {MOST_SECONDS}", added / MOST_SECONDS, 1),
            _ratio("rows that the same file writes the second time", again, 0),
        ]
    )


HEADINGS = (
    *("E-mail address", "Full name", "Role", "Organisation", "Title", "Since", "Country", "Time zone"),
    *("Languages", "Places", "Topics"),
)


def _people(count: int, organisations: list[str], topics: list[str], word: str) -> list[tuple[Any, ...]]:
    return [
        (
            *(
                f"leader{number}@{word}.example",
                f"Leader {word} {_letters(number)}",
                "mentor" if number % 3 else "mentee",
            ),
            *(organisations[number % len(organisations)], "Chief operating officer", datetime(2020, 1, 1), "Germany"),  # noqa: DTZ001
            *(
                "Berlin",
                "English, German",
                2 if number % 3 else None,
                "; ".join({topics[number % 20], topics[number % 7]}),
            ),
        )
        for number in range(count)
    ]


def _letters(number: int) -> str:
    """A surname of its own for each number."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:06d}").capitalize()


def _organisations(count: int) -> list[tuple[Any, ...]]:
    syllables = ("ba", "ke", "mo", "ri", "tu", "zo", "fa", "ne", "li", "gu")
    names = ("".join(syllables[int(digit)] for digit in f"{number * 7919 % 10**6:06d}") for number in range(count))
    return [(f"{name.capitalize()} Works", "France", "Energy") for name in names]


def _sheet(headings: tuple[str, ...], rows: list[tuple[Any, ...]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    for row in (headings, *rows):
        sheet.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _bring_in(name: str, kind: str, cohort: Any, content: bytes, user: Any) -> float:
    """Seconds of all of it, printed by steps."""
    from cohorts.domain.imports import verbs
    from cohorts.domain.imports.plans import LEAVE_OUT
    from cohorts.states import ImportState

    row, reading = _timed(
        lambda: verbs.upload(kind=kind, cohort=cohort, file_name="sheet.xlsx", content=content, user=user, now=NOW)
    )
    plan, showing = _timed(lambda: verbs.plan_of(row, now=NOW))
    if plan.questions:
        verbs.answer(row=row, answers={each.key: _other(each, LEAVE_OUT) for each in plan.questions}, user=user)
        row.refresh_from_db()
        plan, showing = _timed(lambda: verbs.plan_of(row, now=NOW))
    _row, confirming = _timed(lambda: verbs.confirm(row=row, promised=plan.digest(), user=user, now=NOW))
    _done, writing = _timed(lambda: verbs.bring_in_all(now=NOW))
    row.refresh_from_db()
    assert row.state == ImportState.DONE, (row.state, row.problem)
    steps = f"read {reading:.1f} s, preview {showing:.1f} s, confirm {confirming:.1f} s, write {writing:.1f} s"
    print(f"{name}: {steps}; {row.added} new, {row.emails} e-mails, {len(plan.questions)} questions", flush=True)
    return reading + showing + confirming + writing


def _other(question: Any, leave: str) -> str:
    """The answer that something is another thing."""
    values = [value for value, _label in question.options]
    return "another" if "another" in values else leave


def _again(content: bytes, cohort: Any, user: Any) -> int:
    from cohorts.domain.imports import verbs
    from cohorts.states import SheetKind

    row = verbs.upload(
        kind=SheetKind.PEOPLE, cohort=cohort, file_name="sheet.xlsx", content=content, user=user, now=NOW
    )
    return verbs.plan_of(row, now=NOW).acts


def _killed(kills: int) -> bool:
    """Whether an import whose worker was killed so often had written nothing each time, and comes in whole at last."""
    from django.db import connection

    from cohorts.domain.imports import verbs
    from cohorts.models import SheetImport
    from cohorts.states import SheetKind
    from tests import people
    from tests.matching.factories import cohort

    user = people.person(staff=True)
    here, known, topics = cohort(coordinators=(user,)), people.organisation(), [people.topic().name for _ in range(20)]
    content = _sheet(HEADINGS, _people(FEW, [known.name], topics, "killed"))
    words = {"kind": SheetKind.PEOPLE, "cohort": here, "file_name": "a.xlsx", "content": content}
    row = verbs.upload(**words, user=user, now=NOW)  # type: ignore[arg-type]  # words of several types
    verbs.confirm(row=row, promised=verbs.plan_of(row, now=NOW).digest(), user=user, now=NOW)
    chance, halves = random.Random(1), 0  # noqa: S311 - any moments will do
    before, whole_takes = _written(), _seconds_of_a_try()
    killed = 0
    while killed < kills and _written() == before:  # else one was too quick, and is whole
        SheetImport.objects.update(tries=0)
        _worker_killed_after(chance.uniform(0.0, whole_takes))
        killed += 1
        halves += _written() not in (before, before + FEW)
    SheetImport.objects.update(tries=0)
    verbs.bring_in_all(now=NOW)
    connection.close()
    print(f"killed {killed} times, within {whole_takes:.1f} s of its beginning", flush=True)
    rows = [_ratio("times that something was written", halves, 0)]
    return all([*rows, _ratio("people who are not invited at last", FEW - _written() + before, 0)])


def _written() -> int:
    from accounts.models import Invitation

    return Invitation.objects.count()


def _seconds_of_a_try() -> float:
    """How long it takes, when it is undone at the end."""
    from django.db import transaction

    from cohorts.domain.imports import verbs

    with transaction.atomic():
        _done, seconds = _timed(lambda: verbs.bring_in_all(now=NOW))
        transaction.set_rollback(True)
    return seconds * 0.8


def _worker_killed_after(seconds: float) -> None:
    from django.db import connection

    from cohorts.domain.imports import verbs

    connection.close()
    worker = os.fork()
    if not worker:
        verbs.bring_in_all(now=NOW)
        os._exit(0)
    time.sleep(seconds)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    time.sleep(0.2)  # until the server has noticed


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    made = act()
    return made, time.perf_counter() - started


def _ratio(name: str, value: float, most: float) -> bool:
    print(f"RATIO {name!r} {value:.4g} <={most}", flush=True)
    return value <= most


if __name__ == "__main__":
    sys.exit(main())
