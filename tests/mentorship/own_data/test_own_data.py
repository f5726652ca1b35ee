"""A person takes along all that the site holds of them: their own words in clear, and nobody else's."""

import json
import re
import time
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import NeverWith, User
from common.models import ContentKey
from common.models.content import UNREADABLE
from matching.models import Pairing, Request
from mentorship.own_data import taking
from mentorship.own_data.not_taken import NOT_TAKEN
from mentorship.own_data.registry import KEPT
from tests import people
from tests.engagements import stories
from tests.matching import factories

pytestmark = pytest.mark.django_db
FILES = ("json", "html")


def decided() -> set[str]:
    return {kept.model._meta.label for kept in KEPT} | NOT_TAKEN.keys()


def undecided(labels: set[str]) -> set[str]:
    """Tables of which nobody has said what a person takes along."""
    return labels - decided()


def test_of_every_table_it_is_said_what_a_person_takes_along() -> None:
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.label for model in models if not model.__module__.startswith("tests.")}
    assert undecided(tables) == set()
    assert decided() <= tables
    assert not NOT_TAKEN.keys() & {kept.model._meta.label for kept in KEPT}
    assert undecided({*tables, "accounts.Photo"}) == {"accounts.Photo"}, "a new table fails the test"


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name)
def test_of_every_column_it_is_said(kept: Any) -> None:
    meta = kept.model._meta
    said = [*kept.columns, *kept.words, *kept.left]
    assert sorted(said) == sorted(field.name for field in (*meta.concrete_fields, *meta.many_to_many))


def test_parts_have_names_of_their_own() -> None:
    names = [kept.name for kept in KEPT]
    assert len(set(names)) == len(names)


@pytest.fixture
def pairing() -> Pairing:
    mentee, mentor = factories.couple(None, people.mentee("Amara Diallo"), people.mentor("Priya Nair"))
    asked = factories.request(mentee, mentor, note="Words of the note")
    Request.objects.filter(pk=asked.pk).update(state="withdrawn")
    made: Pairing = stories.active(mentee=mentee, mentor=mentor, terms={"amendments": "Words of the agreement"})
    for side in ("mentee", "mentor"):
        stories.answered(stories.check_in(made, side), line=f"Words of the {side}")
    NeverWith.objects.put(owner=made.mentee, email="rival@example.org")
    NeverWith.objects.put(owner=made.mentor, organisation=people.organisation("Unwanted Holdings"))
    return made


def confirmed(user: User, *, seconds_ago: int = 0) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "reauthenticated": True, "at": time.time() - seconds_ago}
    ]
    session.save()
    return client


def taken(user: User) -> tuple[dict[str, Any], str]:
    """Both files of somebody who has just said once more who they are."""
    client = confirmed(user)
    answers = [client.get(reverse(f"own_data:{name}")) for name in FILES]
    for answer, name in zip(answers, FILES, strict=True):
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="my-data.{name}"'
        assert "no-store" in answer["Cache-Control"]
    assert client.get(reverse("own_data:page")).status_code == 200
    return json.loads(answers[0].content), answers[1].content.decode()


def test_ones_own_words_are_in_it_and_nobody_elses(pairing: Pairing) -> None:
    own = {
        pairing.mentee: {"Words of the note", "Words of the agreement", "Words of the mentee", "rival@example.org"},
        pairing.mentor: {"Words of the mentor", "Unwanted Holdings"},
    }
    everything = set().union(*own.values())
    for user, words in own.items():
        (other,) = own.keys() - {user}
        data, page = taken(user)
        for file in (json.dumps(data), page):
            assert {each for each in everything if each in file} == words
            assert user.email in file
            assert other.name in file, "with whom one was paired is one's own, too"
            assert other.email not in file
            assert user.password not in file
        assert data["person"] == user.email
        assert data["data"]["engagements_checkin"][0]["connection"] == stories.ANSWERS["connection"]
        assert "Your check-ins" in page
        assert not re.search(r"<(link|script|img)\b", page), "the file to read needs nothing else"


def test_what_only_the_other_side_or_a_coordinator_reads_is_left_out(pairing: Pairing) -> None:
    declined = factories.request(pairing.mentee_enrolment, None, state="declined")
    Request.objects.filter(pk=declined.pk).update(decline_class="fit")
    data, page = taken(pairing.mentee)
    assert "decline_class" not in json.dumps(data)
    assert "Not the right person" not in page
    rounds = sorted(pairing.check_ins.filter(side="mentee").values_list("round", flat=True))
    assert sorted(row["round"] for row in data["data"]["engagements_checkin"]) == rounds
    received, shown = taken(declined.mentor)
    assert [row["decline_class"] for row in received["data"]["matching_request_received"]] == ["fit"]
    assert "Not the right person" in shown


@pytest.mark.parametrize("name", [*FILES, "page"])
def test_who_one_is_is_asked_once_more(name: str) -> None:
    user, signed_in = people.mentee(), Client()
    signed_in.force_login(user)
    for client in (signed_in, confirmed(user, seconds_ago=3600)):
        answer = client.get(reverse(f"own_data:{name}"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_what_cannot_be_read_is_a_sentence_and_the_rest_is_there(pairing: Pairing) -> None:
    ContentKey.objects.update(wrapped=b"x")
    data, page = taken(pairing.mentee)
    assert data["data"]["engagements_checkin"][0]["line"] == str(UNREADABLE)
    assert "cannot be read" in data["data"]["private_list"][0]["entry"]
    assert pairing.mentee.email in page


def test_many_rows_take_as_many_queries_as_few(pairing: Pairing) -> None:
    def more(count: int) -> int:
        for _each in range(count):
            factories.request(pairing.mentee_enrolment, None, state="declined", note="Words")
            NeverWith.objects.put(owner=pairing.mentee, person=people.person())
            people.affiliation(pairing.mentee, people.organisation(), kind="board")
        with CaptureQueriesContext(connection) as asked:
            taking.everything(User.objects.get(pk=pairing.mentee_id), spoken=True)
        return len(asked)

    assert more(1) == more(12)
