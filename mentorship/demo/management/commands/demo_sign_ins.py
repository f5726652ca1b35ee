"""`manage.py demo_sign_ins`: whom one can be in the demo, and how."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from mentorship.demo.guard import refuse_unless_demo
from mentorship.demo.seed.people import demo_password
from mentorship.demo.sign_ins import sign_ins


class Command(BaseCommand):
    """List one person for each part."""

    help = "Lists the demo's sign-ins."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print parts and addresses in columns."""
        try:
            refuse_unless_demo()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        people = sign_ins()
        if not people:
            raise CommandError("The demo has no people yet: run `manage.py seed_demo`.")
        width = max(len(str(each.part)) for each in people)
        mailbox = settings.SITE_URL + reverse("demo:mailbox")
        self.stdout.write(f"Sign in with one click at {mailbox},")
        self.stdout.write(f"with a code that is sent there, or with the password {demo_password()}")
        for each in people:
            self.stdout.write(f"  {each.part!s:<{width}}  {each.person.name} <{each.person.email}>")
