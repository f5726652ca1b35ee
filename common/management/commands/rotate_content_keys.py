"""`manage.py rotate_content_keys`: puts every wrapped secret under the first of CONTENT_KEYS. It may be broken off."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.content.keys import current_master
from common.content.rotation import Wrapping, registered, rotate

EVERY = 500  # rows between two lines of progress


class Command(BaseCommand):
    """Rewrap content keys and second-factor secrets; the sealed words themselves are not touched."""

    help = "Puts every content key and second-factor secret under the first of CONTENT_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Exit code 1, with their ids, when some cannot be opened: the key that wrapped them is missing."""
        unopened = [f"{wrapping.name}: {pk}" for wrapping in registered() for pk in self._rotate(wrapping)]
        if unopened:
            said = "\n".join(unopened)
            raise CommandError(f"{len(unopened)} could not be opened and stay as they are:\n{said}")
        self.stdout.write(f"Everything is under {current_master()!r}: the other keys may go from CONTENT_KEYS.")

    def _rotate(self, wrapping: Wrapping) -> list[Any]:
        total, unopened = len(list(wrapping.outdated())), []
        for done, (pk, opened) in enumerate(rotate(wrapping), start=1):
            if not opened:
                unopened.append(pk)
            if done % EVERY == 0:
                self.stdout.write(f"{wrapping.name}: {done} of {total}")
        self.stdout.write(f"{wrapping.name}: {total - len(unopened)} put under {current_master()!r}")
        return unopened
