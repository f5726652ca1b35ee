"""Every table that holds something of a person, and what of it the person takes along.

A table stands in `KEPT`, once for each way in which its rows are somebody's, or in `NOT_TAKEN` (`not_taken`) with the
reason; a test fails for one that stands in neither, and for a column about which nothing is said. Words are taken along
by whoever wrote them, and by nobody else.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Q
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
from cohorts.models import Cohort, Enrolment, RoleOffer, SheetImport
from common.models import Event
from matching.models import ChemistryAnswer, PairAgain, Pairing, Pause, Request, ShortlistEntry, Waiver
from mentorship.own_data.in_pairings import IN_PAIRINGS
from mentorship.own_data.kept import PAIR, Kept, of, of_my_side, of_pair
from outbox.models import Letter, OneByOne, Unsubscription

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
        of("person"),
        (
            *("headline", "phone", "city", "country", "region", "zone", "language", "work_starts", "work_ends"),
            *("languages", "function", "seniority", "theme", "zone_declined"),
        ),
        left=("person",),
    ),
    Kept(
        _("What you offer as a mentor"),
        MentorProfile,
        of("person"),
        ("about", "capacity", "nobody_new", "open_pairings"),
        left=("person", "topics"),
    ),
    Kept(_("What you know"), Expertise, of("mentor__person"), ("topic", "depth"), left=("id", "mentor")),
    Kept(
        _("What you look for as a mentee"),
        MenteeProfile,
        of("person"),
        ("about", "industry_preference", "challenges"),
        left=("person",),
    ),
    Kept(_("Your aims"), Aim, of("mentee__person"), ("rank", "topic", "text"), left=("id", "mentee")),
    Kept(
        _("Your ties to organisations"),
        Affiliation,
        of("person"),
        ("organisation", "kind", "title", "starts_on", "ends_on", "entered_at"),
        left=("id", "person"),
    ),
    Kept(_("Days you are away"), Leave, of("person"), ("starts_on", "ends_on"), left=("id", "person")),
    Kept(_("Days without reminders"), QuietPeriod, of("person"), ("starts_on", "ends_on"), left=("id", "person")),
    Kept(
        _("Organisations you proposed"),
        Organisation,
        of("proposed_by"),
        ("name", "industry", "country", "confirmed_at", "refused_at", "refusal"),
        left=("id", "identity", "folded", "proposed_by"),
    ),
    Kept(_("Your addresses"), EmailAddress, of("user"), ("email", "verified", "primary"), left=("id", "user")),
    Kept(
        _("Changes of your address"),
        AddressChange,
        of("person"),
        ("old", "new", "asked_at", "takes_effect_at", "done_at", "undone_at"),
        left=("id", "person"),
    ),
    Kept(
        _("Whether your account is to be erased"),
        Erasure,
        of("person"),
        ("asked_at", "due_at", "done_at", "undone_at"),
        left=("id", "person", "asked_by", "was_open"),
    ),
    Kept(
        _("How you sign in"),
        Authenticator,
        of("user"),
        ("type", "created_at", "last_used_at"),
        left=("id", "user", "data"),
    ),
    Kept(
        _("The invitations you accepted"),
        Invitation,
        of("completed_by"),
        ("email", "name", "created_at", "expires_at", "sends", "completed_at"),
        left=("id", "invited_by", "assisting", "token_hash", "code_hash", "revoked_at", "declined", "completed_by"),
    ),
    Kept(
        _("What they invited you to"),
        RoleOffer,
        of("invitation__completed_by"),
        ("cohort", "role"),
        left=("id", "invitation"),
    ),
    Kept(
        _("Cohorts you take part in"),
        Enrolment,
        of("person"),
        ("cohort", "role", "state", "capacity", "open_pairings"),
        left=("id", "person", "priority_since", "next_request_since"),
    ),
    Kept(
        _("Spreadsheets you brought in"),
        SheetImport,
        of("user"),
        ("kind", "cohort", "file_name", "uploaded_at", "state", "rows", "finished_at"),
        left=(
            *("id", "user", "master", "sealed", "promised", "tries", "problem", "added", "changed", "unchanged"),
            *("left_out", "emails"),
        ),
    ),
    Kept(_("Cohorts you coordinate"), Cohort.coordinators.through, of("user"), ("cohort",), left=("id", "user")),
    Kept(
        _("Your shortlist"),
        ShortlistEntry,
        of("mentee__person"),
        ("mentor", "rank", "asked_at", "skipped_at"),
        words=("note",),
        left=("id", "mentee", "key"),
        joined=("mentee", "mentor__person", "key"),
    ),
    Kept(
        _("Requests you made"),
        Request,
        of("mentee"),
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
        of("mentor"),
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
        of_pair(),
        (
            *("cohort", "mentee", "mentor", "state", "introduced_at", "activated_at", "planned_end"),
            *("closing_since", "ended_at"),
        ),
        words=("end_text",),
        left=("id", "request", "mentee_enrolment", "mentor_enrolment", "closing_by", "ended_by", "end_class", "key"),
        joined=("key",),
    ),
    Kept(
        _("Why you ended pairings"),
        Pairing,
        of("ended_by"),
        ("mentee", "mentor", "ended_at", "end_class"),
        left=(
            *("id", "request", "cohort", "mentee_enrolment", "mentor_enrolment", "state", "introduced_at"),
            *("activated_at", "planned_end", "closing_since", "closing_by", "ended_by", "end_text", "key"),
        ),
        which="ended",
    ),
    Kept(
        _("What you said after a first conversation"),
        ChemistryAnswer,
        of_my_side("pairing__"),
        ("pairing", "go_ahead", "at"),
        left=("id", "side"),
        joined=PAIR,
    ),
    Kept(
        _("Pauses of your pairings"),
        Pause,
        of_pair("pairing__"),
        ("pairing", "since", "until", "resumed_at"),
        joined=PAIR,
    ),
    Kept(
        _("With whom you would be paired again"),
        PairAgain,
        of("person"),
        ("other", "at"),
        left=("id", "person"),
    ),
    Kept(
        _("Rules that were waived for you"),
        Waiver,
        of_pair(),
        ("cohort", "mentee", "mentor", "given_at", "until"),
        left=("id", "given_by", "why"),
    ),
    *IN_PAIRINGS,
    Kept(
        _("E-mails to you"),
        Letter,
        of("person"),
        ("kind", "due_at", "state", "sent_at"),
        left=(
            *("id", "subject_type", "subject_id", "cohort_id", "pairing_id", "person", "invitation_id", "occasion"),
            *("message_id", "urgent", "next_at", "attempts", "doubts", "lease_token", "lease_until", "reason"),
            *("detail", "sent_with"),
        ),
    ),
    Kept(_("E-mails you do not want"), Unsubscription, of("person"), ("kind", "at"), left=("id", "person")),
    Kept(_("You want each e-mail by itself"), OneByOne, of("person"), ("person",), left=()),
    Kept(
        _("What you did, and what was done to your account and your places"),
        Event,
        lambda user: Q(user=user) | Q(person=user),
        ("at", "actor", "verb", "subject_type", "fields"),
        left=("id", "user", "subject_id", "cohort_id", "pairing_id", "mentee", "mentor", "person", "invitation_id"),
    ),
)
