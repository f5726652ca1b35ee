"""What all apps share."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Collect what the constraints of all models say (they are loaded by now), and say what is wrapped here."""
        from common import sentences
        from common.content import rotation
        from common.models.content import CONTENT_KEYS

        sentences.register_models()
        rotation.register(CONTENT_KEYS)
