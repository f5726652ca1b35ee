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
from cohorts.models import Cohort, Enrolment, RoleOffer
from common.models import Event
from engagements.models import (
    Agreement,
    Assistant,
    CalendarFeed,
    CheckIn,
    Decision,
    Goal,
    GoalEntry,
    LengthProposal,
    Meeting,
    Milestone,
    Note,
    Review,
    ScoreSharing,
    Signature,
    StockAnswer,
    StockRound,
    Talk,
)
from matching.models import ChemistryAnswer, PairAgain, Pairing, Pause, Request, ShortlistEntry, Waiver
from mentorship.own_data.kept import Kept, of, of_my_side, of_pair
from outbox.models import Letter, OneByOne, Unsubscription

PAIR = ("pairing__mentee", "pairing__mentor")
SHARED = ("pairing", "state", "at")
SERVED = ("state", "emails", "began_at", "ended_at")
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
    Kept(
        _("Agreements of your pairings"),
        Agreement,
        of_pair("pairing__"),
        (
            *("pairing", "version", "meetings_a_month", "check_in_unit", "check_in_every", "check_in_nth"),
            *("check_in_weekday", "planned_end", "written_by", "written_at"),
        ),
        words=("amendments",),
        left=("id", "continues"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("What you signed"),
        Signature,
        of_my_side("agreement__pairing__"),
        ("agreement", "signed_at"),
        left=("id", "side"),
    ),
    Kept(
        _("Your check-ins"),
        CheckIn,
        of("person"),
        (
            *("pairing", "round", "day", "due_at", "snoozes", "state", "answered_at", "connection", "clarity"),
            *("competency", "met"),
        ),
        words=("line",),
        left=("id", "side", "person"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(_("Whether you share scores"), ScoreSharing, of("person"), SHARED, left=("id", "side", "person"), joined=PAIR),
    Kept(
        _("When you asked to talk to somebody in confidence"),
        Talk,
        of("person"),
        ("pairing", "contact_name", "contact_email", "with_phone", "asked_at", "state", "settled_at"),
        left=("id", "person", "letter_id"),
        joined=PAIR,
    ),
    Kept(
        _("What you said when you looked back"),
        Review,
        of("person"),
        (
            *("pairing", "state", "asked_at", "answered_at", "mistakes_avoided", "faster", "decisions", "goals"),
            *("connection", "clarity", "competency", "again", "shared"),
        ),
        words=("takes_away", "learned", "does_differently"),
        left=("id", "side", "person"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("Other lengths proposed for your pairings"),
        LengthProposal,
        of_pair("pairing__"),
        (
            *("pairing", "planned_end", "proposed_by", "proposed_at", "state", "mentee_agreed_at", "mentor_agreed_at"),
            "settled_at",
        ),
        joined=PAIR,
    ),
    Kept(
        _("Meetings of your pairings"),
        Meeting,
        of_pair("pairing__"),
        (
            *("pairing", "starts_at", "minutes", "state", "held_on", "absent", "noted_by", "noted_at", "offered"),
            "place_in_invitation",
        ),
        words=("place",),
        left=("id", "offered_by", "offers", "handled", "place_by", "sequence", "changed_at"),
        joined=(*PAIR, "pairing__key"),
    ),
    *(
        Kept(title, Assistant, of(me), (other, *SERVED), left=("id", me, "invitation"), which=which)
        for title, me, other, which in (
            (_("Who handles your meeting times"), "leader", "person", "of_yours"),
            (_("Whose meeting times you handle"), "person", "leader", "by_you"),
        )
    ),
    Kept(_("Your private calendar address"), CalendarFeed, of("person"), ("made_at",), left=("id", "person")),
    Kept(
        _("Goals in your pairings"),
        Goal,
        of_pair("pairing__"),
        ("pairing", "state", "proposed_by", "proposed_at", "by_when"),
        words=("title", "why", "signs"),
        left=("id", "written_by"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("Decisions in your pairings"),
        Decision,
        of_pair("pairing__"),
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
        _("Notes that you wrote"),
        Note,
        of("by"),
        ("pairing", "state", "written_at", "changed_at"),
        words=("text",),
        left=("id", "by"),
        joined=(*PAIR, "pairing__key"),
    ),
    Kept(
        _("Rounds of taking stock in your pairings"),
        StockRound,
        of_pair("pairing__"),
        ("pairing", "moment", "opens_on", "closes_on", "state"),
        left=("id", "number", "topics"),
        joined=PAIR,
    ),
    Kept(
        _("What you said in taking stock"),
        StockAnswer,
        of("person"),
        ("round", "answered_at", "corrected_at"),
        words=("marks", "strengths", "challenges"),
        left=("id", "side", "person"),
        joined=("round__pairing__key",),
    ),
    Kept(
        _("Milestones that you wrote"),
        Milestone,
        of("written_by"),
        ("goal", "position", "done_at"),
        words=("text",),
        left=("id", "written_by"),
        joined=("goal__pairing__key",),
    ),
    Kept(
        _("What you said about goals"),
        GoalEntry,
        of("by"),
        ("goal", "act", "at", "corrected_at", "standing"),
        words=("line",),
        left=("id", "by", "check_in"),
        joined=("goal__pairing__key",),
    ),
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
