"""A person never meets an IntegrityError."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Organisation
from common import sentences
from tests.people import organisation


@pytest.fixture(autouse=True)
def _own_sentences(monkeypatch):
    monkeypatch.setattr(sentences, "_SENTENCES", {})


def violation() -> IntegrityError:
    organisation("Twice")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Organisation.objects.create(name="Twice", industry="energy", country="GB")
    return caught.value


def test_a_named_constraint_speaks(db):
    error = violation()
    name = sentences.constraint_of(error)
    assert name
    sentences.register({name: "There is one of that name."})
    refused = sentences.refusal(error)
    assert (str(refused), refused.code) == ("There is one of that name.", name)
    assert sentences.registered() == {name: "There is one of that name."}


def test_an_unnamed_one_still_says_something(db):
    assert "cannot be saved as it stands" in str(sentences.refusal(violation()))


def test_an_error_without_a_cause():
    refused = sentences.refusal(DatabaseError())
    assert refused.code == "integrity"
