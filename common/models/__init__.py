"""The tables all apps share: content keys and history."""

from common.models.content import ContentKey, HoldsContent, SealedField
from common.models.event import Event
from common.models.uuid_model import UUIDModel

__all__ = ["ContentKey", "Event", "HoldsContent", "SealedField", "UUIDModel"]
