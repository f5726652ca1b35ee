"""Several things due to one person on one day go in one letter.

Only the first of them is claimed; the others wait for it and are begun, settled and counted together with it, each
as a row of its own. A letter that may have arrived already goes alone, under its own Message-ID: a mail server
that drops second copies must not drop something new along with it.
"""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from common.zones import zone_named
from outbox.kinds import registered
from outbox.models import Letter, OneByOne

if TYPE_CHECKING:
    from accounts.models import User

MOST = 50  # things in one letter


def digest_kinds() -> list[str]:
    """Kinds that say how they look among others."""
    return [kind.name for kind in registered().values() if kind.item is not None]


def choose(*, person: "User", together: bool) -> None:
    """Whether what is due to `person` on one day goes in one letter, as it does unless they say otherwise."""
    if together:
        OneByOne.objects.filter(person=person).delete()
    else:
        OneByOne.objects.get_or_create(person=person)


def wanted(person: "User") -> bool:
    """Whether `person` gets one letter a day."""
    return not OneByOne.objects.filter(person=person).exists()


def may_join(letter: Letter) -> bool:
    """Whether others could go with this one at all. Which do, is asked when it is begun."""
    return registered()[letter.kind].item is not None and letter.person_id is not None and not letter.doubts


def end_of_day(now: datetime, zone: str) -> datetime:
    """The next midnight on the reader's wall."""
    here = zone_named(zone)
    tomorrow = now.astimezone(here).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, tzinfo=here)
