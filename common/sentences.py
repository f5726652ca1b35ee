"""A sentence for each named constraint and trigger, so that a person never meets an IntegrityError."""

from collections.abc import Mapping

from django.db import Error
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import Refused

_SENTENCES: dict[str, str | Promise] = {}


def register(sentences: Mapping[str, str | Promise]) -> None:
    """Add an app's sentences, by constraint name (called in `ready()`)."""
    _SENTENCES.update(sentences)


def registered() -> Mapping[str, str | Promise]:
    """Every sentence, by constraint name."""
    return dict(_SENTENCES)


def constraint_of(error: Error) -> str | None:
    """The name of the constraint or trigger that raised `error`."""
    diag = getattr(error.__cause__, "diag", None)
    name: str | None = getattr(diag, "constraint_name", None)
    return name


def refusal(error: Error) -> Refused:
    """The same as a refusal with words for people."""
    name = constraint_of(error)
    fallback = _("This cannot be saved as it stands. Please reload the page and try again.")
    return Refused(_SENTENCES.get(name or "", fallback), code=name or "integrity")
