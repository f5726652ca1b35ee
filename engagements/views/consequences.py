"""What another state of a pairing calls off, said before it is entered: from the tables that the verbs obey."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engagements.domain.pairing_status import PairingStatus
from engagements.states import MEETING, PAIR_LASTS, LengthProposalState, MeetingState
from engagements.views.meeting_words import on_both_clocks


def called_off(status: PairingStatus, target: str, now: datetime) -> list[str]:
    """Which meetings and which proposal would be over once the pairing is in the state `target`."""
    lines = _meetings(status, now) if target not in MEETING else []
    return [*lines, *_length(status)] if target not in PAIR_LASTS else lines


def _meetings(status: PairingStatus, now: datetime) -> list[str]:
    ahead = [meeting for meeting in status.meetings if not meeting.has_begun(now)]
    agreed = [meeting.starts_at for meeting in ahead if meeting.state == MeetingState.AGREED and meeting.starts_at]
    lines = [
        _("Your meeting on %(when)s is called off, and taken out of both your calendars.")
        % {"when": on_both_clocks(at, status.me, status.other)}
        for at in sorted(agreed)
    ]
    proposed = sum(1 for meeting in ahead if meeting.state == MeetingState.PROPOSED)
    if proposed:
        lines.append(
            ngettext(
                "The times proposed for a meeting are called off.",
                "The times proposed for meetings are called off.",
                proposed,
            )
        )
    return lines


def _length(status: PairingStatus) -> list[str]:
    open_now = status.pairing.length_proposals.filter(state=LengthProposalState.OPEN).exists()
    return [_("The other length that is proposed is no longer open.")] if open_now else []
