"""A person never meets an IntegrityError."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Organisation
from common import sentences
from matching.checks import IN_SQL, REFUSED_IN_SQL
from tests.people import organisation

# The apps whose records people change; the outbox's are written by nobody but the site.
APPS = ("accounts", "cohorts", "matching", "engagements")
# Triggers that refuse under the name of a rule, and those that keep counts and refuse nobody.
OTHERWISE_NAMED = {"request_independent", "pairing_independent", "pairing_counts"}
COUNTING = {"mentor_count_begun", "mentor_count_kept", "enrolment_count_kept"}
AT_START = sentences.registered()


@pytest.fixture(autouse=True)
def _own_sentences(monkeypatch):
    monkeypatch.setattr(sentences, "_SENTENCES", {})


def constraints():
    return [each for app in APPS for model in apps.get_app_config(app).get_models() for each in model._meta.constraints]


@pytest.mark.parametrize("constraint", constraints(), ids=lambda constraint: constraint.name)
def test_every_constraint_of_a_model_says_its_own_sentence(constraint):
    assert constraint.violation_error_message is not constraint.default_violation_error_message
    assert AT_START[constraint.name] is constraint.violation_error_message


def test_every_trigger_that_may_refuse_has_a_sentence():
    in_sql = frozenset().union(*IN_SQL.values())
    assert in_sql >= OTHERWISE_NAMED | COUNTING
    rules = {f"{record}_same_{what}" for record in ("request", "pairing") for what in ("employer", "family")}
    assert set(REFUSED_IN_SQL) == (in_sql - OTHERWISE_NAMED - COUNTING) | rules | {"mentor_has_profile"}
    assert REFUSED_IN_SQL.items() <= AT_START.items()


def test_who_is_full_reads_like_who_is_private():
    for name in ("mentor_within_capacity", "enrolment_within_capacity", "mentor_has_profile"):
        assert AT_START[name] is sentences.NOT_AVAILABLE


def test_two_sentences_for_one_name_stop_the_start():
    sentences.register({"twice": "One thing."})
    sentences.register({"twice": "One thing."})
    with pytest.raises(ImproperlyConfigured, match="twice"):
        sentences.register({"twice": "Another thing."})


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
