"""Nothing of the demo works anywhere else, even if it were installed there by mistake."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def refuse_unless_demo() -> None:
    """Raise `ImproperlyConfigured` where DEMO is not set."""
    if not is_demo():
        raise ImproperlyConfigured("This belongs to the demo, and DEMO is not set.")


def is_demo() -> bool:
    """Whether these are the demo's settings (or the tests')."""
    return getattr(settings, "DEMO", False) is True
