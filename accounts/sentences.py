"""Sentences for this app's constraints, taken from where each constraint says its own."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Those that carry no words of their own, because no form meets them first.
OTHERS: dict[str, str | Promise] = {
    "user_email_lower_case": _("An e-mail address is kept in lower case."),
    "aim_rank_once": _("Each aim has a place of its own."),
    "never_with_one_of_the_two": _("Name a person or an organisation, not both."),
    "never_with_person_once": _("This entry is already on your list."),
    "never_with_email_once": _("This entry is already on your list."),
    "never_with_organisation_once": _("This entry is already on your list."),
}


def sentences() -> dict[str, str | Promise]:
    """Every constraint of this app by name, with its sentence."""
    spoken = {
        constraint.name: constraint.violation_error_message or ""
        for model in apps.get_app_config("accounts").get_models()
        for constraint in model._meta.constraints  # noqa: SLF001 - Django's documented way to a model's options
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
    return {**spoken, **OTHERS}
