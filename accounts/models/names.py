"""Names of people and of organisations, and the columns made from a row's `name` whenever it is written."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext

from accounts.names import folded, identity

if TYPE_CHECKING:
    Text = models.TextField[str, str]
    Words = models.CharField[str, str]
else:
    Text, Words = models.TextField, models.CharField

ERASED_NAME = "person:erased"  # what stands in the database for the name of somebody whose data was erased

ERASED_DOMAIN = "erased.invalid"  # their addresses: no mail server ever has this domain


def shown_address(email: str) -> str:
    """An address for a page; "" for what stands in the place of an erased one."""
    return "" if email.endswith(f"@{ERASED_DOMAIN}") else email


class FormerMember(str):  # noqa: SLOT000 - as a name, it must be a whole string
    """What stands for the name of somebody whose data was erased, in the language of whoever reads it."""

    def __new__(cls, *_as_it_was: str) -> Self:
        return super().__new__(cls, gettext("Former member"))

    def __str__(self) -> str:
        return gettext("Former member")


class PersonNameField(Words):
    """A person's name. Read from the database, that of an erased person is a `FormerMember`."""

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        return FormerMember() if value == ERASED_NAME else value

    def get_prep_value(self, value: Any) -> Any:
        return ERASED_NAME if isinstance(value, FormerMember) else super().get_prep_value(value)


class IdentityField(Text):
    """What all spellings of the name share."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        made = identity(model_instance.name)
        setattr(model_instance, self.attname, made)
        return made


class FoldedField(Text):
    """The name as it is compared and searched."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        made = folded(model_instance.name)
        setattr(model_instance, self.attname, made)
        return made
