"""`manage.py check_invariants`: looks for rows that must not be. Prints names and ids, never what is in a row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.clock import now
from common.invariants import broken_in_snapshot, registered


class Command(BaseCommand):
    """Ask every invariant's query, all of one moment."""

    help = "Looks for rows that break an invariant; prints ids by invariant and fails if there are any."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Exit code 0 when every query gives no row, 1 otherwise."""
        found = broken_in_snapshot(now().date())
        for name, ids in found.items():
            self.stdout.write(f"{name}: {' '.join(ids)}")
        if found:
            raise CommandError(f"{len(found)} of {len(registered())} invariants are broken.")
        self.stdout.write(f"All {len(registered())} invariants hold.")
