"""An app for the worker that test_killed_worker starts: one kind of letter."""

from django.apps import AppConfig


class WorkerApp(AppConfig):
    name = "tests.outbox.worker_app"
    label = "worker_app"

    def ready(self) -> None:
        from outbox.kinds import LetterKind, Scope, register
        from tests.outbox.conftest import plain

        register(LetterKind("reminder", plain, scope=Scope.SITE))
