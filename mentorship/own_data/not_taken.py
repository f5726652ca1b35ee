"""The tables of which a person takes nothing along, each with the reason. Those that are taken are in `registry`."""

from collections.abc import Mapping

_ELSEWHERE = "A column of another table is taken along with it."
_NOBODYS = "It is about nobody."
_DESK = "It is the coordinators' or the administrators' own work; what it did to somebody stands in the history."
NOT_TAKEN: Mapping[str, str] = {
    "accounts.NeverWith": "Sealed: taken along by `taking.private_list`, opened.",
    "accounts.MenteeProfile_challenges": _ELSEWHERE,
    "accounts.PreparedProfile": "Known of somebody without an account: once they have one, it is their profile.",
    "accounts.PreparedProfile_expertise": _ELSEWHERE,
    "accounts.PreparedProfile_challenges": _ELSEWHERE,
    "accounts.User_groups": _DESK,
    "accounts.User_user_permissions": _DESK,
    "accounts.Topic": _NOBODYS,
    "accounts.OtherName": _NOBODYS,
    "accounts.Ownership": _NOBODYS,
    "accounts.Competition": _NOBODYS,
    "cohorts.Cohort": _NOBODYS,
    "matching.Alert": _DESK,
    "matching.LiftedDecline": _DESK,
    "matching.Board": _DESK,
    "matching.BoardChange": "It compares people: what was decided before anybody was asked is the coordinators'.",
    "matching.BoardNote": "What coordinators noted among themselves before anybody was asked.",
    "matching.MatchRun": _DESK,
    "matching.Proposal": "It compares people: what a run proposed is the coordinators' until somebody is asked.",
    "matching.Unmatched": "It compares people: what a run found is the coordinators'.",
    "matching.PoolChange": "Lines of three days that say whose card is dealt anew, and nothing of what changed.",
    "engagements.Tally": "It is about six people or more, and about none of them.",
    "outbox.Enclosure": "Codes, links and messages on their way, sealed; they die with the e-mail.",
    "outbox.Trouble": _DESK,
    "outbox.Heartbeat": _NOBODYS,
    "common.ContentKey": "A key opens the words of two people.",
    "account.EmailConfirmation": "A link on its way, of no use once it is out of date.",
    "admin.LogEntry": _DESK,
    "sessions.Session": "A sign-in that lasts, known by a random key; it dies by itself.",
    "contenttypes.ContentType": _NOBODYS,
    "auth.Permission": _NOBODYS,
    "auth.Group": _NOBODYS,
    "auth.Group_permissions": _NOBODYS,
    "demo.CastMember": "Who plays which part in the demo: invented people.",
    "demo.ClockOffset": _NOBODYS,
    "demo.DeliveredLetter": "The demo's mailbox, of invented people.",
}
