"""The steps of a profile: which there are for a person, in which order, and which are done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.calendars import today_of
from accounts.domain import profiles
from accounts.models import User
from common.clock import now

LABELS: dict[str, str | Promise] = {
    "position": _("Position and place"),
    "times": _("Hours and languages"),
    "ties": _("Employer and ties"),
    "offer": _("What you offer"),
    "intake": _("What you look for"),
    "never": _("Never with"),
}


@dataclass(frozen=True, slots=True)
class StepLink:
    """A step as the stepper draws it."""

    slug: str
    label: str | Promise
    state: str
    href: str


def assists_only(user: User) -> bool:
    """Whether they came by a leader's invitation to assist, and have no part of their own."""
    if user.is_staff or hasattr(user, "mentor_profile") or hasattr(user, "mentee_profile"):
        return False
    return user.invitations.filter(assisting=True).exists()


def slugs_of(user: User) -> list[str]:
    """The steps that concern this person: what they offer only for a mentor, what they look for only for a mentee, and
    for somebody who came to assist a leader the zone and language that their pages are in.
    """
    if assists_only(user):
        return ["times"]
    without = {"offer": not hasattr(user, "mentor_profile"), "intake": not hasattr(user, "mentee_profile")}
    return [slug for slug in LABELS if not without.get(slug, False)]


def steps_of(user: User, *, current: str | None = None) -> list[StepLink]:
    """The stepper, with what is done ticked off."""
    done = done_steps(user)
    return [
        StepLink(
            slug=slug,
            label=LABELS[slug],
            state="current" if slug == current else "done" if slug in done else "todo",
            href=reverse("accounts:profile_step", args=[slug]),
        )
        for slug in slugs_of(user)
    ]


def done_steps(user: User) -> set[str]:
    """What is filled in as far as matching needs it; the private list, when somebody is on it."""
    missing = profiles.missing_parts(
        user=user,
        as_mentor=hasattr(user, "mentor_profile"),
        as_mentee=hasattr(user, "mentee_profile"),
        on=today_of(user, now()),
    )
    if not user.never_with.exists():
        missing.append("never")
    return set(LABELS) - set(missing)


def after(user: User, slug: str) -> str:
    """The address of the next step; after the last one, the overview."""
    slugs = slugs_of(user)
    following = slugs[slugs.index(slug) + 1 :]
    return reverse("accounts:profile_step", args=following[:1]) if following else reverse("accounts:profile")
