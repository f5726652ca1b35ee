"""Letters paused by hand or after a restore, refused by the mail server, or late: begun, seen, ended. One open row of a
kind.

Times here are real time: a mail server knows nothing of the programme's clock.
"""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from common.errors import WrongState
from common.models import Event
from common.transitions import Actor
from outbox.models import Trouble, TroubleKind

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

PROBE_AFTER = timedelta(minutes=15)
URGENT_PROBE_AFTER = timedelta(minutes=1)
STOPPING = (TroubleKind.RESTORED, TroubleKind.PAUSED, TroubleKind.REFUSED)


def is_stopped(*, urgent: bool = False) -> bool:
    """Whether no letter may leave now: paused, or refused and not yet time to try with one letter again. Nobody pauses
    `urgent` ones, and with them a server that refuses us is tried sooner: somebody waits for them.
    """
    if urgent:
        tried_again_at = Now() + (PROBE_AFTER - URGENT_PROBE_AFTER)
        return Trouble.objects.open().filter(kind=TroubleKind.REFUSED, retry_at__gt=tried_again_at).exists()
    return Trouble.objects.open().filter(Q(retry_at__isnull=True) | Q(retry_at__gt=Now()), kind__in=STOPPING).exists()


def hold_up_urgent() -> bool:
    """Whether even urgent letters may leave late just now. That somebody paused the others does not count."""
    return Trouble.objects.open().filter(kind__in=(TroubleKind.REFUSED, TroubleKind.LATE)).exists()


def refused(answer: str) -> None:
    """The mail server refuses us: nothing leaves until somebody resumes, or one letter is tried later."""
    began = begin(TroubleKind.REFUSED, detail=answer)
    Trouble.objects.open().filter(kind=TroubleKind.REFUSED).update(detail=answer, retry_at=Now() + PROBE_AFTER)
    if began:
        logger.error("the mail server refuses us; all letters wait", extra={"answer": answer})


def over(kind: TroubleKind) -> bool:
    """It has passed by itself; whether there was any."""
    return bool(Trouble.objects.open().filter(kind=kind).update(ended_at=Now()))


@transaction.atomic
def pause_all(*, user: "User", now: datetime) -> Trouble:
    """Send nothing until somebody resumes. Raises `WrongState` when it is paused already."""
    trouble = begin(TroubleKind.PAUSED, paused_by=user)
    if trouble is None:
        raise WrongState
    Event.record(verb="pause_letters", subject=trouble, actor=Actor.COORDINATOR, now=now, user=user)
    return trouble


@transaction.atomic
def resume_all(*, user: "User", now: datetime) -> None:
    """Let letters leave again, whatever stopped them. Raises `WrongState` when they do already."""
    stopping = list(Trouble.objects.open().filter(kind__in=STOPPING).select_for_update())
    if not stopping:
        raise WrongState
    for trouble in stopping:
        Event.record(verb="resume_letters", subject=trouble, actor=Actor.COORDINATOR, now=now, user=user)
    Trouble.objects.filter(pk__in=[each.pk for each in stopping]).update(ended_at=Now())


def begin(kind: TroubleKind, **facts: object) -> Trouble | None:
    """Open a row of this kind; None if one is open, also when another worker was quicker."""
    try:
        with transaction.atomic():
            return Trouble.objects.create(kind=kind, began_at=Now(), **facts)
    except IntegrityError:
        return None
