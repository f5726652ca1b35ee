"""Private lists are sealed: found by whom they name, read by their owner alone, and not by who holds a dump."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain import merging, never_with
from accounts.models import NeverWith, User
from accounts.models.private_lists import LIST_KEY, list_key
from common.content.keys import ContentTampered
from common.errors import Refused
from common.models import ContentKey
from tests import people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def dumped() -> str:
    """Every value of every row as PostgreSQL writes it into a dump, and bytes as the text they may be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(entry)::text FROM accounts_neverwith entry")
        rows = "\n".join(row for (row,) in cursor.fetchall())
        cursor.execute("SELECT * FROM accounts_neverwith")
        raw = [bytes(each) for row in cursor.fetchall() for each in row if isinstance(each, memoryview | bytes)]
    return rows + "".join(each.decode("latin-1") for each in raw)


def test_a_dump_shows_whose_list_it_is_and_neither_id_nor_address_nor_name() -> None:
    owner, person, known = people.person(), people.person("Nadia Sentinel"), people.person(email="known@example.org")
    where = people.organisation("Sentinel Holdings")
    never_with.add(owner=owner, person=person, now=NOW)
    never_with.add(owner=owner, organisation=where, now=NOW)
    for email in ("known@example.org", "nobody@example.org"):
        never_with.add(owner=owner, email=email, now=NOW)
    found = dumped()
    assert str(owner.pk) in found, "what is not sealed is found by this search"
    ids = (str(each.pk) for each in (person, known, where))
    for secret in (*ids, person.name, where.name, known.email, "nobody@example.org", "example.org"):
        for form in (secret, secret.replace("-", ""), secret.encode().hex()):
            assert form.lower() not in found.lower(), secret
    assert len({len(row.named) for row in owner.never_with.all()}) == 1, "nor how long it is"
    assert {entry.email for entry in owner.never_with.opened()} == {"", "known@example.org", "nobody@example.org"}


def test_a_control_in_clear_is_found_by_the_same_search() -> None:
    owner, person = people.person(), people.person()
    NeverWith.objects.create(owner=owner, named=f"user:{person.pk}".encode())
    assert str(person.pk) in dumped()


def test_an_entry_is_found_by_whom_it_names() -> None:
    owner, person, other = people.person(), people.person(email="p@example.org"), people.person()
    where = people.organisation()
    assert not NeverWith.objects.naming(people=[person.pk])
    named = NeverWith.objects.put(owner=owner, person=person)
    typed = NeverWith.objects.put(owner=owner, email="p@example.org", person=person)
    firm = NeverWith.objects.put(owner=owner, organisation=where)
    with CaptureQueriesContext(connection) as asked:
        assert set(NeverWith.objects.naming(people=[person.pk])) == {named, typed}
    assert len(asked) == 2
    assert set(NeverWith.objects.naming(email="p@example.org")) == {typed}
    assert set(NeverWith.objects.naming(people=[other.pk], organisations=[where.pk])) == {firm}
    assert NeverWith.objects.put(owner=owner, person=person) == named, "twice is once"


def lose(what: str) -> None:
    """The key of lists is not to be had any more."""
    if what == "dropped":
        ContentKey.objects.filter(pk=LIST_KEY).delete()
    else:
        ContentKey.objects.filter(pk=LIST_KEY).update(wrapped=b"damaged")


@pytest.mark.parametrize("what", ["dropped", "damaged"])
def test_without_its_key_nothing_is_written_and_everybody_with_a_list_is_concerned(what: str) -> None:
    owner, person, where, kept = people.person(), people.person(), people.organisation(), people.organisation()
    NeverWith.objects.put(owner=owner, organisation=where)
    NeverWith.objects.put(owner=owner, email="later@example.org")
    lose(what)
    assert NeverWith.objects.owners_naming([kept.pk]) == {owner.pk}
    assert [entry.readable for entry in owner.never_with.opened()] == [False, False]
    with pytest.raises(ContentTampered):
        list_key()
    if what == "damaged":
        with pytest.raises(Refused, match="cannot be encrypted"):
            never_with.add(owner=person, person=owner, now=NOW)
    with pytest.raises(Refused, match="cannot be read"):
        merging.merge(organisation=where, into=kept, user=owner, now=NOW)
    joined = people.person(email="later@example.org")
    assert never_with.recognise(joined) == 0, "joining goes on"
    assert never_with.persons_on(owner) == set()
    assert [shown.readable for shown in never_with.list_of(owner)] == [False, False]


def test_who_joined_while_the_key_was_away_is_recognised_when_it_is_back() -> None:
    owner = people.person()
    NeverWith.objects.put(owner=owner, email="later@example.org")
    joined = people.person(email="later@example.org")
    assert never_with.recognise_known(NeverWith.objects.all().opened()) == 1
    assert [entry.person_id for entry in owner.never_with.opened()] == [joined.pk]


@pytest.mark.parametrize(
    "named",
    [
        lambda _key: b"",
        lambda _key: b"\x02" + bytes(272),
        lambda key: key.user(LIST_KEY)[:-1],
        lambda key: key._cipher.seal("user:nobody"),
        lambda key: key._cipher.seal("nothing"),
    ],
)
def test_an_entry_that_cannot_be_read_names_nobody_and_says_so(named: Callable[..., bytes]) -> None:
    owner: User = people.person()
    NeverWith.objects.create(owner=owner, named=named(list_key(make=True)))
    (entry,) = owner.never_with.opened()
    assert (entry.readable, entry.person_id, entry.email, entry.organisation_id) == (False, None, "", None)
    assert isinstance(entry.pk, UUID)
