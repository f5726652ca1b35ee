"""Kinds of letters for the attack, each naming its rows in its text."""

import os
import signal

from django.apps import AppConfig


class ChaosApp(AppConfig):
    name = "tests.chaos"
    label = "chaos"

    def ready(self) -> None:
        from outbox.kinds import Content, Item, LetterKind, Recipient, Scope, register
        from outbox.models import Letter
        from tests.chaos import controls  # noqa: F401 - registers the tasks

        def invited(letter: Letter) -> Recipient:
            return Recipient(f"{letter.occasion}@example.org", "Somebody", "en-gb")

        def render(letter: Letter, _recipient: Recipient) -> Content:
            return Content("A letter", f"row:{letter.pk}", f"<p>row:{letter.pk}</p>")

        def item(letter: Letter, recipient: Recipient) -> Item:
            return Item("A thing", f"row:{letter.pk}", "https://x.example/", "Look", recipient.unsubscribe_url)

        def poison(_letter: Letter, _recipient: Recipient) -> Content:
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        register(
            LetterKind("chaos_plain", render, recipient=invited, scope=Scope.INVITATION),
            LetterKind("chaos_poison", poison, recipient=invited, scope=Scope.INVITATION),
            LetterKind("chaos_thing", render, item=item, scope=Scope.SITE),
        )
