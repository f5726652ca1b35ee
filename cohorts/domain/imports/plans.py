"""What would become of each row of a sheet: the preview, and what is carried out when nothing of it has changed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LEAVE_OUT = "leave"


class Outcome(TextChoices):
    """What becomes of a row."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("as it is")
    ASKED = "asked", _("waits for your answer")
    REFUSED = "refused", _("refused")
    LEFT_OUT = "left_out", _("left out")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the row and column of the file, what stands there, and what would be right."""

    row: int
    column: str
    value: str
    right: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person knows. `key` names it across uploads of one import; `rows` are those that wait for it."""

    key: str
    sentence: str
    options: tuple[tuple[str, str], ...]
    rows: tuple[int, ...]
    answer: str = ""


@dataclass(slots=True)
class PlannedRow:
    """One row: whom or what it is about, its outcome with sentences, what is wrong, and what carrying it out needs.

    `mark` says what would be written, whatever the language: a preview and its carrying out are compared by it.
    """

    number: int
    title: str
    outcome: Outcome = Outcome.UNCHANGED
    said: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    does: Any = None
    mark: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nothing speaks against it so far."""
        return self.outcome not in (Outcome.REFUSED, Outcome.ASKED, Outcome.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row with its outcome, the questions, and how many e-mails would leave."""

    rows: Sequence[PlannedRow]
    questions: Sequence[Question]
    emails: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows there are of each outcome."""
        found = Counter(str(row.outcome) for row in self.rows)
        return {outcome: found.get(outcome, 0) for outcome in Outcome.values}

    @property
    def open_questions(self) -> list[Question]:
        """Those without an answer."""
        return [each for each in self.questions if not each.answer]

    @property
    def acts(self) -> int:
        """How many rows would write something."""
        return self.counts[Outcome.NEW] + self.counts[Outcome.CHANGED]

    @property
    def may_be_confirmed(self) -> bool:
        """Whether everything was answered, and something would be written."""
        return not self.open_questions and self.acts > 0

    @property
    def faults(self) -> list[Fault]:
        """All that is wrong, by row."""
        return [fault for row in self.rows for fault in row.faults]

    def digest(self) -> str:
        """The same for two plans that would write the same."""
        lines = (f"{row.number}\x1f{row.outcome}\x1f{row.mark}" for row in self.rows)
        return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()


class Questions:
    """Collects what has to be asked while rows are planned, and knows what was answered."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self._asked: dict[str, tuple[str, tuple[tuple[str, str], ...], list[int]]] = {}

    def ask(self, key: str, sentence: str, options: Iterable[tuple[str, str]], row: int) -> str:
        """The answer, if it is one of the options; "" while there is none."""
        _sentence, known, rows = self._asked.setdefault(key, (sentence, tuple(options), []))
        if row not in rows:
            rows.append(row)
        answer = self._answers.get(key, "")
        return answer if answer in dict(known) else ""

    def asked(self) -> list[Question]:
        """All of them, in the order of the rows; those without an answer first."""
        found = [
            Question(key, sentence, options, tuple(rows), answer)
            for key, (sentence, options, rows) in self._asked.items()
            for answer in [self._answers.get(key, "") if self._answers.get(key, "") in dict(options) else ""]
        ]
        return sorted(found, key=lambda each: (bool(each.answer), each.rows[0]))
