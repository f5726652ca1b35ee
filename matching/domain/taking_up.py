"""A pairing that a no after the first conversation has ended is taken up again by a coordinator: it was not meant."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.domain.enrolments import refuse_once_over
from cohorts.models import Enrolment
from common.errors import Refused, WrongState
from common.sentences import NOT_AVAILABLE
from common.transactions import atomically
from common.transitions import Actor, next_state
from matching.domain import independence, locks
from matching.domain.pairings import enter, lock_all, remind_of_beginning
from matching.domain.parties import check_acting
from matching.engine.facts.rules import PAIRED_BEFORE
from matching.letters import pairing_is
from matching.models import Pairing, Request
from matching.models.pairings import EndClass
from matching.sentences import RULES
from matching.states import PAIRING_TRANSITIONS, PairingState
from outbox.domain.post import cancel, post


def is_possible(pairing: Pairing) -> bool:
    """Whether it is over because of an answer after the first conversation. Rules and places are looked at later."""
    return pairing.state == PairingState.ENDED_EARLY and pairing.end_class == EndClass.CHEMISTRY


def take_up_again(*, pairing: Pairing, user: User, actor: Actor, now: datetime) -> Pairing:
    """The two are introduced as before, and each is asked anew: no answer of before is known. Both are told, and not
    whose answer it was.

    Raises `NotPermitted`, `WrongState`, or `Refused` when the cohort is over, the mentee has asked or found somebody
    else, or a rule keeps the two apart.
    """
    check_acting(pairing, user, actor)
    return _take_up_again(pairing.pk, user, actor, now)


@atomically
def _take_up_again(pairing_id: UUID, user: User, actor: Actor, now: datetime) -> Pairing:
    locks.owners()
    pairing = lock_all(pairing_id)
    target = next_state(PAIRING_TRANSITIONS, "take_up_again", pairing.state, actor)
    if not is_possible(pairing):
        raise WrongState
    _check_nothing_stands_against_it(pairing, now)
    pairing.ended_at, pairing.ended_by, pairing.end_class = None, None, ""
    pairing.introduced_at = now
    Enrolment.objects.filter(pk=pairing.mentee_enrolment_id).update(priority_since=None, next_request_since=None)
    cancel(subject_id=pairing.pk, kinds=["pairing_ended"], reason=pairing_is(PairingState.INTRODUCED))
    occasion = f"{now:%Y%m%dT%H%M%S}"
    for person in (pairing.mentee, pairing.mentor):
        post(kind="pairing_taken_up", subject=pairing, person=person, due_at=now, occasion=occasion)
    remind_of_beginning(pairing, now, again=f" {occasion}")
    return enter(pairing, target, "take_up_again", actor, user, now)


def _check_nothing_stands_against_it(pairing: Pairing, now: datetime) -> None:
    refuse_once_over(pairing.cohort, pairing.mentee, now)
    of_mentee = {"mentee_enrolment": pairing.mentee_enrolment_id}
    if Request.objects.pending().filter(**of_mentee).exists():
        raise Refused(_("The mentee has asked somebody else meanwhile: withdraw that request first."), code="asked")
    if Pairing.objects.open().filter(**of_mentee).exists():
        raise Refused(_("The mentee has found another mentor meanwhile."), code="paired")
    mentee, mentor = pairing.mentee_enrolment, pairing.mentor_enrolment
    for rule in independence.broken(mentee=mentee, mentor=mentor, now=now, present=True):
        if rule is not PAIRED_BEFORE:  # that is what is taken up
            raise Refused(RULES[rule.public_key].pair or NOT_AVAILABLE, code=rule.public_key)
