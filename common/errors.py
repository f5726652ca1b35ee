"""The answers no: what a domain function raises when it does not do what was asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A domain function said no. `sentence` is for the person who asked; `field` names the form's field, if
    one is meant.
    """

    def __init__(self, sentence: str | Promise, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field
        self.code = code


class WrongState(Refused):
    """The thing has moved on since the page was shown."""

    def __init__(self) -> None:
        super().__init__(
            _("This has changed since the page was shown. Please look at where it stands now."),
            code="wrong_state",
        )


class NotPermitted(Refused):
    """The verb exists in this state, but not for this actor."""

    def __init__(self) -> None:
        super().__init__(_("This step is not yours to take."), code="not_permitted")
