"""Content keys, and the fields sealed with them."""

import logging
import secrets
from typing import Self
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.content import cipher
from common.content.keys import KEY_BYTES, ContentTampered, Wrapped, current_master, unwrap, wrap
from common.content.rotation import Wrapping
from common.errors import Refused
from common.models.uuid_model import UUIDModel
from common.signals import words_unreadable

logger = logging.getLogger(__name__)

UNREADABLE = _("What was written here cannot be read at present. The coordinators are told.")


class ContentKey(UUIDModel):
    """The key of one pairing's content, made with the request, or of all private lists. Deleting it makes what is under
    it unreadable for ever.
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
        return cls.make_many(1)[0]

    @classmethod
    def make_many(cls, number: int) -> list[Self]:
        """So many of them, in one query."""
        rows = [cls() for _ in range(number)]
        for row in rows:
            row.rewrap(secrets.token_bytes(KEY_BYTES))
        return cls.objects.bulk_create(rows)

    @classmethod
    def standing(cls, pk: UUID) -> Self:
        """The key of this id, made when it is first asked for; who asks at the same moment gets the same."""
        row = cls.objects.filter(pk=pk).first()
        if row is None:
            new = cls(pk=pk)
            new.rewrap(secrets.token_bytes(KEY_BYTES))
            cls.objects.bulk_create([new], ignore_conflicts=True)
            row = cls.objects.get(pk=pk)
        return row

    def reveal(self) -> bytes:
        """The 32 bytes. Raises `ContentTampered`."""
        return unwrap(Wrapped(self.master, bytes(self.wrapped)), bound_to=str(self.id))

    def rewrap(self, key: bytes) -> None:
        """Put `key` under the current master key (not saved)."""
        wrapped = wrap(key, bound_to=str(self.id))
        self.master, self.wrapped = wrapped.master, wrapped.blob


def _outdated_keys() -> list[UUID]:
    rows = ContentKey.objects.exclude(master=current_master())
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rewrap_key(pk: UUID) -> None:
    row = ContentKey.objects.select_for_update().filter(pk=pk).first()
    if row is not None and row.master != current_master():  # else somebody was quicker
        row.rewrap(row.reveal())
        row.save(update_fields=["master", "wrapped"])


CONTENT_KEYS = Wrapping("content keys", _outdated_keys, _rewrap_key)


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
        """Seal `text` into `field` (not saved). An empty text leaves nothing. Raises `LookupError` when the key was
        deleted, `Refused` when it cannot be read: nothing is kept that nobody could open.
        """
        key = self.content_key()
        if key is None:
            raise LookupError("the key of this content was deleted")
        try:
            setattr(self, field, cipher.seal(key.reveal(), text, **self._place(key, field)) if text else None)
        except ContentTampered as error:
            self._log(field, error)
            raise Refused(
                _(
                    "Your words cannot be encrypted at present, so nothing was saved. "
                    "Please keep a copy, and tell your coordinator."
                ),
                code="key_unreadable",
            ) from error

    def read(self, field: str) -> str:
        """The words in `field`; empty when there are none or the key is gone. Raises `ContentTampered`."""
        sealed, key = getattr(self, field), self.content_key()
        if sealed is None or key is None:
            return ""
        return cipher.unseal(key.reveal(), bytes(sealed), **self._place(key, field))

    def words_of(self, field: str, *, instead: str | Promise = UNREADABLE) -> str:
        """For a page: the words in `field`, or `instead` when they cannot be read, of which those above are told."""
        try:
            return self.read(field)
        except ContentTampered as error:
            self._log(field, error)
            words_unreadable.send_robust(sender=type(self), record=self)
            return str(instead)

    def _log(self, field: str, error: ContentTampered) -> None:
        facts = {"record": f"{self._meta.label_lower}:{self.pk}", "field": field, "why": str(error)}
        logger.error("a sealed value cannot be read", extra=facts)

    def _place(self, key: ContentKey, field: str) -> dict[str, str]:
        return {
            "key_id": str(key.id),
            "record": f"{self._meta.label_lower}:{self.pk}",
            "field": field,
            "author": self.content_author(field),
        }
