"""What an assistant sees and does of a leader's meetings: their times, and with whom. Nothing else is read here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.calendars import DAY
from accounts.models import User
from cohorts.states import Role
from common.errors import NotPermitted
from common.models import Event
from common.queries import among
from common.transitions import Actor
from engagements.domain.sides import side_of
from engagements.models import Assistant, Meeting
from engagements.states import MEETING, AssistantState, MeetingState
from matching.domain.parties import part_of
from matching.models import Pairing
from outbox.domain.post import NewLetter

# Whether the two have met is theirs to say, and theirs to see.
SHOWN = (MeetingState.PROPOSED, MeetingState.AGREED, MeetingState.CANCELLED)
LINES = 50  # of what was done for a leader: the newest


@dataclass(frozen=True, slots=True)
class Acting:
    """In which part `user` acts on a meeting, for which of the two: `person`, on `side`."""

    actor: Actor
    side: Role
    person: User
    user: User
    assistant: Assistant | None = None

    def fields(self) -> list[str]:
        """What the line of history adds: for which side an assistant acted."""
        return [self.side.value] if self.assistant else []


def acting(pairing: Pairing, user: User, assistant: Assistant | None) -> Acting:
    """`user` as one of the two, or as the assistant of one of them. Raises `NotPermitted` for anybody else, for an
    assistant who is the other side, and as soon as it is over: what they do and its end wait for each other.
    """
    if assistant is None:
        part = part_of(pairing, user)
        return Acting(part, Role(part.value), user, user)
    row = Assistant.objects.select_for_update(of=("self",)).select_related("leader").filter(pk=assistant.pk).first()
    serves = row is not None and row.state == AssistantState.SERVING and row.person_id == user.pk
    if row is None or not serves or user.pk in (pairing.mentee_id, pairing.mentor_id):
        raise NotPermitted
    return Acting(Actor.ASSISTANT, side_of(pairing, row.leader), row.leader, user, row)


def pairings_for(assistants: Iterable[Assistant]) -> QuerySet[Pairing]:
    """In which these leaders may plan to meet somebody; without those in which their assistant is the other side."""
    wanted = Q()
    for row in assistants:
        person, leader = row.person_id, row.leader_id
        wanted |= Q(mentee=leader) & ~Q(mentor=person) | Q(mentor=leader) & ~Q(mentee=person)
    found = Pairing.objects.filter(wanted, state__in=MEETING) if wanted else Pairing.objects.none()
    return found.select_related("mentee__profile", "mentor__profile").order_by("pk")


def open_meetings(pairings: Iterable[Pairing]) -> QuerySet[Meeting]:
    """Those proposed or agreed, the next one first."""
    return Meeting.objects.open().filter(pairing__in=among(pairing.pk for pairing in pairings)).defer("place")


def meetings_for(assistant: Assistant) -> QuerySet[Meeting]:
    """The meetings whose page the assistant may open."""
    person, leader = assistant.person_id, assistant.leader_id
    of_leader = Q(pairing__mentee=leader) & ~Q(pairing__mentor=person)
    of_leader |= Q(pairing__mentor=leader) & ~Q(pairing__mentee=person)
    found = Meeting.objects.filter(of_leader, state__in=SHOWN).defer("place")
    return found.select_related("pairing__mentee__profile", "pairing__mentor__profile")


def agreed_for(assistants: Iterable[Assistant], now: datetime) -> list[tuple[Assistant, Meeting]]:
    """For a calendar: meetings agreed on that lie ahead or are of today, each with the assistant of one of the two."""
    serving = list(assistants)
    if not serving:
        return []
    pairings = {pairing.pk: pairing for pairing in pairings_for(serving)}
    found = open_meetings(pairings.values()).filter(state=MeetingState.AGREED, starts_at__gt=now - DAY)
    pairs = [(row, meeting) for meeting in found for row in serving]
    for _row, meeting in pairs:
        meeting.pairing = pairings[meeting.pairing_id]
    return [(row, meeting) for row, meeting in pairs if is_assisted(row, meeting.pairing)]


def is_assisted(assistant: Assistant, pairing: Pairing) -> bool:
    """Whether the leader is one of the two, and the assistant is not the other."""
    both = (pairing.mentee_id, pairing.mentor_id)
    return assistant.leader_id in both and assistant.person_id not in both


def letters_to_assistants(
    kind: str, meeting: Meeting, leaders: Iterable[User], *, occasion: str, without: User | None, now: datetime
) -> list[NewLetter]:
    """One for each assistant of these leaders who is to be written to, but not to whoever did it."""
    both = (meeting.pairing.mentee_id, meeting.pairing.mentor_id)
    serving = Assistant.objects.serving().filter(leader__in=[leader.pk for leader in leaders], emails=True)
    told = {row.person for row in serving.exclude(person__in=both).select_related("person__profile") if row.person}
    ordered = sorted(told - {without}, key=lambda person: str(person.pk))
    return [NewLetter(kind, meeting, person, now, occasion) for person in ordered]


def name_handlers(meetings: Iterable[Meeting]) -> None:
    """Read who handled these for one of the two, in one query where anybody did."""
    by_assistants = [meeting for meeting in meetings if meeting.handled_id]
    if not by_assistants:
        return
    rows = Assistant.objects.select_related("person", "leader")
    known = rows.in_bulk({meeting.handled_id for meeting in by_assistants if meeting.handled_id})
    for meeting in by_assistants:
        meeting.handled = known.get(meeting.handled_id) if meeting.handled_id else None


def done_for(leader: User) -> list[Event]:
    """What was done by, and about, the assistants of `leader`, newest first."""
    for_mentee = Q(mentee=leader, fields=Role.MENTEE.value)
    for_mentor = Q(mentor=leader, fields=Role.MENTOR.value)
    on_meetings = Q(subject_type="meeting", actor=Actor.ASSISTANT.value) & (for_mentee | for_mentor)
    lines = Event.objects.filter(on_meetings | Q(subject_type="assistant", person=leader))
    return list(lines.order_by("-at", "-id")[:LINES])
