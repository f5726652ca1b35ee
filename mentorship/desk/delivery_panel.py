"""Whether letters flow, in a coordinator's words: one sentence, what keeps them, and what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox.domain import health
from outbox.domain.health import Flow, Problem
from outbox.models import Letter, LetterState, TroubleKind

MOMENT = timedelta(minutes=1)

ADVICE: dict[Problem, Promise] = {
    Problem.RESTORED: gettext_lazy(
        "Look at the e-mails that may have arrived, and decide for each whether it is sent again. Then resume."
    ),
    Problem.PAUSED: gettext_lazy("Resume as soon as the reason is gone. What was due meanwhile leaves then."),
    Problem.REFUSED: gettext_lazy(
        "Whoever runs the site must look at the mail account: its password, and whether it may use the sender's "
        "address. Then resume. Until somebody does, one e-mail is tried every quarter of an hour. No e-mail is lost."
    ),
    Problem.BEAT_SILENT: gettext_lazy(
        "Whoever runs the site must start the service “beat” again. What is due leaves when it is back."
    ),
    Problem.WORKERS_SILENT: gettext_lazy(
        "Whoever runs the site must start the service “worker” again. What is due leaves when it is back."
    ),
    Problem.LATE: gettext_lazy(
        "If nothing else is said here, look at the e-mails that wait: each says what the mail server answered."
    ),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that keeps letters, and what to do about it."""

    sentence: str
    advice: Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """What the desk shows of the flow of letters."""

    flowing: bool
    stopped: bool
    headline: str
    troubles: list[Trouble]
    facts: list[tuple[str, int, str]]  # words, a number, the list's filter


def panel(now: datetime, letters: QuerySet[Letter] | None = None) -> Panel:
    """How letters stand at `now` (programme time); the numbers are of `letters`, those that whoever asks may see."""
    flow = health.flow()
    return Panel(
        flowing=flow.flowing,
        stopped=flow.stopped,
        headline=_headline(flow, now),
        troubles=[Trouble(_sentence(problem, flow), ADVICE[problem]) for problem in flow.problems],
        facts=[] if letters is None else _facts(letters, now),
    )


def _facts(letters: QuerySet[Letter], now: datetime) -> list[tuple[str, int, str]]:
    counts = letters.order_by().aggregate(
        due=Count("pk", filter=Q(state=LetterState.PENDING, due_at__lte=now)),
        dead=Count("pk", filter=Q(state=LetterState.DEAD)),
        held=Count("pk", filter=Q(state=LetterState.HELD)),
        sent=Count("pk", filter=Q(state=LetterState.SENT)),
    )
    shown = (
        (_("Due now"), "due", LetterState.PENDING),
        (_("Could not be delivered"), "dead", LetterState.DEAD),
        (_("May have arrived"), "held", LetterState.HELD),
        (_("Sent"), "sent", LetterState.SENT),
    )
    return [(words, counts[name], f"state__exact={state}") for words, name, state in shown]


def _headline(flow: Flow, now: datetime) -> str:
    if flow.stopped:
        return _("All e-mails wait.")
    if not flow.flowing:
        return _("E-mails are not leaving as they should.")
    if flow.last_sent_at is None:
        return _("E-mails are ready to leave. None was sent yet.")
    if now - flow.last_sent_at < MOMENT:
        return _("E-mails are flowing. The last one left a moment ago.")
    return _("E-mails are flowing. The last one left %(time)s ago.") % {
        "time": timesince(flow.last_sent_at, now, depth=1)
    }


def _sentence(problem: Problem, flow: Flow) -> str:
    trouble = {each.kind: each for each in flow.troubles}
    if problem == Problem.RESTORED:
        restored = trouble[TroubleKind.RESTORED]
        return _("A backup was restored on %(when)s. What was due by then may have arrived, and is held.") % {
            "when": _when(restored.began_at)
        }
    if problem == Problem.PAUSED:
        paused = trouble[TroubleKind.PAUSED]
        return _("%(name)s paused all e-mails on %(when)s.") % {
            "name": paused.paused_by or _("Somebody"),
            "when": _when(paused.began_at),
        }
    if problem == Problem.REFUSED:
        refused = trouble[TroubleKind.REFUSED]
        return _("Since %(when)s the mail server refuses us: “%(answer)s”.") % {
            "when": _when(refused.began_at),
            "answer": refused.detail,
        }
    if problem == Problem.LATE:
        return _("E-mails have been late since %(when)s.") % {"when": _when(trouble[TroubleKind.LATE].began_at)}
    if problem == Problem.BEAT_SILENT:
        return _silent(_("The scheduler"), flow.beat_at)
    return _silent(_("The worker that sends"), flow.worker_at)


def _silent(who: str, at: datetime | None) -> str:
    if at is None:
        return _("%(who)s has never been heard of.") % {"who": who}
    return _("%(who)s has not been heard of since %(when)s.") % {"who": who, "when": _when(at)}


def _when(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
