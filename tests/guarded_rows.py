"""Rows to be written as they must not be, and ways to write them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import (
    AddressChange,
    Erasure,
    Invitation,
    Ownership,
)
from engagements.models import Agreement, Assistant, CheckIn, Meeting
from matching.models import ShortlistEntry
from tests import people
from tests.matching.factories import NOW, couple, pairing

TODAY = NOW.date()


def twice(model: Any, **words: Any) -> Callable[[], object]:
    """Writes the same row a second time."""
    model.objects.create(**words)
    return lambda: model.objects.create(**words)


def on(thing: Any, write: Callable[[Any], object]) -> Callable[[], object]:
    """Writes something about a thing that is there."""
    return lambda: write(thing)


def update(row: Any, **values: Any) -> Callable[[], object]:
    return lambda: type(row)._default_manager.filter(pk=row.pk).update(**values)


def a_wish(**words: Any) -> ShortlistEntry:
    mentee, mentor = couple()
    return ShortlistEntry.objects.create(**{"mentee": mentee, "mentor": mentor, "rank": 1, **words})


def a_check_in(**words: Any) -> CheckIn:
    made = pairing()
    return CheckIn.objects.create(
        **{"pairing": made, "side": "mentee", "person": made.mentee, "round": 1, "day": TODAY, "due_at": NOW, **words}
    )


def an_agreement(**words: Any) -> Agreement:
    made = words.pop("pairing", None) or pairing()
    given = {"pairing": made, "version": 1, "planned_end": TODAY, "written_by": made.mentee, "written_at": NOW}
    return Agreement.objects.create(**{**given, "check_in_every": 4, **words})


def an_ownership(**words: Any) -> Ownership:
    child = words.pop("child", None) or people.organisation()
    return Ownership.objects.create(
        **{"child": child, "parent": people.organisation(), "starts_on": date(2020, 1, 1), **words}
    )


def a_change(**words: Any) -> AddressChange:
    later = NOW + timedelta(days=1)
    given = {"person": people.person(), "old": "a@x.example", "new": "b@x.example", "asked_at": NOW}
    return AddressChange.objects.create(**{**given, "takes_effect_at": later, **words})


def an_erasure(**words: Any) -> Erasure:
    given = {"person": people.person(), "asked_at": NOW, "due_at": NOW + timedelta(days=1), "was_open": True}
    return Erasure.objects.create(**{**given, **words})


def a_meeting(**words: Any) -> Meeting:
    made = words.pop("pairing", None) or pairing()
    offer = {"offered": [NOW], "offered_by": made.mentee} if words.get("state", "proposed") == "proposed" else {}
    return Meeting.objects.create(**{"pairing": made, "changed_at": NOW, **offer, **words})


def an_invitation(email: str = "a@x.example") -> Invitation:
    return Invitation.objects.create(email=email, name="A", created_at=NOW, expires_at=NOW, token_hash=uuid4().hex)


def an_assistant(**words: Any) -> Assistant:
    given = {"leader": people.person(), "invitation": an_invitation()}
    return Assistant.objects.create(**{**given, **words})
