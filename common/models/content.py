"""Pairing keys, and the fields sealed with them."""

import secrets
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.content import cipher
from common.content.keys import KEY_BYTES, Wrapped, unwrap, wrap
from common.models.uuid_model import UUIDModel


class ContentKey(UUIDModel):
    """The key of one pairing's content, made with the request. Deleting it makes that content unreadable for
    ever.
    """

    master = models.CharField(max_length=40)
    wrapped = models.BinaryField()

    class Meta:
        verbose_name = _("content key")
        verbose_name_plural = _("content keys")

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def make(cls) -> Self:
        """A new random key, wrapped and saved."""
        row = cls()
        row.rewrap(secrets.token_bytes(KEY_BYTES))
        row.save()
        return row

    def reveal(self) -> bytes:
        """The 32 bytes. Raises `ContentTampered`."""
        return unwrap(Wrapped(self.master, bytes(self.wrapped)), bound_to=str(self.id))

    def rewrap(self, key: bytes) -> None:
        """Put `key` under the current master key (not saved)."""
        wrapped = wrap(key, bound_to=str(self.id))
        self.master, self.wrapped = wrapped.master, wrapped.blob


class SealedField(models.BinaryField):  # type: ignore[type-arg]  # generic for the type checker only
    """Holds a sealed value. Its bytes mean nothing here: use `HoldsContent.write()` and `.read()`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class HoldsContent(UUIDModel):
    """A record with sealed fields. A subclass says which key they are under and who writes each field."""

    class Meta:
        abstract = True

    def content_key(self) -> ContentKey | None:
        """The key of the pairing this record belongs to; None once it was deleted."""
        raise NotImplementedError

    def content_author(self, field: str) -> str:
        """The id of the person whose words `field` holds."""
        raise NotImplementedError

    def write(self, field: str, text: str) -> None:
        """Seal `text` into `field` (not saved). An empty text leaves nothing. Raises `LookupError` without a
        key.
        """
        key = self.content_key()
        if key is None:
            raise LookupError("the key of this content was deleted")
        setattr(self, field, cipher.seal(key.reveal(), text, **self._place(key, field)) if text else None)

    def read(self, field: str) -> str:
        """The words in `field`; empty when there are none or the key is gone. Raises `ContentTampered`."""
        sealed, key = getattr(self, field), self.content_key()
        if sealed is None or key is None:
            return ""
        return cipher.unseal(key.reveal(), bytes(sealed), **self._place(key, field))

    def _place(self, key: ContentKey, field: str) -> dict[str, str]:
        return {
            "key_id": str(key.id),
            "record": f"{self._meta.label_lower}:{self.pk}",
            "field": field,
            "author": self.content_author(field),
        }
