"""The ground's tables: content keys and history."""

from common.models.content import ContentKey, HoldsContent, SealedField
from common.models.event import Event
from common.models.identified import Identified

__all__ = ["ContentKey", "Event", "HoldsContent", "Identified", "SealedField"]
