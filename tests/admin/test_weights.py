"""A coordinator says how much each part of the score counts; suggestions follow, and nonsense is refused in words."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cohorts.models import Cohort, Enrolment
from cohorts.models.weights import MAX_WEIGHT, NOT_ALL_ZERO, WEIGHT_FIELDS, WEIGHT_NAMES
from cohorts.states import Role
from matching.domain.cards import weights_of
from matching.engine import Part, Weights, suggest
from matching.engine.facts import cards
from tests import people
from tests.admin.conftest import Desk
from tests.matching.factories import cohort, enrolment, pool_for

pytestmark = pytest.mark.django_db


def address(of: Cohort) -> str:
    return reverse("admin:cohorts_cohort_change", args=[of.pk])


def save(desk: Desk, **weights: Any) -> Any:
    client = desk.client(desk.coordinator)
    form = client.get(address(desk.cohort)).context["adminform"].form
    filled = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    filled["coordinators"] = [desk.coordinator.pk]
    return client.post(address(desk.cohort), {**filled, **weights})


def test_a_new_cohort_starts_from_the_programme_s_weights() -> None:
    assert weights_of(cohort()) == Weights()


def test_a_cohort_and_the_engine_name_the_same_parts_with_the_same_limit() -> None:
    assert list(WEIGHT_NAMES) == [part.value for part in Part]
    assert MAX_WEIGHT == cards.MAX_WEIGHT


def test_the_page_says_what_each_means_and_what_it_comes_to(desk: Desk) -> None:
    shown = desk.client(desk.coordinator).get(address(desk.cohort)).content.decode()

    for name in WEIGHT_FIELDS:
        assert f'name="{name}"' in shown
        assert str(Cohort._meta.get_field(name).help_text) in shown.replace("&#x27;", "'")
    assert "aims 32 %, working hours 16 %, languages 16 %" in shown


def test_weights_are_saved_and_suggestions_follow(desk: Desk) -> None:
    board, crisis = people.topic("Boards"), people.topic("Crises")
    where = desk.cohort
    mentee = enrolment(where, people.mentee(topics=[board], challenges=[crisis]))
    by_aim = enrolment(where, people.mentor(topics=[board]), Role.MENTOR)
    by_challenge = enrolment(where, people.mentor(topics=[crisis]), Role.MENTOR)

    assert first(mentee) == by_aim.person_id
    answer = save(desk, weight_aims=0, weight_challenges=40)
    assert answer.status_code == 302
    assert first(Enrolment.objects.select_related("cohort").get(pk=mentee.pk)) == by_challenge.person_id


def first(mentee: Enrolment) -> Any:
    pool, card = pool_for(mentee)
    return suggest(pool, card, 1)[0].mentor


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"weight_hours": -1}, "weight_hours", "greater than or equal to 0"),
        ({"weight_hours": 1001}, "weight_hours", "At most 1000"),
        ({"weight_hours": 10**30}, "weight_hours", "At most 1000"),
        ({"weight_hours": "much"}, "weight_hours", "whole number"),
        ({"weight_hours": ""}, "weight_hours", "required"),
        (dict.fromkeys(WEIGHT_FIELDS, 0), "weight_aims", str(NOT_ALL_ZERO)),
    ],
)
def test_nonsense_is_refused_beside_its_field(desk: Desk, typed: dict[str, Any], field: str, sentence: str) -> None:
    answer = save(desk, **typed)

    assert answer.status_code == 200
    assert sentence in " ".join(answer.context["adminform"].form.errors[field])
    assert weights_of(Cohort.objects.get(pk=desk.cohort.pk)) == Weights()


@pytest.mark.parametrize("values", [dict.fromkeys(WEIGHT_FIELDS, 0), {"weight_shortlist": 1001}])
def test_the_database_refuses_it_too(values: dict[str, int]) -> None:
    made = cohort()
    with pytest.raises(IntegrityError, match="cohort_weights"), transaction.atomic():
        Cohort.objects.filter(pk=made.pk).update(**values)


def test_every_part_of_the_score_has_a_column() -> None:
    assert tuple(f"weight_{part}" for part in Part) == WEIGHT_FIELDS
