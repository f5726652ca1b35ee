"""Notes: whose they are, who reads them, and what is told of them."""

import pytest

from common.errors import NotPermitted, Refused, WrongState
from common.models import Event
from engagements.domain import notes
from engagements.models import Note
from matching.models import Pairing
from tests import people
from tests.engagements import stories
from tests.matching.factories import NOW, pairing

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun() -> Pairing:
    return stories.active()


def told(note: Note) -> list[str]:
    return list(Event.objects.filter(subject_id=note.pk).order_by("at", "pk").values_list("verb", flat=True))


def written(of: Pairing, *, text: str = "Ask about Lyon.", shared: bool = False) -> Note:
    return notes.write(pairing=of, user=of.mentee, text=text, shared=shared, now=NOW)


def test_a_note_is_its_writers_until_it_is_shared_and_again_once_it_is_kept_back(begun: Pairing) -> None:
    note = written(begun, text="  Ask about Lyon. ")
    assert note.words_of("text") == "Ask about Lyon."
    seen = []
    for shared in (False, True, False):
        note = notes.rewrite(note=note, user=begun.mentee, text="Ask about Lyon.", shared=shared, now=NOW)
        readers = (begun.mentee, begun.mentor, people.person("Stranger"))
        seen.append([Note.objects.visible_to(reader).exists() for reader in readers])
    assert seen == [[True, False, False], [True, True, False], [True, False, False]]


def test_of_a_private_note_nothing_is_told_and_of_a_shared_one_what_happened(begun: Pairing) -> None:
    private, shared = written(begun), written(begun, shared=True)
    for note in (private, shared):
        notes.rewrite(note=note, user=begun.mentee, text="Other words.", shared=note.is_shared, now=NOW)
        notes.delete(note=note, user=begun.mentee, now=NOW)
    assert told(private) == []
    assert told(shared) == ["share", "change", "delete"]
    assert not Note.objects.exists()


def test_words_that_stay_are_no_change(begun: Pairing) -> None:
    note = written(begun, shared=True)
    same = notes.rewrite(note=note, user=begun.mentee, text="Ask about Lyon. ", shared=True, now=NOW)
    assert same.changed_at is None
    assert told(note) == ["share"]
    other = notes.rewrite(note=note, user=begun.mentee, text="Ask about Turin.", shared=True, now=NOW)
    assert (other.changed_at, other.words_of("text")) == (NOW, "Ask about Turin.")


def test_the_other_side_neither_changes_nor_deletes_a_note(begun: Pairing) -> None:
    note = written(begun, shared=True)
    for reader in (begun.mentor, people.person("Stranger")):
        with pytest.raises(NotPermitted):
            notes.rewrite(note=note, user=reader, text="Mine now.", shared=True, now=NOW)
        with pytest.raises(NotPermitted):
            notes.delete(note=note, user=reader, now=NOW)
    note.refresh_from_db()
    assert note.words_of("text") == "Ask about Lyon."


def test_nothing_is_written_without_words(begun: Pairing) -> None:
    with pytest.raises(Refused):
        written(begun, text=" \n")
    note = written(begun)
    with pytest.raises(Refused):
        notes.rewrite(note=note, user=begun.mentee, text="", shared=True, now=NOW)
    assert list(Note.objects.values_list("state", flat=True)) == ["private"]


def test_nobody_writes_more_notes_than_anybody_reads_again(begun: Pairing) -> None:
    Note.objects.bulk_create(Note(pairing=begun, by=begun.mentee, written_at=NOW) for _ in range(notes.MOST))
    with pytest.raises(Refused, match="five hundred"):
        written(begun)
    notes.write(pairing=begun, user=begun.mentor, text="The other side has room.", shared=False, now=NOW)


def test_a_note_deleted_in_another_tab_is_gone(begun: Pairing) -> None:
    note = written(begun)
    notes.delete(note=Note.objects.get(), user=begun.mentee, now=NOW)
    with pytest.raises(WrongState):
        notes.rewrite(note=note, user=begun.mentee, text="Late.", shared=False, now=NOW)
    with pytest.raises(WrongState):
        notes.delete(note=note, user=begun.mentee, now=NOW)


@pytest.mark.parametrize(
    ("state", "writes"),
    [
        *((state, True) for state in ("introduced", "active", "paused", "closing")),
        *((state, False) for state in ("completed", "ended_early")),
    ],
)
def test_notes_are_written_until_the_pairing_is_over_and_deleted_at_any_time(state: str, writes: bool) -> None:
    of = pairing(state=state)
    if writes:
        written(of)
    else:
        with pytest.raises(WrongState):
            written(of)
    note = Note(pairing=of, by=of.mentee, written_at=NOW)
    note.write("text", "From before.")
    note.save()
    notes.delete(note=note, user=of.mentee, now=NOW)
    assert not Note.objects.filter(pk=note.pk).exists()
