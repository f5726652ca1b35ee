"""`manage.py outbox status | drain | retry | hold | kinds | pulse`: e-mails from the command line."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError

from common.clock import now
from common.errors import WrongState
from outbox.domain import delivery, enclosures, health, resending, restoring
from outbox.kind_table import table
from outbox.models import Letter, LetterState

SILENT, CANNOT_TELL = 1, 2


class Command(BaseCommand):
    """See how letters stand, send what is due, try again what could not be delivered."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        status = verbs.add_parser("status", help="how letters stand; exit code 1 when they do not flow")
        drain = verbs.add_parser("drain", help="send what is due, here and now, without a worker")
        retry = verbs.add_parser("retry", help="send again what could not be delivered, or is held")
        retry.add_argument("ids", nargs="*", metavar="ID", help="only these letters")
        retry.add_argument("--kind", help="only letters of this kind")
        hold = verbs.add_parser("hold", help="after a backup was restored: hold what was due, and stop all e-mails")
        verbs.add_parser("kinds", help="all kinds of e-mails, as the table of docs/emails.md")
        pulse = verbs.add_parser(
            "pulse", help="exit code 1 when this worker, or beat, is silent; 2 when nobody can tell"
        )
        pulse.add_argument("name", help='"beat", or "worker:" and the name the worker gives itself')
        for verb in (status, drain, retry, hold):
            verb.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _status(self, options: dict[str, Any]) -> None:
        status = health.status(now())
        self._say(
            options,
            flowing=status.flowing,
            problems=[str(problem) for problem in status.problems],
            letters=status.counts,
            due=status.due,
            retrying=status.retrying,
            doubted=status.doubts,
            oldest_due_at=status.oldest_due_at,
            last_sent_at=status.last_sent_at,
            beat_at=status.beat_at,
            worker_at=status.worker_at,
        )
        if not status.flowing:
            sys.exit(1)

    def _drain(self, options: dict[str, Any]) -> None:
        freed, total = delivery.reap(), 0
        enclosures.clear()
        while sent := delivery.deliver_due(now(), at_once=True):
            total += sent
        self._say(options, freed=freed, sent=total, due=health.status(now()).due)

    def _retry(self, options: dict[str, Any]) -> None:
        letters = Letter.objects.filter(state__in=(LetterState.DEAD, LetterState.HELD))
        if options["ids"]:
            letters = letters.filter(pk__in=options["ids"])
        if options["kind"]:
            letters = letters.filter(kind=options["kind"])
        chosen = list(letters)
        for letter in chosen:
            resending.resend(letter=letter, user=None, now=now())
        self._say(options, retried=len(chosen))

    def _hold(self, options: dict[str, Any]) -> None:
        try:
            held = restoring.hold_restored(now=now())
        except WrongState as error:
            raise CommandError("All e-mails wait already, since a backup was restored.") from error
        self._say(options, held=held)

    def _kinds(self, _options: dict[str, Any]) -> None:
        self.stdout.write(table(), ending="")

    def _pulse(self, options: dict[str, Any]) -> None:
        try:
            silent = health.silent(options["name"])
        except DatabaseError as error:
            self.stderr.write(f"nobody can tell: {error}")
            sys.exit(CANNOT_TELL)
        if silent:
            sys.exit(SILENT)

    def _say(self, options: dict[str, Any], **facts: Any) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(facts, cls=DjangoJSONEncoder))
            return
        for name, value in facts.items():
            words = ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
            words = ", ".join(words) if isinstance(words, list) else words
            self.stdout.write(f"{name.replace('_', ' ')}: {'–' if words in (None, '') else words}")
