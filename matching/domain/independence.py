"""Whether a mentee may ask or keep a mentor. The engine's table of rules says it; this brings it cards and words."""

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.domain.relations import OrganisationRelations
from cohorts.models import Enrolment
from common.dates import day_of
from common.errors import Refused
from common.prepared import prepared
from matching.domain.cards import CardBuilder, rules_of
from matching.engine import MenteeCard, MentorCard, Rule, flags, violations
from matching.models import Waiver
from matching.sentences import RULES

# Rules whose reason passes with time, by key; each still holds back a new request. A shortlist is looked at again when
# each mentor's turn comes, so one who is full or away now may be on it.
PASSES_FOR_SHORTLIST = frozenset({"asked_already", "mentee_unconfirmed", "full", "away"})


class NotIndependent(Refused):
    """A rule excludes the pair. `code` is the rule's public name: private and practical reasons share one."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(RULES[rule.public_key].refusal, code=rule.public_key)


def cards_for(
    mentee: Enrolment,
    mentor: Enrolment,
    *,
    now: datetime,
    leave_out: UUID | None = None,
    present: bool = False,
    relations: OrganisationRelations | None = None,
) -> tuple[MenteeCard, MentorCard]:
    """The two cards of one pair. `leave_out`, `present` and `relations` as for the `CardBuilder`."""
    people = {mentee.person_id, mentor.person_id}
    builder = CardBuilder(mentee.cohort, people, now=now, leave_out=leave_out, relations=relations)
    mentors = builder.mentors([mentor], present=present)
    return builder.mentees([mentee])[mentee.person_id], mentors[mentor.person_id]


def broken(
    *, mentee: Enrolment, mentor: Enrolment, now: datetime, leave_out: UUID | None = None, present: bool = False
) -> tuple[Rule, ...]:
    """The rules that exclude this pair of enrolments of one cohort now, waivers considered; none when it may be."""
    cards = cards_for(mentee, mentor, now=now, leave_out=leave_out, present=present)
    return violations(*cards, rules_of(mentee.cohort), waived=is_waived(mentee, mentor, now))


def is_waived(mentee: Enrolment, mentor: Enrolment, now: datetime) -> bool:
    """Whether a coordinator's waiver stands for the pair today."""
    pair = {"cohort": mentee.cohort_id, "mentee": mentee.person_id, "mentor": mentor.person_id}
    return bool(_waivers(**pair, on=day_of(now)))


@prepared
def _waivers(*, cohort: UUID, mentee: UUID, mentor: UUID, on: date) -> QuerySet[Waiver, UUID]:
    found = Waiver.objects.in_force(on).filter(cohort=cohort, mentee=mentee, mentor=mentor)
    return found.values_list("pk", flat=True)


def check(
    *, mentee: Enrolment, mentor: Enrolment, now: datetime, leave_out: UUID | None = None, present: bool = False
) -> None:
    """Raise `NotIndependent` for the first rule that excludes the pair.

    What may be told comes first only when nothing private stands behind it: the table's order sees to that.
    """
    found = broken(mentee=mentee, mentor=mentor, now=now, leave_out=leave_out, present=present)
    if found:
        raise NotIndependent(found[0])


def flagged(*, mentee: Enrolment, mentor: Enrolment, now: datetime) -> tuple[Rule, ...]:
    """The rules this pair breaks which the cohort only flags for its coordinators."""
    return flags(*cards_for(mentee, mentor, now=now), rules_of(mentee.cohort))


def card_of(mentee: Enrolment, *, now: datetime, relations: OrganisationRelations) -> MenteeCard:
    """A mentee's card, for whoever has the relations of the day already."""
    builder = CardBuilder(mentee.cohort, {mentee.person_id}, now=now, relations=relations)
    return builder.mentees([mentee])[mentee.person_id]
