"""Queries whose SQL is written once: for a page that asks ten short questions, building and compiling a query set takes
several times as long as PostgreSQL takes to answer it.
"""
# ruff: noqa: SLF001 - what a query set knows of itself has no public names

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from common.queries import array_of

P = ParamSpec("P")
Row = TypeVar("Row")


# Stand-ins for values, known again by identity among the parameters of the SQL. Fields keep an instance of their type.
class _UUID(UUID):
    pass


class _Datetime(datetime):
    pass


class _Date(date):
    pass


class _Text(str):
    __slots__ = ()


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Collections of ids as one parameter; the rest as it is."""
    return {name: value if isinstance(value, str | UUID | date) else array_of(value) for name, value in values.items()}


def _stand_in(value: object, number: int) -> object:
    """One of the value's type; another one for another number."""
    match value:
        case UUID():
            return _UUID(int=number)
        case datetime():
            return _Datetime(2000, 1, 1 + number, tzinfo=value.tzinfo)
        case date():
            return _Date(2000, 1, 1 + number)
        case str():
            return _Text(number)
    raise TypeError(f"A prepared query takes no {type(value).__name__}.")


class _Query:
    """The query of a set, with a compiler that has its SQL already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *_args: object, **_options: object) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Django's iterables ask of a query set."""

    query: _Query
    model: Any
    db: str
    _fields: Any
    _known_related_objects: Any


@dataclass(frozen=True, slots=True)
class _Written:
    """A query set with its SQL: each of `slots` is the name of a value, or None and what always stands there."""

    queryset: Any
    compiler: Any
    sql: str
    slots: tuple[tuple[str | None, Any], ...]
    converters: Any

    def params(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(fixed if name is None else values[name] for name, fixed in self.slots)

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        params = self.params(values)
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_args, **_options: (self.sql, params)
        compiler.get_converters = lambda _expressions: self.converters
        source = self.queryset
        answer = _Answer(
            _Query(source.query, compiler),
            source.model,
            DEFAULT_DB_ALIAS,
            source._fields,
            source._known_related_objects,
        )
        found = list(source._iterable_class(answer))
        if source._prefetch_related_lookups:
            prefetch_related_objects(found, *source._prefetch_related_lookups)
        return found


class PreparedQuery(Generic[P, Row]):
    """What `prepared` makes of a function that builds a query set."""

    def __init__(self, build: Callable[P, "QuerySet[Any, Row]"]) -> None:
        self.build = build
        self._written: _Written | None = None
        update_wrapper(self, build)

    def __call__(self, *_none: P.args, **values: P.kwargs) -> list[Row]:
        """The rows for these values. Raises `TypeError` for None and other values that would change the SQL."""
        given = _given(values)
        return self._for(given).rows(given)

    def statement(self, *_none: P.args, **values: P.kwargs) -> tuple[str, tuple[Any, ...]]:
        """The SQL and the parameters that are sent for these values. Raises `TypeError` as a call does."""
        given = _given(values)
        return self._for(given).sql, self._for(given).params(given)

    def _for(self, given: Mapping[str, Any]) -> _Written:
        if self._written is None:
            self._written = self._write(given)
        return self._written

    def _write(self, values: Mapping[str, Any]) -> _Written:
        """Write the SQL, and once more with other values and in another zone: nothing else may come of it."""
        written = self._write_with({name: _stand_in(value, 1) for name, value in values.items()})
        if {name for name, _fixed in written.slots if name} != set(values):
            raise TypeError(f"A value of {self.build.__qualname__} does not come to the SQL as it is.")
        with timezone.override("Asia/Kathmandu"):
            other = self._write_with({name: _stand_in(value, 2) for name, value in values.items()})
        if (written.sql, written.slots) != (other.sql, other.slots):
            raise TypeError(f"The SQL of {self.build.__qualname__} depends on more than where its values stand.")
        return written

    def _write_with(self, stand_ins: Mapping[str, Any]) -> _Written:
        queryset: Any = self.build(**stand_ins)  # type: ignore[call-arg]
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        names = {id(stand_in): name for name, stand_in in stand_ins.items()}
        slots = tuple((names.get(id(value)), None if id(value) in names else value) for value in params)
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        return _Written(queryset, compiler, sql, slots, converters)


def fill(instances: Iterable[Any], relation: str, rows: Iterable[Any], *, by: str) -> None:
    """Give each of these its related rows, as `prefetch_related_objects` would: those whose `by` is its key."""
    of: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        of[getattr(row, by)].append(row)
    for instance in instances:
        found = getattr(instance, relation).all()
        found._result_cache, found._prefetch_done = of[instance.pk], True
        if not hasattr(instance, "_prefetched_objects_cache"):
            instance._prefetched_objects_cache = {}
        instance._prefetched_objects_cache[relation] = found


def filled(instance: Any, relation: str) -> bool:
    """Whether the related rows have been read already, by `fill` or by `prefetch_related`."""
    return relation in getattr(instance, "_prefetched_objects_cache", {})


def prepared(build: Callable[P, "QuerySet[Any, Row]"]) -> PreparedQuery[P, Row]:
    """A function that gives the rows of the query set which `build` makes of the same keyword arguments.

    `build` is called once a process. Its arguments are UUIDs, datetimes, dates, strings, or collections of UUIDs for
    `among()`; it may put them into conditions and do nothing else with them: what it does not look at cannot differ
    the next time.
    """
    return PreparedQuery(build)
