"""A sentence for each named constraint and trigger, so that a person never meets an IntegrityError.

A model's constraint says it in the model (`violation_error_message`), a trigger or constraint written in SQL beside the
list of these (`matching/checks.py`).
"""

from collections.abc import Mapping

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import Refused

# What a mentee reads of everything that is not told apart: a full mentor, one away, one who withdrew, private lists.
NOT_AVAILABLE = _("This is not available at present.")

_SENTENCES: dict[str, str | Promise] = {}


def register(sentences: Mapping[str, str | Promise]) -> None:
    """Add sentences by constraint name (called in `ready()`).

    Raises `ImproperlyConfigured` where a name has another sentence already.
    """
    for name, sentence in sentences.items():
        known = _SENTENCES.setdefault(name, sentence)
        if known is not sentence and str(known) != str(sentence):
            raise ImproperlyConfigured(f"The constraint {name} has two sentences: {known!s} / {sentence!s}")


def register_models() -> None:
    """Add what the constraints of all installed models say."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:  # noqa: SLF001 - Django's documented way to a model's options
            said = constraint.violation_error_message
            if said is not None and said is not constraint.default_violation_error_message:
                register({constraint.name: said})


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
    return refused_by(constraint_of(error) or "integrity")


def refused_by(name: str) -> Refused:
    """What the constraint of this name says, for a domain function that looks before the database does."""
    fallback = _("This cannot be saved as it stands. Please reload the page and try again.")
    return Refused(_SENTENCES.get(name, fallback), code=name)
