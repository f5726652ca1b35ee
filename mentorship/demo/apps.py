"""The demo's app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mentorship.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let pages read the clock once; register the demo's reasons."""
        from mentorship.demo import clock, letters
        from outbox import reasons

        reasons.register(letters.NotNeeded)
        clock.remember_during_requests()
