"""Columns made from a row's `name` whenever it is written."""

from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.names import folded, identity

if TYPE_CHECKING:
    Text = models.TextField[str, str]
else:
    Text = models.TextField


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
