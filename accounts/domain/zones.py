"""The zone of somebody's days and times: offered anew where their device is elsewhere, changed, and changed back."""

from datetime import datetime

from accounts.domain import people, profiles
from accounts.models import Profile, User
from common.transactions import atomically
from common.zones import agree, folded, of_places


def offered(*, person: User, device: str, now: datetime) -> str:
    """The zone to offer to somebody whose device says that it is in `device`, or "" for none.

    None is offered where both clocks agree, where the person has said no to this zone, and for what is no place.
    """
    profile, zone = people.profile_of(person), folded(device)
    if zone not in of_places() or "/" not in zone or zone == profile.zone_declined:
        return ""
    return "" if agree(zone, profile.known_zone, now.year) else zone


def change(*, person: User, zone: str, now: datetime) -> str:
    """Have days and times in `zone` from now on; gives the zone they were in. Raises `Refused` for an unknown one."""
    before = people.profile_of(person).known_zone
    profiles.save_profile(person=person, values={"zone": zone}, now=now)
    return before


@atomically
def decline(*, person: User, zone: str) -> None:
    """Do not offer this zone again, until another one has been declined. Raises `Refused` for an unknown one."""
    people.profile_of(person)
    Profile.objects.filter(person=person).update(zone_declined=people.checked_zone(zone))


def change_back(*, person: User, zone: str, now: datetime) -> None:
    """Undo `change`: have them in `zone` again, and do not offer the other one again. Raises `Refused`."""
    other = change(person=person, zone=zone, now=now)
    decline(person=person, zone=other)
