"""Every table that holds something of a person, and what of it the person takes along.

A table stands in `KEPT`, once for each way in which its rows are somebody's, or in `NOT_TAKEN` (`not_taken`) with the
reason; a test fails for one that stands in neither, and for a column about which nothing is said. Words are taken along
by whoever wrote them, and by nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AddressChange,
    Affiliation,
    Aim,
    Erasure,
    Expertise,
    Invitation,
    Leave,
    MenteeProfile,
    MentorProfile,
    Organisation,
    Profile,
    QuietPeriod,
    User,
)
from cohorts.models import Cohort, Enrolment, RoleOffer
from cohorts.states import Role
from common.models import Event
from engagements.models import (
    Agreement,
    CalendarFeed,
    CheckIn,
    Decision,
    Goal,
    GoalEntry,
    Meeting,
    Milestone,
    Signature,
)
from matching.models import ChemistryAnswer, PairAgain, Pairing, Pause, Request, ShortlistEntry, Waiver
from outbox.models import Letter, OneByOne, Unsubscription

Mine: TypeAlias = Callable[[User], Q]


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


def _of(path: str) -> Mine:
    return lambda user: Q(**{path: user})


def _pairings(path: str = "") -> Mine:
    return lambda user: Q(**{f"{path}mentee": user}) | Q(**{f"{path}mentor": user})


def _my_side(path: str) -> Mine:
    return lambda user: Q(**{f"{path}mentee": user}, side=Role.MENTEE) | Q(**{f"{path}mentor": user}, side=Role.MENTOR)


PAIR = ("pairing__mentee", "pairing__mentor")
KEPT: tuple[Kept, ...] = (
    Kept(
        _("Your account"),
        User,
        lambda user: Q(pk=user.pk),
        ("name", "email", "date_joined", "last_login", "is_active", "is_staff", "is_superuser"),
        left=("id", "password", "session_version", "groups", "user_permissions"),
    ),
    Kept(
        _("Your profile"),
        Profile,
        _of("person"),
        (
            *("headline", "phone", "city", "country", "region", "zone", "language", "work_starts", "work_ends"),
            *("languages", "function", "seniority", "theme", "zone_declined"),
        ),
        left=("person",),
    ),
    Kept(
        _("What you offer as a mentor"),
        MentorProfile,
        _of("person"),
        ("about", "capacity", "nobody_new", "open_pairings"),
        left=("person", "topics"),
    ),
    Kept(_("What you know"), Expertise, _of("mentor__person"), ("topic", "depth"), left=("id", "mentor")),
    Kept(
        _("What you look for as a mentee"),
        MenteeProfile,
        _of("person"),
        ("about", "industry_preference", "challenges"),
        left=("person",),
    ),
    Kept(_("Your aims"), Aim, _of("mentee__person"), ("rank", "topic", "text"), left=("id", "mentee")),
    Kept(
        _("Your ties to organisations"),
        Affiliation,
        _of("person"),
        ("organisation", "kind", "title", "starts_on", "ends_on", "entered_at"),
        left=("id", "person"),
    ),
    Kept(_("Days you are away"), Leave, _of("person"), ("starts_on", "ends_on"), left=("id", "person")),
    Kept(_("Days without reminders"), QuietPeriod, _of("person"), ("starts_on", "ends_on"), left=("id", "person")),
    Kept(
        _("Organisations you proposed"),
        Organisation,
        _of("proposed_by"),
        ("name", "industry", "country", "confirmed_at", "refused_at", "refusal"),
        left=("id", "identity", "folded", "proposed_by"),
    ),
    Kept(_("Your addresses"), EmailAddress, _of("user"), ("email", "verified", "primary"), left=("id", "user")),
    Kept(
        _("Changes of your address"),
        AddressChange,
        _of("person"),
        ("old", "new", "asked_at", "takes_effect_at", "done_at", "undone_at"),
        left=("id", "person"),
    ),
    Kept(
        _("Whether your account is to be erased"),
        Erasure,
        _of("person"),
        ("asked_at", "due_at", "done_at", "undone_at"),
        left=("id", "person", "asked_by", "was_open"),
    ),
    Kept(
        _("How you sign in"),
        Authenticator,
        _of("user"),
        ("type", "created_at", "last_used_at"),
        left=("id", "user", "data"),
    ),
    Kept(
        _("The invitations you accepted"),
        Invitation,
        _of("completed_by"),
        ("email", "name", "created_at", "expires_at", "sends", "completed_at"),
        left=("id", "invited_by", "token_hash", "code_hash", "revoked_at", "declined", "completed_by"),
    ),
    Kept(
        _("What they invited you to"),
        RoleOffer,
        _of("invitation__completed_by"),
        ("cohort", "role"),
        left=("id", "invitation"),
    ),
    Kept(
        _("Cohorts you take part in"),
        Enrolment,
        _of("person"),
        ("cohort", "role", "state", "capacity", "open_pairings"),
        left=("id", "person", "priority_since", "next_request_since"),
    ),
    Kept(_("Cohorts you coordinate"), Cohort.coordinators.through, _of("user"), ("cohort",), left=("id", "user")),
    Kept(
        _("Your shortlist"),
        ShortlistEntry,
        _of("mentee__person"),
        ("mentor", "rank", "asked_at", "skipped_at"),
        words=("note",),
        left=("id", "mentee", "key"),
        joined=("mentee", "mentor__person", "key"),
    ),
    Kept(
        _("Requests you made"),
        Request,
        _of("mentee"),
        ("cohort", "mentor", "state", "asked_at", "deadline"),
        words=("note",),
        left=(
            *("id", "mentee_enrolment", "mentor_enrolment", "mentee", "origin", "answered_at", "held_for"),
            *("held_until", "resumed_at", "decline_class", "decline_text", "key"),
        ),
        joined=("key",),
        which="made",
    ),
    Kept(
        _("Requests you received"),
        Request,
        _of("mentor"),
        ("cohort", "mentee", "state", "asked_at", "deadline", "answered_at", "decline_class"),
        words=("decline_text",),
        left=(
            *("id", "mentee_enrolment", "mentor_enrolment", "mentor", "origin", "held_for", "held_until"),
            *("resumed_at", "note", "key"),
        ),
        joined=("key",),
        which="received",
    ),
    Kept(
        _("Your pairings"),
        Pairing,
        _pairings(),
        (
            *("cohort", "mentee", "mentor", "state", "introduced_at", "activated_at", "planned_end"),
            *("closing_since", "ended_at"),
        ),
        words=("end_text",),
        left=("id", "request", "mentee_enrolment", "mentor_enrolment", "ended_by", "end_class", "key"),
        joined=("key",),
    ),
    Kept(
        _("Why you ended pairings"),
        Pairing,
        _of("ended_by"),
        ("mentee", "mentor", "ended_at", "end_class"),
        left=(
            *("id", "request", "cohort", "mentee_enrolment", "mentor_enrolment", "state", "introduced_at"),
            *("activated_at", "planned_end", "closing_since", "ended_by", "end_text", "key"),
        ),
        which="ended",
    ),
    Kept(
        _("What you said after a first conversation"),
        ChemistryAnswer,
        _my_side("pairing__"),
        ("pairing", "go_ahead", "at"),
        left=("id", "side"),
        joined=PAIR,
    ),
    Kept(
        _("Pauses of your pairings"),
        Pause,
        _pairings("pairing__"),
        ("pairing", "since", "until", "resumed_at"),
        joined=PAIR,
    ),
    Kept(
        _("With whom you would be paired again"),
        PairAgain,
        _of("person"),
        ("other", "at"),
        left=("id", "person"),
    ),
    Kept(
        _("Rules that were waived for you"),
        Waiver,
        _pairings(),
        ("cohort", "mentee", "mentor", "given_at", "until"),
        left=("id", "given_by", "why"),
    ),
    Kept(
        _("Agreements of your pairings"),
        Agreement,
        _pairings("pairing__"),
        (
            *("pairing", "version", "meetings_a_month", "check_in_unit", "check_in_every", "check_in_nth"),
            *("check_in_weekday", "planned_end", "written_by", "written_at"),
        ),
        words=("amendments",),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("What you signed"),
        Signature,
        _my_side("agreement__pairing__"),
        ("agreement", "signed_at"),
        left=("id", "side"),
    ),
    Kept(
        _("Your check-ins"),
        CheckIn,
        _of("person"),
        (
            *("pairing", "round", "day", "due_at", "snoozes", "state", "answered_at", "connection", "clarity"),
            *("competency", "met"),
        ),
        words=("line",),
        left=("id", "side", "person"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("Meetings of your pairings"),
        Meeting,
        _pairings("pairing__"),
        (
            *("pairing", "starts_at", "minutes", "state", "held_on", "absent", "noted_by", "noted_at", "offered"),
            "place_in_invitation",
        ),
        words=("place",),
        left=("id", "offered_by", "offers", "place_by", "sequence", "changed_at"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(_("Your private calendar address"), CalendarFeed, _of("person"), ("made_at",), left=("id", "person")),
    Kept(
        _("Goals in your pairings"),
        Goal,
        _pairings("pairing__"),
        ("pairing", "state", "proposed_by", "proposed_at", "by_when"),
        words=("title", "why", "signs"),
        left=("id", "written_by"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("Decisions in your pairings"),
        Decision,
        _pairings("pairing__"),
        (
            *("pairing", "state", "asked_at", "decide_by", "confidence_before", "viewed_at", "decided_at"),
            *("confidence_after", "look_back_on", "looked_back_at", "outcome"),
        ),
        words=(
            *("title", "situation", "options", "leaning", "consequences", "perception", "blind_spot", "question"),
            *("choice", "lesson"),
        ),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("Milestones that you wrote"),
        Milestone,
        _of("written_by"),
        ("goal", "position", "done_at"),
        words=("text",),
        left=("id", "written_by"),
        joined=("goal__pairing__key",),
    ),
    Kept(
        _("What you said about goals"),
        GoalEntry,
        _of("by"),
        ("goal", "act", "at", "corrected_at", "standing"),
        words=("line",),
        left=("id", "by", "check_in"),
        joined=("goal__pairing__key",),
    ),
    Kept(
        _("E-mails to you"),
        Letter,
        _of("person"),
        ("kind", "due_at", "state", "sent_at"),
        left=(
            *("id", "subject_type", "subject_id", "cohort_id", "pairing_id", "person", "invitation_id", "occasion"),
            *("message_id", "urgent", "next_at", "attempts", "doubts", "lease_token", "lease_until", "reason"),
            *("detail", "sent_with"),
        ),
    ),
    Kept(_("E-mails you do not want"), Unsubscription, _of("person"), ("kind", "at"), left=("id", "person")),
    Kept(_("You want each e-mail by itself"), OneByOne, _of("person"), ("person",), left=()),
    Kept(
        _("What you did, and what was done to your account and your places"),
        Event,
        lambda user: Q(user=user) | Q(person=user),
        ("at", "actor", "verb", "subject_type", "fields"),
        left=("id", "user", "subject_id", "cohort_id", "pairing_id", "mentee", "mentor", "person", "invitation_id"),
    ),
)
