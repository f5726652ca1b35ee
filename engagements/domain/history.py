"""What has happened in a pairing, as either of the two may read it."""

from collections.abc import Iterable

from common.models import Event
from matching.models import Pairing

# A chemistry answer is private, and who ended a pairing is nobody's fault: neither is told here with a name.
TOLD = frozenset(
    {
        "accept",
        "activate",
        "pause",
        "resume",
        "begin_closing",
        "complete",
        "end_early",
        "write_agreement",
        "sign_agreement",
    }
)


def told(pairings: Iterable[Pairing], *, newest: int | None = None) -> list[Event]:
    """The lines of history that both sides of each may read, newest first; at most `newest` of them."""
    subjects = [subject for pairing in pairings for subject in (pairing.pk, pairing.request_id)]
    if not subjects:
        return []
    of_both = Event.objects.filter(
        subject_type__in=("pairing", "request"), subject_id__in=subjects, verb__in=TOLD
    )
    return list(of_both[:newest])
