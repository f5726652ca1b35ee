"""What the engine raises. On bad input always before any work, and always naming the offender."""


class EngineError(ValueError):
    """Any error of the engine; most are input that it refuses."""


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


class ScoresError(EngineError):
    """Scores that cannot be: `pair` is the offending (mentee, mentor), None when it is the shape, type or floor."""

    def __init__(self, pair: tuple[object, object] | None, complaint: str) -> None:
        where = "scores" if pair is None else f"score of mentee {pair[0]!r} with mentor {pair[1]!r}"
        super().__init__(f"{where}: {complaint}")
        self.pair = pair


class CapacityError(EngineError):
    """Places that cannot be: `mentor` is the offender, or None when it is the whole column."""

    def __init__(self, mentor: object | None, complaint: str) -> None:
        super().__init__(f"capacity: {complaint}" if mentor is None else f"capacity of mentor {mentor!r}: {complaint}")
        self.mentor = mentor


class IdsError(EngineError):
    """Ids that cannot be told apart, or of which there are too many or too few: `offender` is one of them."""

    def __init__(self, offender: object | None, complaint: str) -> None:
        super().__init__(f"ids: {complaint}" if offender is None else f"id {offender!r}: {complaint}")
        self.offender = offender


class TooLargeError(EngineError):
    """More people than 64-bit whole numbers can prove an optimum for."""


class CertificateError(EngineError):
    """An assignment is not what it claims to be. Never expected: it would be an error of the engine."""


class CancelledError(EngineError):
    """The caller has cancelled, see `Progress`."""


class PinError(EngineError):
    """A pair that was pinned cannot be made: `mentee` and `mentor` are its ids."""

    def __init__(self, mentee: object, mentor: object, complaint: str) -> None:
        super().__init__(f"pin of mentee {mentee!r} to mentor {mentor!r}: {complaint}")
        self.mentee = mentee
        self.mentor = mentor
