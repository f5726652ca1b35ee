"""`manage.py demo_clock +14d`, `+3h` or `show`: the demo's clock."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from mentorship.demo import clock

UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def distance(text: str) -> timedelta | None:
    """`+14d`, `+3h`, `+2w` as a step; None for `show`. Raises `ArgumentTypeError`."""
    if text == "show":
        return None
    found = re.fullmatch(r"\+(\d{1,4})([hdw])", text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is neither `show` nor a step forward such as +3h, +14d or +2w")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


class Command(BaseCommand):
    """Show or move the demo's clock."""

    help = "Moves the demo's clock forward hour by hour, running what is due at each, or shows it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word: how far, or `show`."""
        parser.add_argument("step", type=distance, nargs="?", help="+3h, +14d, +2w, or show (the default)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Move, then say what the clock shows."""
        try:
            moment = clock.advance(options["step"]) if options["step"] is not None else clock.now()
        except (ValueError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The demo's clock shows {moment:%A %d %B %Y, %H:%M} UTC.")
