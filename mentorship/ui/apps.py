"""The app that carries the template tags."""

from functools import lru_cache

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import trans_real

MOST_SENTENCES = 10_000


class UiConfig(AppConfig):
    name = "mentorship.ui"
    label = "ui"

    def ready(self) -> None:
        """Have each sentence looked up once a process: a page asks for some hundred, and one that no catalogue has is
        looked for in that of every app.
        """
        for language, _name in settings.LANGUAGES:
            catalogue = trans_real.translation(language)
            catalogue.gettext = lru_cache(MOST_SENTENCES)(catalogue.gettext)  # type: ignore[method-assign]  # one object's
