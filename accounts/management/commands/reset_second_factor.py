"""`manage.py reset_second_factor <address>`: for the superuser who has lost theirs and has no other to ask."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain import second_factor
from accounts.models import User
from common.clock import now
from common.errors import Refused


class Command(BaseCommand):
    """Take away somebody's second factor from the server's command line."""

    help = "Takes away a lost second factor, ends the person's sessions and tells them by e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email", help="the address the person signs in with")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        """Exit code 1 for an unknown address, and where no second factor is set up."""
        person = User.objects.filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody signs in with {email}.")
        try:
            second_factor.reset(person=person, user=None, now=now())
        except Refused as refused:
            raise CommandError(str(refused.sentence)) from refused
        self.stdout.write(f"{person}: the second factor is taken away; they sign in and set up a new one.")
