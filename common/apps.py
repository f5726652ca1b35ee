"""What all apps share."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Collect what the constraints of all models say; by now every app's models are loaded."""
        from common import sentences

        sentences.register_models()
