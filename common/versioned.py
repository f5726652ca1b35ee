"""Forms know their version: what a page showed is signed into it, so that only what its reader changed is written.

Two pages may be open on the same record, in two tabs or at two desks. Field by field, what was shown is compared with
what is stored now and with what was sent: a field that its reader left alone keeps what somebody else has put there
meanwhile, and one that both changed is refused once, with the other value beside it and what was typed still in it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import Any, ClassVar, Generic, TypeVar

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Manager, Model, QuerySet
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from common.forms import Guarded, Refusable

VERSION = "version"  # the name of the hidden input
SALT = "common.versioned"
DIGEST = 12  # hexadecimal digits kept of each value's digest
QUOTED = 200  # characters of another value that are quoted

M = TypeVar("M", bound=Model)
Plain = str | list[str]  # a value as text, or several


@dataclass(frozen=True, slots=True)
class Rows:
    """Fields that are one answer, as the rows of a list. Empty ones do not count, nor the order unless `ordered`.

    `by_first`: a row is empty when its first field is, whatever stands in the others.
    """

    rows: tuple[tuple[str, ...], ...]
    ordered: bool = True
    by_first: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for row in self.rows for name in row)


class Versioned(Guarded):
    """Mix in before a form whose initial values are what is stored. A page without a version changes all it sends."""

    one_answer: ClassVar[tuple[Rows, ...]] = ()
    _contested: tuple[Rows, ...] | None = None

    @property
    def version(self) -> str:
        """What is stored, as a digest of each answer, signed."""
        digests = {answer.names[0]: _digest(self._values(answer, self._stored)) for answer in self._answers()}
        return signing.dumps(digests, salt=SALT, compress=True)

    @property
    def version_input(self) -> SafeString:
        """The hidden input for the page."""
        return format_html('<input type="hidden" name="{}" value="{}">', self.add_prefix(VERSION), self.version)

    @property
    def changed(self) -> set[str]:
        """The names of the fields whose value is to be written, those that are one answer with them; once cleaned."""
        changed = (answer for answer in self._answers() if self._differs(answer))
        return {name for answer in changed for name in answer.names}

    def full_clean(self) -> None:
        """As usual, over what others have stored meanwhile; an answer that both changed is refused."""
        if self.is_bound and self._contested is None:
            self._contested = tuple(self._take_over())
        super().full_clean()
        for answer in self._contested or ():
            if not self.errors.keys() & set(answer.names):
                self.add_error(answer.names[0], self._changed_elsewhere(answer))

    def _answers(self) -> Iterator[Rows]:
        """The fields, those that are one answer together."""
        yield from self.one_answer
        several = {name for answer in self.one_answer for name in answer.names}
        yield from (Rows(((name,),)) for name in self.fields if name not in several)

    def _take_over(self) -> Iterator[Rows]:
        """Put into the data what others have stored where nothing was changed here; gives what both have changed."""
        shown = self._shown()
        for answer in self._answers():
            stored = _digest(self._values(answer, self._stored))
            before = shown.get(answer.names[0], stored)
            sent = _digest(self._values(answer, self._sent))
            if stored in (before, sent):
                continue
            if sent == before:
                self._fill(answer.names)
            else:
                yield answer

    def _shown(self) -> dict[str, str]:
        """What the page showed, as digests; nothing for a page that does not say, or says it in another hand."""
        try:
            return dict(signing.loads(self.data.get(self.add_prefix(VERSION), ""), salt=SALT))
        except (signing.BadSignature, TypeError, ValueError):
            return {}

    def _fill(self, names: Iterable[str]) -> None:
        """Put what is stored in place of what was sent."""
        data = QueryDict(mutable=True)
        for name, values in _lists(self.data):
            data.setlist(name, values)
        for name in names:
            field, at = self.fields[name], self.add_prefix(name)
            data.pop(at, None)
            if values := _as_sent(field, self.get_initial_for_field(field, name)):
                data.setlist(at, values)
        self.data = data

    def _differs(self, answer: Rows) -> bool:
        return self._values(answer, self._sent) != self._values(answer, self._stored)

    def _values(self, answer: Rows, value: Callable[[str], Plain]) -> list[list[Plain]]:
        rows = [[value(name) for name in row] for row in self._filled(answer, value)]
        return rows if answer.ordered else sorted(rows, key=repr)

    def _filled(self, answer: Rows, value: Callable[[str], Plain]) -> list[tuple[str, ...]]:
        """The rows of a list that say more than an empty one does."""
        if len(answer.rows) == 1:
            return list(answer.rows)
        empty = {name: ("", _plain(self.fields[name], self.fields[name].initial)) for name in answer.names}
        telling = [row[:1] if answer.by_first else row for row in answer.rows]
        filled = [any(value(name) not in empty[name] for name in names) for names in telling]
        return [row for row, is_filled in zip(answer.rows, filled, strict=True) if is_filled]

    def _stored(self, name: str) -> Plain:
        field = self.fields[name]
        return _plain(field, field.prepare_value(self.get_initial_for_field(field, name)))

    def _sent(self, name: str) -> Plain:
        field = self.fields[name]
        return _plain(field, field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))

    def _changed_elsewhere(self, answer: Rows) -> ValidationError:
        rows = self._filled(answer, self._stored)
        words = "; ".join(", ".join(filter(None, map(self._words, row))) for row in rows)
        return ValidationError(
            _(
                "This was changed elsewhere after you opened the page. It says there: %(value)s. What you put in here "
                "is kept, but not saved yet: save it once more to put it in the place of the other."
            )
            % {"value": f"“{Truncator(words).chars(QUOTED)}”" if words else _("nothing")},
            code="changed_elsewhere",
        )

    def _words(self, name: str) -> str:
        return _words(self.fields[name], self.get_initial_for_field(self.fields[name], name))


class VersionedForm(Refusable, Versioned, forms.Form):
    """A form of its own that edits something stored, and can show refusals."""


class VersionedModelForm(Versioned, forms.ModelForm[M], Generic[M]):
    """A form made from a model. On the page to add something it knows that there was nothing, whatever its address has
    filled in.
    """

    def _stored(self, name: str) -> Plain:
        if not self.instance._state.adding:  # noqa: SLF001 - Django's own forms ask the same
            return super()._stored(name)
        field = self.fields[name]
        value = field.initial() if callable(field.initial) else field.initial
        return _plain(field, field.prepare_value(value))


def _lists(data: Any) -> Iterable[tuple[str, list[str]]]:
    if isinstance(data, QueryDict):
        return data.lists()
    return ((name, list(value) if isinstance(value, list | tuple) else [value]) for name, value in data.items())


def _digest(value: object) -> str:
    return sha256(dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]


def _several(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset | QuerySet | Manager)


def _plain(field: forms.Field, value: Any) -> Plain:
    """A value as text, the same whether it was stored or sent: ends of lines and the order of ticks do not count."""
    if _several(value):
        return sorted(str(each) for each in value)
    if not isinstance(field, forms.ModelChoiceField | forms.MultiValueField):
        with suppress(ValidationError):  # what cannot be read is another value than any that is stored
            value = field.to_python(value)
    if _several(value):
        return sorted(str(each) for each in value)
    return "" if value is None or value is False else "\n".join(str(value).splitlines())


def _as_sent(field: forms.Field, value: Any) -> list[str]:
    """What a browser would send for a stored value: several for a list, none for a box without its tick."""
    value = field.prepare_value(value)
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    shown = field.widget.format_value(value)
    if _several(shown) and not isinstance(field, forms.ModelMultipleChoiceField | forms.MultipleChoiceField):
        shown = next(iter(shown), "")  # a selector of one gives a list of one
    if _several(shown):
        return [str(each) for each in shown]
    return [] if shown is None else [str(shown)]


def _words(field: forms.Field, value: Any) -> str:
    """A stored value as people read it; empty when there is none."""
    value = field.prepare_value(value)
    values = list(value) if _several(value) else [value]
    if isinstance(field, forms.BooleanField):
        return str(_("Yes") if value else _("No"))
    names = dict(_flat(getattr(field, "choices", ())))
    words = [str(names.get(str(each), localize(each))) for each in values if each not in (None, "")]
    return ", ".join(words)


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), label
