"""Rows of a table that are a person's, and what of them is taken along; the registry has one for each way of that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from accounts.models import User
from cohorts.states import Role

Mine: TypeAlias = Callable[[User], Q]
PAIR = ("pairing__mentee", "pairing__mentor")  # the two, whose names are shown


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of a table that are a person's, and what of them is taken along.

    `columns` are taken as they are, records by their names. `words` are sealed: those that the person wrote are taken,
    opened. `left` are the columns that are not taken: keys, and what is not the person's to read. `joined` are records
    that names and keys are read from; `which` tells two ways of holding one table apart.
    """

    title: str | Promise
    model: type[Model]
    mine: Mine
    columns: tuple[str, ...]
    words: tuple[str, ...] = ()
    left: tuple[str, ...] = ("id",)
    joined: tuple[str, ...] = ()
    which: str = ""

    def rows(self, user: User) -> QuerySet[Any]:
        """The rows of this person, in the order of their ranks or days where they have such."""
        related = [name for name in self.columns if self.model._meta.get_field(name).many_to_one]  # noqa: SLF001
        found = self.model._default_manager.filter(self.mine(user)).order_by(*self._order())  # noqa: SLF001 - public
        return found.select_related(*related, *self.joined) if related or self.joined else found

    @property
    def name(self) -> str:
        """Its name in files."""
        name: str = self.model._meta.label_lower.replace(".", "_")  # noqa: SLF001 - documented, for all its underscore
        return f"{name}_{self.which}" if self.which else name

    def _order(self) -> tuple[str, ...]:
        days = (
            name for name in self.columns if name.endswith(("_at", "_on", "since")) or name in {"at", "day", "rank"}
        )
        return (*tuple(days)[:1], "pk")


def of(path: str) -> Mine:
    """Rows that name the person in this column."""
    return lambda user: Q(**{path: user})


def of_pair(path: str = "") -> Mine:
    """Rows of a pair that the person is one of."""
    return lambda user: Q(**{f"{path}mentee": user}) | Q(**{f"{path}mentor": user})


def of_my_side(path: str) -> Mine:
    """Rows of the person's own side of a pair."""
    return lambda user: Q(**{f"{path}mentee": user}, side=Role.MENTEE) | Q(**{f"{path}mentor": user}, side=Role.MENTOR)
