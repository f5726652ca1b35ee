"""What has happened in a pairing, as either of the two may read it."""

from collections.abc import Iterable

from common.models import Event
from matching.models import Pairing

# A chemistry answer is private, and who ended a pairing is nobody's fault: neither is told here with a name.
TOLD = frozenset(
    {
        "introduce",
        "write_agreement",
        "sign_agreement",
        "activate",
        "pause",
        "resume",
        "begin_closing",
        "complete",
        "end_early",
    }
)


def told(pairings: Iterable[Pairing], *, newest: int | None = None) -> list[Event]:
    """The lines of history that both sides of each may read, newest first; at most `newest` of them."""
    subjects = [pairing.pk for pairing in pairings]
    if not subjects:
        return []
    lines = Event.objects.filter(subject_type="pairing", subject_id__in=subjects, verb__in=TOLD)
    return list(lines.order_by("-at", "-id")[:newest])
