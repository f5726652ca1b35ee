"""What is inside a pairing, as far as a person takes it along: see `registry.py`."""

from django.utils.translation import gettext_lazy as _

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
from mentorship.own_data.kept import PAIR, Kept, of, of_my_side, of_pair

SHARED = ("pairing", "state", "at")
SERVED = ("state", "emails", "began_at", "ended_at")
IN_PAIRINGS: tuple[Kept, ...] = (
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
)
