"""`manage.py seed_demo`: fills an empty database with the demo's fictional programme."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from common.clock import now
from mentorship.demo.guard import refuse_unless_demo
from mentorship.demo.seed import cohorts, people
from outbox.models import Letter, LetterState

BEFORE_THE_DEMO = "From before this demo began."


class Command(BaseCommand):
    """Write the programme, once."""

    help = "Writes the demo's organisations, people, cohorts and pairings into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--fresh` empties the database first."""
        parser.add_argument("--fresh", action="store_true", help="empty the database first, and begin anew")

    def handle(self, *_args: Any, **options: Any) -> None:
        """All or nothing; with people there already, nothing."""
        try:
            refuse_unless_demo()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        if options["fresh"]:
            call_command("flush", interactive=False, verbosity=0)
        if User.objects.exists():
            self.stdout.write("There are people already: nothing was written.")
            return
        with transaction.atomic():
            write_programme(now=now().replace(microsecond=0))
        self.stdout.write(f"Everybody signs in with the password {people.demo_password()}")


def write_programme(*, now: datetime) -> None:
    """Everything the demo shows, as of `now`. Letters of the past are struck off: none floods the mailbox."""
    places = people.write_organisations(now=now)
    topics = people.write_topics()
    coordinators = people.write_coordinators(now=now)
    mentors = people.write_mentors(places, topics, now=now)
    mentees = people.write_mentees(places, topics, now=now)
    cohorts.write(mentors, mentees, coordinators, now=now)
    Letter.objects.filter(state=LetterState.PENDING, due_at__lte=now).update(
        state=LetterState.CANCELLED, reason=BEFORE_THE_DEMO
    )
