"""What erasing a person does to each table: rows that go, columns that are emptied, or why everything stays.

`ANSWERS` has a line for every table there is; a test fails for one without, and for a column of words in a row that
stays about which nothing is said. The person's own row stays, empty: history, counts and what the other side of a
pairing reads stay true.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.domain import never_with
from accounts.models import AddressChange, Invitation, User
from accounts.models.names import ERASED_DOMAIN, ERASED_NAME
from cohorts.models import Enrolment
from cohorts.states import ImportState
from engagements.models.decisions import QUESTION_WORDS, VIEW_WORDS
from engagements.models.reviews import REVIEW_WORDS
from engagements.models.stock import STOCK_WORDS
from matching.models import Pairing, Request, ShortlistEntry
from outbox.models import Letter


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who is erased, with the name and all addresses by which rows may name them."""

    person: User
    name: str
    addresses: frozenset[str]

    @classmethod
    def of(cls, person: User) -> Self:
        """As they are known now."""
        changes = AddressChange.objects.filter(person=person).values_list("old", "new")
        proven = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
        invited = Invitation.objects.filter(completed_by=person).values_list("email", flat=True)
        former = (address for change in changes for address in change)
        return cls(person, str(person.name), frozenset({person.email, *proven, *invited, *former}))


Rows: TypeAlias = Callable[[Leaving], Q]


def of(*paths: str) -> Rows:
    """Rows that name the person in one of these columns."""
    return lambda leaving: Q(*((path, leaving.person) for path in paths), _connector=Q.OR)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to some rows of a table."""

    table: str
    rows: Rows

    def found(self, leaving: Leaving) -> QuerySet[Any]:
        """The rows."""
        model: type[Model] = apps.get_model(self.table)
        return model._default_manager.filter(self.rows(leaving))  # noqa: SLF001 - documented, for all its underscore

    def carry_out(self, leaving: Leaving) -> None:
        """Do it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Delete(Step):
    """The rows go."""

    def carry_out(self, leaving: Leaving) -> None:
        self.found(leaving).delete()


@dataclass(frozen=True, slots=True)
class Empty(Step):
    """The rows stay; these columns are as in a new row, or hold what is given instead. `alone`: nobody shares the row,
    and nothing that tells of the person is left in it.
    """

    columns: tuple[str, ...] = ()
    instead: Mapping[str, Any] = field(default_factory=dict)
    alone: bool = False

    def carry_out(self, leaving: Leaving) -> None:
        rows = self.found(leaving)
        fields = {name: rows.model._meta.get_field(name) for name in self.columns}  # noqa: SLF001
        rows.update(**{name: each.get_default() for name, each in fields.items()}, **self.instead)


@dataclass(frozen=True, slots=True)
class Forget(Step):
    """Private lists of others: what they name is sealed, and found by the module that holds the key."""

    def carry_out(self, leaving: Leaving) -> None:
        never_with.forget(leaving.person)


@dataclass(frozen=True, slots=True)
class EndSessions(Step):
    """Sessions are known by random keys: one that is out of date goes, and one that holds their id or an address of
    theirs, as that of somebody who tried to sign in.
    """

    def carry_out(self, leaving: Leaving) -> None:
        theirs = {str(leaving.person.pk), *leaving.addresses}
        rows = self.found(leaving)
        held = ((row.pk, repr(row.get_decoded()).lower()) for row in rows.iterator())
        named = [pk for pk, words in held if any(each in words for each in theirs)]
        rows.filter(Q(pk__in=named) | Q(expire_date__lt=Now())).delete()


Answer: TypeAlias = tuple[Step, ...] | str | Promise


def _goes(table: str, *rows: Rows) -> tuple[str, tuple[Step, ...]]:
    return table, tuple(Delete(table, each) for each in rows)


def _emptied(table: str, rows: Rows, *columns: str, alone: bool = False) -> tuple[str, tuple[Step, ...]]:
    return table, (Empty(table, rows, columns, alone=alone),)


def _on_boards(leaving: Leaving) -> Q:
    """Decisions on boards that moved them, or were about them."""
    about = of("mentee", "mentor", "other", "other_mentor")(leaving)
    return about | Q(moves__icontains=str(leaving.person.pk))


def _invited(leaving: Leaving) -> Q:
    return Q(completed_by=leaving.person) | Q(email__in=leaving.addresses)


def _prepared(path: str = "") -> Rows:
    """What was prepared for any of their addresses."""
    return lambda leaving: Q(**{f"{path}invitation__email__in": leaving.addresses})


def _open_imports(leaving: Leaving) -> Q:
    """Files of theirs that wait. What of other people's files names the person is sealed, and deleted within a day."""
    return Q(user=leaving.person, state=ImportState.WAITING)


def _enclosed(leaving: Leaving) -> Q:
    return Q(pk__in=Letter.objects.filter(person=leaving.person, subject_type="enclosure").values("subject_id"))


def _keys(leaving: Leaving) -> Q:
    """Of notes left on the shortlist, and of what nobody is left to read: both of the two are erased."""
    left = ShortlistEntry.objects.filter(mentee__person=leaving.person, key__isnull=False)
    both = Request.objects.filter(of("mentee", "mentor")(leaving), mentee__name=ERASED_NAME, mentor__name=ERASED_NAME)
    return Q(pk__in=left.values("key")) | Q(pk__in=both.filter(key__isnull=False).values("key"))


def _alerts(leaving: Leaving) -> Q:
    pairings = Pairing.objects.filter(of("mentee", "mentor")(leaving))
    places = Enrolment.objects.filter(person=leaving.person)
    return Q(pairing__in=pairings) | Q(subject_type="enrolment", subject_id__in=places.values("pk"))


def _mentioned(leaving: Leaving) -> Q:
    named = Q()
    for words in (leaving.name, *leaving.addresses):
        named |= Q(object_repr__icontains=words) | Q(change_message__icontains=words)
    return named


def _sent_to_invitations(leaving: Leaving) -> Q:
    return Q(invitation_id__in=Invitation.objects.filter(_invited(leaving)).values("pk"))


NO_ADDRESS = Concat(Cast("pk", CharField()), Value(f"@{ERASED_DOMAIN}"), output_field=CharField())
NOBODYS = "It is about nobody."
SHARED = _("The other side shares it; of the person it holds an id.")
COUNTED = _("It is counted; of the person it holds an id.")
STATED = _("History and counts stay true; of the person it holds an id, and never what anybody wrote.")

# In the order in which it is done: the person's own row first, or the database lets no words leave an agreement.
ANSWERS: Mapping[str, Answer] = dict(
    [
        (
            "accounts.User",
            (
                Empty(
                    "accounts.User",
                    lambda leaving: Q(pk=leaving.person.pk),
                    ("last_login", "is_staff", "is_superuser"),
                    {"name": ERASED_NAME, "email": NO_ADDRESS, "password": "!", "is_active": False},
                    alone=True,
                ),
            ),
        ),
        _goes("accounts.User_groups", of("user")),
        _goes("accounts.User_user_permissions", of("user")),
        _emptied(
            "accounts.Profile",
            of("person"),
            *("headline", "phone", "city", "country", "region", "zone", "language", "work_starts", "work_ends"),
            *("languages", "function", "seniority", "theme", "zone_declined"),
            alone=True,
        ),
        _emptied("accounts.MentorProfile", of("person"), "about", "capacity", "nobody_new", alone=True),
        _goes("accounts.Expertise", of("mentor__person")),
        _emptied("accounts.MenteeProfile", of("person"), "about", "industry_preference", alone=True),
        _goes("accounts.MenteeProfile_challenges", of("menteeprofile__person")),
        _goes("accounts.Aim", of("mentee__person")),
        _goes("accounts.Affiliation", of("person")),
        _goes("accounts.Leave", of("person")),
        _goes("accounts.QuietPeriod", of("person")),
        _goes("accounts.PreparedProfile_expertise", _prepared("preparedprofile__")),
        _goes("accounts.PreparedProfile_challenges", _prepared("preparedprofile__")),
        _goes("accounts.PreparedProfile", _prepared()),
        _emptied("accounts.Organisation", of("proposed_by"), "proposed_by"),
        (
            "accounts.NeverWith",
            (
                Delete("accounts.NeverWith", of("owner")),
                Forget("accounts.NeverWith", lambda _leaving: Q()),
            ),
        ),
        _goes("account.EmailConfirmation", of("email_address__user")),
        _goes("account.EmailAddress", of("user")),
        _goes("mfa.Authenticator", of("user")),
        _goes("accounts.AddressChange", of("person")),
        ("accounts.Erasure", STATED),
        ("sessions.Session", (EndSessions("sessions.Session", lambda _leaving: Q()),)),
        _goes("cohorts.Cohort_coordinators", of("user")),
        _emptied("cohorts.Enrolment", of("person"), "capacity", "priority_since", "next_request_since"),
        ("cohorts.RoleOffer", COUNTED),
        (
            "cohorts.SheetImport",
            (
                Empty("cohorts.SheetImport", _open_imports, ("master", "sealed"), {"state": ImportState.DISCARDED}),
                Empty("cohorts.SheetImport", of("user"), (), {"file_name": "–"}),
            ),
        ),
        _goes("common.ContentKey", _keys),
        _goes("matching.ShortlistEntry", of("mentee__person")),
        (
            "matching.Request",
            (
                Empty("matching.Request", of("mentee"), ("note",)),
                Empty("matching.Request", of("mentor"), ("decline_text",)),
            ),
        ),
        _emptied("matching.Pairing", of("ended_by"), "end_text"),
        ("matching.ChemistryAnswer", SHARED),
        ("matching.Pause", SHARED),
        _goes("matching.PairAgain", of("person", "other")),
        _emptied("matching.Waiver", of("mentee", "mentor"), "why"),
        ("matching.LiftedDecline", STATED),
        _emptied("matching.Alert", _alerts, "note"),
        ("matching.MatchRun", COUNTED),
        _emptied("matching.Proposal", of("mentee", "mentor"), "reasons"),
        ("matching.Unmatched", COUNTED),
        ("matching.Board", STATED),
        ("matching.BoardChange", (Empty("matching.BoardChange", _on_boards, ("why",), {"moves": "erased"}),)),
        _goes("matching.BoardNote", of("mentee")),
        ("matching.PoolChange", "Lines of three days with ids alone."),
        _emptied("engagements.Agreement", of("written_by"), "amendments"),
        ("engagements.Signature", SHARED),
        ("engagements.LengthProposal", SHARED),
        _goes("engagements.ScoreSharing", of("person")),
        (
            "engagements.Talk",
            (
                Delete("engagements.Talk", of("person")),
                Empty(
                    "engagements.Talk",
                    lambda leaving: Q(contact_email__in=leaving.addresses),
                    (),
                    {"contact_name": ERASED_NAME, "contact_email": NO_ADDRESS},
                ),
            ),
        ),
        _emptied("engagements.CheckIn", of("person"), "line"),
        _emptied("engagements.Review", of("person"), *REVIEW_WORDS),
        _emptied("engagements.Meeting", of("place_by"), "place", "place_by", "place_in_invitation"),
        _goes("engagements.CalendarFeed", of("person")),
        ("engagements.Assistant", SHARED),
        (
            "engagements.Decision",
            (
                Empty("engagements.Decision", of("pairing__mentee"), (*QUESTION_WORDS, "choice", "lesson")),
                Empty("engagements.Decision", of("pairing__mentor"), VIEW_WORDS),
            ),
        ),
        _emptied("engagements.Note", of("by"), "text"),
        ("engagements.StockRound", SHARED),
        ("engagements.Tally", "Figures about six people or more, and ids of pairings."),
        _emptied("engagements.StockAnswer", of("person"), *STOCK_WORDS),
        _emptied("engagements.Goal", of("written_by"), "title", "why", "signs"),
        _emptied("engagements.Milestone", of("written_by"), "text"),
        _emptied("engagements.GoalEntry", of("by"), "line"),
        _goes("outbox.Enclosure", _enclosed),
        (
            "outbox.Letter",
            (
                Delete("outbox.Letter", of("person")),
                Empty("outbox.Letter", _sent_to_invitations, ("detail",)),
            ),
        ),
        (
            "accounts.Invitation",
            (Empty("accounts.Invitation", _invited, (), {"name": ERASED_NAME, "email": NO_ADDRESS}, alone=True),),
        ),
        _goes("outbox.Unsubscription", of("person")),
        _goes("outbox.OneByOne", of("person")),
        ("common.Event", STATED),
        (
            "admin.LogEntry",
            (Empty("admin.LogEntry", _mentioned, (), {"object_repr": "", "change_message": ""}),),
        ),
        *(
            (table, NOBODYS)
            for table in (
                *("accounts.Topic", "accounts.OtherName", "accounts.Ownership", "accounts.Competition"),
                *("cohorts.Cohort", "outbox.Trouble", "outbox.Heartbeat", "contenttypes.ContentType"),
                *("auth.Permission", "auth.Group", "auth.Group_permissions"),
                *("demo.CastMember", "demo.ClockOffset", "demo.DeliveredLetter"),
            )
        ),
    ]
)
# In rows that stay, columns that could hold words and are left as they are: codes, ids and digests, or nobody's.
WORDS_THAT_STAY: Mapping[str, tuple[str, ...]] = {
    "accounts.Invitation": ("token_hash", "code_hash"),
    "accounts.Organisation": ("name", "identity", "folded", "refusal"),
    "admin.LogEntry": ("object_id",),
    "cohorts.SheetImport": ("promised", "problem"),
    "common.Event": ("verb", "subject_type", "fields"),
    "matching.Alert": ("subject_type", "facts"),
    "matching.MatchRun": ("report", "log"),
    "matching.Unmatched": ("excluded",),
    "engagements.Tally": ("figures",),
    "outbox.Letter": ("kind", "subject_type", "occasion", "message_id", "reason"),
}
