"""What is sealed opens in its own place only, and shows neither words nor length."""

import base64
import secrets

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from common.content import cipher, keys
from common.content.keys import ContentTampered, Wrapped, unwrap, wrap
from common.errors import Refused
from common.models import ContentKey, HoldsContent, SealedField
from common.models.content import UNREADABLE
from common.signals import words_unreadable

KEY = bytes(range(32))
PLACE = {"key_id": "k", "record": "request:1", "field": "note", "author": "a"}


def pair(name: str) -> str:
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


@given(st.text())
def test_every_text_comes_back(text):
    text = text.encode("utf-8", "ignore").decode()
    assert cipher.unseal(KEY, cipher.seal(KEY, text, **PLACE), **PLACE) == text


def test_the_length_is_hidden_within_a_block():
    lengths = {len(cipher.seal(KEY, "x" * size, **PLACE)) for size in range(253)}
    assert lengths == {1 + 12 + 256 + 16}
    assert len(cipher.seal(KEY, "x" * 253, **PLACE)) == 1 + 12 + 512 + 16


def test_the_same_words_never_look_the_same():
    assert cipher.seal(KEY, "same", **PLACE) != cipher.seal(KEY, "same", **PLACE)
    assert b"same" not in cipher.seal(KEY, "same", **PLACE)


@pytest.mark.parametrize("part", PLACE)
def test_a_value_moved_elsewhere_does_not_open(part):
    sealed = cipher.seal(KEY, "words", **PLACE)
    with pytest.raises(ContentTampered):
        cipher.unseal(KEY, sealed, **{**PLACE, part: "other"})


def test_a_forged_cut_or_unknown_value_does_not_open():
    sealed = cipher.seal(KEY, "words", **PLACE)
    for position in range(1, len(sealed), 40):
        forged = bytearray(sealed)
        forged[position] ^= 1
        with pytest.raises(ContentTampered):
            cipher.unseal(KEY, bytes(forged), **PLACE)
    for broken in (sealed[:20], sealed[:1], b"", b"\x02" + sealed[1:]):
        with pytest.raises(ContentTampered):
            cipher.unseal(KEY, broken, **PLACE)


def test_a_pairing_key_opens_only_in_its_own_row():
    wrapped = wrap(KEY, bound_to="row")
    assert unwrap(wrapped, bound_to="row") == KEY
    for broken, row in (
        (wrapped, "another"),
        (Wrapped(wrapped.master, wrapped.blob[:-1] + b"x"), "row"),
        (Wrapped("gone", wrapped.blob), "row"),
    ):
        with pytest.raises(ContentTampered):
            unwrap(broken, bound_to=row)


def test_rotation_wraps_with_the_first_key_and_still_opens_old_ones(settings, db):
    old, new = pair("old"), pair("new")
    settings.CONTENT_KEYS = old
    row = ContentKey.make()
    secret = row.reveal()
    settings.CONTENT_KEYS = f"{new}, {old}"
    assert ContentKey.objects.get().reveal() == secret
    row.rewrap(secret)
    row.save()
    settings.CONTENT_KEYS = new
    again = ContentKey.objects.get()
    assert (again.master, again.reveal(), str(again)) == ("new", secret, str(again.pk))


@pytest.mark.parametrize("text", ["", " , ", "short:" + base64.b64encode(b"x" * 16).decode()])
def test_without_a_proper_master_key_nothing_is_sealed(settings, text):
    settings.CONTENT_KEYS = text
    with pytest.raises(ImproperlyConfigured):
        keys.wrap(KEY, bound_to="row")


class Diary(HoldsContent):
    """A record with one sealed field, never saved."""

    words = SealedField()
    key: ContentKey | None = None

    class Meta:
        app_label = "common"
        managed = False

    def __str__(self) -> str:
        return "diary"

    def content_key(self) -> ContentKey | None:
        return self.key

    def content_author(self, field: str) -> str:
        return f"author of {field}"


@pytest.fixture
def diary(db):
    made = Diary()
    made.key = ContentKey.make()
    return made


def test_words_are_kept_sealed_and_read_again(diary):
    assert diary.read("words") == ""
    diary.write("words", "in confidence")
    assert b"in confidence" not in diary.words
    assert diary.read("words") == "in confidence"
    diary.write("words", "")
    assert diary.words is None


@pytest.mark.parametrize("damage", ["master", "wrapped", "words", "emptied"])
def test_words_that_cannot_be_read_are_a_sentence_and_stay_as_they_are(diary, damage, caplog):
    diary.write("words", "in confidence")
    if damage == "master":
        diary.key.master = "gone"
    elif damage == "wrapped":
        diary.key.wrapped = b"short"
    else:
        diary.words = b"" if damage == "emptied" else diary.words[:40]
    kept, told = diary.words, []
    receiver = lambda record, **_more: told.append(record)  # noqa: E731 - kept alive by its name
    words_unreadable.connect(receiver)
    assert diary.words_of("words") == UNREADABLE
    assert diary.words_of("words", instead="") == ""
    assert (diary.words, told) == (kept, [diary, diary])
    assert "in confidence" not in caplog.text
    words_unreadable.disconnect(receiver)


def test_nothing_is_sealed_that_nobody_could_open(diary):
    diary.key.master = "gone"
    with pytest.raises(Refused):
        diary.write("words", "in confidence")
    assert diary.words is None
    diary.write("words", "")


def test_deleting_the_key_erases(diary):
    diary.write("words", "in confidence")
    diary.key = None
    assert diary.read("words") == ""
    with pytest.raises(LookupError):
        diary.write("words", "more")


def test_words_copied_to_another_record_are_an_error_never_text(diary):
    diary.write("words", "in confidence")
    other = Diary(words=diary.words)
    other.key = diary.key
    with pytest.raises(ContentTampered):
        other.read("words")
