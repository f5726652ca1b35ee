"""A person joins: the user, their profile and their proven address are made together."""

from collections.abc import Callable, Mapping

from allauth.account.models import EmailAddress
from django.utils.translation import gettext as _

from accounts.domain import never_with
from accounts.domain.saving import refused_with_words
from accounts.models import MenteeProfile, MentorProfile, Profile, User
from common.errors import Refused
from common.transactions import atomically
from common.zones import folded, is_known


@atomically
def create(*, email: str, name: str, password: str | None = None, zone: str = "UTC") -> User:
    """A new person whose address was proven. Without a password they sign in by code or passkey. Raises `Refused`."""
    with refused_with_words():
        user = User.objects.create_user(email, password or None, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    welcome(user=user, zone=zone)
    return user


@atomically
def welcome(*, user: User, zone: str = "UTC") -> Profile:
    """The profile of somebody who has just joined; private lists recognise the address."""
    profile, _made = Profile.objects.get_or_create(person=user, defaults={"zone": checked_zone(zone)})
    never_with.recognise(user)
    return profile


def checked_zone(name: str) -> str:
    """The zone of that name, under the name it has today. Raises `Refused` for one that this machine does not know."""
    if not is_known(folded(name)):
        raise Refused(_("Please choose your time zone from the list."), field="zone", code="unknown_zone")
    return folded(name)


def profile_of(user: User) -> Profile:
    """The common profile; made now for somebody who has none yet (an account made by a command)."""
    existing: Profile | None = getattr(user, "profile", None)
    return existing or welcome(user=user)


def become_mentor(user: User) -> MentorProfile:
    """The offer of this person, empty at first."""
    return MentorProfile.objects.get_or_create(person=user)[0]


def become_mentee(user: User) -> MenteeProfile:
    """The intake of this person, empty at first."""
    return MenteeProfile.objects.get_or_create(person=user)[0]


# What each role needs to be filled in is made by these.
BECOME: Mapping[str, Callable[[User], MentorProfile | MenteeProfile]] = {
    "mentor": become_mentor,
    "mentee": become_mentee,
}
