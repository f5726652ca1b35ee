"""Who may read what is said inside a pairing. Coordinators and superusers: nothing of it, ever."""

from datetime import datetime

from accounts.models import User
from engagements.models import Agreement, CheckIn, Review
from matching.models import Pairing


def is_one_of(user: User, pairing: Pairing) -> bool:
    """Whether `user` is one of the two."""
    return user.pk in (pairing.mentee_id, pairing.mentor_id)


def may_read_scores(user: User, check_in: CheckIn, *, shared_since: datetime | None = None) -> bool:
    """Scores are the answering side's own; the other's, too, if they were answered since both share theirs."""
    if check_in.person_id == user.pk:
        return True
    answered, since = check_in.answered_at, shared_since
    return is_one_of(user, check_in.pairing) and None not in (answered, since) and answered >= since  # type: ignore[operator]


def may_read_line(user: User, check_in: CheckIn) -> bool:
    """The line is written to the other side: both read it."""
    return is_one_of(user, check_in.pairing)


def may_read_amendments(user: User, agreement: Agreement) -> bool:
    """Both read what they sign."""
    return is_one_of(user, agreement.pairing)


def may_read_review_words(user: User, review: Review) -> bool:
    """One's own always; the other side's if its writer wishes, once the pairing is over."""
    if review.person_id == user.pk:
        return True
    return review.shared and is_one_of(user, review.pairing) and not review.pairing.is_open


def may_see_contact_details(user: User, pairing: Pairing) -> bool:
    """From acceptance on; no longer once the pairing was ended early."""
    return is_one_of(user, pairing) and (pairing.is_open or pairing.state == "completed")


def may_read_end_text(user: User, pairing: Pairing) -> bool:
    """Why a pairing was ended stays with whoever wrote it."""
    return bool(pairing.ended_by_id == user.pk)
