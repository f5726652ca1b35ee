"""Who may read what two people said to each other before and around a pairing. Coordinators and superusers: nobody."""

from accounts.models import User
from matching.models import Request
from matching.states import RequestState

SHOWN_TO_MENTOR = (RequestState.PENDING, RequestState.ACCEPTED)


def may_read_note(user: User, request: Request) -> bool:
    """Its writer always; the mentor while being asked, and from acceptance on."""
    if user.pk == request.mentee_id:
        return True
    return bool(user.pk == request.mentor_id and request.state in SHOWN_TO_MENTOR)


def may_read_intake(user: User, request: Request) -> bool:
    """The mentee's aims and challenges: the mentee's own, and the mentor's like the note."""
    return may_read_note(user, request)


def may_read_decline_text(user: User, request: Request) -> bool:
    """Only its writer."""
    return bool(user.pk == request.mentor_id)
