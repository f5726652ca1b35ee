"""State tables as SQL: the database takes the very transitions that the tables in Python allow, and no other.

What an app's migration of triggers made of a table is compared with the table of today by
`manage.py check --database default`: whoever changes one writes a migration.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.transitions import Transition

_GUARDS: "list[StateGuard]" = []


def registered() -> "tuple[StateGuard, ...]":
    """Those of all apps."""
    return tuple(_GUARDS)


@dataclass(frozen=True)
class StateGuard:
    """The two guards of one table's column `state`: `<name>_state_known` and `<name>_transition`."""

    name: str
    table: str
    states: tuple[str, ...]
    transitions: Mapping[str, Transition]

    def __post_init__(self) -> None:
        _GUARDS.append(self)

    @property
    def known(self) -> str:
        """The CHECK that takes the states there are."""
        return f"{self.name}_state_known"

    @property
    def transition(self) -> str:
        """The trigger that takes the changes of state there are."""
        return f"{self.name}_transition"

    def allowed(self) -> list[str]:
        """Every change of state, as "pending>accepted". What a verb leaves as it was is no change."""
        rows = self.transitions.values()
        return sorted({f"{source}>{row.target}" for row in rows for source in row.sources if source != row.target})

    def forward(self) -> str:
        """The SQL that makes both."""
        return f"""
ALTER TABLE {self.table} ADD CONSTRAINT {self.known} CHECK (state IN ({quoted(self.states)}));
CREATE TRIGGER {self.transition} BEFORE UPDATE OF state ON {self.table} FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION common_check_transition({quoted(self.allowed())});
"""

    def undo(self) -> str:
        """The SQL that takes both away."""
        return f"""
DROP TRIGGER {self.transition} ON {self.table};
ALTER TABLE {self.table} DROP CONSTRAINT {self.known};
"""


def quoted(words: Iterable[str]) -> str:
    """As a list of SQL strings; our own words, which hold no quotes."""
    return ", ".join(f"'{word}'" for word in words)
