"""Pools as a process keeps them, for tests to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from accounts.models import Competition, Organisation
from cohorts.models import Cohort
from matching.domain import pools
from matching.engine import MentorCard, Pool
from tests.matching.factories import NOW


def mentors(of: Cohort, at: datetime = NOW) -> dict[Any, MentorCard]:
    return {card.id: card for card in pools.pool_of(of, now=at).mentors}


def anew(of: Cohort, at: datetime = NOW) -> Pool:
    """The pool as somebody who keeps nothing makes it."""
    return pools._made(of, at).pool


def same_as_made_anew(of: Cohort, at: datetime, made: Sequence[Any] = ()) -> bool:
    """Hold the kept pool beside one made anew; whether it was mended, if it is told what was `made`."""
    before = len(made)
    kept = pools.pool_of(of, now=at)
    mended = len(made) == before
    fresh = anew(of, at)
    assert kept.ordered == fresh.ordered
    assert (kept.columns.hashes == fresh.columns.hashes).all()
    assert (kept.columns.hours == fresh.columns.hours).all()
    return mended


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """The answers of a function of `pools` from now on."""
    whole, answers = getattr(pools, name), []

    def counting(*given: Any) -> Any:
        answers.append(whole(*given))
        return answers[-1]

    monkeypatch.setattr(pools, name, counting)
    return answers


def change(record: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def compete(one: Organisation, other: Organisation) -> None:
    first, second = sorted((one, other), key=lambda each: each.pk)
    Competition.objects.get_or_create(first=first, second=second)
