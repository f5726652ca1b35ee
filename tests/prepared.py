"""Each prepared query beside the query set it stands for."""

from typing import Any

from django.db import connection

from common.prepared import PreparedQuery


class Comparison:
    """Compares every call, while it is installed, and keeps the names of those compared."""

    def __init__(self) -> None:
        self.compared: set[str] = set()

    def install(self, monkeypatch: Any) -> "Comparison":
        """Until the end of the test."""
        answer = PreparedQuery.__call__

        def compared(query: PreparedQuery[Any, Any], **values: Any) -> list[Any]:
            rows = answer(query, **values)
            anew = query.build(**values).query.get_compiler(connection=connection).as_sql()
            assert query.statement(**values) == anew, query.build
            self.compared.add(f"{query.build.__module__}.{query.build.__qualname__}")
            return rows

        monkeypatch.setattr(PreparedQuery, "__call__", compared)
        return self
