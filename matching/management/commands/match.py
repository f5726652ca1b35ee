"""`manage.py match --cohort …`: matches a cohort and keeps the run, or only says what would come of it."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from cohorts.models import Cohort
from common.clock import now
from common.errors import Refused
from matching.domain import runs
from matching.domain.run_progress import RunProgress
from matching.domain.run_report import RunReport, report_of
from matching.engine import EngineError

WIDTH = 30


class Command(BaseCommand):
    """Match one cohort."""

    help = "Matches everybody in a cohort who still looks for a mentor, to the proven optimum, and keeps the run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which cohort, and how."""
        parser.add_argument("--cohort", required=True, help="the cohort's name or id")
        parser.add_argument("--protect-worst-off", action="store_true", help="raise the lowest score first")
        parser.add_argument("--spread-load", action="store_true", help="no mentor gets a second mentee unless needed")
        parser.add_argument("--dry-run", action="store_true", help="say what would come of it, and keep nothing")
        parser.add_argument("--json", action="store_true", help="say it as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """The figures go to the output, the progress to the error output."""
        cohort = _cohort(options["cohort"])
        asked = runs.Terms(options["protect_worst_off"], options["spread_load"])
        terms: dict[str, Any] = {"cohort": cohort, "terms": asked, "now": now()}
        progress = RunProgress(self._progress)
        try:
            if options["dry_run"]:
                outcome = runs.compute(**terms, progress=progress)
                said = {"run": None, **runs.figures(outcome), **_made_from(runs.report(outcome))}
            else:
                run = runs.make(**terms, user=None, progress=progress)
                figures = {name: getattr(run, name) for name in FIGURES}
                said = {"run": str(run.pk), **figures, **_made_from(report_of(run))}
        except (EngineError, Refused) as error:
            raise CommandError(str(error.sentence if isinstance(error, Refused) else error)) from error
        finally:
            self.stderr.write("")
        said["cohort"] = cohort.name
        if options["json"]:
            self.stdout.write(json.dumps(said))
            return
        for name, value in said.items():
            self.stdout.write(f"{name:11} {value}")

    def _progress(self, progress: RunProgress) -> None:
        filled = progress.done * WIDTH // progress.of
        self.stderr.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {progress.phase:8}", ending="")
        self.stderr.flush()


def _made_from(report: RunReport) -> dict[str, Any]:
    return {"weights": report.weights, "engine": report.engine, "fingerprint": report.fingerprint}


FIGURES = ("mentees", "places", "matched", "total", "lowest", "blocking_pairs")


def _cohort(said: str) -> Cohort:
    """By name, or by id. Raises `CommandError`, naming those there are."""
    try:
        found = Cohort.objects.filter(pk=UUID(said)).first()
    except ValueError:
        found = Cohort.objects.filter(name=said).first()
    if found is None:
        known = ", ".join(Cohort.objects.values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no cohort {said!r}. There are: {known}")
    cohort: Cohort = found
    return cohort
