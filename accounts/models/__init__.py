"""Who people are."""

from accounts.models.addresses import AddressChange
from accounts.models.erasures import Erasure
from accounts.models.invitations import Invitation
from accounts.models.mentees import Aim, MenteeProfile
from accounts.models.mentors import Expertise, MentorProfile
from accounts.models.organisations import Competition, Organisation, OtherName, Ownership
from accounts.models.people import Affiliation, Leave, Profile
from accounts.models.prepared import PreparedProfile
from accounts.models.private_lists import ListEntry, NeverWith
from accounts.models.quiet_periods import QuietPeriod
from accounts.models.topics import Topic
from accounts.models.users import User

__all__ = [
    "AddressChange",
    "Affiliation",
    "Aim",
    "Competition",
    "Erasure",
    "Expertise",
    "Invitation",
    "Leave",
    "ListEntry",
    "MenteeProfile",
    "MentorProfile",
    "NeverWith",
    "Organisation",
    "OtherName",
    "Ownership",
    "PreparedProfile",
    "Profile",
    "QuietPeriod",
    "Topic",
    "User",
]
