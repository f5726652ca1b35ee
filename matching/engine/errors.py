"""What the engine raises on bad input: always before any work, always naming the offender."""


class EngineError(ValueError):
    """Any input the engine refuses."""


class CardError(EngineError):
    """A card holds something impossible: `card` is the person's id, `field` the offending field."""

    def __init__(self, card: object, field: str, complaint: str) -> None:
        super().__init__(f"card {card!r}: {field} {complaint}")
        self.card = card
        self.field = field


class WeightsError(EngineError):
    """A weight is negative, or all are zero: `part` is the offender, or None when it is all of them."""

    def __init__(self, part: str | None, complaint: str) -> None:
        super().__init__(f"weight of {part}: {complaint}" if part else f"weights: {complaint}")
        self.part = part


class DuplicateMentorError(EngineError):
    """Two cards of a pool carry the same `mentor` id."""

    def __init__(self, mentor: object) -> None:
        super().__init__(f"mentor {mentor!r} is in the pool twice")
        self.mentor = mentor


class SlotsError(EngineError):
    """Working hours that cannot be: `field` is zone, starts, ends or weekdays."""

    def __init__(self, field: str, complaint: str) -> None:
        super().__init__(f"{field}: {complaint}")
        self.field = field
