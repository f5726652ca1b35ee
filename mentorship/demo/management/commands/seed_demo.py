"""`manage.py seed_demo`: fills an empty database with the demo's fictional programme."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from cohorts.models import Cohort
from common.clock import now
from mentorship.demo.guard import refuse_unless_demo
from mentorship.demo.letters import NotNeeded
from mentorship.demo.seed import cohorts, crowd, people
from mentorship.demo.sign_ins import choose_cast
from outbox.models import Letter, LetterState


class Command(BaseCommand):
    """Write the programme, once."""

    help = "Writes the demo's organisations, people, cohorts and pairings into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--fresh` empties the database first; `--mentors` and `--mentees` add a large cohort."""
        parser.add_argument("--fresh", action="store_true", help="empty the database first, and begin anew")
        parser.add_argument("--mentors", type=int, default=0, help="add a large cohort with so many mentors")
        parser.add_argument("--mentees", type=int, default=0, help="and so many mentees")

    def handle(self, *_args: Any, **options: Any) -> None:
        """All or nothing; with people there already, nothing."""
        try:
            refuse_unless_demo()
            crowd.check(options["mentors"], options["mentees"])
        except (ImproperlyConfigured, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["fresh"]:
            call_command("flush", interactive=False, verbosity=0)
        at = now().replace(microsecond=0)
        if User.objects.exists():
            self.stdout.write("There are people already: nothing was written.")
        else:
            with transaction.atomic():
                write_programme(now=at)
            self.stdout.write(f"Everybody signs in with the password {people.demo_password()}")
        if options["mentors"] or options["mentees"]:
            self._add_crowd(options["mentors"], options["mentees"], at)

    def _add_crowd(self, mentors: int, mentees: int, at: datetime) -> None:
        if Cohort.objects.filter(name=crowd.NAME).exists():
            self.stdout.write("There is a large cohort already: it was left as it is.")
            return
        with transaction.atomic():
            crowd.write(mentors=mentors, mentees=mentees, now=at, progress=self._progress)
        self.stdout.write(f"{crowd.NAME}: {mentors} mentors, {mentees} mentees")

    def _progress(self, what: str, done: int) -> None:
        self.stdout.write(f"  {what}: {done}")


def write_programme(*, now: datetime) -> None:
    """Everything the demo shows, as of `now`. Letters of the past are struck off: none floods the mailbox."""
    places = people.write_organisations(now=now)
    topics = people.write_topics()
    coordinators = people.write_coordinators(now=now)
    mentors = people.write_mentors(places, topics, now=now)
    mentees = people.write_mentees(places, topics, now=now)
    cohorts.write(mentors, mentees, coordinators, now=now)
    choose_cast()
    Letter.objects.filter(state=LetterState.PENDING, due_at__lte=now).update(
        state=LetterState.CANCELLED, reason=NotNeeded.BEFORE_THE_DEMO, detail=""
    )
