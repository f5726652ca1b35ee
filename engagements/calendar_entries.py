"""A meeting as calendars show it: when, with whom, a link; nothing of what is spoken about."""

from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from common.calendar_file import CalendarEntry
from engagements.models import Assistant, Meeting
from engagements.states import MeetingState
from outbox.kinds import absolute_url


def entry_of(meeting: Meeting, reader: User, *, invitation: bool) -> CalendarEntry:
    """The entry for one of the two, in the language that is active. An `invitation` names both as who takes part, and
    the place where its writer says so.
    """
    pairing = meeting.pairing
    begins, ends = meeting.span()
    other = pairing.mentor if reader.pk == pairing.mentee_id else pairing.mentee
    url = absolute_url("engagements:meeting", pk=meeting.pk)
    return CalendarEntry(
        uid=f"{meeting.pk}@{_from()[1].rpartition('@')[2] or 'localhost'}",
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        starts_at=begins,
        ends_at=ends,
        title=_("Conversation with %(name)s") % {"name": other.get_full_name()},
        description=_("To move or cancel it, open its page: %(url)s\nAnswers by a calendar program are not read.")
        % {"url": url},
        url=url,
        place=meeting.words_of("place", instead="") if invitation and meeting.place_in_invitation else "",
        organizer=_from() if invitation else None,
        attendees=tuple((each.get_full_name(), each.email) for each in (pairing.mentee, pairing.mentor))
        if invitation
        else (),
        cancelled=meeting.state == MeetingState.CANCELLED,
    )


def assisted_entry(meeting: Meeting, assistant: Assistant) -> CalendarEntry:
    """The entry for an assistant of one of the two, in the language that is active: both names and the time."""
    leader, pairing = assistant.leader, meeting.pairing
    other = pairing.mentor if leader.pk == pairing.mentee_id else pairing.mentee
    begins, ends = meeting.span()
    url = absolute_url("engagements:assisted_meeting", assistant=assistant.pk, pk=meeting.pk)
    return CalendarEntry(
        uid=f"{meeting.pk}-{assistant.pk.hex[:8]}@{_from()[1].rpartition('@')[2] or 'localhost'}",
        sequence=meeting.sequence,
        changed_at=meeting.changed_at,
        starts_at=begins,
        ends_at=ends,
        title=_("%(leader)s: conversation with %(name)s")
        % {"leader": leader.get_full_name(), "name": other.get_full_name()},
        description=_("To move or cancel it, open its page: %(url)s") % {"url": url},
        url=url,
    )


def _from() -> tuple[str, str]:
    """Name and address that our e-mails come from: who sends an invitation is its organizer."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return name or settings.SITE_NAME, address
